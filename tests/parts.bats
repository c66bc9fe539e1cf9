# swrite -d: part files, one an epoch, each there whole or not at all.
# shellcheck disable=SC2154,SC2317
load lib
load lives

setup_file() { shim; }

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

teardown() { [ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true; }

# parts STATUS LINE ... -- ARG ...
parts() { given "$1" swrite "${@:2}"; }

fine() { [ "$output$stderr" = "" ]; }

@test "swrite -d: a part file for each epoch with records" {
	parts 0 '#fields t a' '1 x' '#watermark 1' '2 y' '#barrier 1.r' '#barrier 2.r' '3 z' '#end 3.r' -- -d o
	fine
	[ "$(echo o/*)" = "o/commit o/lock o/part-0000000001.csv o/part-0000000002.csv" ]
	[ "$(cat o/part-0000000001.csv)" = "1,x
2,y" ]
	[ "$(cat o/part-0000000002.csv)" = "3,z" ]
	[ "$(cat o/commit)" = "$(printf '3.r\t2\tpart-0000000002.csv')" ]
}

@test "swrite -d: nothing is seen of an epoch before its barrier" {
	mkfifo in
	swrite -d o <in 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields t a' '1 x' '#barrier 1.r' '2 y' >&9
	for ((i = 0; i < 500; i++)); do
		[ ! -e o/0000000002.tmp ] || break
		sleep 0.01
	done
	[ "$(echo o/part-*)" = o/part-0000000001.csv ]
	[ -e o/0000000002.tmp ]
	feed '#barrier 2.r' '#stop' >&9
	exec 9>&-
	wait "$pid"
	[ "$(cat o/part-*)" = "1,x
2,y" ]
	[ ! -e o/0000000002.tmp ]
}

@test "swrite -d: an epoch without records makes no part, and is committed" {
	parts 0 '#fields t a' '#barrier 1.r' '#end' -- -d o -H
	fine
	[ "$(cat o/commit)" = "$(printf '2.r\t0')" ]
	[ "$(echo o/*)" = "o/commit o/lock" ]
}

@test "swrite -d: -H begins each part, -s and -z end its name" {
	parts 0 '#fields t a' '1 x' '#barrier 1.r' '2 y' '#end' -- -d o -H -z gzip
	fine
	[ "$(zcat o/part-0000000001.csv.gz)" = "t,a
1,x" ]
	[ "$(zcat o/part-0000000002.csv.gz)" = "t,a
2,y" ]
	for z in zstd=zst lz4=lz4 xz=xz none=; do
		parts 0 '#fields t a' '1 x' '#barrier 1.r' '2 y' '#end' -- -d "o-$z" -s json -z "${z%=*}"
		fine
		ext=${z#*=}
		[ "$(echo "o-$z"/part-*)" = "o-$z/part-0000000001.json${ext:+.$ext} o-$z/part-0000000002.json${ext:+.$ext}" ]
		[ "$(sread -s json -f t:int,a -T t "o-$z"/part-* | grep '^[0-9]')" = "$(feed '1 x' '2 y')" ]
	done
	# what standard output gets without -d has no place here
	[ "$output" = "" ]
	parts 2 '#fields t a' '#end' -- -d o2 -z zip
	[ "$stderr" = "swrite: -z: not gzip, zstd, lz4, lzop, xz or none: zip" ]
}

@test "swrite -d: names sort as the epochs came, over runs" {
	parts 0 '#fields t a' '1 x' '#barrier 9.r' '#stop' -- -d o
	from=9.r
	for e in 2 3 4 5 6 7 8 9 10 11 12; do
		parts 0 "#restore $from" '#fields t a' "$e y" "#barrier $e.s" '#stop' -- -d o || { echo "$stderr"; return 1; }
		fine
		from=$e.s
	done
	[ "$(cat o/part-* | cut -d , -f 1 | tr '\n' ' ')" = "1 2 3 4 5 6 7 8 9 10 11 12 " ]
}

@test "swrite -d: a second stream is not written behind the first, nor one that goes on from elsewhere" {
	parts 0 '#fields t a' '1 x' '#end' -- -d o
	cp -r o was
	parts 1 '#fields t a' '1 x' '#end' -- -d o
	[ "$output" = "" ]
	[ "$stderr" = "swrite: epoch 1.0 is committed, and the stream does not go on from there but begins anew: records would be written twice" ]
	parts 1 '#restore 7.q' '#fields t a' '1 x' '#end' -- -d o
	[ "$output" = "" ]
	[ "$stderr" = "swrite: the stream goes on from 7.q, but what was committed last is 1.0" ]
	parts 1 '#restore 7.q' '#fields t a' '1 x' '#end' -- -d new
	[ "$stderr" = "swrite: the stream goes on from 7.q, but what was committed last is nothing" ]
	rm o/lock was/lock
	diff -r o was
	# in a run it is the supervisor's to try again
	mkdir run
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r parts 111 '#fields t a' '1 x' '#end' -- -d o
	[ "$stderr" = "swrite: the stream goes on from the beginning, but what was committed last is 1.0" ]
}

@test "swrite -d: a stream that breaks off leaves its last epoch out" {
	parts 111 '#fields t a' '1 x' '#barrier 1.r' '2 y' -- -d o
	[ "$output" = "" ]
	[ "$stderr" = "swrite: $cut_off" ]
	[ "$(cat o/part-*)" = 1,x ]
	parts 1 '#restore 1.r' '#fields t a' '2 z' 'x y' '#end' -- -d o
	[ "$(cat o/part-*)" = 1,x ]
	parts 0 '#restore 1.r' '#fields t a' '2 z' '#end' -- -d o
	fine
	[ "$(cat o/part-*)" = "1,x
2,z" ]
	[ "$(echo o/*.tmp)" = 'o/*.tmp' ]
}

@test "swrite -d: parts that somebody has taken away do not come back" {
	parts 0 '#fields t a' '1 x' '#barrier 1.r' '#stop' -- -d o
	rm o/part-*
	parts 111 '#restore 1.r' '#fields t a' '2 y' -- -d o
	[ -e o/0000000002.tmp ]
	parts 0 '#restore 1.r' '#fields t a' '2 z' '#end' -- -d o
	[ "$(echo o/part-*)" = o/part-0000000002.csv ]
	[ "$(cat o/part-*)" = 2,z ]
}

@test "swrite -d: only its own temporary files go" {
	mkdir o
	touch o/mine.tmp o/12.tmp o/part.tmp
	parts 0 '#fields t a' '1 x' '#end' -- -d o
	fine
	[ "$(echo o/*.tmp)" = "o/12.tmp o/mine.tmp o/part.tmp" ]
	mkdir other
	touch other/part-7
	parts 1 '#fields t a' '1 x' '#end' -- -d other
	[ "$stderr" = "swrite: other: there is part-7, but no file commit that says which epoch came last: a directory of its own is needed" ]
	[ "$(ls other)" = "lock
part-7" ]
}

@test "swrite -d: a commit file that was altered is refused" {
	for text in 1.r 1.r\\t '1.r\tx' '1.r\t-1' '\t1' '1.r\t1\tpart-1\n' '1.r\t1\t../x\n' '1.r\t1\tlock\n' '\n'; do
		rm -rf o
		mkdir o
		# shellcheck disable=SC2059 # escapes
		printf "$text" >o/commit
		case $text in *\\n) ;; *) [ "$text" != 1.r ] || continue; echo >>o/commit ;; esac
		[ "$text" != '1.r\t1\tpart-1\n' ] || continue
		parts 1 '#fields t a' '1 x' '#end' -- -d o
		[ "$stderr" = "swrite: o/commit: not what swrite writes: it has been altered" ]
	done
	printf '1.r\t1' >o/commit
	parts 1 '#fields t a' '1 x' '#end' -- -d o
	[ "$stderr" = "swrite: o/commit: not a line: it has been altered" ]
}

@test "swrite -d: one at a time, and it says who" {
	mkfifo in
	swrite -d o <in 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields t a' '1 x' >&9
	for ((i = 0; i < 500; i++)); do
		[ ! -e o/0000000001.tmp ] || break
		sleep 0.01
	done
	parts 111 '#fields t a' '1 x' '#end' -- -d o
	[ "$stderr" = "swrite: o: in use by swrite, process $pid" ]
	kill -9 "$pid"
	exec 9>&-
	wait "$pid" || true
	parts 0 '#fields t a' '2 y' '#end' -- -d o
	[ "$(cat o/part-*)" = 2,y ]
}

@test "swrite -d: a directory that cannot be" {
	touch plain
	parts 1 '#fields t a' '1 x' '#end' -- -d plain/o
	[ "$stderr" = "swrite: plain/o: Not a directory" ]
	parts 1 '#fields t a' '1 x' '#end' -- -d plain
	[ "$stderr" = "swrite: plain: Not a directory" ]
	(umask 027; feed '#fields t a' '1 x' '#end' | swrite -d o)
	[ "$(stat -c %a o o/part-0000000001.csv | tr '\n' ' ')" = "750 640 " ]
}

@test "swrite -d: a real limit of the file's size is temporary, and does no damage" {
	{ feed '#fields t a' '1 x' '#barrier 1.r'; yes "$(feed '2 yyyyyyyy')" | head -n 20000; feed '#end'; } >in
	run --separate-stderr -111 bash -c 'trap "" XFSZ; ulimit -f 8; swrite -d o <in'
	[ "$output" = "" ]
	[ "$stderr" = "swrite: o/0000000002.tmp: write: File too large" ]
	[ "$(cat o/part-*)" = 1,x ]
	parts 0 '#restore 1.r' '#fields t a' '2 z' '#end' -- -d o
	[ "$(cat o/part-*)" = "1,x
2,z" ]
}

fresh() {
	rm -rf o run
	mkdir run
}

whole() {
	diff <(cat o/part-*) <(all_rows) &&
	    [ "$(echo o/*.tmp)" = 'o/*.tmp' ] &&
	    [ "$(cut -f 1 o/commit)" = "$(cat run/committed)" ] &&
	    [ "$(echo o/part-*)" = "o/part-0000000001.csv o/part-0000000002.csv" ]
}

@test "swrite -d: killed at each step, nothing is lost and nothing is twice" {
	each_point open write fsync rename rename+ -- fresh whole swrite -d o
}

@test "swrite -d: killed by chance, also while it mends what the last one left" {
	many_lives 5 write:1/20,fsync:1/20,rename:1/10,fsync+:1/20,rename+:1/10 fresh whole swrite -d o
}

@test "swrite -d: a full disk at each step is temporary, and does no damage" {
	each_full open write fsync rename -- fresh whole swrite -d o
}

@test "swrite -d: compressed parts survive all of that too" {
	zwhole() { diff <(zcat o/part-*) <(all_rows); }
	each_point rename -- fresh zwhole swrite -d o -z gzip
	each_full write -- fresh zwhole swrite -d o -z gzip
}

@test "swrite -d: a savepoint's ID is committed first" {
	mkdir run
	echo 3.s >run/savepoint
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r parts 0 '#restore 3.s' '#fields t a' '4 x' '#end 4.r' -- -d o
	fine
	[ "$(cat o/part-*)" = 4,x ]
	[ ! -e run/savepoint ]
	[ "$(cat run/committed)" = 4.r ]
	echo 3.s >run/savepoint
	WEIR_RUNDIR=$PWD/run WEIR_RUN=q parts 1 '#restore 3.s' '#fields t a' '4 x' '#end 4.q' -- -d o
	[ "$stderr" = "swrite: the savepoint is of epoch 3.s, but the sink has committed 4.r" ]
}

@test "swrite -d: an ID that no file can be named by" {
	id=$(printf '%09000d.x' 1)
	run -1 --separate-stderr swrite -d out < <(printf '#fields\ttime\ta\n1\tx\n#barrier\t%s\n#stop\n' "$id")
	[ "$output" = "" ]
	[[ $stderr == 'swrite: not an epoch'* ]]
	[ ! -e out/commit ]
}

@test "swrite -d: a second committing sink in the run is refused" {
	mkdir run
	mkfifo in
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r swrite -d o <in 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	for ((i = 0; i < 500; i++)); do
		[ ! -e run/start ] || break
		sleep 0.01
	done
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r parts 1 '#fields t a' '#end 1.r' -- -d p
	[ "$output" = "" ]
	[[ $stderr = "swrite: this run has a committing sink already, swrite: "* ]]
	feed '#fields t a' '#end 1.r' >&9
	exec 9>&-
	wait "$pid"
	# the first one having ended makes no difference
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r parts 1 '#fields t a' '#end 1.r' -- -d p
	[ "$output" = "" ]
	[[ $stderr = "swrite: this run has a committing sink already, swrite: "* ]]
	# one that writes to standard output commits nothing
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r parts 0 '#fields t a' '1 x' '#end 1.r' --
	[ "$output" = 1,x ]
}

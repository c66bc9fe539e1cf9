# shellcheck disable=SC2016,SC2154,SC2030,SC2031
load lib
load lives

setup_file() { shim; }

teardown() { [ -z "${holder-}" ] || kill -9 "$holder" 2>/dev/null || true; }

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# lines FROM TO - ts,key,n, ten ms apart
lines() { awk -v a="$1" -v b="$2" 'BEGIN { for (i = a; i < b; i++) printf "%d,k%d,%d\n", i * 10, i % 7, i }'; }

read='sread -f ts:int,k,n:int -T ts'

# parts DIR - the records of all part files, in order
parts() { cat "$1"/part-* 2>/dev/null; }

# until_there COMMAND ... - waits until it succeeds
until_there() {
	local i
	for ((i = 0; i < 3000; i++)); do
		"$@" && return
		sleep 0.01
	done
	return 1
}

@test "a run ends in part files, and has ended for good then" {
	lines 0 1000 >f.csv
	run -0 --separate-stderr srun -S st "$read -B 100r f.csv | sfilter 'n > 10' | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(parts out)" = "$(lines 11 1000)" ]
	run -0 --separate-stderr srun -S st "$read -B 100r f.csv | sfilter 'n > 10' | swrite -d out"
	[[ $stderr == 'sread: the run had come to its end at epoch '*': nothing was read' ]]
	[ "$(parts out)" = "$(lines 11 1000)" ]
	[ "$(stat -c %a st st/sread.1)" = "700
700" ]
}

@test "srun -1 processes what is there and goes on the next time, with the same bytes as one long run" {
	local i
	lines 0 3000 >all.csv
	: >f.csv
	for i in 0 1 2 3 4 5; do
		lines $((i * 500)) $((i * 500 + 500)) >>f.csv
		printf '%s' "$((i * 5000 + 5000))" >rest
		cat rest >>f.csv	# a line that has no end yet
		run -0 --separate-stderr srun -1 -S st "$read -F f.csv | swindow 1s | saggregate -k k sum:n | swrite -d out"
		[ "$output$stderr" = "" ]
		truncate -s -"$(stat -c %s rest)" f.csv
	done
	sread -f ts:int,k,n:int -T ts -B 500r all.csv | swindow 1s | saggregate -k k sum:n | swrite >want.all
	parts out >got
	# the last window stays open
	head -c "$(stat -c %s got)" want.all | cmp - got
	[ "$(tail -n 1 got | cut -d, -f4)" = 29000 ]
}

@test "a last line without an end is left for the next run, and said" {
	printf '1000,a,1\n2000,b' >f.csv
	run -0 --separate-stderr srun -1 -S st "$read f.csv | swrite -d out"
	[ "$stderr" = "sread: f.csv: the last line has no end yet: left for the next run" ]
	[ "$(parts out)" = 1000,a,1 ]
	printf ',2\n' >>f.csv
	run -0 --separate-stderr srun -1 -S st "$read f.csv | swrite -d out"
	[ "$stderr" = "" ]
	[ "$(parts out)" = '1000,a,1
2000,b,2' ]
}

@test "files that are rotated, copied or compressed between two runs" {
	printf '1000,a,1\n' >f.log
	srun -1 -S st "$read -F f.log | swrite -d out"
	printf '2000,b,2\n' >>f.log
	mv f.log f.log.1
	printf '3000,c,3\n' >f.log
	srun -1 -S st "$read -F f.log | swrite -d out"
	[ "$(parts out | cut -d, -f2 | tr -d '\n')" = abc ]
	printf '4000,d,4\n' >>f.log
	cp f.log f.log.1	# copytruncate
	printf '5000,e,5\n' >f.log
	srun -1 -S st "$read -F f.log | swrite -d out"
	[ "$(parts out | cut -d, -f2 | tr -d '\n')" = abcde ]
	printf '6000,f,6\n' >>f.log
	rm f.log.1
	gzip f.log
	run -1 --separate-stderr srun -1 -S st "$read -F f.log | swrite -d out"
	[[ $stderr == "sread: f.log: the file that was read to byte 9 is not there any more"* ]]
	gunzip f.log.gz
	srun -1 -S st "$read -F f.log | swrite -d out"
	[ "$(parts out | cut -d, -f2 | tr -d '\n')" = abcdef ]
}

@test "what is killed starts again from the last commit, and nothing shows" {
	local n=0 pid srun
	lines 0 20000 >f.csv
	srun -n -S st "$read -B 100r f.csv | sfilter true | swindow 1s | saggregate -k k sum:n count | swrite -d out" 2>err &
	srun=$!
	while kill -0 "$srun" 2>/dev/null; do
		pid=$(pgrep -P "$srun" | shuf -n 1) || continue
		kill -9 "$pid" 2>/dev/null && n=$((n + 1))
		[ $n -lt 20 ] || break
		sleep 0.05
	done
	wait "$srun"
	[ $n -gt 3 ]
	grep -q 'was killed: Killed: starts again in' err
	sread -f ts:int,k,n:int -T ts f.csv | swindow 1s | saggregate -k k sum:n count | swrite | cmp - <(parts out)
}

@test "the source is far ahead of what is committed when a stage dies: its state of that epoch is there" {
	lines 0 30 >f.csv
	run -111 --separate-stderr srun -1 -n -R 0 -S st "$read -B 1r f.csv | sh -c 'sed -u /^#barrier/q; cat >rest; exit 111' | swrite -d out"
	grep -q '^#barrier.30[.]' rest
	[ "$(parts out)" = "$(lines 0 1)" ]
	run -0 --separate-stderr srun -1 -n -S st "$read -B 1r f.csv | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(parts out)" = "$(lines 0 30)" ]
}

@test "srun itself is killed: its stages go too, and the next one goes on" {
	local srun
	lines 0 500 >f.csv
	srun -n -S st "$read -F -B 50ms f.csv | sfilter true | swrite -d out" &
	srun=$!
	until_there test -s out/commit
	kill -9 "$srun"
	wait "$srun" || true
	lines 500 600 >>f.csv
	# the lock is held until all are gone
	until_there srun -1 -S st "$read -F -B 50ms f.csv | sfilter true | swrite -d out" 2>/dev/null
	[ "$(parts out)" = "$(lines 0 600)" ]
}

@test "SIGTERM: the epoch is finished and committed, the end is well" {
	local srun status=0
	lines 0 500 >f.csv
	srun -S st "$read -F -B 1h f.csv | swrite -d out" 2>err &
	srun=$!
	until_there grep -q . st/start
	until_there pgrep -P "$srun" >/dev/null
	sleep 0.3	# what it reads has no epoch of its own to wait for
	kill -TERM "$srun"
	wait "$srun" || status=$?
	[ $status = 0 ]
	[ ! -s err ]
	[ "$(parts out)" = "$(lines 0 500)" ]
}

@test "signals that come together, as from timeout(1), are one; a later one kills" {
	local srun status=0
	lines 0 50 >f.csv
	mkfifo go
	srun -S st "$read -F -B 1h f.csv | sbatch -- sh -c 'echo >there; cat go - >>got'" 2>err &
	srun=$!
	until_there grep -q . st/start
	sleep 0.3	# what it reads has no epoch of its own to wait for
	kill -TERM "$srun"; kill -INT "$srun"
	until_there [ -e there ]
	timeout 30 sh -c ': >go' || cat err
	wait "$srun" || status=$?
	[ $status = 0 ]
	[ ! -s err ]
	[ "$(cat got)" = "$(lines 0 50)" ]
	lines 50 60 >>f.csv
	rm there
	srun -S st "$read -F -B 100ms f.csv | sbatch -- sh -c 'echo >there; cat go - >>got'" 2>err &
	srun=$!
	until_there [ -e there ]
	kill -TERM "$srun"
	sleep 1.1	# the time itself is what is tested
	kill -TERM "$srun"
	wait "$srun" || status=$?
	[ $status = 111 ]
	[ "$(cat err)" = "srun: killed before the epoch was done" ]
	[ "$(cat got)" = "$(lines 0 50)" ]
}

@test "the directory is one run's; another one is told whose" {
	local srun
	echo 1000,a,1 >f.csv
	srun -S st "$read -F f.csv | swrite -d out" &
	srun=$!
	until_there test -s st/start
	run -111 --separate-stderr srun -S st "$read -F f.csv | swrite -d out"
	[ "$stderr" = "srun: st: in use by srun, process $srun" ]
	kill -TERM "$srun"
	wait "$srun"
}

@test "status 1 or 2 of a stage stops the run, a signal or 111 starts it again, up to -R" {
	echo 1000,a,1 >f.csv
	run -1 --separate-stderr srun -n -S st "$read f.csv | sfilter 'nosuch > 1' | swrite -d out"
	[[ $stderr == *"sfilter: "*nosuch*"srun: sfilter.1: exit status 1: a new start would not mend it" ]]
	run -2 --separate-stderr srun -S st "$read -Q f.csv | swrite -d out"
	[[ $stderr == *"srun: sread.1 | swrite.1: exit status 2: a new start would not mend it" ]]
	run -1 --separate-stderr srun -S st "$read f.csv | sfilter 'nosuch > 1' | sdedup k | swrite -d out"
	[[ $stderr == "sfilter: "*nosuch*"srun: sread.1 | sfilter.1 | sdedup.1 | swrite.1: exit status 1: a new start would not mend it" ]]
	run -1 --separate-stderr srun -S st "$read f.csv | nosuchtool | swrite -d out"
	[[ $stderr == *"srun: nosuchtool.1: could not be run: a new start would not mend it" ]]
	run -111 --separate-stderr srun -R 2 -S st "$read f.csv | sh -c 'exit 111' | swrite -d out"
	[ "$(grep -c 'srun: sh.1: exit status 111: starts again in 0.[12] s' <<<"$stderr")" = 2 ]
	[[ $stderr == *"srun: sh.1: exit status 111: that was the last start that -R allows" ]]
	run -111 --separate-stderr srun -R 0 -S st "$read f.csv | sh -c 'kill -9 \$\$' | swrite -d out"
	[[ $stderr == *"srun: sh.1: was killed: Killed: that was the last start that -R allows" ]]
	run -2 --separate-stderr srun -R x -S st "$read f.csv | swrite -d out"
	[ "$stderr" = "srun: -R: not a number of starts: x" ]
}

@test "one committing sink, and a source that can be read again" {
	run -2 --separate-stderr srun -S st "$read f.csv | sshow"
	[ "$stderr" = "srun: sshow commits nothing: a run ends in kout, swrite -d or sbatch" ]
	run -2 --separate-stderr srun -S st "$read f.csv | swrite -s json"
	[ "$stderr" = "srun: swrite commits nothing: a run ends in kout, swrite -d or sbatch" ]
	run -2 --separate-stderr srun -S st a="$read f.csv | swrite -s json -d out" "$read f.csv | sbatch cat"
	[ "$stderr" = "srun: swrite.1 and sbatch.1: a run has one committing sink: let this one end in a topic, and a second pipeline go on from there" ]
	echo 1000,a,1 >f.csv
	# one that hides in a shell is found out when it starts
	mkdir run
	printf kout >run/sink
	run -1 --separate-stderr flock run/sink -c "printf '#fields\\tt\n#end\n' | WEIR_RUNDIR=run swrite -d one"
	[[ $stderr == "swrite: this run has a committing sink already, kout: two cannot commit as one"* ]]
	run -2 --separate-stderr srun -S st3 "$read | swrite -d out"
	[[ $stderr == "sread: standard input: cannot be read again: with a state directory a source reads plain files or a topic"* ]]
}

@test "named pipelines are FIFOs of that name while the run lasts" {
	lines 0 400 >a.csv
	lines 50 600 >b.csv
	run -0 --separate-stderr srun -1 -S st "other=$read b.csv" "$read a.csv | smerge - other | ssort | swrite -d out"
	[ "$output$stderr" = "" ]
	[ ! -e other ]
	[ "$(parts out | sort -n)" = "$({ lines 0 300; lines 50 300; } | sort -n)" ]
	touch other
	run -1 --separate-stderr srun -1 -S st "other=$read b.csv" "$read a.csv | smerge - other | ssort | swrite -d out"
	[ "$stderr" = "srun: other: is there already: a named pipeline is a FIFO of that name" ]
}

@test "an input that ends before the others goes on with them the next time" {
	lines 0 200 >a.csv
	lines 1000 1010 >b.csv
	# twenty epochs and one
	other="other=$read -F -B 10r b.csv | sdedup n"
	pipe="$read -F -B 10r a.csv | smerge - other | swrite -d out"
	run -0 --separate-stderr srun -1 -S st "$other" "$pipe"
	[ "$output$stderr" = "" ]
	srun -S st -N save
	cp -r out out2
	lines 1010 1025 >>b.csv
	run -0 --separate-stderr srun -1 -S st "$other" "$pipe"
	[ "$output$stderr" = "" ]
	lines 200 300 >>a.csv
	lines 1005 1030 >>b.csv
	run -0 --separate-stderr srun -1 -S st "$other" "$pipe"
	[ "$output$stderr" = "" ]
	[ "$(parts out | sort -n)" = "$({ lines 0 300; lines 1000 1030; } | sort -n)" ]
	run -0 --separate-stderr srun -1 -S st2 -F save "$other" "${pipe/out/out3}"
	[ "$output$stderr" = "" ]
	[ "$(parts out2 | cat - <(parts out3) | sort -n)" = "$({ lines 0 300; lines 1000 1030; } | sort -n)" ]
}

@test "an input that has come to its end keeps it when the run is killed" {
	local srun
	lines 0 50 >a.csv
	lines 1000 1010 >b.csv
	pipe="$read -F -B 20ms a.csv | smerge - other | sdedup n | swrite -d out"
	srun -S st "other=$read b.csv" "$pipe" 2>err &
	srun=$!
	until_there grep -qs '^[5-9]' st/committed
	kill -9 "$srun"
	wait "$srun" || true
	lines 50 60 >>a.csv
	until_there eval 'srun -1 -S st "other=$read b.csv" "$pipe" 2>err2 || ! grep -q "in use" err2'
	[ "$(cat err2)" = "" ] || grep -q 'sread: the run had come to its end' err2
	[ "$(parts out | sort -n)" = "$({ lines 0 60; lines 1000 1010; } | sort -n)" ]
}

# chained ARG ... - srun -1 with them, and of each process that is a chain its tools, in ./chains
chained() {
	mkdir -p bin
	printf '#!/bin/sh\necho "$1" >>chains\nexec %s "$@"\n' "$(command -v schain)" >bin/schain
	chmod +x bin/schain
	rm -f chains
	PATH=$PWD/bin:$PATH run -0 --separate-stderr srun -1 -S st "$@"
	# the first word of each stage
	sed 's/^/| /; s/| \([^ ]*\)[^|]*/\1 /g; s/ $//' chains | sort >tools
}

@test "tools next to each other are one process: also a join that has one input, and what shows a table" {
	lines 0 20 >f.csv
	printf 'k,name\nk1,one\nk3,three\n' >t.csv
	chained "$read f.csv | sjoin -jleft -k k -t t.csv | sfilter 'name == null' | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(cat tools)" = 'sread sjoin sfilter swrite' ]
	[ "$(parts out | cut -d, -f 1)" = "$(lines 0 20 | grep -v ',k[13],' | cut -d, -f 1)" ]
	[ -e st/sjoin.1 ]
	rm -r st out
	chained "$read f.csv | smap 'side=n < 10 ? \"L\" : \"R\"' | sjoin -k k -r 70ms,70ms -a side | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(cat tools)" = 'sread smap sjoin swrite' ]
	[ "$(parts out | wc -l)" = 7 ]
	# a second input keeps it apart
	rm -rf st out
	chained "other=$read f.csv" "$read f.csv | sfilter true | sjoin -k k -r 0s,0s other | sfilter true | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(cat tools)" = 'sfilter swrite
sread sfilter' ]
	[ "$(parts out | wc -l)" = 20 ]
	rm -r st out
	chained "shown=$read f.csv | sfilter 'n == 7' | sshow" "$read f.csv | sh -c 'cat shown >table; exec cat' | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(cat tools)" = 'sread sfilter sshow' ]
	grep -q 'k0|  *7|' table
}

@test "a named pipeline that nobody reads: it is said, and in the end an error" {
	local srun status=0
	lines 0 10 >f.csv
	run -1 --separate-stderr srun -S st "r=$read f.csv | stime" "$read f.csv | swrite -d out"
	[ "$output" = "" ]
	[ "$stderr" = "srun: sread.1 | stime.1: nobody has read the pipeline r: a new start would not mend it" ]
	[ "$(parts out)" = "$(lines 0 10)" ]
	[ ! -e r ]
	srun -S st2 "r=$read f.csv | stime" "$read -F f.csv | swrite -d out2" 2>err 3>&- &
	srun=$!
	until_there grep -q . err
	[ "$(cat err)" = "srun: r: for 10 s nobody has read this pipeline: another one is to do so, by its name" ]
	kill -TERM "$srun"
	wait "$srun" || status=$?
	[ $status = 1 ]
	[ "$(tail -n 1 err)" = "srun: sread.1 | stime.1: nobody has read the pipeline r: a new start would not mend it" ]
	[ "$(parts out2)" = "$(lines 0 10)" ]
}

@test "a named pipeline may be read by a name that is put together" {
	lines 0 10 >f.csv
	run -0 --separate-stderr srun -1 -S st "other=$read f.csv" "sh -c 'x=oth; exec smerge \"\${x}er\"' | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(parts out)" = "$(lines 0 10)" ]
}

@test "srun -1: an empty input whose header is still to come ends well, and goes on when it came" {
	local h='sread -H -T ts'
	: >f.csv
	lines 0 10 >g.csv
	for i in 1 2; do
		for f in '' -F; do
			run -0 --separate-stderr srun -1 -S "st$f" "$h $f f.csv | sfilter 'int(n) > 3' | saggregate -L late -m each -k n count | swrite -d out$f"
			[ "$output$stderr" = "" ]
			[ "$(parts "out$f")" = "" ]
			[ ! -e "st$f/committed" ]
			run -0 --separate-stderr srun -1 -n -S "m$f" "other=$h $f f.csv" "$read $f g.csv | smerge - other | swrite -d all$f"
			[ "$output$stderr" = "" ]
			[ "$(parts "all$f")" = "" ]
			run -0 --separate-stderr srun -1 -S "j$f" "other=$read $f g.csv" "$h $f f.csv | sjoin -k k -r 0s,1h other | swrite -d both$f"
			[ "$output$stderr" = "" ]
			[ "$(parts "both$f")" = "" ]
		done
	done
	# the header alone, half of it first
	printf 'ts,k' >>f.csv
	run -0 --separate-stderr srun -1 -S st "$h f.csv | sfilter 'int(n) > 3' | saggregate -L late -m each -k n count | swrite -d out"
	[ "$stderr" = "sread: f.csv: the last line has no end yet: left for the next run" ]
	printf ',n\n' >>f.csv
	for i in 1 2; do
		run -0 --separate-stderr srun -1 -S st "$h f.csv | sfilter 'int(n) > 3' | saggregate -L late -m each -k n count | swrite -d out"
		[ "$output$stderr" = "" ]
		[ "$(parts out)" = "" ]
	done
	lines 0 6 >>f.csv
	for f in '' -F; do
		run -0 --separate-stderr srun -1 -S "st$f" "$h $f f.csv | sfilter 'int(n) > 3' | saggregate -L late -m each -k n count | swrite -d out$f"
		[ "$output$stderr" = "" ]
		[ "$(parts "out$f")" = "40,4,1
50,5,1" ]
		run -0 --separate-stderr srun -1 -S "j$f" "other=$read $f g.csv" "$h $f f.csv | sjoin -k k -r 0s,1h other | swrite -d both$f"
		[ "$output$stderr" = "" ]
		[ "$(parts "both$f" | wc -l)" = 9 ]
	done
	# with -f the columns are known without it
	: >e.csv
	run -0 --separate-stderr srun -1 -S stf "sread -H -f ts:int,n:int -T ts e.csv | sfilter 'n > 3' | swrite -d outf"
	[ "$output$stderr" = "" ]
	# not there at all is an error
	run -1 --separate-stderr srun -1 -S st3 "$h nosuch.csv | swrite -d out3"
	[[ $stderr == "sread: nosuch.csv: No such file or directory"* ]]
}

@test "a stop while it waits for a new start: nothing was finished, so 111" {
	local srun status=0
	echo 1000,a,1 >f.csv
	srun -S st "$read f.csv | sh -c 'exit 111' | swrite -d out" 2>err &
	srun=$!
	until_there grep -q 'in 1.6 s' err
	kill -TERM "$srun"
	wait "$srun" || status=$?
	[ $status = 111 ]
	[ "$(tail -n 1 err)" = "srun: stopped before the new start: the next run goes on from the last commit" ]
}

@test "a savepoint, taken while the run goes on, is started from elsewhere; late and bad records come along" {
	local srun id
	{ lines 0 300; echo 0,late,1; echo x,bad,1; } >f.csv
	p="$read -D bad.json -F -B 50ms f.csv | swindow 1s | saggregate -L late.tsv -k k sum:n | swrite -d out"
	srun -S st "$p" 2>err &
	srun=$!
	until_there grep -qs late late.tsv
	until_there eval 'id=$(srun -S st -N save 2>/dev/null)'
	kill -TERM "$srun"
	wait "$srun"
	[ "$(cat save/savepoint)" = "$id" ]
	mkdir there
	cp -r save f.csv there
	cd there
	lines 300 600 >>f.csv
	run -0 --separate-stderr srun -1 -S st2 -F save "$p"
	lines 600 700 >>f.csv
	run -0 --separate-stderr srun -1 -S st2 -F save "$p"
	[ "$(grep -c late late.tsv)" = 1 ]
	[ "$(grep -c bad bad.json)" = 1 ]
	# windows of the first 3 s that had been committed are in the other place
	{ cat ../out/part-* out/part-*; } >got
	{ lines 0 700; } | sread -f ts:int,k,n:int -T ts | swindow 1s | saggregate -k k sum:n | swrite >want
	head -c "$(stat -c %s got)" want | cmp - got
	run -1 --separate-stderr srun -1 -S st2 -N save
	run -1 --separate-stderr srun -1 -S ../st -F save "$p"
	[[ $stderr == "srun: ../st: holds a run already"* ]]
}

@test "a savepoint of a large state has all files that it builds on" {
	local srun id
	lines 0 6000 >f.csv
	p="$read -F -B 50ms f.csv | saggregate -m each -k n count | swrite -d out"
	srun -S st "$p" 2>err &
	srun=$!
	until_there eval 'grep -qs "^#builds" st/saggregate.1/*.snap'
	until_there eval 'id=$(srun -S st -N save 2>/dev/null)'
	kill -TERM "$srun"
	wait "$srun"
	grep -q '^#builds' "save/saggregate.1/$id.snap"
	mkdir there
	cp -r save f.csv there
	cd there
	lines 0 3 >>f.csv
	run -0 --separate-stderr srun -1 -S st2 -F save "$p"
	[ "$output$stderr" = "" ]
	[ "$(parts out)" = "$(printf '%s\n' 0,0,2 10,1,2 20,2,2)" ]
}

# made_save - takes the savepoint of st, in save; the status of srun
made_save() { "$@" srun -S st -N save >id 2>err; }

@test "a savepoint that was not finished is none, and the next attempt makes it anew" {
	local p n status id
	{ lines 0 300; echo 0,late,1; echo x,bad,1; } >f.csv
	srun -1 -S st "$read -D bad.json -F f.csv | swindow 1s | saggregate -L late.tsv -k k sum:n | swrite -d out" 2>err
	id=$(cat st/committed)
	cp -r out out.at
	made_save
	mv save want
	for p in open rename fsync link unlink open+ rename+ link+; do
		for ((n = 1; ; n++)); do
			rm -rf save
			# what the attempt before has left must not come along
			mkdir -p save/kout.1
			echo 1 >save/unfinished
			echo old >save/kout.1/id
			status=0
			CRASH=$p:$n made_save crashing || status=$?
			[ "$status" = 137 ] || break
			if [ ! -e save/savepoint ]; then
				run -1 --separate-stderr srun -1 -S st3 -F save "$read -F f.csv | swrite -d out3"
				[ "$stderr" = "srun: save: is not a savepoint" ]
				made_save
			fi
			diff -r -x lock -x unfinished want save
			run -1 --separate-stderr srun -S st -N save
			[ "$stderr" = "srun: save: is not empty" ]
		done
		[ "$status" = 0 ]
		[ "$n" -gt 1 ]
		[ "$(cat id)" = "$id" ]
	done
	[ ! -e save/unfinished ]
	# no room for it: the same
	for ((n = 1; ; n++)); do
		rm -rf save
		status=0
		CRASH_FULL=open:$n made_save crashing || status=$?
		[ "$status" != 0 ] || break
		[ "$status" = 111 ]
		made_save
		diff -r -x lock want save
	done
	[ "$n" -gt 1 ]
}

@test "a start from a savepoint that was not finished is none, and the next one makes it anew" {
	local p n status pipe
	lines 0 300 >f.csv
	pipe="$read -F f.csv | sdedup n | swrite -d out"
	srun -1 -S st "$pipe"
	srun -S st -N save
	lines 300 310 >>f.csv
	for p in open rename fsync link unlink; do
		for ((n = 1; ; n++)); do
			rm -rf st2 out
			status=0
			CRASH=$p:$n CRASH_TOOL=srun crashing srun -1 -S st2 -F save "$pipe" || status=$?
			[ "$status" = 137 ] || break
			if [ -e st2/unfinished ]; then
				run -1 --separate-stderr srun -1 -S st2 "$pipe"
				[ "$stderr" = "srun: st2: a start from a savepoint has not come to its end here: start from it again, by -F" ]
			fi
			run -0 --separate-stderr srun -1 -S st2 -F save "$pipe"
			[ "$output$stderr" = "" ]
			[ "$(parts out)" = "$(lines 300 310)" ]
		done
		[ "$status" = 0 ]
		[ "$n" -gt 1 ]
	done
}

@test "one savepoint at a time is taken into a directory" {
	lines 0 30 >f.csv
	srun -1 -S st "$read -F f.csv | swrite -d out"
	CRASH=rename+:1 CRASH_SIGNAL=19 crashing srun -S st -N save >id 3>&- &
	until_there test -e save/unfinished
	holder=$(sed 's/.* //' save/lock)
	run -111 --separate-stderr srun -S st -N save
	[ "$stderr" = "srun: save: in use by srun -N, process $holder" ]
	kill -CONT "$holder"
	wait
	[ "$(cat id)" = "$(cat save/savepoint)" ]
	run -1 --separate-stderr srun -1 -S st -F save "$read -F f.csv | swrite -d out"
	[ "$stderr" = "srun: st: holds a run already: -F starts one in an empty directory" ]
}

@test "power cut: what is new is in its directory before an epoch is committed" {
	local dir
	mkdir a b c d
	{ lines 0 300; echo 0,late,1; echo x,bad,1; } >f.csv
	ln -s ../b/bad.json d/bad.json
	CRASH_LOG=$PWD/log crashing srun -1 -n -S a/st "$read -D d/bad.json -F f.csv | swindow 1s |
	    saggregate -L c/late.tsv -k k sum:n | swrite -d d/out" 2>err
	grep -q ' commit $' log
	# the sink renames: the note that it is done comes behind
	for dir in a a/st b c d d/out; do
		sed '/ commit $/q' log | grep -q " fsync $PWD/$dir\$" || { echo "$dir is not synced"; return 1; }
	done
	# each by whom it concerns: by the time of its own first snapshot or commit
	first() { grep "^$1 " log | sed "/ $2 \$/q" | grep -q " fsync $PWD/$3\$" || { echo "$1: $3"; return 1; }; }
	first sread snap a/st
	first sread snap b
	first saggregate snap a/st
	first saggregate snap c
	first swrite commit d
	first swrite commit d/out
	grep -q '^srun fsync .*/a$' log
}

@test "late and bad records may go where no file is" {
	{ lines 0 300; echo 0,late,1; echo x,bad,1; } >f.csv
	run -0 --separate-stderr srun -1 -n -R 0 -S st "$read -D /dev/null -F f.csv | swindow 1s |
	    saggregate -L /dev/null -k k sum:n | swrite -d out"
	[ "$output" = "" ]
	[ "$(grep -c 'written to /dev/null' <<<"$stderr")" = 2 ]
	[ "$(parts out | wc -l)" = 14 ]
	run -0 --separate-stderr srun -1 -n -R 0 -S st "$read -D /dev/null -F f.csv | swindow 1s |
	    saggregate -L /dev/null -k k sum:n | swrite -d out"
	[ "$output$stderr" = "" ]
}

@test "a savepoint whose sink has gone on is refused" {
	lines 0 100 >f.csv
	p="$read -F f.csv | swrite -d out"
	srun -1 -S st "$p"
	srun -S st -N save >id
	lines 100 200 >>f.csv
	srun -1 -S st "$p"
	run -1 --separate-stderr srun -1 -S st2 -F save "$p"
	[[ $stderr == "swrite: the savepoint is of epoch $(cat id), but the sink has committed "* ]]
	[ "$(parts out)" = "$(lines 0 200)" ]
}

@test "a pipeline that has changed: the difference is told, -D drops what may go" {
	lines 0 100 >f.csv
	srun -1 -S st "$read -F f.csv | stime | swindow 1s | saggregate -k k sum:n | swrite -d out"
	run -1 --separate-stderr srun -1 -S st "$read -F f.csv | stime | swindow 1s | saggregate -k n sum:n | swrite -d out"
	[[ $stderr == *"the state does not fit: it was made with "*"now there is "* ]]
	run -1 --separate-stderr srun -1 -S st "$read -F f.csv | swindow 1s | saggregate -k k sum:n | swrite -d out"
	[ "$stderr" = "srun: $PWD/st/stime.1: is the state of a stage that the pipeline has no more; -D stime.1 drops it" ]
	run -2 --separate-stderr srun -1 -D nosuch.1 -S st "$read -F f.csv | swindow 1s | saggregate -k k sum:n | swrite -d out"
	[ "$stderr" = "srun: -D: no stage nosuch.1, and no state of one" ]
	run -0 --separate-stderr srun -1 -D stime.1,saggregate.1 -S st "$read -F f.csv | swindow 1s | saggregate -k n sum:n | swrite -d out"
	[ "$stderr" = "" ]
	[ ! -e st/stime.1 ]
}

@test "a pipeline that has changed: what -D is for is said where a stage cannot go on" {
	local said
	lines 0 100 >f.csv
	srun -1 -S st "$read -F f.csv | swindow 1s | saggregate -k k sum:n | swrite -d out"
	for apart in -n -1; do
		run -1 --separate-stderr srun -1 $apart -S st "$read -F f.csv | sdedup k | swindow 1s | saggregate -k k sum:n | swrite -d out"
		said="sdedup: $PWD/st/sdedup.1: no snapshot of epoch $(cat st/committed); if the pipeline did not have this stage before, -D sdedup.1 lets it begin there"
		grep -qxF "$said" <<<"$stderr"
		run -1 --separate-stderr srun -1 $apart -S st "$read -F f.csv | swindow 1s | saggregate -k n sum:n | swrite -d out"
		grep -qx "saggregate: .*: the state does not fit: .*; -D saggregate.1 drops it" <<<"$stderr"
	done
	# a directory of its own is not srun's to drop
	saggregate -S own -k k sum:n < <(feed '#fields t k n:int' '#barrier 1.a' '#stop') >/dev/null
	run -1 --separate-stderr saggregate -S own -k n sum:n < <(feed '#restore 1.a' '#fields t k n:int' '#end')
	[[ $stderr == *"now there is key=n:int" ]]
	srun -1 -D sdedup.1 -S st "$read -F f.csv | sdedup n | swindow 1s | saggregate -k k sum:n | swrite -d out"
}

@test "srun -1: a followed file that is not there is told" {
	lines 0 10 >f.csv
	run -0 --separate-stderr srun -1 -S st "$read -F g.csv f.csv | swrite -d out"
	[ "$stderr" = "sread: g.csv: is not there: nothing is read of it" ]
	mv f.csv g.csv
	run -0 --separate-stderr srun -1 -S st2 "$read -F g.csv | swrite -d out2"
	[ "$output$stderr" = "" ]
	[ "$(parts out2)" = "$(lines 0 10)" ]
}

@test "srun -D leaves alone what is no state of a stage" {
	lines 0 10 >f.csv
	srun -1 -S . "$read -F f.csv | sbatch -- cat" >out
	mkdir notes
	echo mine >notes/keep
	run -2 --separate-stderr srun -1 -S . -D notes "$read -F f.csv | sbatch -- cat"
	[ "$output" = "" ]
	[ "$stderr" = "srun: -D: no stage notes, and no state of one" ]
	[ "$(cat notes/keep)" = mine ]
	# what a sink has done is not a state that may be dropped
	run -2 --separate-stderr srun -1 -S . -D sbatch.1 "$read -F f.csv | swrite -d parts"
	[ "$stderr" = "srun: -D: no stage sbatch.1, and no state of one" ]
	[ -e sbatch.1/done ]
	lines 10 12 >>f.csv
	srun -1 -S . "$read -F f.csv | sbatch -- cat" >>out
	[ "$(cat out)" = "$(lines 0 12)" ]
}

@test "srun -D of a source: what it reads again is in its dead letters once" {
	local p
	printf 'x,bad,1\n' | cat - <(lines 0 10) >f.csv
	echo before >bad.json
	p="$read -D bad.json -F f.csv | stime | swrite -d out"
	srun -1 -n -S st "$p" 2>err
	[ "$(grep -c x,bad,1 bad.json)" = 1 ]
	{ lines 10 12; echo y,bad,1; } >>f.csv
	srun -1 -n -S st "$p" 2>err
	[ "$(wc -l <bad.json)" = 3 ]
	run -0 --separate-stderr srun -1 -n -D sread.1 -S st "$p"
	[ "$stderr" = "sread: 2 bad records written to bad.json" ]
	[ "$(sed 's/.*"payload"://' bad.json)" = 'before
"x,bad,1"}
"y,bad,1"}' ]
	[ "$(parts out | wc -l)" = 24 ]
	echo z,bad,1 >>f.csv
	srun -1 -n -S st "$p" 2>err
	[ "$(sed 1d bad.json | sed 's/.*"payload"://' | tr -d '\n')" = '"x,bad,1"}"y,bad,1"}"z,bad,1"}' ]
}

@test "dead letters that a run is given later are cut back as well when it dies before a commit" {
	local p
	lines 0 10 >f.csv
	srun -1 -n -S st "$read -F f.csv | swrite -d out"
	{ echo x,bad,1; lines 10 20; } >>f.csv
	echo before >bad.json
	p="$read -D bad.json -F f.csv | swrite -d out"
	CRASH=commit:1 CRASH_TOOL=swrite CRASH_ONCE=$PWD/died crashing srun -1 -n -S st "$p" 2>err
	[ -e died ]
	grep -q 'starts again' err
	[ "$(parts out)" = "$(lines 0 20)" ]
	[ "$(sed 's/.*"payload"://' bad.json)" = 'before
"x,bad,1"}' ]
	# left out for a while, and given again
	lines 20 21 >>f.csv
	srun -1 -n -S st "$read -F f.csv | swrite -d out"
	echo y,bad,1 >>f.csv
	srun -1 -n -S st "$p" 2>err
	[ "$(sed 's/.*"payload"://' bad.json)" = 'before
"x,bad,1"}
"y,bad,1"}' ]
	# the source begins anew: back to what there was before it had the file
	srun -1 -n -D sread.1 -S st "$p" 2>err
	[ "$(sed 's/.*"payload"://' bad.json)" = 'before
"x,bad,1"}
"y,bad,1"}' ]
}

@test "the service manager hears READY, the epochs, and signs of life only with progress" {
	listen
	lines 0 100 >f.csv
	NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=5000000 srun -1 -S st "$read -F f.csv | swrite -d out"
	listened .
	grep -qx READY=1 told
	grep -q '^STATUS=epoch 1\..* is committed$' told
	grep -qx WATCHDOG=1 told
}

@test "a state directory that cannot be written: 111 and a clear word, and on it goes when it can" {
	[ "$(id -u)" != 0 ] || skip "root may write anywhere"
	lines 0 100 >f.csv
	srun -1 -S st "$read -F f.csv | swrite -d out"
	chmod 500 st/sread.1
	run -111 --separate-stderr srun -R 0 -1 -S st "$read -F f.csv | swrite -d out"
	[[ $stderr == *"st/sread.1/"*"Permission denied"* ]]
	chmod 700 st/sread.1
	srun -1 -S st "$read -F f.csv | swrite -d out"
	[ "$(parts out)" = "$(lines 0 100)" ]
}

# mounted_ro MOUNTPOINT COMMAND - a shell in which MOUNTPOINT, as it is, cannot be written
mounted_ro() {
	unshare -rm sh -c "mount --bind $1 $1 && mount -o remount,bind,ro $1 && $2"
}

@test "a stage's directory that cannot be made or opened: 111, as when it cannot be written" {
	lines 0 100 >f.csv
	mkdir disk
	mounted_ro disk true 2>err || skip "no right to mount: $(cat err)"
	run -111 --separate-stderr mounted_ro disk "srun -1 -R 0 -S disk/st '$read f.csv | swrite -d out'"
	[ "$stderr" = "srun: disk/st: Read-only file system" ]
	run -111 --separate-stderr mounted_ro disk "$read f.csv | swrite -d disk/out"
	[ "$stderr" = "swrite: disk/out: Read-only file system" ]
	run -1 --separate-stderr srun -1 -S none/st "$read f.csv | swrite -d out"
	[ "$stderr" = "srun: none/st: No such file or directory" ]
}

@test "a stage's directory that may not be looked into: 111, and on it goes when it may" {
	[ "$(id -u)" != 0 ] || skip "root may look anywhere"
	lines 0 100 >f.csv
	srun -1 -S st "$read -F f.csv | sdedup n | swrite -d out"
	chmod 0 st/sdedup.1
	lines 100 200 >>f.csv
	run -111 --separate-stderr srun -R 0 -1 -S st "$read -F f.csv | sdedup n | swrite -d out"
	[[ $stderr == "sdedup: $PWD/st/sdedup.1: Permission denied"* ]]
	# so it is with that of a stage that is gone
	run -111 --separate-stderr srun -R 0 -1 -S st "$read -F f.csv | swrite -d out"
	[ "$stderr" = "srun: $PWD/st/sdedup.1: Permission denied" ]
	chmod 700 st/sdedup.1
	srun -1 -S st "$read -F f.csv | sdedup n | swrite -d out"
	[ "$(parts out)" = "$(lines 0 200)" ]
}

@test "srun -P: the stages hear which share of the partitions is theirs; -v changes nothing" {
	lines 0 20 >f.csv
	run -0 --separate-stderr srun -v -1 -P 2/3 -S st "$read f.csv | sh -c 'echo \"\$WEIR_PART\" >share; exec cat' | swrite -d out"
	[ "$output$stderr" = "" ]
	[ "$(cat share)" = 2/3 ]
	[ "$(parts out)" = "$(lines 0 20)" ]
}

@test "the README's guarantees name tests that there are" {
	local root=$BATS_TEST_DIRNAME/.. file name n=0
	sed -n '/^## What is guaranteed/,/^## Speed/p' "$root/README.md" | tr -s '\n ' ' ' |
	    # each title behind its file
	    sed -E ':a; s/(`tests[^`]*`) ([*][^*]*[*]), [*]/\1 \2 \1 */; ta' >said
	while read -r file; do
		[ -e "$root/$file" ] || { echo "no $file"; return 1; }
	done < <(grep -o 'tests/[a-z-]*[.][a-z]*' said)
	while IFS='*' read -r file name _; do
		file=${file#?} file=${file%%\`*}
		grep -qF "@test \"$name\" {" "$root/$file" || { echo "$file: no $name"; return 1; }
		n=$((n + 1))
	done < <(grep -o '`tests/[a-z-]*[.]bats` [*][^*]*[*]' said)
	[ "$n" = 22 ]
}

@test "srun: options that are wrong" {
	use="usage: srun [-1hnVv] [-D tool.n[,...]] [-F savepoint] [-P i/n] [-R attempts[/time]]
            -S dir [name='pipeline' ...] 'pipeline'
       srun -S dir -N dest"
	run -2 --separate-stderr srun "$read f.csv | swrite -d out"
	[ "$stderr" = "srun: -S is needed: the directory of the run's state
$use" ]
	run -2 --separate-stderr srun -S st
	[ "$stderr" = "$use" ]
	run -2 --separate-stderr srun -S st 'sread x > y'
	[[ $stderr == "srun: "*">"* ]]
	run -2 --separate-stderr srun -S st 'no name=x' 'y | sbatch cat'
	[ "$stderr" = "srun: not NAME='PIPELINE': no name=x" ]
	run -1 --separate-stderr srun -S nosuch -N save
	[ "$stderr" = "srun: nosuch: No such file or directory" ]
	run -0 srun -h
	[ "$output" = "$use" ]
	run -0 srun -V
	[[ $output == "srun "* ]]
}

@test "an input that ended, or stopped, before another: the run goes on from an epoch that it had no part in" {
	local srun
	lines 0 50 >short.csv
	lines 0 400 >long.csv
	srun -S st "other=$read short.csv | stime" "$read -F -B 50ms long.csv | smerge - other | swrite -d out" 2>err &
	srun=$!
	# the short one has come to its end, epochs of the other follow
	until_there compgen -G 'st/stime.1/rest.*' >/dev/null
	n=$(cut -d. -f1 st/committed || echo 0)
	until_there eval '[ "$(cut -d. -f1 st/committed)" -gt $((${n:-0} + 2)) ]'
	pkill -9 -P "$srun"
	n=$(cut -d. -f1 st/committed)
	until_there eval '[ "$(cut -d. -f1 st/committed)" -gt $((n + 2)) ]'
	srun -S st -N save
	kill -TERM "$srun"
	wait "$srun"
	lines 400 500 >>long.csv
	srun -1 -S st "other=$read short.csv | stime" "$read -F -B 50ms long.csv | smerge - other | swrite -d out" 2>err2
	[ "$(parts out | sort -n)" = "$({ lines 0 50; lines 0 500; } | sort -n)" ]
	mv out out.before
	srun -1 -S st2 -F save "other=$read short.csv | stime" "$read -F -B 50ms long.csv | smerge - other | swrite -d out" 2>err3
	[ "$(parts out | sort -n)" = "$(lines 400 500)" ]
}

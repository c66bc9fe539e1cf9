# shellcheck disable=SC2016,SC2154
load lib

fields='#fields t a n:int'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# batches STATUS LINE ... -- ARG ...
batches() { given "$1" sbatch "${@:2}"; }

# shows LINE ... - this is all of the output, and nothing is on standard error
shows() {
	[ "$output" = "$(printf '%s\n' "$@")" ] || { printf 'got:\n%s\n' "$output" >&2; return 1; }
	[ "$stderr" = "" ]
}

@test "sbatch runs the command for each epoch, with its records" {
	batches 0 "$fields" '1 x 5' '#watermark 1' '2 y \N' '#barrier 3.r committed=2.r' '3 z 7' '#end 4.r' -- \
	    sh -c 'echo "$WEIR_EPOCH $WEIR_SEQ"; cat'
	shows '3.r 3' '1,x,5' '2,y,' '4.r 4' '3,z,7'
}

@test "sbatch does not run it for an epoch without records" {
	batches 0 "$fields" '#barrier 1.r' '1 x 5' '#barrier 2.r' '#watermark 9' '#barrier 3.r' '#end' -- sh -c 'echo "$WEIR_EPOCH"'
	shows 2.r
	batches 0 "$fields" '#end' -- echo ran
	shows ''
}

@test "sbatch: an end without an ID is the epoch behind the last barrier" {
	batches 0 "$fields" '1 x 5' '#end' -- sh -c 'echo "$WEIR_EPOCH $WEIR_SEQ"'
	shows '1.0 1'
	batches 0 "$fields" '#barrier 9.abc.d' '1 x 5' '#end' -- sh -c 'echo "$WEIR_EPOCH $WEIR_SEQ"'
	shows '10.abc.d 10'
	batches 0 "$fields" '#barrier 9.r' '1 x 5' '#barrier odd' '1 x 5' '#end' -- sh -c 'echo "$WEIR_EPOCH $WEIR_SEQ"'
	shows 'odd odd' '1.0 1'
	batches 0 "$fields" '#barrier 9223372036854775807.r' '1 x 5' '#end' -- sh -c 'echo "$WEIR_EPOCH"'
	shows 1.0
}

@test "sbatch: after #stop nothing is left to run" {
	batches 0 "$fields" '1 x 5' '#barrier 1.r' '#stop' -- cat
	shows 1,x,5
}

@test "sbatch -s -f -H -T: formats as swrite has them" {
	batches 0 "$fields" '1 x 5' '#barrier 1.r' '-1000 y \N' '#end' -- -H -T iso cat
	shows t,a,n 1970-01-01T00:00:00.001Z,x,5 t,a,n 1969-12-31T23:59:59Z,y,
	batches 0 "$fields" '1 x 5' '#end' -- -s json -f n,a cat
	shows '{"n":5,"a":"x"}'
	batches 0 "$fields" '1 x 5' '#end' -- -s tsv -f n,t -H -- cat
	shows "$(printf 'n\tt\n5\t1')"
	batches 0 "$fields" '1 x 5' '#end' -- -s line -f a cat
	shows x
	run --separate-stderr -1 sbatch -s line -f a cat < <(printf '#fields\tt\ta\n1\tx\\ny\n#end\n')
	[ "$stderr" = 'sbatch: line 2: a line cannot hold a line end: "x\ny"' ]
	[ "$output" = "" ]
}

@test "sbatch: an epoch that was not ended is not run" {
	batches 111 "$fields" '1 x 5' '#barrier 1.r' '2 y 6' '#watermark 2' -- cat
	[ "$output" = 1,x,5 ]
	[ "$stderr" = "sbatch: $cut_off" ]
	run --separate-stderr -111 sbatch cat < <(feed '#fields t' '1'; printf '#end')
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: $cut_off" ]
	# nor one whose end is not the end
	batches 1 "$fields" '1 x 5' '#end' '2 y 6' -- cat
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: line 4: something follows #end: a program in the pipe, such as sort(1), moved lines" ]
}

@test "sbatch: a command that fails stops it" {
	batches 1 "$fields" '1 x 5' '#barrier 1.r' '2 y 6' '#end' -- sh -c 'cat; exit 3'
	[ "$output" = 1,x,5 ]
	[ "$stderr" = "sbatch: epoch 1.r: sh: exit status 3" ]
	batches 111 "$fields" '1 x 5' '#barrier 1.r' '2 y 6' '#end' -- sh -c 'exit 111'
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: epoch 1.r: sh: exit status 111" ]
	batches 111 "$fields" '1 x 5' '#end' -- sh -c 'kill -9 $$'
	[ "$stderr" = "sbatch: epoch 1.0: sh: killed by signal 9, Killed" ]
	# as a shell says it of a command that was killed
	batches 111 "$fields" '1 x 5' '#end' -- sh -c 'exit 137'
	[ "$stderr" = "sbatch: epoch 1.0: sh: exit status 137" ]
}

@test "sbatch: a command that cannot be run" {
	batches 1 "$fields" '1 x 5' '#end' -- ./none
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: ./none: No such file or directory" ]
	echo hello >plain
	batches 1 "$fields" '1 x 5' '#end' -- ./plain
	[ "$stderr" = "sbatch: ./plain: Permission denied" ]
}

@test "sbatch: a command may leave its input unread" {
	{ feed '#fields t a'; seq 1 100000 | sed 's/$/	x/'; feed '#barrier 1.r' '7 y' '#end'; } >in
	run --separate-stderr -0 sbatch head -n 1 <in
	shows 1,x 7,y
	run --separate-stderr -0 sbatch true <in
	shows ''
	run --separate-stderr -0 sbatch sh -c 'wc -l | tr -d " "' <in
	shows 100000 1
}

@test "sbatch: what a command leaves in the background does not meet the next epoch" {
	mkfifo go
	batches 0 "$fields" '1 x 5' '#barrier 1.r' '2 y 6' '#end' -- \
	    sh -c 'if [ "$WEIR_SEQ" = 1 ]; then exec 3<&0; (read -r _ <go; cat <&3 >late) >/dev/null 2>&1 & else cat; echo >go; fi'
	shows 2,y,6
	for _ in $(seq 100); do [ -s late ] && break; sleep 0.05; done
	[ "$(cat late)" = 1,x,5 ]
}

@test "sbatch: streams whose rows change go through" {
	for m in update revise complete; do
		batches 0 "$fields" "#mode $m key=a" '1 x 5' '#barrier 1.r' '2 x 6' '#end' -- cat
		shows 1,x,5 2,x,6
	done
}

@test "sbatch: the temporary file is in TMPDIR and has no name" {
	mkdir tmp
	TMPDIR=$PWD/tmp batches 0 "$fields" '1 x 5' '#end' -- sh -c 'cat; ls tmp'
	shows 1,x,5
	TMPDIR=$PWD/none batches 111 "$fields" '1 x 5' '#end' -- cat
	[ "$output" = "" ]
	[[ "$stderr" = "sbatch: $PWD/none/weir."*": No such file or directory" ]]
}

@test "sbatch: bad usage" {
	for o in '' '-H' '--' '-s xml cat' '-H -s json cat' '-q cat' '-s line -f a,n cat'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -2 sbatch $o </dev/null
		[ "$output" = "" ]
		[ "$stderr" != "" ]
	done
	batches 1 "$fields" '1 x 5' '#end' -- -f q cat
	[ "$stderr" = "sbatch: no field q, there are: t a n" ]
}

@test "sbatch loads SQLite, once per epoch" {
	sqlite3 db 'create table total (k text primary key, n int)'
	feed '#fields t k n:int' '1 a 2' '2 b 3' '#barrier 1.r' '3 a 4' '#end' | saggregate -m update -k k sum:n |
		sbatch -f k,sum_n -- sqlite3 db 'create temp table new (k, n)' '.mode csv' '.import /dev/stdin new' \
		    'insert or replace into total select k, n from new' 'select changes()' >out
	[ "$(cat out)" = "$(printf '2\n1')" ]
	[ "$(sqlite3 db 'select * from total order by k')" = "$(printf 'a|6\nb|3')" ]
}

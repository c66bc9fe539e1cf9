# sbatch with a state directory: committed epochs whose command runs until it has succeeded.
# shellcheck disable=SC2012,SC2016,SC2030,SC2031,SC2154,SC2317
load lib
load lives

setup_file() { shim; }

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	export fields='#fields t a'
}

teardown() { [ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true; }

batches() { given "$1" sbatch "${@:2}"; }

@test "sbatch -S: an epoch's command, and nothing is left of it" {
	batches 0 "$fields" '1 x' '#barrier 1.r' '#barrier 2.r' '3 y' '#end' -- -S s sh -c 'echo "$WEIR_EPOCH $WEIR_SEQ"; cat; ls s'
	[ "$output" = "1.r 1
1,x
epoch-1.r
lock
3.r 3
3,y
done
epoch-3.r
lock" ]
	[ "$stderr" = "" ]
	[ "$(ls s)" = "done
lock" ]
	[ "$(cat s/done)" = 3.r ]
	[ "$(stat -c %a s)" = 700 ]
}

@test "sbatch: WEIR_STATE is what -S is" {
	WEIR_STATE=s batches 0 "$fields" '1 x' '#barrier 1.r' '#stop' -- cat
	[ "$output" = 1,x ]
	[ "$(cat s/done)" = 1.r ]
}

@test "sbatch -S: a command that fails is run again, unchanged, before all else" {
	batches 1 "$fields" '1 x' '#barrier 1.r' '2 y' '#end' -- -S s sh -c 'exit 3'
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: epoch 1.r: sh: exit status 3" ]
	[ "$(cat s/epoch-1.r)" = 1,x ]
	# it goes on with what was committed, whatever the stream then says
	batches 1 "$fields" '1 x' '#end' -- -S s sh -c 'echo "$WEIR_EPOCH"; cat; exit 4'
	[ "$output" = "1.r
1,x" ]
	[ "$stderr" = "sbatch: epoch 1.r: sh: exit status 4" ]
	batches 0 '#restore 1.r' "$fields" '2 z' '#end 2.q' -- -S s sh -c 'echo "$WEIR_EPOCH $WEIR_SEQ"; cat'
	[ "$output" = "1.r 1
1,x
2.q 2
2,z" ]
	[ "$stderr" = "" ]
	[ "$(ls s)" = "done
lock" ]
}

@test "sbatch -S: 111 and a signal are temporary" {
	for how in 'exit 111' 'kill -9 $$' 'exit 143'; do
		rm -rf s
		batches 111 "$fields" '1 x' '#end' -- -S s sh -c "$how"
		[ "$output" = "" ]
		[[ $stderr = "sbatch: epoch 1.0: sh: "* ]]
		batches 1 "$fields" '1 x' '#end' -- -S s cat
		[ "$output" = 1,x ]
		[ "$stderr" = "sbatch: epoch 1.0 is committed, and the stream does not go on from there but begins anew: records would be written twice" ]
	done
}

@test "sbatch -S: a second stream is refused, and one that goes on from elsewhere" {
	batches 0 "$fields" '1 x' '#end' -- -S s cat
	batches 1 "$fields" '1 x' '#end' -- -S s cat
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: epoch 1.0 is committed, and the stream does not go on from there but begins anew: records would be written twice" ]
	batches 1 '#restore 9.r' "$fields" '1 x' '#end' -- -S s cat
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: the stream goes on from 9.r, but what was committed last is 1.0" ]
}

@test "sbatch -S: an epoch that was not ended is not run, and goes" {
	batches 111 "$fields" '1 x' '#barrier 1.r' '2 y' -- -S s cat
	[ "$output" = 1,x ]
	[ "$stderr" = "sbatch: $cut_off" ]
	[ -e s/records.tmp ]
	batches 0 '#restore 1.r' "$fields" '#end 2.r' -- -S s cat
	[ "$output$stderr" = "" ]
	[ "$(ls s)" = "done
lock" ]
	[ "$(cat s/done)" = 2.r ]
}

@test "sbatch -S: an ID that no file can be named by" {
	for id in a/b .x 'a\tb'; do
		rm -rf s
		batches 1 "$fields" '1 x' "#barrier $id" '#stop' -- -S s cat
		[ "$output" = "" ]
		[[ $stderr = "sbatch: not an epoch's ID that a file can be named by: "* ]]
	done
}

@test "sbatch -S: two epochs that are not done are not what it leaves" {
	mkdir s
	touch s/epoch-1.r s/epoch-2.r
	batches 1 "$fields" '#end' -- -S s cat
	[ "$output" = "" ]
	[[ $stderr = "sbatch: s: two epochs are not done, "*": it has been altered" ]]
}

@test "sbatch -S: a command that outlives it keeps the next one away" {
	mkfifo go
	mkfifo in
	sbatch -S s sh -c ': >started; read -r _ <go; cat' <in >out 3>&- &
	pid=$!
	echo $pid >pid
	feed "$fields" '1 x' '#end' >in
	for ((i = 0; i < 500; i++)); do
		[ ! -e started ] || break
		sleep 0.01
	done
	exec 8<>go
	kill -9 "$pid"
	wait "$pid" || true
	batches 111 "$fields" '#end' -- -S s cat
	[ "$output" = "" ]
	[ "$stderr" = "sbatch: s: in use by sbatch or its command, process $pid" ]
	echo >&8
	for ((i = 0; i < 500; i++)); do
		[ "$(cat out)" != 1,x ] || break
		sleep 0.01
	done
	# it knows nothing of its success, so the command runs again
	until batches 1 "$fields" '#end' -- -S s cat; do [ "$status" = 111 ]; done
	[ "$output" = 1,x ]
}

@test "sbatch: a command is no stage of the run" {
	mkdir run
	WEIR_STATE=s WEIR_RUNDIR=$PWD/run WEIR_RUN=r WEIR_ONCE=1 WEIR_PART=1/2 WEIR_BROKERS=b batches 0 "$fields" '1 x' '#end 1.r' -- \
	    sh -c 'env | grep -E "^WEIR_(STATE|RUN|RUNDIR|ONCE|PART|BROKERS|EPOCH|SEQ)=" | sort; sread -T c1 -s csv -B 1r -f c1:int,a | swrite -d sub; cat sub/part-*'
	[ "$output" = "WEIR_BROKERS=b
WEIR_EPOCH=1.r
WEIR_SEQ=1
1,x" ]
	[ "$stderr" = "" ]
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r batches 2 "$fields" '#end 1.r' -- cat
	[ "$stderr" = "sbatch: a run's sink commits: a state directory (-S) is needed" ]
}

@test "sbatch -S: a savepoint's ID is committed first" {
	mkdir run
	echo 3.s >run/savepoint
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r batches 0 '#restore 3.s' "$fields" '4 x' '#end 4.r' -- -S s cat
	[ "$output" = 4,x ]
	[ "$stderr" = "" ]
	[ "$(cat run/committed s/done)" = "4.r
4.r" ]
}

# What the command did is there whole, by its epoch's number, whatever was
# killed; each time it ran it was told the same.
fresh() {
	rm -rf s run got log
	mkdir run got
}

command='sum=$(cat | tee tmp.$$ | md5sum); echo "$WEIR_SEQ $WEIR_EPOCH $sum" >>log; mv tmp.$$ got/$WEIR_SEQ'

whole() {
	diff <(cat got/*) <(all_rows) &&
	    [ "$(sort -u log | wc -l)" = 2 ] &&
	    [ "$(ls s)" = "done
lock" ] && [ "$(cat s/done)" = "$(cat run/committed)" ]
}

@test "sbatch -S: killed at each step, nothing is lost, and what ran twice was the same" {
	CRASH_TOOL=sbatch each_point open write fsync rename unlink spawn spawn+ wait wait+ -- fresh whole \
	    sbatch -S s sh -c "$command"
}

@test "sbatch -S: killed by chance, again and again" {
	CRASH_TOOL=sbatch many_lives 5 write:1/20,fsync:1/20,rename:1/10,spawn+:1/4,wait+:1/4 fresh whole \
	    sbatch -S s sh -c "$command"
}

@test "sbatch -S: a full disk at each step is temporary, and does no damage" {
	CRASH_TOOL=sbatch each_full open write fsync rename -- fresh whole sbatch -S s sh -c "$command"
}

@test "sbatch -S: a command that fails by chance" {
	fresh
	for ((n = 0; n < 50; n++)); do
		status=0
		life "$n" sbatch -S s bash -c '[ $((RANDOM % 2)) = 0 ] || exit 111;'"$command" 2>/dev/null || status=$?
		[ "$status" = 111 ] || break
	done
	[ "$status" = 0 ]
	whole
}

@test "sbatch -S: what is not done goes along with a savepoint, what is done does not" {
	seq 1 30 | sed 's/.*/&,x/' >f.csv
	run --separate-stderr -1 srun -S st "sread -f t:int,a -T t -B 10r f.csv | sbatch sh -c '[ \$WEIR_SEQ != 2 ] || exit 3; cat >>out'"
	[[ $stderr = *"sbatch: epoch 2."*": sh: exit status 3"* ]]
	[ "$(cat out)" = "$(head -n 10 f.csv)" ]
	srun -S st -N sp >id
	[ "$(ls sp/sbatch.1)" = "epoch-$(cat id)" ]
	run --separate-stderr -0 srun -F sp -S st2 "sread -f t:int,a -T t -B 10r f.csv | sbatch sh -c 'cat >>out'"
	[ "$output$stderr" = "" ]
	diff out f.csv
	srun -S st2 -N sp2 >id
	[ "$(ls sp2/sbatch.1)" = "" ]
	run --separate-stderr -0 srun -F sp2 -S st3 "sread -f t:int,a -T t -B 10r f.csv | sbatch sh -c 'cat >>out'"
	[[ $stderr = "sread: the run had come to its end at epoch $(cat id): nothing was read" ]]
	diff out f.csv
}

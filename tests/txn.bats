# kout's transactions, on a real Kafka; needs java, and WEIR_NEED_KAFKA=1 makes its absence a failure.
# shellcheck disable=SC2016,SC2094,SC2154,SC2317
load lib
load lives

setup_file() {
	shim
	broker num.partitions=1 transaction.state.log.num.partitions=1 \
	    transaction.max.timeout.ms=900000 \
	    transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
}

teardown_file() { broker_gone; }

setup() {
	broker_needed
	cd "$BATS_TEST_TMPDIR" || return
	# a topic and a transactional id of its own
	t=t$BATS_TEST_NUMBER
	now=1700000000000
}

teardown() { [ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true; }

# out STATUS LINE ... -- ARG ... - of kout -t "$t"
out() {
	local status=$1
	shift
	given "$status" kout "$@" -t "$t"
}

fine() { [ "$output$stderr" = "" ] || { echo "$output$stderr"; return 1; }; }

# sent - what a reader of committed records sees
sent() { timeout 60 kcat-in -e -t "${1-$t}" | grep '^[0-9]' | cut -f 2; }

# all that was written, aborted records too
written() { timeout 60 kcat -C -b "$WEIR_BROKERS" -t "$t" -e -q -X isolation.level=read_uncommitted; }

# the record b is there, committed or not
await_b() {
	for ((i = 0; i < 200; i++)); do
		[ "$(written | tail -n 1)" != b ] || return 0
		sleep 0.1
	done
	return 1
}

@test "kout -x: an epoch is seen when its barrier has come, and its ID is committed with it" {
	mkfifo in
	kout -t "$t" -x "$t" <in 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields time line' "$now a" '#barrier 1.r' "$now b" >&9
	await_b
	[ "$(sent)" = a ]
	[ "$(written)" = "a
b" ]
	feed '#end 2.r' >&9
	exec 9>&-
	wait "$pid"
	[ "$(sent)" = "a
b" ]
	# where it stands is in Kafka alone
	out 0 '#restore 2.r' '#fields time line' "$now c" '#end' -- -x "$t"
	fine
	out 0 '#restore 3.r' '#fields time line' "$now d" '#end' -- -x "$t"
	fine
	[ "$(sent | tr -d '\n')" = abcd ]
}

@test "kout -x: an epoch without records commits its ID" {
	out 0 '#fields time line' '#barrier 1.r' '#barrier 2.r' '#stop' -- -x "$t"
	fine
	out 111 '#restore 2.r' '#fields time line' "$now a" -- -x "$t"
	[ "$stderr" = "kout: $cut_off" ]
	out 0 '#restore 2.r' '#fields time line' "$now a" '#end' -- -x "$t"
	fine
	[ "$(sent)" = a ]
}

@test "kout -x: an input that breaks off is aborted" {
	out 111 '#fields time line' "$now a" '#barrier 1.r' "$now b" -- -x "$t"
	[ "$output" = "" ]
	[ "$stderr" = "kout: $cut_off" ]
	[ "$(sent)" = a ]
	# at once: another one's record behind it is not waited for
	feed '#fields time line' "$now z" '#end' | kout -t "$t"
	[ "$(sent)" = "a
z" ]
	# bad data too
	printf '#restore\t1.r\n#fields\ttime\tline\n%s\tb\n-5\tc\n#end\n' "$now" >in
	run --separate-stderr -1 kout -t "$t" -x "$t" <in
	[ "$stderr" = "kout: line 4: time -5: a Kafka timestamp is later than 1970 began" ]
	[ "$(sent)" = "a
z" ]
}

@test "kout -x: a second stream is refused, and one that goes on from elsewhere" {
	out 0 '#fields time line' "$now a" '#end' -- -x "$t"
	fine
	out 1 '#fields time line' "$now a" '#end' -- -x "$t"
	[ "$output" = "" ]
	[ "$stderr" = "kout: epoch 1.0 is committed, and the stream does not go on from there but begins anew: records would be written twice" ]
	out 1 '#restore 7.r' '#fields time line' "$now a" '#end' -- -x "$t"
	[ "$stderr" = "kout: the stream goes on from 7.r, but what was committed last is 1.0" ]
	# of another id, or without one, nothing is known
	out 0 '#fields time line' "$now b" '#end' -- -x "$t-b"
	fine
	out 0 '#fields time line' "$now c" '#end' --
	fine
	mkdir run
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r out 111 '#fields time line' "$now a" '#end 1.r' -- -x "$t"
	[ "$stderr" = "kout: the stream goes on from the beginning, but what was committed last is 1.0" ]
	[ "$(sent | tr -d '\n')" = abc ]
}

@test "kout -S makes a transactional id, once" {
	out 0 '#fields time line' "$now a" '#barrier 1.r' '#stop' -- -S s
	fine
	id=$(cat s/transactional.id)
	[[ $id =~ ^weir-[0-9a-f]{32}$ ]]
	[ "$(stat -c %a s)" = 700 ]
	WEIR_STATE=s out 0 '#restore 1.r' '#fields time line' "$now b" '#barrier 2.r' '#stop' --
	fine
	[ "$(cat s/transactional.id)" = "$id" ]
	# it is the same as -x with that name, which goes before -S
	out 0 '#restore 2.r' '#fields time line' "$now c" '#end' -- -x "$id" -S other
	fine
	[ ! -e other/transactional.id ]
	[ "$(sent | tr -d '\n')" = abc ]
	out 0 '#fields time line' '#end' -- -S s2
	[ "$(cat s2/transactional.id)" != "$id" ]
}

@test "kout: a run's sink commits" {
	mkdir run
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r out 2 '#fields time line' '#end' --
	[ "$output" = "" ]
	[ "$stderr" = "kout: a run's sink commits: -x or a state directory (-S) is needed" ]
}

@test "kout -x: a new one fences off the old one" {
	mkfifo in
	kout -t "$t" -x "$t" <in 2>err 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields time line' "$now a" '#barrier 1.r' "$now b" >&9
	await_b
	out 0 '#restore 1.r' '#fields time line' "$now c" '#end' -- -x "$t"
	fine
	feed '#barrier 2.r' '#stop' >&9
	exec 9>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 111 ]
	[ "$(cat err)" = "kout: another process has started with the transactional id $t, or Kafka has given it up: this one is fenced off" ]
	[ "$(sent)" = "a
c" ]
}

@test "kout -x: an epoch that outlasts the transaction says what to do, and does not loop" {
	mkfifo in
	kout -t "$t" -x "$t" -X transaction.timeout.ms=5000 <in 2>err 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields time line' "$now a" '#barrier 1.r' "$now b" >&9
	await_b
	# what is awaited is that time
	sleep 6
	feed "$now c" '#barrier 2.r' '#stop' >&9 2>/dev/null || true
	exec 9>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 1 ]
	grep -q '^kout: the epoch has lasted longer than transaction.timeout.ms=5000: its source must write barriers more often (-B), or the time be longer (-X transaction.timeout.ms=..., at most the broker.s transaction.max.timeout.ms)$' err
	[ "$(sent)" = a ]
}

@test "kout -x: a timeout that the broker does not allow is refused" {
	out 1 '#fields time line' '#end' -- -x "$t" -X transaction.timeout.ms=900001
	[ "$output" = "" ]
	[ "$stderr" = "kout: transaction.timeout.ms=900001 is more than the broker's transaction.max.timeout.ms: set a shorter one by -X" ]
}

@test "kout -x: a message that the broker never takes is 1, what it brought is aborted" {
	{ feed '#fields time line' "$now a"; printf '%s\t%02000000d\n' "$now" 0; feed "$now c" '#end'; } >in
	run --separate-stderr -1 kout -t "$t" -x "$t" -X message.max.bytes=4000000 <in
	[ "$output" = "" ]
	[ "$stderr" = "kout: line 3: not delivered: Broker: Message size too large (max.message.bytes)" ]
	[ "$(sent)" = "" ]
}

@test "kout -x: an ID that Kafka cannot hold" {
	id=1.$(printf '%05000d' 0)
	out 1 '#fields time line' "$now a" "#barrier $id" '#stop' -- -x "$t"
	[ "$output" = "" ]
	[[ $stderr = "kout: transaction, offsets: "*"Offset metadata string too large"* ]]
	[ "$(sent)" = "" ]
}

@test "kout -x: somebody else's offset is not taken for an epoch" {
	feed '#fields time line' "$now a" '#end' | kout -t "$t"
	kcat-in -t "$t" -G "$t" -e >/dev/null
	out 1 '#fields time line' "$now a" '#end' -- -x "$t"
	[ "$output" = "" ]
	[ "$stderr" = "kout: group $t: its offset of $t names no epoch: it is somebody else's" ]
}

@test "kout -x: many records, over several partitions" {
	{ feed '#fields time line'; for e in 1 2 3; do
		seq $((e * 5000 - 4999)) $((e * 5000)) | sed "s/^/$now\t/"
		echo "#barrier	$e.r"
	done; echo '#stop'; } >in
	run --separate-stderr -0 kout -t "$t" -x "$t" -k line <in
	fine
	[ "$(sent)" = "$(seq 15000)" ]
}

@test "kout -x: a savepoint's ID is committed first" {
	mkdir run
	echo 3.s >run/savepoint
	WEIR_RUNDIR=$PWD/run WEIR_RUN=r out 0 '#restore 3.s' '#fields time line' "$now x" '#end 4.r' -- -x "$t"
	fine
	[ "$(cat run/committed)" = 4.r ]
	[ ! -e run/savepoint ]
	# Kafka forgets, the run does not
	out 0 '#fields time line' '#end' -- -x "$t-new"
	WEIR_RUNDIR=$PWD/run WEIR_RUN=q out 1 '#fields time line' '#end 1.q' -- -x "$t-newer"
	[ "$output" = "" ]
	[ "$stderr" = "kout: epoch 4.r was committed, but the sink knows nothing of it any more: what was written behind it would be written twice" ]
}

@test "kout -x: the broker is killed within an epoch and comes back" {
	mkfifo in
	kout -t "$t" -x "$t" <in 2>err 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields time line' "$now a" '#barrier 1.r' "$now b" >&9
	await_b
	"$BATS_TEST_DIRNAME"/kafka-down -9 "$BATS_FILE_TMPDIR/kafka" 9>&-
	feed "$now c" '#barrier 2.r' "$now d" '#end 3.r' >&9
	exec 9>&-
	"$BATS_TEST_DIRNAME"/kafka-up "$BATS_FILE_TMPDIR/kafka" 3>&-
	status=0
	wait "$pid" || status=$?
	# it may be told that its transaction is gone; then it is all or nothing
	case $status in
	0) [ "$(sent | tr -d '\n')" = abcd ] ;;
	111) [[ $(sent | tr -d '\n') =~ ^(a|abc)$ ]] ;;
	*) cat err; false ;;
	esac
}

fresh() {
	rm -rf run
	mkdir run
	life=$((${life-0} + 1))
	export TOPIC=$t-$life
	# made here, so that no death is in the middle of that
	feed '#fields time line' '#end' | kout -t "$TOPIC"
}

whole() {
	# the last lives may have had nothing but an end to say, each its own
	diff <(sent "$TOPIC") <(all_rows) && [ "$(cut -d . -f 1 run/committed)" -ge 3 ]
}

@test "kout -x: killed at each step, nothing is lost and nothing is twice" {
	CRASH_TOOL=kout each_point fence fence+ asked asked+ rename begin begin+ offsets offsets+ commit commit+ -- fresh whole \
	    sh -c 'exec kout -s csv -f t,n -t "$TOPIC" -x "$TOPIC"'
}

@test "kout -x: killed by chance, also while it mends what the last one left" {
	CRASH_TOOL=kout many_lives 10 fence+:1/10,begin+:1/10,offsets:1/10,offsets+:1/10,commit:1/10,commit+:1/10,rename:1/10 fresh whole \
	    sh -c 'exec kout -s csv -f t,n -t "$TOPIC" -x "$TOPIC"'
}

@test "kout: from topic to topic under srun, killed at its commits" {
	{ feed '#fields time line'; seq 1 20000 | sed "s/^/$now\t/"; echo '#end'; } | kout -t "$t-in"
	CRASH_TOOL=kout CRASH=offsets+:1/6,commit+:1/6,commit:1/6 crashing timeout 300 srun -S st \
	    "kcat-in -e -t $t-in -f line -B 500r | sfilter 'int(line) > 10' | kout -t $t -f line" 2>err ||
	    { cat err; return 1; }
	diff <(sent) <(seq 11 20000)
	# the last commit may have been the end already
	if grep -Ev 'starts again in|the run had come to its end' err; then return 1; fi
}

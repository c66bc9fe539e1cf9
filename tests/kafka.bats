# On a real Kafka; needs java, and WEIR_NEED_KAFKA=1 makes its absence a failure.
# shellcheck disable=SC2094,SC2154,SC2317
load lib

setup_file() {
	broker num.partitions=3 transaction.state.log.num.partitions=1 \
	    log.message.timestamp.after.max.ms=3600000
}

teardown_file() { broker_gone; }

setup() {
	broker_needed
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true
}

# rows N - a stream of N records: time, key, text
rows() {
	feed '#fields time k v:int _header.h'
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++)
		printf "1700000%06d\tk%d\t%d\th%d\n", i, i % 10, i, i }'
	echo '#end'
}

# records ARG ... - those that kcat-in reads, without control lines, in order
records() { timeout 60 kcat-in -e "$@" | grep '^[0-9]' | sort; }

# until COMMAND - tries for 20 s
until_ok() {
	for ((i = 0; i < 200; i++)); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

@test "kafka: what kout writes kcat-in reads, with keys, headers and times, over partitions" {
	rows 1000 >in
	run --separate-stderr -0 kout -t round -k k -s json <in
	[ "$output$stderr" = "" ]
	records -t round -s json -f _key,v:int,_header.h >got
	diff got <(grep '^[0-9]' in)
	# a key is in one partition, all partitions are used
	records -t round -s json -f _key,_partition | cut -f 2,3 | sort -u >keys
	[ "$(wc -l <keys)" = 10 ]
	[ "$(cut -f 2 keys | sort -u | tr -d '\n')" = 012 ]
}

@test "kafka: every compression" {
	for z in gzip snappy lz4 zstd none; do
		rows 100 >in
		run --separate-stderr -0 kout -t "z-$z" -z $z -k k -s csv -f k,v <in
		[ "$output$stderr" = "" ]
		diff <(records -t "z-$z" -s csv -f k,v:int) <(grep '^[0-9]' in | cut -f 1-3)
	done
	[ "$(records -t '^z-' -p 0,1,2 | wc -l)" = 500 ]
	# and what others compress
	for z in gzip snappy lz4 zstd; do
		seq 1000 | sed 's/$/,a text that is long enough/' |
		    kcat -P -b "$WEIR_BROKERS" -t "kcat-$z" -p 0 -z $z
		[ "$(records -t "kcat-$z" -s csv -f n:int,s | cut -f 2 | sort -n | cksum)" = "$(seq 1000 | cksum)" ]
		# kcat reads ours
		[ "$(kcat -C -b "$WEIR_BROKERS" -t "z-$z" -o beginning -e -q | sort | cksum)" = \
		    "$(grep '^[0-9]' in | cut -f 2,3 | tr '\t' , | sort | cksum)" ]
	done
	# a batch is compressed on the broker's disk, not only on the way
	for z in gzip snappy lz4 zstd none; do
		{ feed '#fields time line'; yes '1700000000000	the same text again and again' | head -n 5000; echo '#end'; } |
		    kout -t "disk-$z" -z $z -X linger.ms=500
		du -bc "$BATS_FILE_TMPDIR"/kafka/data/disk-$z-*/*.log | tail -n 1 | cut -f 1 >size.$z
	done
	for z in gzip snappy lz4 zstd; do
		[ $(($(cat size.$z) * 4)) -lt "$(cat size.none)" ]
	done
}

@test "kafka: framed Avro, and a copy by the envelope with all that is in it" {
	XDG_CACHE_HOME=$PWD/cache
	export XDG_CACHE_HOME
	mkfifo url
	"$BATS_TEST_DIRNAME/registry" >url 2>/dev/null 3>&- &
	echo $! >pid
	read -r WEIR_REGISTRY <url
	export WEIR_REGISTRY
	rows 1000 >in
	for z in none zstd; do
		run --separate-stderr -0 kout -t "avro-$z" -k k -s avro -z $z <in
		[ "$output$stderr" = "" ]
		records -t "avro-$z" -s avro -f k,v:int,_header.h >got
		diff got <(grep '^[0-9]' in)
	done
	kcat-in -e -s envelope -t avro-zstd | kout -s envelope -t copy
	diff <(kcat -C -b "$WEIR_BROKERS" -t avro-zstd -e -q -f '%T %k %S %h\n' | sort) \
	    <(kcat -C -b "$WEIR_BROKERS" -t copy -e -q -f '%T %k %S %h\n' | sort)
	records -t copy -s avro -f k,v:int,_header.h >got
	diff got <(grep '^[0-9]' in)
}

@test "kafka: -o s@ms starts at a time" {
	rows 100 | kout -t since -k k -f v
	[ "$(records -t since -o s@1700000000091 | cut -f 2 | tr '\n' ' ')" = "91 92 93 94 95 96 97 98 99 100 " ]
	[ "$(records -t since -o s@1700000000101)" = "" ]
}

@test "kafka: -G goes on where the last run ended, partition by partition" {
	rows 10 | kout -t group -k k -f v
	[ "$(records -t group -G g | wc -l)" = 10 ]
	[ "$(records -t group -G g | wc -l)" = 0 ]
	rows 3 | kout -t group -k k -f v
	[ "$(records -t group -G g | cut -f 2 | tr -d '\n')" = 123 ]
}

@test "kafka: only what is committed is read, and -e finds the end behind what was aborted" {
	feed '#fields time line' '1000 before' '#end' | kout -t tx
	before=$(records -t tx | wc -l)
	mkfifo in
	kcat -P -b "$WEIR_BROKERS" -t tx -p 0 -X transactional.id=t \
	    -X linger.ms=0 <in >kcat.out 2>&1 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	seq 1000 | sed 's/^/open/' >&9	# kcat wants 1 KiB
	# it is there, and not committed
	timeout 20 kcat -C -b "$WEIR_BROKERS" -t tx -p 0 -q -c 2 \
	    -X isolation.level=read_uncommitted 9>&- | grep -q open
	[ "$(records -t tx | cut -f 2)" = before ]
	kill -9 "$pid"
	exec 9>&-
	# the next producer of that name aborts it
	echo committed | timeout 20 kcat -P -b "$WEIR_BROKERS" -t tx -p 0 \
	    -X transactional.id=t 2>/dev/null
	there() { records -t tx | grep -q committed; }
	until_ok there
	[ "$(records -t tx | cut -f 2 | sort | tr '\n' ' ')" = "before committed " ]
	[ "$before" = 1 ]
}

@test "kafka: a topic that is not there" {
	run --separate-stderr -1 kcat-in -t none -e
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: topic none: Broker: Unknown topic or partition" ]
}

@test "kafka: a message that the broker refuses ends kout with 1 and names the setting" {
	{ feed '#fields time line'; printf '1\t%02000000d\n' 0; echo '#end'; } >in
	run --separate-stderr -1 kout -t large -X message.max.bytes=4000000 <in
	[ "$output" = "" ]
	[ "$stderr" = "kout: line 2: not delivered: Broker: Message size too large (max.message.bytes)" ]
	feed '#fields time line' '4000000000000 x' '#end' >in
	run --separate-stderr -1 kout -t future <in
	[ "$output" = "" ]
	[[ $stderr = "kout: line 2: not delivered: "*"(message.timestamp.before.max.ms, message.timestamp.after.max.ms)" ]]
}

@test "kafka: nothing is lost when the broker is killed and comes back" {
	rows 20000 >in
	mkfifo pipe out
	kout -t killed -k k -f v <pipe 2>kout.err 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>pipe
	head -n 10000 in >&9
	there() { [ "$(records -t killed | wc -l)" = 9999 ]; }
	until_ok there
	kcat-in -t killed >got 2>got.err 3>&- 9>&- &
	reader=$!
	come() { [ "$(grep -c '^[0-9]' got)" = "$1" ]; }
	until_ok come 9999
	"$BATS_TEST_DIRNAME"/kafka-down -9 "$BATS_FILE_TMPDIR/kafka" 9>&-
	tail -n +10001 in >&9
	exec 9>&-
	kill -0 "$pid"
	"$BATS_TEST_DIRNAME"/kafka-up "$BATS_FILE_TMPDIR/kafka" 3>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 0 ]
	# the one that was reading has read on
	until_ok come 20000
	kill "$reader"
	wait "$reader"
	[ "$(tail -n 1 got)" = '#stop' ]
	diff <(grep '^[0-9]' got | sort) <(grep '^[0-9]' in | cut -f 1,3)
	diff <(records -t killed) <(grep '^[0-9]' in | cut -f 1,3)
	# each told once that the broker was away, and that it is back
	[ "$(grep -c 'no broker can be reached' kout.err)" -le 1 ]
	[ "$(grep -c 'no broker can be reached' got.err)" -le 1 ]
}

@test "kafka: kcat-in -D kafka:TOPIC is at least once: a killed run is read again" {
	{
		feed '#fields time k line'
		awk 'BEGIN { for (i = 1; i <= 3000; i++)
			printf "1700000%06d\tk%d\t%s\n", i, i, i % 3 ? i : "bad" i }'
		echo '#end'
	} | kout -t part -k k -f line
	for ((try = 0; try < 3; try++)); do
		kcat-in -t part -G letters -s csv -f n:int -B 100r \
		    -D kafka:letters >out 2>/dev/null 3>&- &
		pid=$!
		echo $pid >pid
		seen() { grep -q "^#barrier	$1" out; }
		until_ok seen $((try + 3))
		kill -9 "$pid"
		wait "$pid" || true
		# what a barrier covers has arrived
		n=$(sed '/^#barrier	'$((try + 3))'/q' out | grep -c '^[0-9]')
		[ "$(kcat -C -b "$WEIR_BROKERS" -t letters -o beginning -e -q | wc -l)" -ge $(((try + 3) * 100 - n)) ]
	done
	# nothing was stored by those: the last run reads all
	run --separate-stderr -0 kcat-in -t part -G letters -e -s csv -f n:int -D kafka:letters
	[ "$(grep -c '^[0-9]' <<<"$output")" = 2000 ]
	[ "$stderr" = "kcat-in: 1000 bad records written to kafka:letters" ]
	kcat -C -b "$WEIR_BROKERS" -t letters -o beginning -e -q -f '%k %s\n' | sort -u |
	    diff - <(awk 'BEGIN { for (i = 3; i <= 3000; i += 3) print "k" i " bad" i }' | sort)
	run --separate-stderr -0 kcat-in -t part -G letters -e -s csv -f n:int -D kafka:letters
	[ "$stderr" = "" ]
}

@test "kafka: bad records are mended and fed back, with key, headers and time" {
	rows 30 >in
	sed 's/	h\([0-9]*\)$/&/; s/k7	\([0-9]*\)	/k7	x\1	/' <in | kout -t mend -k k -f v
	run --separate-stderr -0 kcat-in -t mend -e -s csv -f v:int -D kafka:mend.dead
	[ "$(grep -c '^[0-9]' <<<"$output")" = 27 ]
	[ "$stderr" = "kcat-in: 3 bad records written to kafka:mend.dead" ]
	kcat-in -t mend.dead -e -f _key,line,_header.h | sed 's/	x/	/' |
	    kout -t mend -k _key -f line
	kcat-in -t mend -o beginning -e -f _key,v,_header.h -s csv | grep '^[0-9]' |
	    grep -v '	x' | sort >got
	diff got <(grep '^[0-9]' in | sort)
}

@test "kafka: a dead letter that librdkafka's queue can never take is said, not waited for" {
	printf '%2000s\n' x | kcat -P -b "$WEIR_BROKERS" -t wide -p 0
	run --separate-stderr -111 kcat-in -t wide -e -s csv -f n:int -D kafka:wide.dead -X queue.buffering.max.kbytes=1
	[ "$stderr" = "kcat-in: -D kafka:wide.dead: topic wide partition 0 offset 0: Local: Queue full" ]
}

@test "kafka: a million bad records, to a file or a topic, in flat memory" {
	[ "${WEIR_SAN-}" != 1 ] || skip "the sanitizers keep what was freed"
	seq 1000000 | kcat -P -b "$WEIR_BROKERS" -t million -p 0 -X queue.buffering.max.messages=1000000
	# size COUNT DEAD - KiB at the most; a fetch is small, or librdkafka holds what one happens to bring
	size() {
		command time -o rss -f %M kcat-in -t million -e -s json -f n:int -T @now -c "$1" \
		    -X queued.min.messages=10000 -X fetch.message.max.bytes=65536 -D "$2" >/dev/null 2>err
		tail -n 1 rss
	}
	for to in dead kafka:million.dead; do
		small=$(size 100000 $to)
		[ "$(cat err)" = "kcat-in: 100000 bad records written to $to" ]
		large=$(size 1000000 $to)
		[ "$(cat err)" = "kcat-in: 1000000 bad records written to $to" ]
		echo "$to: $small KiB, $large KiB"
		[ "$large" -lt $((small + 30000)) ]
	done
	[ "$(wc -l <dead)" = 1100000 ]
	[ "$(kcat -C -b "$WEIR_BROKERS" -t million.dead -o beginning -e -q | wc -l)" = 1100000 ]
}

@test "kafka: proto and thrift go through a topic and come back, and kcat sees the bytes" {
	protoc --include_imports --descriptor_set_out=all.desc -I"$BATS_TEST_DIRNAME" all.proto
	rows 1000 >in
	run --separate-stderr -0 kout -t proto -k k -s proto:all.desc:t.All -f k=inner.city,v=s <in
	[ "$output$stderr" = "" ]
	records -t proto -s proto:all.desc:t.All -f _key,v:int=s,_header.h >got
	diff got <(grep '^[0-9]' in)
	kcat -C -b "$WEIR_BROKERS" -t proto -e -q -D '' -c 1 |
	    protoc --descriptor_set_in=all.desc --decode=t.All all.proto | grep -q '^s: '
	run --separate-stderr -0 kout -t thrift -k k -s thrift:compact -f k=1,v:i32=2.1 <in
	[ "$output$stderr" = "" ]
	records -t thrift -s thrift:compact -f k=1,v:int=2.1,_header.h >got
	diff got <(grep '^[0-9]' in)
}

# the last one: the broker is another one then
@test "kafka: kout ends with 1 when the topic is not there and is not made" {
	"$BATS_TEST_DIRNAME"/kafka-down "$BATS_FILE_TMPDIR/kafka"
	"$BATS_TEST_DIRNAME"/kafka-up "$BATS_FILE_TMPDIR/kafka" \
	    auto.create.topics.enable=false 3>&-
	run --separate-stderr -1 kout -t none </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "kout: topic none: Broker: Unknown topic or partition" ]
	run --separate-stderr -1 kcat-in -t round -e -D kafka:none
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: topic none: Broker: Unknown topic or partition" ]
}

# shellcheck disable=SC2094,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo addr
	kmock -t a -t two:2 >addr 3>&- &
	broker=$!
	read -r WEIR_BROKERS <addr
	export WEIR_BROKERS
}

teardown() {
	kill "$broker" 2>/dev/null || true
	[ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true
}

# out LINE ... - a stream as standard input of kout -t a
stream() { feed "$@" '#end'; }

# sent FORMAT - what is in topic a, as kcat shows it
sent() { kcat -C -b "$WEIR_BROKERS" -t "${2-a}" -e -q -f "$1\n"; }

# fine - status 0, and not a word
fine() {
	[ "$status" = 0 ]
	[ "$output" = "" ]
	[ "$stderr" = "" ]
}

@test "kout writes a field as the message, its time as the timestamp" {
	run --separate-stderr kout -t a < <(stream '#fields time line' '1000 x' '2000 y\tz')
	fine
	[ "$(sent '%T [%k] %K %s')" = "1000 [] -1 x
2000 [] -1 y	z" ]
}

@test "kout -s encodes the fields, -f chooses them, time too" {
	for s in csv tsv json; do
		run --separate-stderr kout -t a -s $s < <(stream '#fields time k v:int' '1000 a,b 5' '2000 \N \N')
		fine
	done
	run --separate-stderr kout -t a -f v < <(stream '#fields time k v:int' '1000 a 5')
	fine
	run --separate-stderr kout -t a -s csv -f v,time < <(stream '#fields time k v:int' '1000 a 5')
	fine
	run --separate-stderr kout -t a -s csv -f time,k -T iso < <(stream '#fields time k' '1000 a')
	fine
	[ "$(sent %s)" = '"a,b",5
,
a,b	5
\N	\N
{"k":"a,b","v":5}
{"k":null,"v":null}
5
5,1000
1970-01-01T00:00:01Z,a' ]
	run --separate-stderr -1 kout -t a < <(stream '#fields time k v:int' '1000 a 5')
	[ "$output" = "" ]
	[ "$stderr" = "kout: -s line writes one field, and there are 2: name it by -f" ]
	run --separate-stderr -1 kout -t a -f x < <(stream '#fields time k v:int')
	[ "$output" = "" ]
	[[ $stderr = *"x"* ]]
}

@test "kout: a null line is a null payload, an empty one is not" {
	run --separate-stderr kout -t a < <(stream '#fields time line' '1000 \N' '1000 ')
	fine
	[ "$(sent '%S')" = "-1
0" ]
}

@test "kout -k makes the message key" {
	run --separate-stderr kout -t a -f v -k k < <(stream '#fields time k v' '1 a\\b 5' '2 \N 6' '3  7')
	fine
	[ "$(sent '%K [%k] %s')" = '3 [a\b] 5
-1 [] 6
0 [] 7' ]
	run --separate-stderr -1 kout -t a -f v -k x < <(stream '#fields time k v' '1 a 5')
	[ "$output" = "" ]
	[[ $stderr = "kout: "*x* ]]
}

@test "kout -k with several names encodes them as -s says, lines as csv" {
	for s in json csv tsv line; do
		run --separate-stderr kout -t a -s $s -f v -k k,v < <(stream '#fields time k v:int' '1 a,b 5')
		fine
	done
	[ "$(sent '%k')" = '{"k":"a,b","v":5}
"a,b",5
a,b	5
"a,b",5' ]
}

@test "kout takes the key of #mode, unless -k is empty" {
	in=('#fields time k v' "$(printf '#mode update key=k')" '1 a 5')
	run --separate-stderr kout -t a -f v < <(stream "${in[@]}")
	fine
	run --separate-stderr kout -t a -f v -k '' < <(stream "${in[@]}")
	fine
	[ "$(sent '%K %k %s')" = '1 a 5
-1  5' ]
}

@test "kout writes columns _header.NAME as headers" {
	in=('#fields time line _header.h _header.g' '1 x a b' '2 y \N ')
	run --separate-stderr kout -t a < <(stream "${in[@]}")
	fine
	run --separate-stderr kout -t a -s csv -f line,_header.h < <(stream "${in[@]}")
	fine
	[ "$(sent '%s %h')" = 'x h=a,g=b
y g=
x,a h=a,g=b
y, g=' ]
	run --separate-stderr -1 kout -t a < <(stream '#fields time _header.h' '1 x')
	[ "$stderr" = "kout: all columns are headers: say with -f which are the payload" ]
}

@test "kout -z compresses" {
	for z in gzip snappy lz4 zstd none; do
		run --separate-stderr kout -t a -z $z < <(stream '#fields time line' "1 $z")
		fine
	done
	[ "$(sent %s | tr '\n' ' ')" = "gzip snappy lz4 zstd none " ]
	run --separate-stderr -2 kout -t a -z zip </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "kout: -z: not gzip, snappy, lz4, zstd or none: zip" ]
}

@test "kout spreads keys over partitions as the Java clients do" {
	# from Kafka's own test of its murmur2
	run --separate-stderr kout -t two -k k -f k < <(stream '#fields time k' \
	    '1 21' '1 foobar' '1 abc' '1 a-little-bit-longer-string')
	fine
	[ "$(sent '%p %s' two | sort)" = '0 21
0 foobar
1 a-little-bit-longer-string
1 abc' ]
}

@test "kout refuses times that Kafka cannot hold" {
	for t in 0 -5; do
		run --separate-stderr -1 kout -t a < <(stream '#fields time line' '7 x' "$t y")
		[ "$output" = "" ]
		[ "$stderr" = "kout: line 3: time $t: a Kafka timestamp is later than 1970 began" ]
	done
}

@test "kout delivers all before it exits, at #end and at #stop" {
	feed '#fields time line' '1 x' '#barrier 1.0' '#stop' >in
	run --separate-stderr kout -t a -X linger.ms=60000 <in
	fine
	[ "$(sent %s)" = x ]
	run --separate-stderr kout -t a -X linger.ms=60000 < <(stream '#fields time line' '1 y')
	fine
	[ "$(sent %s)" = 'x
y' ]
}

@test "kout does not wait for more when its input does" {
	mkfifo in
	kout -t a <in 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields time line' '1 x' >&9
	[ "$(timeout 10 kcat -C -b "$WEIR_BROKERS" -t a -q -c 1 9>&-)" = x ]
	echo '#end' >&9
	exec 9>&-
	wait "$pid"
}

@test "kout waits while its queue is full" {
	{ feed '#fields time line'; seq 1 3000 | sed 's/^/1	/'; echo '#end'; } >in
	run --separate-stderr kout -t a -X queue.buffering.max.messages=10 <in
	fine
	[ "$(sent %s)" = "$(seq 1 3000)" ]
}

@test "kout ends with 111 when its input breaks off" {
	run --separate-stderr -111 kout -t a < <(feed '#fields time line' '1 x')
	[ "$output" = "" ]
	[ "$stderr" = "kout: the input ended without #end or #stop: the program before this one died" ]
}

@test "kout ends with 1 when a message is too large" {
	{ feed '#fields time line'; printf '1\t%02000d\n' 0; echo '#end'; } >in
	run --separate-stderr -1 kout -t a -X message.max.bytes=1000 <in
	[ "$output" = "" ]
	[ "$stderr" = "kout: line 2: Broker: Message size too large" ]
}

@test "kout ends with 111 when a message cannot be delivered in time" {
	mkfifo in
	kout -t a -X message.timeout.ms=1000 <in >out 2>err 3>&- &
	pid=$!
	echo $pid >pid
	exec 9>in
	feed '#fields time line' '1 x' >&9
	[ "$(timeout 10 kcat -C -b "$WEIR_BROKERS" -t a -q -c 1 9>&-)" = x ]
	kill "$broker"
	wait "$broker" || true
	feed '2 y' '#end' >&9
	exec 9>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 111 ]
	[ "$(cat out)" = "" ]
	[[ $(tail -n 1 err) = "kout: line 3: not delivered: "* ]]
}

@test "kout -b names the brokers, -X any property" {
	addr=$WEIR_BROKERS
	WEIR_BROKERS=localhost:1 run --separate-stderr kout -b "$addr" -t a < <(stream '#fields time line' '1 x')
	fine
	unset WEIR_BROKERS
	run --separate-stderr kout -X bootstrap.servers="$addr" -t a < <(stream '#fields time line' '1 x')
	fine
	run --separate-stderr -2 kout -t a </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "kout: no brokers: give -b host:port or set WEIR_BROKERS" ]
	run --separate-stderr -2 kout -t a -X foo=1 </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "kout: -X: no such property: foo" ]
	run --separate-stderr -1 kout -t a -b "$addr" -X acks=0 </dev/null
	[ "$output" = "" ]
	[[ $stderr = "kout: kafka: "*acks* ]]
}

@test "kout -v reports" {
	run --separate-stderr -0 kout -t a -v < <(stream '#fields time line' '1 x')
	[ "$output" = "" ]
	[[ $stderr = "kout: 1 in"* ]]
}

@test "kout -h and -V" {
	run --separate-stderr -0 kout -h
	[[ $output = "usage: kout "* ]]
	[ "$stderr" = "" ]
	run --separate-stderr -0 kout -V
	[[ $output =~ ^kout\ [0-9.]+$ ]]
	[ "$stderr" = "" ]
}

@test "kout refuses bad usage with status 2" {
	for args in '' '-t a extra' '-t a -q' '-t'; do
		# shellcheck disable=SC2086
		run --separate-stderr -2 kout $args </dev/null
		[ "$output" = "" ]
		[[ $stderr = *"usage: kout "* ]]
	done
	for args in '-s foo' '-T x' '-s line -f a,b'; do
		# shellcheck disable=SC2086
		run --separate-stderr -2 kout -t a $args </dev/null
		[ "$output" = "" ]
		[[ $stderr = "kout: -"* ]]
	done
}

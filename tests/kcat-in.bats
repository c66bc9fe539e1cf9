# shellcheck disable=SC2016,SC2094,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo addr
	kmock -t a -t b -t two:2 -t empty >addr 3>&- &
	broker=$!
	read -r WEIR_BROKERS <addr
	export WEIR_BROKERS
}

teardown() {
	kill "$broker" 2>/dev/null || true
	[ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true
}

# put TOPIC [OPTION ...] - standard input, lines of time, blank, text, into a topic
put() {
	local topic=$1
	shift
	{ feed '#fields time line'; tabs; echo '#end'; } | kout -t "$topic" "$@"
}

# raw TOPIC PARTITION [OPTION ...] - standard input's lines into a partition
raw() { kcat -P -b "$WEIR_BROKERS" -t "$1" -p "$2" "${@:3}"; }

# ok WANTED - status 0, that output, nothing on standard error
ok() {
	[ "$status" = 0 ]
	[ "$output" = "$1" ]
	[ "$stderr" = "" ]
}

# live ARG ... - kcat-in in the background, its output in ./out
live() {
	set -m
	kcat-in "$@" >out 2>err 3>&- &
	pid=$!
	echo $pid >pid
	set +m
}

# seen TEXT - waits until ./out has a line with it
seen() {
	for ((i = 0; i < 200; i++)); do
		grep -q "$1" out && return
		sleep 0.05
	done
	return 1
}

# stop SIGNAL - $status
stop() {
	kill -"$1" "$pid"
	status=0
	wait "$pid" || status=$?
}

@test "kcat-in -t -e reads a topic to its end, with Kafka's times" {
	put a <<<'1000 x
2500 y'
	run --separate-stderr kcat-in -t a -e
	ok "$(feed '#fields time line' '1000 x' '#watermark 1000' '2500 y' '#watermark 2500' '#end')"
}

@test "kcat-in -e of an empty topic" {
	run --separate-stderr kcat-in -t empty -e
	ok "$(feed '#fields time line' '#end')"
	run --separate-stderr kcat-in -t empty -e -s csv
	ok "$(feed '#fields time' '#end')"
}

@test "kcat-in -b names the brokers, else WEIR_BROKERS, else -X" {
	put a <<<'1000 x'
	addr=$WEIR_BROKERS
	want=$(feed '#fields time line' '1000 x' '#watermark 1000' '#end')
	WEIR_BROKERS=localhost:1 run --separate-stderr kcat-in -b "$addr" -t a -e
	ok "$want"
	unset WEIR_BROKERS
	run --separate-stderr kcat-in -X bootstrap.servers="$addr" -t a -e
	ok "$want"
	run --separate-stderr -2 kcat-in -t a -e
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: no brokers: give -b host:port or set WEIR_BROKERS" ]
}

@test "kcat-in -t takes several topics, one only once" {
	put a <<<'1000 x'
	put b <<<'1500 y'
	run --separate-stderr kcat-in -t a,b,a -e -f line,_topic -w 0s,1h
	[ "$status$stderr" = 0 ]
	[ "$(grep '^[0-9]' <<<"$output" | sort)" = "$(feed '1000 x a' '1500 y b')" ]
}

@test "kcat-in -t takes regular expressions" {
	put a <<<'1000 x'
	put b <<<'1500 y'
	run --separate-stderr kcat-in -t '^[ab]$' -e -f line,_topic -w 0s,1h
	[ "$status$stderr" = 0 ]
	[ "$(grep '^[0-9]' <<<"$output" | sort)" = "$(feed '1000 x a' '1500 y b')" ]
	run --separate-stderr -1 kcat-in -t '^none' -e
	[ "$output" = "" ]
	[ "$stderr" = 'kcat-in: no topic matches ^none' ]
	run --separate-stderr -2 kcat-in -t '^(' -e
	[ "$output" = "" ]
	[[ $stderr = 'kcat-in: -t ^(: '* ]]
}

@test "kcat-in -p takes some partitions" {
	raw two 0 <<<zero
	raw two 1 <<<one
	run --separate-stderr kcat-in -t two -p 1 -e -f line,_partition -T @now
	[ "$status$stderr" = 0 ]
	[ "$(grep '^[0-9]' <<<"$output" | cut -f2-)" = "$(feed 'one 1')" ]
	run --separate-stderr kcat-in -t two -p 0,1,0 -e -f line
	[ "$(grep -c '^[0-9]' <<<"$output")" = 2 ]
	run --separate-stderr -1 kcat-in -t two -p 2 -e
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: topic two: no partition 2, there are 2" ]
	for p in x -1 '0,' 99999999999; do
		run --separate-stderr -2 kcat-in -t two -p "$p" -e
		[ "$output" = "" ]
		[ "$stderr" = "kcat-in: -p: not numbers such as 0,2: $p" ]
	done
}

@test "kcat-in -o says where to start" {
	put a <<<'1 p
2 q
3 r'
	from() { kcat-in -t a -e -w 0s,1h "$@" | grep '^[0-9]' | cut -f2 | tr -d '\n'; }
	[ "$(from)" = pqr ]
	[ "$(from -o beginning)" = pqr ]
	[ "$(from -o 1)" = qr ]
	[ "$(from -o 3)" = "" ]
	[ "$(from -o -1)" = r ]
	[ "$(from -o -9)" = pqr ]
	[ "$(from -o end)" = "" ]
	run --separate-stderr -1 kcat-in -t a -o 4 -e
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: topic a partition 0: offset 4 is not there: it holds 0 to 3" ]
	for o in x 1x s@ s@x s@-1 -x --1; do
		run --separate-stderr -2 kcat-in -t a -o "$o" -e
		[ "$output" = "" ]
		[ "$stderr" = "kcat-in: -o: not beginning, end, stored, an offset, -N or s@ms: $o" ]
	done
	run --separate-stderr -2 kcat-in -t a -o stored -e
	[ "$output" = "" ]
	[ "${stderr_lines[0]}" = "kcat-in: -o stored: -G is needed: the group" ]
}

@test "kcat-in -G goes on where the last run ended" {
	put a <<<'1000 x'
	run --separate-stderr kcat-in -t a -G g -e
	ok "$(feed '#fields time line' '1000 x' '#watermark 1000' '#end')"
	run --separate-stderr kcat-in -t a -G g -e
	ok "$(feed '#fields time line' '#end')"
	put a <<<'2000 y
3000 z'
	run --separate-stderr kcat-in -t a -G g -c 1
	ok "$(feed '#fields time line' '2000 y' '#watermark 2000' '#end')"
	run --separate-stderr kcat-in -t a -G g -e
	ok "$(feed '#fields time line' '3000 z' '#watermark 3000' '#end')"
	run --separate-stderr kcat-in -t a -G g -o 0 -c 1
	ok "$(feed '#fields time line' '1000 x' '#watermark 1000' '#end')"
}

@test "kcat-in -G stores nothing when it is killed" {
	put a <<<'1000 x'
	live -t a -G g -B 50ms
	seen '#barrier'
	stop KILL
	[ "$status" = 137 ]
	run --separate-stderr kcat-in -t a -G g -e
	ok "$(feed '#fields time line' '1000 x' '#watermark 1000' '#end')"
}

# lag GROUP - what of topic a it has not been told to be read; the group stays as it is
lag() {
	rm -rf look
	kcat-in -t a -e -w 0s,1h -G "$1" -S look 2>/dev/null | grep '^[0-9]' | cut -f 2 | tr -d '\n'
}

@test "kcat-in -G under srun -1: the group is told where the run before ended" {
	p='kcat-in -t a -G g -f line | swrite -f line -d out'
	put a <<<'1 p
2 q'
	run --separate-stderr srun -1 -S st "$p"
	ok ''
	[ "$(lag g)" = pq ]
	put a <<<'3 r'
	run --separate-stderr srun -1 -S st "$p"
	ok ''
	[ "$(lag g)" = r ]
	run --separate-stderr srun -1 -S st "$p"
	ok ''
	[ "$(lag g)" = '' ]
	# the lag is all that it is for: the positions are the state's
	kcat-in -t a -G g -o 0 -c 1 >/dev/null
	[ "$(lag g)" = qr ]
	put a <<<'4 s'
	run --separate-stderr srun -1 -S st "$p"
	ok ''
	[ "$(lag g)" = s ]
	[ "$(cat out/part-* | tr -d '\n')" = pqrs ]
}

@test "kcat-in -G under srun: while the run goes on the group is told what was committed" {
	put a <<<'1 p
2 q'
	srun -S st 'kcat-in -t a -G g -B 50ms -f line | swrite -f line -d out' >out.txt 2>err 3>&- &
	pid=$!
	echo $pid >pid
	for ((i = 0; i < 100; i++)); do
		[ -n "$(lag g)" ] || break
		sleep 0.1
	done
	[ "$(lag g)" = '' ]
	[ "$(cat out/part-* | tr -d '\n')" = pq ]
	stop TERM
	[ "$status" = 0 ]
	[ "$(cat err)" = "" ]
}

@test "kcat-in ends with #barrier and #stop on SIGTERM and SIGINT, and stores its positions" {
	for sig in TERM INT; do
		put a <<<"1000 $sig"
		live -t a -G g
		seen $sig
		stop $sig
		[ "$status" = 0 ]
		[ "$(cat err)" = "" ]
		[ "$(grep -c '^1000' out)" = 1 ]
		[[ $(tail -n 2 out | head -n 1) = '#barrier'$'\t'*.0 ]]
		[ "$(tail -n 1 out)" = '#stop' ]
	done
}

@test "kcat-in follows a topic" {
	live -t a
	put a <<<'1000 x'
	seen x
	put a <<<'2000 y'
	seen y
	stop TERM
	[ "$status" = 0 ]
}

@test "kcat-in -c stops after so many records" {
	put a <<<'1000 x
2000 y
3000 z'
	run --separate-stderr kcat-in -t a -c 2 -w 0s,1h
	ok "$(feed '#fields time line' '1000 x' '#watermark 1000' '2000 y' '#end')"
}

@test "kcat-in -B writes barriers by the clock, 1s unless told, or every so many records" {
	live -t a
	seen "#barrier	1.0"
	stop TERM
	live -t a -B 50ms
	seen "#barrier	2.0"
	stop TERM
	put a <<<'1000 x
1001 y'
	run --separate-stderr kcat-in -t a -e -B 1r
	ok "$(feed '#fields time line' '1000 x' '#watermark 1000' '#barrier 1.0' '1001 y' '#barrier 2.0' '#end')"
}

@test "kcat-in -s -f -T decode the payload" {
	raw a 0 <<<'{"k":"a","v":{"w":3},"t":"2013-01-01T10:15:00Z"}'
	run --separate-stderr kcat-in -t a -e -s json -f k,w:int=v.w,t -T t
	ok "$(feed '#fields t k w:int' '1357035300000 a 3' '#watermark 1357035300000' '#end')"
	raw b 0 <<<'x,5'
	run --separate-stderr kcat-in -t b -e -s csv -T c2
	ok "$(feed '#fields c2 c1' '5 x' '#watermark 5' '#end')"
}

@test "kcat-in -s csv reads messages of any length as sread reads lines" {
	# of fields whose ends fall on each byte of a few steps of 16, some with what needs care
	awk 'BEGIN {
		text = "abcdefghijklmnopqrstuvwxyz0123456789"
		split("plain \"qu,oted\" \"dou\"\"bled\" back\\\\slash - ta\tb", odd, " ")
		for (n = 0; n < 600; n++) {
			a = substr(text, 1, n % 23)
			b = n % 7 == 0 ? odd[1 + n % 6] : substr(text, 1, int(n / 23) % 19)
			print n "," a "," b "," (n % 5 == 0 ? "" : n * 7919 * (n % 3 - 1))
		}
	}' >lines
	raw a 0 <lines
	kcat-in -t a -e -s csv -f n:int,a,b,v:int -T n | grep -v '^#' >got
	sread -s csv -f n:int,a,b,v:int -T n lines | grep -v '^#' >want
	[ "$(wc -l <want)" = 600 ]
	cmp got want
}

@test "kcat-in -f names what stands around the payload" {
	feed '#fields time line k _header.h' '1000 x key hv' '2000 y \N \N' '#end' |
	    kout -t a -k k -f line
	run --separate-stderr kcat-in -t a -e -w 0s,1h \
	    -f _key,line,_topic,_partition,_offset,_timestamp,_header.h
	ok "$(feed '#fields time _key line _topic _partition:int _offset:int _timestamp:time _header.h' \
	    '1000 key x a 0 0 1000 hv' '#watermark 1000' '2000 \N y a 0 1 2000 \N' '#end')"
}

@test "kcat-in: the last of several headers of one name counts" {
	raw a 0 -H h=1 -H h=2 <<<x
	run --separate-stderr kcat-in -t a -e -f _header.h:int,line -T @now
	[ "$status$stderr" = 0 ]
	[ "$(grep '^[0-9]' <<<"$output" | cut -f2-)" = "$(feed '2 x')" ]
}

@test "kcat-in: a null payload has null fields" {
	feed '#fields time line k' '1000 \N a' '2000  b' '#end' | kout -t a -k k -f line
	run --separate-stderr kcat-in -t a -e -f line,_key -w 0s,1h
	ok "$(feed '#fields time line _key' '1000 \N a' '#watermark 1000' '2000  b' '#end')"
	run --separate-stderr kcat-in -t a -e -s json -f x:int,_key -c 1
	ok "$(feed '#fields time x:int _key' '1000 \N a' '#watermark 1000' '#end')"
	run --separate-stderr -1 kcat-in -t a -e -s csv
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: topic a partition 0 offset 0: no payload, and no columns are known yet" ]
}

@test "kcat-in stops at bad records and says where" {
	raw a 0 <<<'1
x'
	run --separate-stderr -1 kcat-in -t a -e -s csv -f n:int -T @now
	[ "$(cut -f2 <<<"${lines[1]}")" = 1 ]
	[[ $stderr = "kcat-in: topic a partition 0 offset 1: "* ]]
}

@test "kcat-in -D keeps bad records whole, with all that is around them" {
	raw a 0 -k key -H h=v -H h=w -H n= -H 'null' <<<x
	raw a 0 <<<1
	# no UTF-8, and what a stream cannot hold
	printf '\377|y\0z' >m
	kcat -P -b "$WEIR_BROKERS" -t a -p 0 -K '|' -H $'b=\376' <m
	run --separate-stderr -0 kcat-in -t a -e -s csv -f n:int -T @now -D dead
	[ "$(grep '^[0-9]' <<<"$output" | cut -f2 | tr '\n' ' ')" = '1 ' ]
	[ "$stderr" = "kcat-in: 2 bad records written to dead" ]
	sed -i -E 's/"ts":1[0-9]{12},/"ts":T,/' dead
	diff dead - <<'E'
{"topic":"a","partition":0,"offset":0,"reason":"field n is not an int: \"x\"","tstype":"create","ts":T,"headers":["h","v","h","w","n","","null",null],"key":"key","payload":"x"}
{"topic":"a","partition":0,"offset":2,"reason":"a NUL byte, which no stream can hold","tstype":"create","ts":T,"headers64":["b","/g=="],"key64":"/w==","payload64":"eQB6"}
E
}

@test "kcat-in -D: what is mended goes back with key, headers, time, whatever the bytes" {
	raw a 0 -k key -H h=v -H h=w -H 'null' <<<x
	raw a 0 <<<1
	printf '\377|y\0z' | raw a 0 -K '|' -H $'b=\376'
	printf 'k|' | raw a 0 -K '|'
	run --separate-stderr -0 kcat-in -t a -e -s csv -f n:int -T @now -D dead
	[ "$stderr" = "kcat-in: 2 bad records written to dead" ]
	sed -i 's/"payload":"x"/"payload":"7"/' dead
	run --separate-stderr -0 sh -c 'sread -s envelope dead | kout -s envelope -t b'
	[ "$output$stderr" = "" ]
	as() { kcat -C -b "$WEIR_BROKERS" -t "$1" -o beginning -e -q -f '%T %k %h %s\n'; }
	as b | cmp - <(as a | sed -n '1s/x$/7/p; 3p')
}

@test "kcat-in -D: the key is kept when it is the time that is bad" {
	raw a 0 -k k1 <<<'yesterday,5'
	raw a 0 <<<'soon,6'
	run --separate-stderr -0 kcat-in -t a -e -s csv -f t,n:int -T t -D dead
	[ "$stderr" = "kcat-in: 2 bad records written to dead" ]
	[ "$(grep -o '"key":[^,]*' dead | tr '\n' ' ')" = '"key":"k1" "key":null ' ]
	grep -q '"reason":"field t is not a time: \\"yesterday\\""' dead
}

@test "kcat-in without -D stops at a bad record and shows its first bytes" {
	raw a 0 <<<'1'
	raw a 0 <<<'{"n":"x\u0001"}'
	run --separate-stderr -1 kcat-in -t a -e -s csv -f n:int
	[ "$(grep -c '^[0-9]' <<<"$output")" = 1 ]
	[ "$stderr" = 'kcat-in: topic a partition 0 offset 1: field n is not an int: "{\"n\":\"x\\u0001\"}"
00000000  7b 22 6e 22 3a 22 78 5c  75 30 30 30 31 22 7d     |{"n":"x\u0001"}|' ] ||
	[ "${stderr_lines[1]}" = '00000000  7b 22 6e 22 3a 22 78 5c  75 30 30 30 31 22 7d     |{"n":"x\u0001"}|' ]
}

# letters TOPIC - what is in it: key, headers, payload
letters() {
	kcat -C -b "$WEIR_BROKERS" -t "$1" -o beginning -e -q -J |
	    sed -E 's/.*"headers":(\[[^]]*\]),"key":([^,]*),"payload":(.*)}$/\2 \1 \3/'
}

@test "kcat-in -D kafka:TOPIC: bad records go to a topic, as they were" {
	raw a 0 -k key -H h=v <<<x
	raw a 0 <<<1
	raw a 0 <<<y
	run --separate-stderr -0 kcat-in -t a -e -s csv -f n:int -D kafka:b
	[ "$(grep '^[0-9]' <<<"$output" | cut -f2)" = 1 ]
	[ "$stderr" = "kcat-in: 2 bad records written to kafka:b" ]
	letters b >got
	sort got | diff - <(sort <<'E'
"key" ["h","v","dead.topic","a","dead.partition","0","dead.offset","0","dead.reason","field n is not an int: \"x\""] "x"
null ["dead.topic","a","dead.partition","0","dead.offset","2","dead.reason","field n is not an int: \"y\""] "y"
E
)
	# the time is that of the message
	times() { kcat -C -b "$WEIR_BROKERS" -t "$1" -o beginning -e -q -f '%s %T\n' | grep "$2"; }
	[ "$(times a x)" = "$(times b x)" ]
	# a second time through: the last place counts, once
	run --separate-stderr -0 kcat-in -t b -e -s csv -f n:int -D kafka:empty
	[ "$(letters empty | grep -c '"dead.topic","b"')" = 2 ]
	[ "$(letters empty | grep -c '"dead.topic","a"')" = 0 ]
}

@test "kcat-in -D kafka:TOPIC: all have arrived when a barrier is seen" {
	live -t a -s csv -f n:int -B 3r -D kafka:b
	for i in 1 2 3 4 5 6 7 8 9; do echo "x$i"; done | raw a 0
	seen '^#barrier	3'
	[ "$(letters b | grep -c '"x')" -ge 9 ]
	stop TERM
	[ "$status" = 0 ]
	[ "$(tail -n 1 out)" = '#stop' ]
	[ "$(letters b | wc -l)" = 9 ]
}

@test "kcat-in -D kafka:TOPIC that is being read, or has no name" {
	run --separate-stderr -2 kcat-in -t a -e -D kafka:
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: -D: the topic is missing behind kafka:" ]
	run --separate-stderr -2 kcat-in -t a,b -e -D kafka:b
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: -D: topic b is being read" ]
}

@test "kcat-in -w: the watermark is that of the slowest partition" {
	feed '#fields time line' '10000 x' '#end' | kout -t two -k line -X partitioner=consistent
	raw two 0 </dev/null
	run --separate-stderr kcat-in -t two -e -w 2s,1s
	[ "$status$stderr" = 0 ]
	# the other partition is empty: finished, it does not hold T back
	[ "$output" = "$(feed '#fields time line' '10000 x' '#watermark 8000' '#end')" ]
	# not finished, it does
	live -t two -B 50ms
	seen '#barrier	2'
	stop TERM
	[ "$(grep -c '#watermark' out)" = 0 ]
}

@test "kcat-in -i: a silent partition counts as idle" {
	feed '#fields time line' '10000 x' '#end' | kout -t two -k line
	live -t two -i 100ms
	seen '#watermark	10000'
	seen '#idle'
	stop TERM
	[ "$status" = 0 ]
	[ "$(cat err)" = "" ]
}

# pairs PARTITION FIRST LAST - records of that many seconds into topic two
pairs() {
	local i
	for ((i = $2; i <= $3; i++)); do echo "${i}000,$1-$i"; done | raw two "$1"
}

# count N - waits until ./out has so many records
count() {
	for ((i = 0; i < 200; i++)); do
		[ "$(grep -c '^[0-9]' out)" != "$1" ] || return 0
		sleep 0.05
	done
	return 1
}

# of PARTITION - its records in ./out
of() { grep '^[0-9]' out | cut -f 2 | grep "^$1-" | cut -d - -f 2; }

@test "kcat-in -A: a partition that is ahead waits for the slowest" {
	pairs 0 1 1
	pairs 1 1 100
	args=(-t two -s csv -f 't,v' -T t -G g -B 50ms)
	live "${args[@]}" -A 10s
	count 13		# 12 s is the first that is more than 10 s ahead
	seen '#barrier	4'
	count 13
	diff <(of 1) <(seq 12)
	pairs 0 51 51
	count 64
	diff <(of 1) <(seq 62)
	stop TERM
	[ "$status" = 0 ]
	[ "$(cat err)" = "" ]
	[ "$(of 0 | tr '\n' ' ')" = "1 51 " ]
	# what waited was not read, and is by the next run
	live "${args[@]}" -e
	wait "$pid"
	diff <(of 1) <(seq 63 100)
	[ "$(of 0)" = "" ]
}

@test "kcat-in -A never lets one run away, and loses nothing" {
	pairs 1 1 3000
	pairs 0 1001 2000
	live -t two -s csv -f t,v -T t -A 5s -e
	wait "$pid"
	[ "$(cat err)" = "" ]
	diff <(of 0) <(seq 1001 2000)
	diff <(of 1) <(seq 3000)
	# with its record before this one each was within the drift of the other
	grep '^[0-9]' out | cut -f 2 | awk -F- '
	    { o = 1 - $1
	      if (seen[o] && left[o] && at[$1] > at[o] + 5) exit 1
	      at[$1] = $2; seen[$1] = 1; left[0] = at[0] != 2000; left[1] = at[1] != 3000 }'
	# -A 0s: a merge by time
	live -t two -s csv -f t,v -T t -A 0s -c 3000
	wait "$pid"
	[ "$(of 0 | wc -l)" = 999 ] || [ "$(of 0 | wc -l)" = 1000 ]
	# -c leaves the positions right
	live -t two -s csv -f t,v -T t -A 0s -G h -o beginning -c 1500
	wait "$pid"
	mv out first
	live -t two -s csv -f t,v -T t -A 0s -G h -e
	wait "$pid"
	cat first >>out
	[ "$(grep -c '^[0-9]' out)" = 4000 ]
	[ "$(grep '^[0-9]' out | sort -u | wc -l)" = 4000 ]
}

@test "kcat-in -A: who is idle, finished or empty holds nobody back" {
	pairs 1 1 100
	live -t two -s csv -f t,v -T t -A 10s
	count 100		# empty
	stop TERM
	pairs 0 1 1
	live -t two -s csv -f t,v -T t -A 10s -i 300ms
	count 101		# idle, and the one that waited was not
	[ "$(sed '/#idle/q' out | grep -c '^[0-9]')" = 101 ]
	stop TERM
	[ "$(cat err)" = "" ]
	run --separate-stderr kcat-in -t two -s csv -f t,v -T t -A 10s -e
	[ "$status$stderr" = 0 ]
	[ "$(grep -c '^[0-9]' <<<"$output")" = 101 ]
}

@test "kcat-in -X sets any property, also from a file" {
	put a <<<'1000 x'
	printf '# comment\n\n client.id = me \nfetch.min.bytes=1\n' >props
	run --separate-stderr kcat-in -t a -e -X @props -X fetch.wait.max.ms=50
	ok "$(feed '#fields time line' '1000 x' '#watermark 1000' '#end')"
	run --separate-stderr -2 kcat-in -t a -X foo.bar=1
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: -X: no such property: foo.bar" ]
	run --separate-stderr -2 kcat-in -t a -X fetch.min.bytes=x
	[ "$output" = "" ]
	[[ $stderr = "kcat-in: -X: fetch.min.bytes: "* ]]
	run --separate-stderr -2 kcat-in -t a -X nothing
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: -X: not prop=value: nothing" ]
	run --separate-stderr -2 kcat-in -t a -X isolation.level=read_uncommitted
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: -X: isolation.level is always read_committed" ]
	echo foo=1 >>props
	run --separate-stderr -2 kcat-in -t a -X @props
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: props: line 5: no such property: foo" ]
	run --separate-stderr -1 kcat-in -t a -X @none
	[ "$output" = "" ]
	[ "$stderr" = "kcat-in: none: No such file or directory" ]
}

@test "kcat-in says once that no broker can be reached, and goes on trying" {
	kcat-in -b 127.0.0.1:1 -t a >out 2>err 3>&- &
	pid=$!
	echo $pid >pid
	for ((i = 0; i < 200; i++)); do
		[ ! -s err ] || break
		sleep 0.05
	done
	sleep 1.2		# more failures come, and are not told
	kill -0 $pid
	[ "$(wc -l <err)" = 1 ]
	[[ $(cat err) = "kcat-in: kafka: no broker can be reached: "*"; trying again" ]]
	stop TERM
	[ "$status" = 143 ]
}

@test "kcat-in fails when its output cannot be written" {
	put a <<<'1000 x'
	run --separate-stderr -111 sh -c 'kcat-in -t a -e >/dev/full'
	[ "$stderr" = "kcat-in: standard output: write: No space left on device" ]
}

@test "kcat-in -h and -V" {
	run --separate-stderr -0 kcat-in -h
	[[ $output = "usage: kcat-in "* ]]
	[ "$stderr" = "" ]
	run --separate-stderr -0 kcat-in -V
	[[ $output =~ ^kcat-in\ [0-9.]+$ ]]
	[ "$stderr" = "" ]
}

@test "kcat-in refuses bad usage with status 2" {
	for args in '' '-t a extra' '-t a -q' '-t'; do
		# shellcheck disable=SC2086
		run --separate-stderr -2 kcat-in $args
		[ "$output" = "" ]
		[[ $stderr = *"usage: kcat-in "* ]]
	done
	for args in '-s foo' '-c 0' '-i x' '-B x' '-w x' '-H' \
	    '-A x' '-A -1s' '-A 5'; do
		# shellcheck disable=SC2086
		run --separate-stderr -2 kcat-in -t a -e $args
		[ "$output" = "" ]
		[[ $stderr = "kcat-in: -"* ]]
	done
	run --separate-stderr -2 kcat-in -t a, -e
	[ "$stderr" = 'kcat-in: -t: an empty name: "a,"' ]
	run --separate-stderr -2 kcat-in -t a -G ''
	[ "$stderr" = 'kcat-in: -G: not a group: ""' ]
}

# shellcheck disable=SC2094,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo addr
	kmock -t a -t b >addr 3>&- &
	broker=$!
	read -r WEIR_BROKERS <addr
	export WEIR_BROKERS
}

teardown() {
	kill "$broker" 2>/dev/null || true
}

stream() { feed "$@" '#end'; }

# put ARG ... - standard input into topic a
put() { kcat -P -b "$WEIR_BROKERS" -t a "$@"; }

# shown TOPIC - kcat's own view, with what differs between topics left out
shown() { kcat -C -b "$WEIR_BROKERS" -t "$1" -e -q -f '%T [%k] %K %S [%s] [%h]\n'; }

# messages - of all kinds, in topic a
messages() {
	printf 'hello' | put -k key1 -H a=1 -H b=zwei -H a=2
	printf '{"x":"\\t\xc3\xa9"}' | put
	printf '\xff\x01' | put -k $'\xfe'
	printf 'a\0b' | put -H bin=$'\xff' -H x=y
	printf 'gone:\n' | put -Z -K:
}

@test "envelope: a topic copies with key, headers, timestamps, tombstones and binary" {
	messages
	run --separate-stderr kout -s envelope -t b < <(kcat-in -s envelope -t a -e)
	fine
	shown a >one
	shown b >two
	[ "$(wc -l <one)" -ge 5 ]
	cmp one two
}

@test "envelope: through a file, which kcat's own reader of JSON lines would take" {
	messages
	kcat-in -s envelope -t a -e >in
	swrite -s envelope <in >file
	[ "$(wc -l <file)" = 5 ]
	python3 -c 'import json, sys; [json.loads(x) for x in open("file", encoding="utf-8")]'
	run --separate-stderr -0 sread -s envelope file
	[ "$output" = "$(cat in)" ]
	run --separate-stderr kout -s envelope -t b < <(sread -s envelope file)
	fine
	shown a >one
	shown b >two
	cmp one two
}

@test "envelope: what kcat -J writes is read and what is written is what it writes" {
	printf 'hello' | put -k key1 -H a=1 -H b=zwei
	printf 'two "q" \\ \xc3\xa9' | put
	kcat -C -b "$WEIR_BROKERS" -t a -e -q -J >kcat.json
	run --separate-stderr -0 swrite -s envelope < <(sread -s envelope kcat.json)
	[ "$stderr" = "" ]
	[ "$output" = "$(sed 's/,"broker":[0-9]*//' kcat.json)" ]
	run --separate-stderr kout -s envelope -t b < <(sread -s envelope kcat.json)
	fine
	[ "$(shown a)" = "$(shown b)" ]
}

@test "envelope: the columns, of a message and of a line" {
	printf 'a\0b' | put -k k
	run --separate-stderr -0 kcat-in -s envelope -t a -e
	[ "${lines[0]}" = $'#fields\tts\ttopic\tpartition:int\toffset:int\ttstype\theaders\theaders64\tkey\tkey64\tpayload\tpayload64' ]
	[ "$(cut -f 2- <<<"${lines[1]}")" = "$(tabs <<<'a 0 0 create \N \N k \N \N YQBi')" ]
	run --separate-stderr -0 kcat-in -s envelope -t a -e -f 'p=payload64,key,_offset:int'
	[ "${lines[0]}" = $'#fields\ttime\tp\tkey\t_offset:int' ]
	[ "$(cut -f 2- <<<"${lines[1]}")" = $'YQBi\tk\t0' ]
	run --separate-stderr -2 kcat-in -s envelope -t a -e -f body
	[ "$stderr" = "kcat-in: -f: an envelope has no body" ]
	echo '{"ts":5,"key":"a\u0000b","payload":{"x":[1]},"broker":1}' >file
	run --separate-stderr -0 sread -s envelope -f 'ts,key,key64,payload,x=payload.x[0]' file
	is '#fields ts key key64 payload x' '5 \N YQBi {"x":[1]} 1' '#watermark 5' '#end'
	run --separate-stderr -1 sread -s envelope <<<'{"key":"a"}'
	[ "${stderr_lines[0]}" = "sread: line 1: no event time: field ts is null" ]
	run --separate-stderr -1 sread -s envelope <<<'{"ts":5,"offset":"x"}'
	[ "${stderr_lines[0]}" = 'sread: line 1: field offset is not an int: "x"' ]
	run --separate-stderr -2 sread -s envelope:x file
	[ "$stderr" = "sread: -s: nothing follows envelope: envelope:x" ]
}

@test "envelope: any stream can be one, if its columns have the names" {
	run --separate-stderr -0 swrite -s envelope < <(stream '#fields t key payload headers' \
		'5 k {"a":1} ["h","1"]' '6 \N \N \N' $'7 \377 \376 \\N')
	[ "$stderr" = "" ]
	[ "$output" = '{"ts":5,"headers":["h","1"],"key":"k","payload":"{\"a\":1}"}
{"ts":6,"key":null,"payload":null}
{"ts":7,"key64":"/w==","payload64":"/g=="}' ]
	run --separate-stderr -0 swrite -s envelope -f who=key,v=payload < <(stream '#fields t who v' '5 a b')
	[ "$stderr" = "" ]
	[ "$output" = '{"key":"a","payload":"b"}' ]
	run --separate-stderr -1 swrite -s envelope < <(stream '#fields t payload v')
	[ "$stderr" = "swrite: -s envelope: no member is named v: -f names what is to be written" ]
	run --separate-stderr -1 swrite -s envelope < <(stream '#fields t key')
	[ "$stderr" = "swrite: -s envelope: there is no column payload" ]
	run --separate-stderr -2 kout -t a -s envelope -k key < <(stream '#fields t key payload')
	[ "$stderr" = "kout: -k: the key is the envelope's" ]
	run --separate-stderr -1 kout -t a -s envelope < <(stream '#fields t payload payload64' '5 a YQ==')
	[ "$stderr" = "kout: line 2: both payload and payload64 are there" ]
	run --separate-stderr -1 kout -t a -s envelope < <(stream '#fields t payload64' '5 Y!==')
	[ "$stderr" = 'kout: line 2: field payload64 is not base64: "Y!=="' ]
	run --separate-stderr -1 kout -t a -s envelope < <(stream '#fields t payload headers' '5 a ["b"]')
	[ "$stderr" = 'kout: line 2: field headers: not a list of names and values: "["b"]"' ]
	run --separate-stderr -1 kout -t a -s envelope < <(stream '#fields t payload headers64' '5 a ["b","%"]')
	[ "$stderr" = 'kout: line 2: field headers64: not base64: "%"' ]
	run --separate-stderr kout -t a -s envelope < <(stream '#fields t payload64 headers64 _header.own' \
		'5 /wA= ["b","AP8=","n",null] v')
	fine
	[ "$(kcat -C -b "$WEIR_BROKERS" -t a -e -q -f '%s' | od -An -tx1)" = " ff 00" ]
	run --separate-stderr -0 kcat-in -t a -e -s envelope -f headers64
	[ "$(cut -f 2 <<<"${lines[1]}")" = '["b","AP8=","n",null,"own","dg=="]' ]
}

@test "envelope: a million bad records leave the memory as it was" {
	for n in 10000 1000000; do
		yes '{"topic":"a","partition":"x","payload":1}' | head -n $n >bad.$n
	done
	flat -s envelope
}

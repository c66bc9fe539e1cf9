# shellcheck disable=SC2030,SC2031,SC2094,SC2119,SC2120,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# schema FIELD ... - a.avsc, a record of these fields, each JSON
schema() {
	local IFS=,
	echo "{\"type\":\"record\",\"name\":\"A\",\"fields\":[$*]}" >a.avsc
}

# f NAME TYPE - a field; a type that is no JSON text is a name
f() {
	case $2 in
	'{'* | '['*) echo "{\"name\":\"$1\",\"type\":$2}" ;;
	*) echo "{\"name\":\"$1\",\"type\":\"$2\"}" ;;
	esac
}

# container [OPTION ...] - a stream as a container, a.avro
container() { swrite -s avro "$@" >a.avro; }

stream() { feed "$@" '#end'; }

@test "avro: a stream as a container and back, with every codec" {
	stream '#fields t s i:int f:float b:bool u:time' \
		'1000 x 5 1.5 true 2000' '2000 \N \N \N \N \N' '-3 a\tb\\ -7 0.1 false -1' >in
	for z in null deflate snappy; do
		container -z $z <in
		[ "$(head -c 3 a.avro)" = Obj ]
		grep -qa $z a.avro
		run --separate-stderr -0 sread -s avro -T t -w 0s,1h a.avro
		is '#fields t s i:int f:float b:bool u:time' \
			'1000 x 5 1.5 true 2000' '#watermark 1000' \
			'2000 \N \N \N \N \N' '-3 a\tb\\ -7 0.1 false -1' '#end'
	done
	run --separate-stderr -2 swrite -s avro -z gzip <in
	[ "$stderr" = "swrite: -z: no codec of avro: gzip" ]
	run --separate-stderr -2 swrite -s avro -T iso <in
	[ "$stderr" = "swrite: -T: avro has times of its own kind" ]
	run --separate-stderr -2 swrite -s avro -H <in
	[ "$stderr" = "swrite: -H: only csv and tsv have a header line" ]
	run --separate-stderr -2 swrite -s avro: <in
	[ "$stderr" = "swrite: -s: avro:SCHEMA.avsc is wanted: avro:" ]
}

@test "avro: fastavro reads what is written, its types and codecs" {
	formats
	for z in null deflate snappy; do
		stream '#fields t s i:int f:float b:bool u:time odd-name' \
			'1000 x 5 1.5 true 2001 é' '2000 \N \N \N \N \N \N' | container -z $z
		run --separate-stderr -0 "$python" -c '
import fastavro
r = fastavro.reader(open("a.avro", "rb"))
print(r.codec, [f["type"] for f in r.writer_schema["fields"]])
for x in r: print(list(x.items()))'
		[ "$stderr" = "" ]
		[ "$output" = "$z [{'logicalType': 'timestamp-millis', 'type': 'long'}, ['null', 'string'], ['null', 'long'], ['null', 'double'], ['null', 'boolean'], ['null', {'logicalType': 'timestamp-millis', 'type': 'long'}], ['null', 'string']]
[('t', datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc)), ('s', 'x'), ('i', 5), ('f', 1.5), ('b', True), ('u', datetime.datetime(1970, 1, 1, 0, 0, 2, 1000, tzinfo=datetime.timezone.utc)), ('odd_name', 'é')]
[('t', datetime.datetime(1970, 1, 1, 0, 0, 2, tzinfo=datetime.timezone.utc)), ('s', None), ('i', None), ('f', None), ('b', None), ('u', None), ('odd_name', None)]" ]
	done
}

@test "avro: paths go into records, arrays, maps and unions; a tree is JSON" {
	schema "$(f t long)" "$(f a '{"type":"record","name":"B","fields":[{"name":"c","type":["null","string"]},{"name":"n","type":{"type":"array","items":"int"}}]}')" \
		"$(f m '{"type":"map","values":["null","double","B"]}')"
	stream '#fields t a m' '1 {"c":"x\\ty","n":[1,2]} {"k":1.5,"b":{"c":null,"n":[]}}' \
		'2 {"c":null,"n":[]} {}' | container -s avro:a.avsc
	run --separate-stderr -0 sread -s avro -T t -f 't,c=a.c,n1:int=a.n[1],k:float=m.k,b=m.b,bn=m["b"].n,none=x.y' a.avro
	is '#fields t c n1:int k:float b bn none' '1 x\ty 2 1.5 {"c":null,"n":[]} [] \N' '#watermark 1' \
		'2 \N \N \N \N \N \N' '#end'
	run --separate-stderr -0 sread -s avro -T t a.avro
	is '#fields t a m' '1 {"c":"x\\ty","n":[1,2]} {"k":1.5,"b":{"c":null,"n":[]}}' '#watermark 1' \
		'2 {"c":null,"n":[]} {}' '#end'
	run --separate-stderr -2 sread -s avro -T t -f t,a..b a.avro
	[ "$stderr" = "sread: -f: not a path such as a.b or a[0].b: a..b" ]
	run --separate-stderr -2 sread -s avro:a.avsc -T t -f t,a.d a.avro
	[ "$stderr" = "sread: -f: nothing in the schema is named a.d" ]
	run --separate-stderr -2 sread -s avro -H -T t a.avro
	[ "$stderr" = "sread: -H: only csv and tsv have a header line" ]
}

@test "avro: logical types as text, numbers and times" {
	lt() { echo "{\"type\":\"$1\",\"logicalType\":\"$2\"}"; }
	schema "$(f t "$(lt long timestamp-millis)")" "$(f d "$(lt int date)")" "$(f m "$(lt int time-millis)")" \
		"$(f u "$(lt long time-micros)")" "$(f tu "$(lt long timestamp-micros)")" \
		"$(f l "$(lt long local-timestamp-millis)")" "$(f lu "$(lt long local-timestamp-micros)")" \
		"$(f b '{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}')" \
		"$(f x '{"type":"fixed","name":"X","size":4,"logicalType":"decimal","precision":9,"scale":3}')" \
		"$(f id "$(lt string uuid)")"
	stream '#fields t d m u tu l lu b x id' \
		'1000 2024-02-29 12:34:56.789 00:00:00.000001 2024-02-29T12:34:56.123456Z 2024-02-29T12:34:56 1969-12-31T23:59:59.999999 -12.30 0.5 3f2504e0-4f89-11d3-9a0c-0305e82c3301' |
		container -s avro:a.avsc
	run --separate-stderr -0 sread -s avro -T t -f t,d,m,u,tu,l,lu,b,x,id a.avro
	is '#fields t d m u tu l lu b x id' \
		'1000 2024-02-29 12:34:56.789 00:00:00.000001 2024-02-29T12:34:56.123456Z 2024-02-29T12:34:56 1969-12-31T23:59:59.999999 -12.30 0.500 3f2504e0-4f89-11d3-9a0c-0305e82c3301' \
		'#watermark 1000' '#end'
	run --separate-stderr -0 sread -s avro -T t a.avro
	is '#fields t d:time m:int u:int tu:time l:time lu:time b x id' \
		'1000 1709164800000 45296789 1 1709210096123 1709210096000 -1 -12.30 0.500 3f2504e0-4f89-11d3-9a0c-0305e82c3301' \
		'#watermark 1000' '#end'
	run --separate-stderr -0 sread -s avro -T t -f t,d:int,tu:int,b:float a.avro
	is '#fields t d:int tu:int b:float' '1000 19782 1709210096123456 -12.30' '#watermark 1000' '#end'
	run --separate-stderr -1 sread -s avro -T t -f t,m:time a.avro
	[ "${stderr_lines[0]}" = 'sread: a.avro: record 1: field m is not a time: "12:34:56.789"' ]
	run --separate-stderr -1 sread -s avro -T t -f t,b:int a.avro
	[ "${stderr_lines[0]}" = 'sread: a.avro: record 1: field b is not an int: "-12.30"' ]
}

@test "avro: bytes and fixed are base64, so that any of them goes there and back" {
	schema "$(f t long)" "$(f b '["null","bytes"]')" "$(f x '{"type":"fixed","name":"F","size":3}')" \
		"$(f a '{"type":"array","items":"bytes"}')" '{"name":"d","type":"bytes","default":"\u0000\u00ff"}'
	# a NUL, bytes that are no UTF-8, none at all
	stream '#fields t b x a' '1 AP8K YWJj ["","AA=="]' '2 \N AAAA []' '3  //// ["/w=="]' >in
	swrite -s avro:a.avsc <in >a.avro
	run --separate-stderr -0 sread -s avro -T t a.avro
	is '#fields t b x a d' '1 AP8K YWJj ["","AA=="] AP8=' '#watermark 1' '2 \N AAAA [] AP8=' '3  //// ["/w=="] AP8=' '#end'
	sread -s avro -T t a.avro | swrite -s avro:a.avsc | sread -s avro -T t - | diff - <(echo "$output")
	# as text for a reader that has a string for it, base64 for one that has bytes for a string
	schema "$(f t long)" "$(f b bytes)"
	stream '#fields t b' '1 aMO8' | container -s avro:a.avsc
	schema "$(f t long)" "$(f b string)"
	run --separate-stderr -0 sread -s avro:a.avsc -T t a.avro
	is '#fields t b' '1 hü' '#watermark 1' '#end'
	sread -s avro:a.avsc -T t a.avro | swrite -s avro >b.avro
	schema "$(f t long)" "$(f b '["null","bytes"]')"
	sed -i 's/"A"/"Record"/' a.avsc
	run --separate-stderr -0 sread -s avro:a.avsc -T t b.avro
	is '#fields t b' '1 aMO8' '#watermark 1' '#end'
}

@test "avro: what does not fit the schema stops with its place" {
	bad() {
		run --separate-stderr -1 swrite -s avro:a.avsc < <(stream "$1" "$2")
		[ "$stderr" = "swrite: line 2: field v $3" ] || { echo "$stderr" >&2; return 1; }
	}
	schema "$(f t long)" "$(f v int)"
	bad '#fields t v:int' '1 3000000000' 'is out of the range of an int: 3000000000'
	bad '#fields t v:int' '1 \N' "is null, and the schema's type int has no null"
	bad '#fields t v' '1 x' "is not of the schema's type int: \"x\""
	schema "$(f t long)" "$(f v '{"type":"enum","name":"E","symbols":["A","B"]}')"
	bad '#fields t v' '1 C' 'is no symbol of enum E: "C"'
	schema "$(f t long)" "$(f v '{"type":"fixed","name":"F","size":2}')"
	bad '#fields t v' '1 YWJj' 'has 3 bytes, fixed F has 2'
	schema "$(f t long)" "$(f v bytes)"
	bad '#fields t v' '1 abc!' 'is not of the schema'"'"'s type bytes (base64): "abc!"'
	bad '#fields t v:int' '1 1234' 'is not of the schema'"'"'s type bytes: "1234"'
	schema "$(f t long)" "$(f v string)"
	bad '#fields t v' $'1 \377' 'is not UTF-8, so an Avro string cannot hold it: "\xff"'
	schema "$(f t long)" "$(f v '{"type":"bytes","logicalType":"decimal","precision":3,"scale":1}')"
	bad '#fields t v' '1 1.25' 'is no decimal(3,1): "1.25"'
	bad '#fields t v' '1 123.4' 'is no decimal(3,1): "123.4"'
	schema "$(f t long)" "$(f v '{"type":"int","logicalType":"date"}')"
	bad '#fields t v:time' '1 5' "is not of the schema's type date: \"5\""
	schema "$(f t long)" "$(f v '{"type":"array","items":"long"}')"
	bad '#fields t v' '1 [1' 'is to be a array as JSON text: not JSON: a comma, colon, brace or bracket is missing or too many: "[1"'
	bad '#fields t v' '1 ["x"]' "is not of the schema's type long: \"x\""
	schema "$(f t long)" "$(f v '{"type":"record","name":"R","fields":[{"name":"a","type":"long"}]}')"
	bad '#fields t v' '1 {}' 'has no field a, which record R wants'
	bad '#fields t v' '1 {"a":1,"b":2}' 'has a field b, which record R has not'
	schema "$(f t long)" "$(f v '["int","boolean"]')"
	bad '#fields t v' '1 x' "fits no branch of the schema's union: \"x\""
}

@test "avro: a schema and columns that do not match" {
	schema "$(f t long)" "$(f a long)" '{"name":"d","type":"string","default":"x"}' "$(f n '["null","int"]')"
	run --separate-stderr -1 swrite -s avro:a.avsc < <(stream '#fields t b')
	[ "$stderr" = "swrite: -s avro: the schema wants a field a, there is no such column" ]
	run --separate-stderr -1 swrite -s avro:a.avsc < <(stream '#fields t a:int b')
	[ "$stderr" = "swrite: -s avro: the schema has no field b: -f names what is to be written" ]
	stream '#fields t a:int b' '1 5 z' | container -s avro:a.avsc -f t,a
	run --separate-stderr -0 sread -s avro -T t a.avro
	is '#fields t a:int d n:int' '1 5 x \N' '#watermark 1' '#end'
	echo '{"type":"rekord"}' >b.avsc
	run --separate-stderr -1 swrite -s avro:b.avsc < <(stream '#fields t')
	[ "$stderr" = 'swrite: b.avsc: not an Avro schema: no type is named "rekord"' ]
	echo '{' >b.avsc
	run --separate-stderr -1 sread -s avro:b.avsc -T t a.avro
	[ "$stderr" = 'sread: b.avsc: not an Avro schema: not JSON: a comma, colon, brace or bracket is missing or too many' ]
	run --separate-stderr -1 sread -s avro:none.avsc -T t a.avro
	[ "$stderr" = 'sread: none.avsc: No such file or directory' ]
	stream '#fields t a:int b' '1 5 z' | container -s avro:a.avsc -f 'a,t,b=d'
	run --separate-stderr -0 sread -s avro -T t -f t,a:int,d a.avro
	is '#fields t a:int d' '1 5 z' '#watermark 1' '#end'
	stream '#fields t a:int' '1 5' | container -f 'a=x,t=at'
	run --separate-stderr -0 sread -s avro -T at -f at,x:int a.avro
	is '#fields at x:int' '1 5' '#watermark 1' '#end'
	run --separate-stderr -2 swrite -s avro -f a:int < <(stream '#fields t a:int')
	[ "$stderr" = "swrite: -f: the schema says what types there are: a:int" ]
	run --separate-stderr -1 swrite -s avro < <(stream '#fields t a-b a_b')
	[ "$stderr" = 'swrite: no Avro schema can be made of the columns: record Record has two fields a_b' ]
}

@test "avro: a schema that is no record is one column, value" {
	echo '["null","string"]' >a.avsc
	stream '#fields t x' '1 a' '2 \N' | container -s avro:a.avsc -f x
	run --separate-stderr -0 sread -s avro -T @now -c 2 a.avro
	[ "$(head -n 1 <<<"$output")" = $'#fields\ttime\tvalue' ]
	[ "$(grep -v '^#' <<<"$output" | cut -f 2)" = $'a\n\\N' ]
	run --separate-stderr -1 swrite -s avro:a.avsc < <(stream '#fields t x')
	[ "$stderr" = "swrite: -s avro: the schema is union, no record, and there are 2 columns: -f names the one" ]
}

@test "avro: the writer's schema is resolved to the one given" {
	schema "$(f t long)" "$(f i int)" "$(f gone string)" "$(f old string)" \
		"$(f e '{"type":"enum","name":"E","symbols":["A","B"]}')"
	stream '#fields t i:int gone old e' '1 5 g o B' | container -s avro:a.avsc
	schema "$(f e '{"type":"enum","name":"E","symbols":["A","Z"],"default":"Z"}')" \
		'{"name":"new","aliases":["old"],"type":["null","string"]}' \
		"$(f i double)" '{"name":"d","type":{"type":"array","items":"int"},"default":[1,2]}' "$(f t long)"
	run --separate-stderr -0 sread -s avro:a.avsc -T t a.avro
	is '#fields t e new i:float d' '1 Z o 5 [1,2]' '#watermark 1' '#end'
	schema "$(f t long)" "$(f i string)"
	run --separate-stderr -1 sread -s avro:a.avsc -T t a.avro
	[ "${stderr_lines[0]}" = "sread: a.avro: record 1: the writer's int cannot be read as string" ]
	schema "$(f t long)" "$(f more string)"
	run --separate-stderr -1 sread -s avro:a.avsc -T t a.avro
	[ "$stderr" = "sread: a.avro: the container's schema: the writer's record A has no field more, and the reader's has no default for it" ]
	echo '{"type":"record","name":"B","fields":[]}' >b.avsc
	run --separate-stderr -1 sread -s avro:b.avsc -T @now a.avro
	[ "$stderr" = "sread: a.avro: the container's schema: the writer's A is not the reader's B: an alias in the reader's schema would make it so" ]
	echo '{"type":"record","name":"B","aliases":["A"],"fields":[{"name":"t","type":"long"}]}' >b.avsc
	run --separate-stderr -0 sread -s avro:b.avsc -T t a.avro
	is '#fields t' '1' '#watermark 1' '#end'
	# its alias is n.A to the letter, but namespaces do not count
	echo '{"type":"record","name":"B","namespace":"n","aliases":["A"],"fields":[{"name":"t","type":"long"}]}' >b.avsc
	run --separate-stderr -0 sread -s avro:b.avsc -T t a.avro
	is '#fields t' '1' '#watermark 1' '#end'
}

@test "avro: files one after the other are read as the first one, by -f each as its own" {
	schema "$(f t long)" "$(f a int)"
	stream '#fields t a:int' '1 5' | container -s avro:a.avsc
	mv a.avro 1.avro
	schema '{"name":"b","type":"string","default":"-"}' "$(f a int)" "$(f t long)"
	stream '#fields t a:int b' '2 6 x' | container -s avro:a.avsc
	run --separate-stderr -0 sread -s avro -T t -w 0s,1h 1.avro a.avro
	is '#fields t a:int' '1 5' '#watermark 1' '2 6' '#end'
	run --separate-stderr -0 sread -s avro -T t -w 0s,1h -f t,a:int,b 1.avro a.avro
	is '#fields t a:int b' '1 5 \N' '#watermark 1' '2 6 x' '#end'
}

@test "avro: an empty container, one without records, one that is none" {
	stream '#fields t a:int' | container
	run --separate-stderr -0 sread -s avro -T t a.avro
	is '#fields t a:int' '#end'
	run --separate-stderr -1 sread -s avro -T t /dev/null
	[ "$stderr" = "sread: /dev/null: the file is empty, not an Avro container" ]
	echo 'a,b' >x
	run --separate-stderr -1 sread -s avro -T t <x
	[ "$stderr" = "sread: standard input: no Avro container: it does not begin with Obj" ]
	head -c 60 a.avro >x
	run --separate-stderr -1 sread -s avro -T t x
	[ "$stderr" = "sread: x: the file is cut off within its head" ]
	sed 's/null/zero/' a.avro >x
	run --separate-stderr -1 sread -s avro -T t x
	[ "$stderr" = "sread: x: the Avro container's codec is zero, and those that are known are null, deflate and snappy" ]
}

# Blocks of one record each: a FIFO that has nothing more is flushed.
blocks() {
	local i
	mkfifo slow
	swrite -s avro <slow >a.avro &
	exec 7>slow
	feed '#fields t s' >&7
	for i in 1 2 3; do
		feed "$i rec$i" >&7
		until [ "$(grep -cao "rec$i" a.avro)" = 1 ]; do :; done
	done
	feed '#end' >&7
	exec 7>&-
	wait
}

@test "avro: a broken block is one bad record, what follows its mark is read" {
	blocks
	LC_ALL=C sed 's/rec2/re\xff2/' a.avro >x	# a text is any bytes
	run --separate-stderr -0 sread -s avro -T t -w 0s,1h x
	[ "$(grep -c rec <<<"$output")" = 2 ]
	# the length of the text of record 2 is more than there is
	LC_ALL=C sed 's/\x08rec2/\x7erec2/' a.avro >x
	run --separate-stderr -1 sread -s avro -T t x
	[ "${stderr_lines[0]}" = "sread: x: record 2: the datum is cut off" ]
	run --separate-stderr -0 sread -s avro -T t -w 0s,1h -D dead x
	[ "$output" = "$(feed '#fields t s' '1 rec1' '#watermark 1' '3 rec3' '#end')" ]
	[ "$stderr" = "sread: 1 bad records written to dead" ]
	[ "$(cat dead)" = '{"file":"x","record":2,"reason":"the datum is cut off","payload":"\u0004\u0002~rec2"}' ]
	# the mark behind record 2's block is not the file's
	size=$(stat -c %s a.avro)
	python3 - <<-PY
		d = open("a.avro", "rb").read()
		mark = d[-16:]
		at = d.find(b"rec2") + 4
		assert d[at:at + 16] == mark
		open("x", "wb").write(d[:at] + bytes([d[at] ^ 1]) + d[at + 1:])
	PY
	rm dead
	run --separate-stderr -0 sread -s avro -T t -w 0s,1h -D dead x
	[ "$output" = "$(feed '#fields t s' '1 rec1' '#watermark 1' '#end')" ]
	grep -q 'no mark stands behind a block' dead
	head -c $((size - 5)) a.avro >x
	run --separate-stderr -1 sread -s avro -T t x
	[ "${stderr_lines[0]}" = "sread: x: record 3: the file is cut off within a block" ]
}

@test "avro: packed blocks that cannot be unpacked" {
	for z in deflate snappy; do
		stream '#fields t s' '1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | container -z $z
		python3 - <<-'PY'
			d = bytearray(open("a.avro", "rb").read())
			d[d.find(d[-16:]) + 18] = 255
			open("x", "wb").write(d)
		PY
		run --separate-stderr -1 sread -s avro -T t x
		[ "${stderr_lines[0]}" = "sread: x: record 1: a block of 1 records that $z cannot unpack" ]
	done
}

@test "avro: a block that says it is a gigabyte takes no memory" {
	[ "${WEIR_SAN-}" != 1 ] || skip "the sanitizers take more memory than there would be"
	stream '#fields t s' '1 a' | container -z snappy
	python3 - <<-'PY'
		d = open("a.avro", "rb").read()
		mark = d[-16:]
		block = b"\x80\x94\xeb\xdc\x03" + bytes(9)	# 1000000000, snappy's varint
		open("x", "wb").write(d[:d.find(mark) + 16] + bytes([2, 2 * len(block)]) + block + mark)
	PY
	run --separate-stderr -1 bash -c 'ulimit -v 500000; sread -s avro -T t x'
	[ "$output" = '#fields	t	s' ]
	[ "${stderr_lines[0]}" = "sread: x: record 1: a block of 1 records that snappy cannot unpack" ]
}

@test "avro: sread -F follows a container as it grows" {
	mkfifo slow
	swrite -s avro <slow >a.avro &
	writer=$!
	exec 7>slow
	feed '#fields t s' '1 a' >&7
	sread -F -s avro -T t -c 2 a.avro >out &
	reader=$!
	until grep -qs "^1	a" out; do :; done
	feed '2 b' '#end' >&7
	exec 7>&-
	wait $writer
	wait $reader
	[ "$(grep -v '^#[wb]' out)" = "$(feed '#fields t s' '1 a' '2 b' '#end')" ]
}

@test "avro: a million bad records leave the memory as it was" {
	schema "$(f t long)" "$(f s string)"
	for n in 10000 1000000; do
		{
			printf '#fields\tt\ts\n'
			yes $'5\t{"a":1,"b":"xyz"}' | head -n $n
			echo '#end'
		} | swrite -s avro:a.avsc >bad.$n
	done
	flat -s avro -T t -f t,s:int
	# a broken datum, in a block of its own
	python3 -c '
import sys
d = open("bad.10000", "rb").read()
mark = d[-16:]
head = d[:d.find(mark) + 16]
for n in 10000, 1000000:
    open(f"bad.{n}", "wb").write(head + (b"\x02\x04\x0a\x09" + mark) * n)'
	flat -s avro -T t
}

@test "avro: random schemas and values are what fastavro has" {
	formats
	run --separate-stderr -0 python3 "$BATS_TEST_DIRNAME/prop_avro.py"
	echo "$output"
}

@test "avro: a run that died within a block goes on behind its last epoch" {
	cat >fragile <<-'EOS'
		#!/bin/sh
		exec awk -F'\t' -v n="$(cat fail)" '$2 == "rec" n { exit 1 } { print; fflush() }'
	EOS
	chmod +x fragile
	{
		feed '#fields t s'
		seq 20000 | awk '{ print $1 "\trec" $1 }'
		echo '#end'
	} >in
	for z in null deflate; do
		container -z $z <in
		rm -rf st out
		for n in 4000 11111 19000; do
			echo $n >fail
			run --separate-stderr -1 srun -1 -S st "sread -s avro -T t -B 2100r a.avro | ./fragile | swrite -d out"
		done
		echo never >fail
		run --separate-stderr -0 srun -1 -S st "sread -s avro -T t -B 2100r a.avro | ./fragile | swrite -d out"
		[ "$output$stderr" = "" ]
		cut -d, -f1 out/part-* | cmp - <(seq 20000)
	done
	# what is in front must be what it was
	rm -rf st out
	echo 11111 >fail
	run --separate-stderr -1 srun -1 -S st "sread -s avro -T t -B 2100r a.avro | ./fragile | swrite -d out"
	gzip a.avro && mv a.avro.gz a.avro
	run --separate-stderr -1 srun -1 -S st "sread -s avro -T t -B 2100r a.avro | ./fragile | swrite -d out"
	[[ $stderr == "sread: a.avro: is not the file that was read before"* ]]
}

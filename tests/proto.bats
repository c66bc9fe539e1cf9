# Protobuf, both ways; protoc is the other side.
# shellcheck disable=SC2094,SC2154
load lib

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	protoc --include_imports --descriptor_set_out=all.desc \
	    -I"$BATS_TEST_DIRNAME" all.proto
	cat >two.proto <<-END
		syntax = "proto2";
		package two;
		enum Kind { A = 1; B = 2; }
		message Two {
		  required int32 id = 1;
		  optional string name = 2 [default = "x"];
		  optional Kind kind = 3;
		  repeated group G = 4 { optional int32 x = 1; }
		  optional group H = 7 { optional int32 y = 1; optional group I = 2 { optional int32 z = 1; } }
		  optional bytes raw = 5;
		  repeated int32 list = 6;
		  optional In in = 8;
		  extensions 100 to 200;
		}
		message In {
		  optional int32 n = 1;
		  optional group H = 2 { optional int32 y = 1; }
		  extensions 10 to 20;
		  extend Two { optional bytes raw = 103; }
		}
		extend Two { optional int32 note = 100; repeated string tags = 101; optional In ext = 102; }
		extend In { optional string more = 10; }
		message None { }
	END
	protoc --include_imports --descriptor_set_out=two.desc two.proto
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR"/*.desc .
	all=proto:all.desc:t.All
}

# encode TEXT - the message in protoc's text format
encode() { protoc --descriptor_set_in=all.desc --encode=t.All all.proto <<<"$1"; }

# decode - the text format of a message
decode() { protoc --descriptor_set_in=all.desc --decode=t.All all.proto; }

# delim - standard input, behind its length
delim() {
	python3 -c '
import sys
b = sys.stdin.buffer.read()
n = len(b)
head = []
while n > 127:
	head.append(n & 127 | 128)
	n >>= 7
sys.stdout.buffer.write(bytes(head + [n]) + b)'
}

# undelim - the first message of a file; its length is less than 128
undelim() { tail -c +2; }

# pb TEXT ... - the file all.pb of such messages
pb() {
	local text
	for text; do
		encode "$text" | delim
	done >all.pb
}

# reads FIELDS VALUES [TYPE] - what sread makes of all.pb's only record, the time left out
reads() {
	run --separate-stderr -0 sread -s "$all" -T @now -f "$1" all.pb
	[ "$stderr" = "" ]
	printf '%s\n' "$output" | sed -n 2p | cut -f 2- >got
	printf '%b\n' "$2" | tabs >want
	diff want got
}

# wrong FIELD=PATH MESSAGE - sread refuses it
wrong() {
	run --separate-stderr -2 sread -s "$all" -T @now -f "$1" /dev/null
	[ "$output" = "" ]
	[ "$stderr" = "sread: -f: ${1#*=}: $2" ]
}

# one VALUES FIELDS - the message that swrite makes of one record with these columns
one() {
	local i head='#fields time' n
	n=$(tr -cd ' ' <<<"$1" | wc -c)
	for ((i = 0; i <= n; i++)); do
		head="$head c$i"
	done
	run --separate-stderr swrite -s "$all" -f "$2" < <(feed "$head" "1000 $1" '#end')
}

# makes VALUES FIELDS TEXT - that message is TEXT
makes() {
	one "$1" "$2"
	[ "$status$stderr" = 0 ]
	swrite -s "$all" -f "$2" < <(feed "$(printf '%s' "$1" | awk '{
		printf "#fields time"; for (i = 0; i < NF; i++) printf " c%d", i }')" \
	    "1000 $1" '#end') | undelim | decode >got
	encode "$3" | decode >want
	diff want got
}

# refuses VALUES FIELDS MESSAGE
refuses() {
	one "$1" "$2"
	[ "$status" = 1 ]
	[ "$output" = "" ]
	[ "$stderr" = "swrite: $3" ]
}

@test "proto: without -f all fields in the order of the file, their types from the message" {
	pb 'd: 1.5 text: "a" color: BLUE ts { seconds: 1700000000 nanos: 5000000 }'
	run --separate-stderr -0 sread -s "$all" -T ts all.pb
	is '#fields ts d:float f:float s:int u:int b:bool text raw color inner inners byname byid one two:int three opt:int dur wrapped:int any list' \
	    '1700000000005 1.5 0 0 0 false a  BLUE \N [] {} {} \N \N \N \N \N \N \N []' \
	    '#watermark 1700000000005' '#end'
}

@test "proto: single values of each type" {
	pb 'd: -0.1 f: 0.1 s: -9223372036854775808 u: 4294967295 b: true text: "t\tb" raw: "\000\377" color: GREEN opt: -7'
	reads 'd:float,f:float,s:int,u:int,b:bool,text,raw,color,n:int=color,opt:int' \
	    '-0.1 0.1 -9223372036854775808 4294967295 true t\\tb AP8= GREEN 1 -7'
	pb 'd: nan f: inf color: 9 u: 0'
	reads 'd:float,f:float,color,u:int' 'NaN Infinity 9 0'
	pb 'd: 1e300 f: 1e10 list: [1, -0.5]'
	reads 'd,f,list' '1e+300 10000000000 [1,-0.5]'
}

@test "proto: what has no presence is its zero, all else null, and so is what lies in it" {
	pb ''
	reads 'd,s:int,b:bool,text,raw,color,l=list,m=byname' '0 0 false   RED [] {}'
	reads 'opt:int,one,two:int,i=inner,c=inner.city,ts:time,dur,w:int=wrapped' '\\N \\N \\N \\N \\N \\N \\N \\N'
	pb 'opt: 0 two: 0 inner { } ts { } dur { } wrapped { }'
	reads 'opt:int,one,two:int,i=inner,c=inner.city,n=inner.more.city,ts:time,dur,w:int=wrapped' \
	    '0 \\N 0 {}  \\N 0 0s 0'
}

@test "proto: paths go through messages, lists and maps, by name or JSON name" {
	pb 'inner { city: "Bern" code: 3000 more { city: "deep" nums: [4, 5] } }
	    inners { city: "a" } inners { code: 18446744073709551615 }
	    byname { key: "k.1" value { city: "v" } } byid { key: -3 value: BLUE }'
	reads 'a=inner.city,b:int=inner.code,c=inner.more.city,d:int=inner.more.nums[1],e=inner.more.nums[2],f=inner.more.more.city' \
	    'Bern 3000 deep 5 \\N \\N'
	reads 'a=inners[0].city,b=inners[1].code,c=inners[2].code,d=inners[0]' 'a 18446744073709551615 \\N {"city":"a"}'
	reads 'a=byname["k.1"].city,b=byname.k,c=byid["-3"],d:int=byid.-3,e=byname' \
	    'v \\N BLUE 70000 {"k.1":{"city":"v"}}'
}

@test "proto: trees are the JSON of the proto3 mapping, maps sorted by key" {
	pb 'inner { city: "q\"\\\n" code: 12 nums: [1] } byname { key: "b" } byname { key: "a" } byname { key: "b" value { code: 1 } }'
	reads 'inner,byname' '{"city":"q\\\\"\\\\\\\\\\\\n","code":"12","nums":[1]} {"a":{},"b":{"code":"1"}}'
}

@test "proto: of a oneof the last one counts, of single values too, and parts of messages are merged" {
	{ encode 'one: "x" u: 1'; encode 'two: 5 u: 2'; } | delim >all.pb
	reads 'one,two:int,u:int' '\\N 5 2'
	reads 'one' '\\N'
	{ encode 'three { city: "x" }'; encode 'two: 5'; encode 'three { code: 1 }'; } | delim >all.pb
	reads 'c=three.city,d:int=three.code,two,t=three' ' 1 \\N {"code":"1"}'
	{ encode 'inner { city: "x" nums: 1 }'; encode 'inner { code: 7 nums: 2 }'; } | delim >all.pb
	reads 'c=inner.city,d:int=inner.code,i=inner' 'x 7 {"city":"x","code":"7","nums":[1,2]}'
}

@test "proto: well-known types: Timestamp as time or RFC 3339, Duration, wrappers, Value" {
	pb 'ts { seconds: -1 nanos: 999000001 } dur { seconds: 3 nanos: 500000000 } wrapped { value: -4 } any { list_value { values { bool_value: true } } }'
	reads 'a:time=ts,b=ts,c:int=ts.seconds,dur,w:int=wrapped,v:int=wrapped.value,any' \
	    '-1 1969-12-31T23:59:59.999000001Z -1 3.500s -4 -4 [true]'
	run --separate-stderr -0 sread -s "$all" -T ts -f ts,u all.pb
	is '#fields ts u' '-1 0' '#watermark -1' '#end'
	pb 'ts { seconds: 253402300800 }'
	run --separate-stderr -1 sread -s "$all" -T @now -f ts all.pb
	[ "${stderr%%$'\n'*}" = "sread: all.pb: record 1: field ts is no Timestamp: it is out of the range of one" ]
}

@test "proto: an Any is the JSON of what it holds, and of one in another without end it is a bad record" {
	cat >any.proto <<-END
		syntax = "proto3";
		import "google/protobuf/any.proto";
		message M { int64 n = 1; google.protobuf.Any any = 2; }
	END
	protoc --include_imports --descriptor_set_out=any.desc any.proto
	python3 - <<-'PY'
		def v(n):
		    b = b""
		    while n > 127:
		        b += bytes([n & 127 | 128])
		        n >>= 7
		    return b + bytes([n])
		def ld(f, b): return v(f << 3 | 2) + v(len(b)) + b
		def any(name, b): return ld(1, b"x.y/" + name) + ld(2, b)
		def nest(n):
		    b = b""
		    for i in range(n): b = ld(2, any(b"M", b))
		    return b
		five = any(b"google.protobuf.Any", any(b"M", b"\x08\x05"))
		out = [ld(2, five), ld(2, b""), nest(49), nest(20000), ld(2, any(b"No", b""))]
		open("any.pb", "wb").write(b"".join(v(len(b)) + b for b in out))
	PY
	run --separate-stderr -0 sread -s proto:any.desc:M -T n -f n,any -w 0s,1h -D dead any.pb
	[ "${lines[1]}" = $'0\t{"@type":"x.y/google.protobuf.Any","value":{"@type":"x.y/M","n":"5"}}' ]
	[ "${lines[3]}" = $'0\t{}' ]
	[ "$(grep -o @type <<<"${lines[4]}" | wc -l)" = 49 ]
	[ "${lines[5]}" = '#end' ]
	[ "$(jq -r .reason dead)" = "messages nested deeper than 100
JSON has no way to write this google.protobuf.Any" ]
}

@test "proto: proto2: presence, closed enums, groups, text that is not UTF-8" {
	protoc --descriptor_set_in=two.desc --encode=two.Two two.proto \
	    <<<'id: 0 G { x: 1 } G { x: 2 } list: 1 list: 2 H { y: 3 I { z: 4 } }' | delim >two.pb
	run --separate-stderr -0 sread -s proto:two.desc:two.Two -T @now two.pb
	[ "${lines[0]}" = "$(feed '#fields time id:int name kind g h raw list in')" ]
	[ "$(cut -f 2- <<<"${lines[1]}")" = "$(feed '0 \N \N [{"x":1},{"x":2}] {"y":3,"i":{"z":4}} \N [1,2] \N')" ]
	run --separate-stderr -0 sread -s proto:two.desc:two.Two -T @now -f a:int=h.y,b=h.i.z,c=g[1].x,d:int=id two.pb
	[ "$(cut -f 2- <<<"${lines[1]}")" = "$(feed '3 4 2 0')" ]
	# id 1; kind 9, which the enum does not have; name \xff
	printf '\x07\x08\x01\x18\x09\x12\x01\xff' >two.pb
	run --separate-stderr -0 sread -s proto:two.desc:two.Two -T @now -f id,kind,name two.pb
	[ "$(sed -n 2p <<<"$output" | cut -f 2-)" = $'1\t\\N\t\xff' ]
	run --separate-stderr -1 sread -s proto:two.desc:two.None -T @now two.pb
	[ "$stderr" = "sread: -s proto:two.desc:two.None: the message has no fields" ]
}

@test "proto: proto2: a group is written by its fields, and not as JSON" {
	two() { feed '#fields t id a b' "1 1 $2 $3" '#end' | swrite -s proto:two.desc:two.Two -f "id,$1" >two.pb; }
	two a=h.y,b=h.i.z 3 4
	[ "$(undelim <two.pb | protoc --descriptor_set_in=two.desc --decode=two.Two two.proto | tr -s ' \n' ' ')" = \
	    'id: 1 H { y: 3 I { z: 4 } } ' ]
	run --separate-stderr -0 sread -s proto:two.desc:two.Two -T @now -f h two.pb
	[ "$(sed -n 2p <<<"$output" | cut -f 2)" = '{"y":3,"i":{"z":4}}' ]
	# what is required does not stand in the way of a list
	two a=h.y,b=list 3 [1,2]
	[ "$(undelim <two.pb | protoc --descriptor_set_in=two.desc --decode=two.Two two.proto | tr -s ' \n' ' ')" = \
	    'id: 1 list: 1 list: 2 H { y: 3 } ' ]
	run --separate-stderr -1 two a=h,b=name '{"y":1}' x
	[ "$stderr" = "swrite: -s proto:two.desc:two.Two: field a: h is a group, of which only fields can be written" ]
	run --separate-stderr -1 two a=g,b=name '[]' x
	[ "$stderr" = "swrite: -s proto:two.desc:two.Two: field a: g is a list of groups, which cannot be written" ]
	run --separate-stderr -1 two a=in,b=name '{"h":{"y":1}}' x
	[ "$stderr" = 'swrite: line 2: field a is JSON of a group, which cannot be written: "{"h":{"y":1}}"' ]
	two a=in,b=name '{"n":5}' x
	run --separate-stderr -0 sread -s proto:two.desc:two.Two -T @now -f in,name two.pb
	[ "$(sed -n 2p <<<"$output" | cut -f 2-)" = "$(feed '{"n":5} x')" ]
}

@test "proto: proto2: extensions have the full name in brackets, in paths and in JSON" {
	protoc --descriptor_set_in=two.desc --encode=two.Two two.proto <<<'id: 1 [two.note]: 9 [two.tags]: "a" [two.tags]: "b"
	    [two.ext] { n: 5 [two.more]: "m" } [two.In.raw]: "\001" in { [two.more]: "x" }' | delim >two.pb
	run --separate-stderr -0 sread -s proto:two.desc:two.Two -T @now two.pb
	[ "$(sed -n 2p <<<"$output" | cut -f 9)" = '{"[two.more]":"x"}' ]
	fields='id,n=["[two.note]"],t=["[two.tags]"],e=["[two.ext]"].n,m=["[two.ext]"]["[two.more]"],r=["[two.In.raw]"],x=in["[two.more]"]'
	run --separate-stderr -0 sread -s proto:two.desc:two.Two -T @now -f "$fields,t1=[\"[two.tags]\"][1],all=[\"[two.ext]\"]" two.pb
	[ "$(sed -n 2p <<<"$output" | cut -f 2-)" = "$(feed '1 9 ["a","b"] 5 m AQ== x b {"n":5,"[two.more]":"m"}')" ]
	sread -s proto:two.desc:two.Two -T @now -f "$fields" two.pb |
	    swrite -s proto:two.desc:two.Two -f "$fields" >back.pb
	cmp two.pb back.pb
	run --separate-stderr -2 sread -s proto:two.desc:two.Two -T @now -f 'a=["[two.less]"]' two.pb
	[ "$stderr" = 'sread: -f: ["[two.less]"]: no field [two.less] in message two.Two' ]
	run --separate-stderr -1 swrite -s proto:two.desc:two.Two -f id,in \
	    < <(feed '#fields t id in' '1 1 {"[two.more]":"x"}' '#end')
	[ "$stderr" = 'swrite: line 2: field in is not JSON of type In ((in) [two.more]: Cannot find field.): "{"[two.more]":"x"}"' ]
}

@test "proto: -f of what the message does not have is refused" {
	wrong a=nope 'no field nope in message t.All'
	wrong a=inner.nope 'no field nope in message t.Inner'
	wrong a=list.x 'list is a list: an index such as [0] is wanted'
	wrong a=byname[0] 'byname is a map, not a list'
	wrong a=u[0] 'u has no fields'
	wrong a=u.x 'u has no fields'
	wrong a=inner[0] 'inner is not a list'
	wrong a=inners[0].nope 'no field nope in message t.Inner'
	wrong a=inners.city 'inners is a list: an index such as [0] is wanted'
	wrong a=inner..x 'not a path such as a.b or a[0].b'
	wrong a=[0] 'not a path such as a.b or a[0].b'
}

@test "proto: -s names a file of descriptors and a message of it" {
	run --separate-stderr -2 sread -s proto -T @now /dev/null
	[ "$stderr" = "sread: -s: proto:FILE:MESSAGE is wanted: proto" ]
	run --separate-stderr -2 sread -s proto:all.desc -T @now /dev/null
	[ "$stderr" = "sread: -s: proto:FILE:MESSAGE, a file of protoc --descriptor_set_out and a message of it, is wanted: proto:all.desc" ]
	run --separate-stderr -1 sread -s proto:nope:t.All -T @now /dev/null
	[ "$stderr" = "sread: nope: No such file or directory" ]
	run --separate-stderr -1 swrite -s proto:all.desc:t.Nope </dev/null
	[ "$stderr" = "swrite: all.desc: no message t.Nope" ]
	echo text >nope
	run --separate-stderr -1 sread -s proto:nope:t.All -T @now /dev/null
	[ "$stderr" = "sread: nope: not a file of protoc --descriptor_set_out" ]
	protoc --descriptor_set_out=part.desc -I"$BATS_TEST_DIRNAME" all.proto
	run --separate-stderr -1 sread -s proto:part.desc:t.All -T @now /dev/null
	[[ "$stderr" = "sread: part.desc: all.proto: google/protobuf/duration.proto: Import "*"(made without --include_imports?)" ]]
}

@test "proto: a bad record ends the run with its place, or goes to -D" {
	{ encode 'u: 1' | delim; printf '\x03\x20\x80\x80'; encode 'u: 2' | delim; } >all.pb
	run --separate-stderr -1 sread -s "$all" -T @now -f u all.pb
	[ "${stderr%%$'\n'*}" = "sread: all.pb: record 2: not Protobuf: a field is cut off or of no known kind" ]
	run --separate-stderr -0 sread -s "$all" -T @now -f u -D dead all.pb
	[ "$(grep -v '^#' <<<"$output" | cut -f 2 | tr '\n' ' ')" = "1 2 " ]
	[ "$stderr" = "sread: 1 bad records written to dead" ]
	grep -q '"reason":"not Protobuf: a field is cut off or of no known kind"' dead
	# text that is not UTF-8; a type that does not fit; a broken message in a list; a NUL
	for bad in '\x03\x32\x01\xff|field text is text that is not UTF-8' \
	    '\x02\x52\x05|not Protobuf: a field is cut off or of no known kind' \
	    '\x04\x52\x02\x0a\x05|not Protobuf: field inners is broken' \
	    '\x03\x32\x01\x00|field text is text with a NUL, which no stream can hold: "\x00"' \
	    '\x04\x32\x02ab|field n is not an int: "ab"'; do
		printf '%b' "${bad%%|*}" >all.pb
		run --separate-stderr -1 sread -s "$all" -T @now -f text,inners,n:int=text all.pb
		[ "${stderr%%$'\n'*}" = "sread: all.pb: record 1: ${bad#*|}" ]
	done
}

@test "proto: a file that is cut off, or is none" {
	pb 'text: "abcdefgh"' 'text: "abcdefgh"'
	truncate -s -3 all.pb
	run --separate-stderr -0 sread -s "$all" -T @now -f text -D dead all.pb
	[ "$(grep -vc '^#' <<<"$output")" = 1 ]
	grep -q '"reason":"the file ends within the message"' dead
	printf '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff' >all.pb
	run --separate-stderr -1 sread -s "$all" -T @now -f text -D dead all.pb
	[ "$stderr" = "sread: all.pb: record 1: no length of at most 1073741824 bytes: not a file of messages behind their lengths" ]
	printf '\x00' >all.pb		# an empty message
	reads u:int 0
	: >all.pb
	run --separate-stderr -0 sread -s "$all" -T @now -f u all.pb
	is '#fields time u' '#end'
}

@test "proto: records that come byte by byte, and longer than a buffer" {
	pb "text: \"$(head -c 700000 /dev/zero | tr '\0' x)\"" 'text: "y"'
	run --separate-stderr -0 sread -s "$all" -T @now -f text all.pb
	[ "$(grep -v '^#' <<<"$output" | cut -f 2 | tr -d '\n' | wc -c)" = 700001 ]
	pb 'text: "ab" u: 300' 'u: 7'
	run --separate-stderr -0 sread -s "$all" -T @now -B 1h -f text,u < <(
		for i in $(seq 0 $(($(stat -c %s all.pb) - 1))); do
			dd if=all.pb bs=1 skip="$i" count=1 status=none
		done)
	[ "$(grep -v '^#' <<<"$output" | cut -f 2,3 | tr '\t\n' ',;')" = "ab,300;,7;" ]
}

@test "proto: swrite writes single values of each type" {
	makes '-0.1 0.1 -9223372036854775808 4294967295 true AP8= GREEN -7' \
	    'c0=d,c1=f,c2=s,c3=u,c4=b,c5=raw,c6=color,c7=opt' \
	    'd: -0.1 f: 0.1 s: -9223372036854775808 u: 4294967295 b: true raw: "\000\377" color: GREEN opt: -7'
	makes 'NaN -Infinity 70000' 'c0=d,c1=f,c2=color' 'd: nan f: -inf color: BLUE'
	makes '1 \N' 'time=ts,c0=u,c1=text' 'u: 1 ts { seconds: 1 }'
	makes '2000-01-01T00:00:00.000000001Z 3.5s 0' 'c0=ts,c1=dur,c2=wrapped' \
	    'ts { seconds: 946684800 nanos: 1 } dur { seconds: 3 nanos: 500000000 } wrapped { }'
}

@test "proto: swrite writes by paths, trees from JSON, nothing for null" {
	makes 'Bern 3000 deep' 'c0=inner.city,c1=inner.code,c2=inner.more.city' \
	    'inner { city: "Bern" code: 3000 more { city: "deep" } }'
	makes 'Bern \N \N' 'c0=inner.city,c1=inner.more.city,c2=three.city' 'inner { city: "Bern" }'
	makes '[{"city":"a"},{"code":"5"}] {"k":{"nums":[1,2]}} [1,"NaN"] {"city":"x"}' \
	    'c0=inners,c1=byname,c2=list,c3=three' \
	    'inners { city: "a" } inners { code: 5 } byname { key: "k" value { nums: [1, 2] } } list: [1, nan] three { city: "x" }'
	makes '\N 0' 'c0=one,c1=two' 'two: 0'
	makes '0 \N' 'c0=u,c1=opt' ''
	makes '0 0' 'c0=u,c1=opt' 'opt: 0'
}

@test "proto: without -f swrite wants a field of the name for each column" {
	run --separate-stderr -1 swrite -s "$all" < <(feed '#fields ts u nope' '1 2 3' '#end')
	[ "$stderr" = "swrite: -s proto:all.desc:t.All: field nope: no field nope in message t.All" ]
	swrite -s "$all" < <(feed '#fields ts u:int text' '1500 2 a\tb' '#end') | undelim | decode >got
	encode 'u: 2 text: "a\tb" ts { seconds: 1 nanos: 500000000 }' | decode | diff - got
}

@test "proto: times are ms or Timestamps, and -T has no say" {
	feed '#fields t a:time' '1000 2500' '#end' >in
	swrite -s "$all" -f t=text,a=ts <in | undelim | decode >got
	encode 'text: "1000" ts { seconds: 2 nanos: 500000000 }' | decode | diff - got
	for format in iso %Y; do
		run --separate-stderr -2 swrite -s "$all" -T $format -f t=text <in
		[ "$stderr" = "swrite: -T: proto has times of its own kind" ]
	done
}

@test "proto: a followed file" {
	pb 'u: 1'
	set -m
	sread -F -s "$all" -T @now -c 2 -f u all.pb >out 3>&- &
	echo $! >>pids
	set +m
	until grep -q '1$' out; do sleep 0.05; done
	encode 'u: 2' >rest
	{ printf '\x02'; head -c 1 rest; } >>all.pb
	tail -c +2 rest >>all.pb
	wait "$(cat pids)"
	[ "$(grep -v '^#' out | cut -f 2 | tr '\n' ' ')" = "1 2 " ]
}

@test "proto: swrite names the value that does not fit" {
	refuses 300000000000 c0=u 'line 2: field c0 is not of type uint32: "300000000000"'
	refuses -1 c0=u 'line 2: field c0 is not of type uint32: "-1"'
	refuses 1e300 c0=f 'line 2: field c0 is not of type float: "1e300"'
	refuses yes c0=b 'line 2: field c0 is not of type bool: "yes"'
	refuses PINK c0=color 'line 2: field c0 is not of type Color: "PINK"'
	refuses 'A' c0=raw 'line 2: field c0 is not of type bytes (base64): "A"'
	refuses $'\xff' c0=text 'line 2: field c0 is not of type string (UTF-8): "\xff"'
	refuses 12:00 c0=ts 'line 2: field c0 is not of type Timestamp: "12:00"'
	refuses '[1,]' c0=list 'line 2: field c0 is not JSON: a comma, colon, brace or bracket is missing or too many: "[1,]"'
	refuses '[1],"u":3' c0=list 'line 2: field c0 is not JSON: something follows the value: "[1],"u":3"'
	refuses '["x"]' c0=list 'line 2: field c0 is not JSON of type double ((list[0]): invalid value "x" for type TYPE_DOUBLE): "["x"]"'
	refuses 'x 1' c0=one,c1=two 'line 2: field c1 is set, and so is one, the other of oneof choice: "1"'
	run --separate-stderr -1 swrite -s proto:two.desc:two.Two -f id < <(feed '#fields t id' '1 \N' '#end')
	[ "$stderr" = "swrite: line 2: field id is null, and the field is required" ]
	run --separate-stderr -1 swrite -s proto:two.desc:two.Two -f kind < <(feed '#fields t kind' '1 A' '#end')
	[ "$stderr" = "swrite: -s proto:two.desc:two.Two: no column for the required field two.Two.id" ]
}

@test "proto: swrite refuses paths that cannot be written" {
	refuses 1 'c0=list[0]' '-s proto:all.desc:t.All: field c0: list is a list or map, which is written as a whole'
	refuses 1 c0=byname.k '-s proto:all.desc:t.All: field c0: byname is a list or map, which is written as a whole'
	refuses 1 c0=u.x '-s proto:all.desc:t.All: field c0: u is not a message, which has fields that can be written'
	refuses '1 2' c0=u,c1=u '-s proto:all.desc:t.All: field c1: u is written twice'
	refuses '1 2' c0=inner.city,c1=inner '-s proto:all.desc:t.All: field c1: inner is written twice'
	refuses '1 2' c0=inner,c1=inner.city '-s proto:all.desc:t.All: field c1: inner is written twice'
	one 1 c0:int=u
	[ "$status" = 2 ]
	[ "$stderr" = "swrite: -f: the message says what the types are: c0:int" ]
	one 1 nope=u
	[ "$status" = 1 ]
}

@test "proto: what sread reads swrite writes to the same bytes" {
	pb 'd: 2 s: -1 u: 1 text: "x" color: BLUE inner { city: "c" more { code: 1 } } opt: 0 ts { seconds: 5 nanos: 7 } wrapped { value: 8 }' '' 'f: 0.1 b: true'
	f=d,f,s,u,b,text,color,opt,ts,wrapped
	sread -s "$all" -T @now -f "$f,c=inner.city,m=inner.more.code" all.pb |
	    swrite -s "$all" -f "$f,c=inner.city,m=inner.more.code" >got.pb
	cmp got.pb all.pb
}

# broker TOPIC - a broker with that topic in $WEIR_BROKERS, ended by teardown
broker() {
	mkfifo addr
	kmock -t "$1" >addr 3>&- &
	echo $! >>pids
	read -r WEIR_BROKERS <addr
	export WEIR_BROKERS
}

# registry ARG ... - a schema registry in $WEIR_REGISTRY, ended by teardown
registry() {
	mkfifo url
	"$BATS_TEST_DIRNAME/registry" "$@" >url 3>&- &
	echo $! >>pids
	read -r WEIR_REGISTRY <url
	export WEIR_REGISTRY XDG_CACHE_HOME=$PWD/cache
}

teardown() {
	local pid
	[ ! -e "$BATS_TEST_TMPDIR/pids" ] ||
	    while read -r pid; do
		kill "$pid" 2>/dev/null || true
	    done <"$BATS_TEST_TMPDIR/pids"
}

# payload N - the Nth message's bytes
payload() {
	kcat -C -b "$WEIR_BROKERS" -t a -o "$1" -c 1 -e -q -D ''
}

@test "proto: messages of a topic, bare and framed" {
	broker a
	encode 'u: 1 text: "x"' >bare
	{ printf '\0\0\0\0\7\0'; cat bare; } >framed		# the first message of the file is Inner
	{ printf '\0\0\0\0\7\2\2'; cat bare; } >all
	{ printf '\0\0\0\0\7\2\4'; cat bare; } >other
	printf '\0\0\0\0\7\2' >part
	printf '\0\0\0\7' >short
	kcat -P -b "$WEIR_BROKERS" -t a bare framed all other part short
	run --separate-stderr -0 kcat-in -e -t a -s "$all" -f u:int,text,_offset -D dead
	[ "$(grep -v '^#' <<<"$output" | cut -f 2- | tr '\t\n' ',;')" = '1,x,0;1,x,2;' ]
	[ "$stderr" = 'kcat-in: 4 bad records written to dead' ]
	sed 's/.*"reason":"\([^"]*\)".*/\1/' dead >got
	diff got - <<-END
		the framing names another message of the schema than t.All
		the framing names another message of the schema than t.All
		not Protobuf: the message indexes in the framing are cut off
		not Protobuf: the framing is cut off
	END
	# the first message of a file, in the short form and in the long one
	printf '\0\0\0\0\7\0\x0a\1c' >short
	printf '\0\0\0\0\7\2\0\x0a\1d' >long
	kcat -P -b "$WEIR_BROKERS" -t a short long
	run --separate-stderr -0 kcat-in -e -t a -o 6 -s proto:all.desc:t.Inner -f city
	[ "$(grep -v '^#' <<<"$output" | cut -f 2 | tr '\n' ' ')" = 'c d ' ]
}

@test "proto: the dead letters of a file go into a topic" {
	broker a
	pb 'u: 4294967295 text: "a\tb"' 'u: 7'
	run --separate-stderr -0 sread -s "$all" -T @now -f u:bool -D dead all.pb
	[ "$stderr" = "sread: 2 bad records written to dead" ]
	run --separate-stderr -0 sh -c 'sread -s envelope -T @now dead | kout -s envelope -t a'
	[ "$output$stderr" = "" ]
	run --separate-stderr -0 kcat-in -e -t a -s "$all" -f u:int,text
	[ "$(grep -v '^#' <<<"$output" | cut -f 2-)" = "$(printf '4294967295\ta\\tb\n7\t')" ]
}

@test "proto: kout writes messages bare, and framed where there is a registry" {
	broker a
	feed '#fields time u:int text' '1000 1 x' '#end' >in
	run --separate-stderr -0 kout -t a -s "$all" <in
	[ "$output$stderr" = "" ]
	payload 0 | cmp - <(encode 'u: 1 text: "x"')
	registry -l log
	run --separate-stderr -0 kout -t a -s "$all" <in
	[ "$output$stderr" = "" ]
	payload 1 | cmp - <(printf '\0\0\0\0\1\2\2'; encode 'u: 1 text: "x"')
	run --separate-stderr -0 kout -t a -s proto:all.desc:t.Other.Deep -f u=x <in
	payload 2 | cmp - <(printf '\0\0\0\0\1\4\4\0\x08\1')
	run --separate-stderr -0 kout -t a -s proto:all.desc:t.Inner -f text=city <in
	payload 3 | cmp - <(printf '\0\0\0\0\1\0\x0a\1x')
	run --separate-stderr -0 kcat-in -e -t a -o 1 -c 1 -s "$all" -f u:int,text
	[ "$(grep -v '^#' <<<"$output" | cut -f 2-)" = $'1\tx' ]
	# what the registry was given is the file again
	python3 -c '
import json, sys, urllib.request
r = json.load(urllib.request.urlopen(sys.argv[1] + "/schemas/ids/1"))
assert r["schemaType"] == "PROTOBUF", r
open("back.proto", "w").write(r["schema"])' "$WEIR_REGISTRY"
	protoc --include_imports --descriptor_set_out=back.desc back.proto
	sread -s proto:back.desc:t.All -T @now -f text < <(encode 'text: "y"' | delim) | grep -q 'y$'
}

@test "proto: a file with imports is the latest that the registry has" {
	broker a
	echo 'syntax = "proto3"; import "all.proto"; message M { t.Inner inner = 1; }' >m.proto
	protoc --include_imports --descriptor_set_out=m.desc -I. -I"$BATS_TEST_DIRNAME" m.proto
	registry
	feed '#fields time c' '1000 x' '#end' >in
	run --separate-stderr -1 kout -t a -s proto:m.desc:M -f c=inner.city <in
	[[ "$stderr" = *a-value* ]]
	python3 -c '
import json, sys, urllib.request
for subject, body in (("all.proto", {"schema": "a"}), ("a-value", {"schema": "b", "references": [
    {"name": "all.proto", "subject": "all.proto", "version": 1}]})):
	body["schemaType"] = "PROTOBUF"
	urllib.request.urlopen(urllib.request.Request(sys.argv[1] + f"/subjects/{subject}/versions",
	    json.dumps(body).encode(), {"Content-Type": "application/vnd.schemaregistry.v1+json"}))' \
	    "$WEIR_REGISTRY"
	run --separate-stderr -0 kout -t a -s proto:m.desc:M -f c=inner.city <in
	[ "$output$stderr" = "" ]
	payload 0 | cmp - <(printf '\0\0\0\0\2\0\x0a\3\x0a\1x')
}

@test "proto: a million bad records take no memory" {
	# each bad in its own way: lists, maps and messages that break, text that is not UTF-8, cut off
	python3 -c '
import sys
bad = ["9a01040a05414243", "3203ffffff", "8a01030a0541", "320a41", "5a020a05", "07", "52040a0541", "4a020a05"]
one = b"".join(bytes([len(b) // 2]) + bytes.fromhex(b) for b in bad)
for n in 10000, 1000000:
    open(f"bad.{n}", "wb").write(one * (n // len(bad)))'
	flat -s "$all" -T @now \
	    -f text,inners,inner,byname,c=inner.city,x=inners[1].city,dur,ts
}

@test "proto: python's messages are read, and it reads ours" {
	formats
	run "$python" "$BATS_TEST_DIRNAME/cross_proto.py"
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" =~ ^seed\ [0-9]+$ ]]
}

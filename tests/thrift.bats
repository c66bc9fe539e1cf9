# Thrift's binary and compact protocol, both ways.
# shellcheck disable=SC2094,SC2154
load lib

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# file BYTES ... - the file t of messages, each less than 128 bytes, in printf's escapes
file() {
	local b
	for b; do
		printf '%b' "$b" >one
		printf '%b' "\\x$(printf %02x "$(stat -c %s one)")"
		cat one
	done >t
}

# reads PROTOCOL FIELDS VALUES - the columns of t's only record
reads() {
	run --separate-stderr -0 sread -s "thrift:$1" -T @now ${2:+-f "$2"} t
	[ "$stderr" = "" ]
	sed -n 2p <<<"$output" | cut -f 2- >got
	tabs <<<"$3" | diff - got
}

# refuses FIELDS MESSAGE [VALUES] - swrite says so of them, as usage or at line 2
refuses() {
	local status=1
	[[ "$2" = line* ]] || status=2
	run --separate-stderr -"$status" swrite -s thrift:binary -f "$1" \
	    < <(feed '#fields t a b' "1 ${3:-1 2}" '#end')
	[ "$output" = "" ]
	[ "$stderr" = "swrite: $2" ]
}

# bytes PROTOCOL FIELDS HEX - swrite makes these bytes of a=-3 b=true, behind their length
bytes() {
	run --separate-stderr -0 swrite -s "thrift:$1" -f "$2" < <(feed '#fields t:time a:int b:bool' '5 -3 true' '#end')
	[ "$stderr" = "" ]
	swrite -s "thrift:$1" -f "$2" < <(feed '#fields t:time a:int b:bool' '5 -3 true' '#end') |
	    tail -c +2 | od -An -v -tx1 | tr -d ' \n' >got
	[ "$(cat got)" = "$3" ]
}

@test "thrift: binary: fields by id, each type" {
	# 1 bool, 2 byte -2, 3 i16 -2, 4 i32 -2, 5 i64 -2, 6 double 1.5, 7 "a\tb"
	file '\x02\0\01\x01\x03\0\02\xfe\x06\0\03\xff\xfe\x08\0\04\xff\xff\xff\xfe\x0a\0\05\xff\xff\xff\xff\xff\xff\xff\xfe\x04\0\06\x3f\xf8\0\0\0\0\0\0\x0b\0\07\0\0\0\x03a\tb\0'
	reads binary 'a:bool=1,b:int=2,c:int=3,d:int=4,e:int=5,f:float=6,g=7,h=8' 'true -2 -2 -2 -2 1.5 a\tb \N'
	reads binary '' '{"1":true,"2":-2,"3":-2,"4":-2,"5":-2,"6":1.5,"7":"a\\tb"}'
}

@test "thrift: compact: fields by id, each type" {
	# 1 true, 2 false, 17 byte -2 (delta 15), 100 i16 -2 (long form), i32 -2, i64 -2, double 1.5, "ab"
	file '\x11\x12\xf3\xfe\x04\xc8\x01\x03\x15\x03\x16\x03\x17\0\0\0\0\0\0\xf8\x3f\x18\x02ab\0'
	reads compact 'a:bool=1,b:bool=2,c:int=17,d:int=100,e:int=101,f:int=102,g:float=103,h=104' \
	    'true false -2 -2 -2 -2 1.5 ab'
}

@test "thrift: paths go through structs, lists, sets and maps" {
	# 2: {1: "x"}, 3: [1, 2] of i32, 4: set of "s", 5: {"k": {1: true}}, 6: {7: 8}
	file '\x1c\x18\x01x\0\x19\x25\x02\x04\x1a\x18\x01s\x1b\x01\x8c\x01k\x11\0\x1b\x01\x55\x0e\x10\0'
	# ids count from the field before: 1, 2, ...
	reads compact 'a=1.1,b:int=2[1],c=2[2],d=3[0],e:bool=4.k.1,f=4["z"].1,g:int=5.7,h=1.9,i=9.1' \
	    'x 2 \N s true \N 8 \N \N'
	reads compact 'a=1,b=2,c=3,d=4,e=5,f=1.1' '{"1":"x"} [1,2] ["s"] {"k":{"1":true}} {"7":8} x'
	reads compact 'a=1[0],b=2.x,c=4[0],d=1.1.1' '\N \N \N \N'
}

@test "thrift: of an id that stands twice the last one counts, also in a struct that has less" {
	file '\x15\x02\x05\x02\x04\0'
	reads compact 'a:int=1' 2
	file '\x1c\x15\x02\0\x0c\x02\x25\x04\0\0'
	reads compact 'a=1.1,b=1.2' '\N 2'
}

@test "thrift: what a column cannot hold is a bad record" {
	file '\x18\x02ab\0'
	for bad in 'a:int|field a is not an int: "ab"' 'a:bool|field a is not true or false: "ab"'; do
		run --separate-stderr -1 sread -s thrift:compact -T @now -f "${bad%%|*}=1" t
		[ "${stderr%%$'\n'*}" = "sread: t: record 1: ${bad#*|}" ]
	done
	file '\x18\x01\0\0'
	run --separate-stderr -1 sread -s thrift:compact -T @now -f a=1 t
	[ "${stderr%%$'\n'*}" = 'sread: t: record 1: field a is text with a NUL, which no stream can hold: "\x00"' ]
	file '\x18\x01\xff\0'
	run --separate-stderr -0 sread -s thrift:compact -T @now -f a=1 t
	run --separate-stderr -1 sread -s thrift:compact -T @now t
	[ "${stderr%%$'\n'*}" = 'sread: t: record 1: text that is not UTF-8, so JSON cannot hold it' ]
	# a map of structs to i32
	file '\x1b\x01\xc5\0\x02\0'
	run --separate-stderr -1 sread -s thrift:compact -T @now t
	[ "${stderr%%$'\n'*}" = 'sread: t: record 1: a map whose keys are no single values, so JSON cannot hold it' ]
	reads compact a=2 '\N'
}

@test "thrift: bytes that are no struct are bad, those behind them are read" {
	why='not Thrift: a field is cut off, nested too deep, or of no known type'
	deep=$(printf '%0100d' 0 | sed 's/0/\\x1c/g')
	for bad in '' '\x18\x05ab\0' '\x1d\0' '\x15' '\x19\xf5\xff\xff\xff\xff\x07\0' '\x18\xff\xff\xff\xff\x0f\0' \
	    '\x15\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0' "$deep"; do
		file "$bad" '\x15\x02\0'
		run --separate-stderr -0 sread -s thrift:compact -T @now -f a=1 -D dead t
		[ "$(grep -v '^#' <<<"$output" | cut -f 2)" = 1 ]
		grep -qF "\"reason\":\"$why\"" dead
		rm dead
	done
	file '\0x'
	run --separate-stderr -1 sread -s thrift:compact -T @now -f a=1 t
	[ "${stderr%%$'\n'*}" = "sread: t: record 1: not Thrift: something follows the struct" ]
	file '\x08\0\01\0\0\0\x05\x0f\0\02\x0c\x7f\xff\xff\xff\0'
	run --separate-stderr -1 sread -s thrift:binary -T @now -f a=1 t
	[ "${stderr%%$'\n'*}" = "sread: t: record 1: $why" ]
}

@test "thrift: swrite numbers the columns, or writes by -f's ids and types" {
	bytes binary 't=1,a=2,b=3' 0a000100000000000000050a0002fffffffffffffffd0200030100
	bytes compact 't=1,a=2,b=3' 160a16051100
	run --separate-stderr -0 swrite -s thrift:compact < <(feed '#fields t:time a:int b:bool' '5 -3 true' '#end')
	[ "$(swrite -s thrift:compact < <(feed '#fields t:time a:int b:bool' '5 -3 true' '#end') | od -An -tx1)" = " 06 16 0a 16 05 11 00" ]
	bytes binary 'a:i32=7,b=2' 02000201080007fffffffd00
	bytes compact 'a:byte=2.1,b=2.20' 2c13fd01280000
	bytes compact 'a:str=1' 18022d3300
	bytes compact 'a:float=1' 1700000000000008c000
	bytes compact 'a:i16=1' 140500
}

@test "thrift: lists, sets and maps are written from JSON" {
	feed '#fields t a b c d' '1 [1,-2] {"k":[true,false],"l":[]} ["x"] {"5":1.5}' '#end' >in
	for p in binary compact; do
		run --separate-stderr -0 sread -s thrift:$p -T @now < <(swrite -s thrift:$p \
		    -f 'a:list<i32>=1,b:map<str,list<bool>>=2,c:set<string>=3,d:map<i16,double>=4.1' <in)
		[ "$(sed -n 2p <<<"$output" | cut -f 2)" = \
		    '{"1":[1,-2],"2":{"k":[true,false],"l":[]},"3":["x"],"4":{"1":{"5":1.5}}}' ]
	done
}

@test "thrift: binary is base64, so that any bytes go there and back" {
	# 1: "\0\xff", 2: ["", "\x80"], 3: {"\xfe": "x"}, 4: {1: "\0", 2: "y"}
	file '\x18\x02\0\xff\x19\x28\0\x01\x80\x1b\x01\x88\x01\xfe\x01x\x1c\x18\x01\0\x18\x01y\0\0'
	fields='a:binary=1,b:list<binary>=2,c:map<binary,str>=3,d:struct<1:binary,2:str>=4,e:binary=4.2,f=4.2'
	reads compact "$fields" 'AP8= ["","gA=="] {"/g==":"x"} {"1":"AA==","2":"y"} eQ== y'
	sread -s thrift:compact -T @now -f "$fields" t | swrite -s thrift:compact -f "${fields%,e:*}" | cmp - t
	sread -s thrift:compact -T @now -f "$fields" t | swrite -s thrift:binary -f "${fields%,e:*}" >b
	mv b t
	reads binary "$fields" 'AP8= ["","gA=="] {"/g==":"x"} {"1":"AA==","2":"y"} eQ== y'
	# of a value that is something else nothing is said
	file '\x15\x02\x19\x25\x02\x04\0'
	reads compact 'a:binary=1,b:map<str,binary>=2' '1 [1,2]'
	# the types are those of columns, too
	run --separate-stderr -0 sread -s thrift:compact -T @now -f 'a:i32=1,b:double=1,c:list<i32>=2,d:byte=3' t
	[ "$(sed -n 1p <<<"$output")" = "$(feed '#fields time a:int b:float c d:int')" ]
	[ "$(sed -n 2p <<<"$output" | cut -f 2-)" = "$(feed '1 1 [1,2] \N')" ]
	run --separate-stderr -2 sread -s thrift:compact -T @now -f a:bytes=1 t
	[ "$stderr" = "sread: -f: the types are str int float bool time byte i16 i32 i64 double string binary list<T> set<T> map<K,V> struct<ID:T,...>: bytes" ]
	run --separate-stderr -2 sread -s proto:x:y -T @now -f a:binary=1 t
	[ "$stderr" = "sread: -f: the types are str int float bool time: a:binary=1" ]
}

@test "thrift: structs are written from JSON, in lists and maps too" {
	feed '#fields t a b' '1 [{"2":"x","1":7,"9":true},{},{"1":null,"9":false}] {"k":{"1":{"5":1.5}}}' '#end' >in
	fields='a:list<struct<9:bool,1:i32,2:string>>=1,b:map<str,struct<1:struct<5:double>>>=2.1'
	for p in binary compact; do
		run --separate-stderr -0 sread -s thrift:$p -T @now < <(swrite -s thrift:$p -f "$fields" <in)
		[ "$(sed -n 2p <<<"$output" | cut -f 2)" = \
		    '{"1":[{"1":7,"2":"x","9":true},{},{"9":false}],"2":{"1":{"k":{"1":{"5":1.5}}}}}' ]
	done
	[ "$(swrite -s thrift:compact -f 'a:list<struct<1:i32,9:bool,2:str>>=1' <in | od -An -v -tx1 | tr -d ' \n')" = \
	    0d193c150e180178710000920000 ]
}

@test "thrift: null is a field left out, and so is a struct of nothing else" {
	feed '#fields t a b' '1 \N \N' '#end' >in
	[ "$(swrite -s thrift:compact -f a=1,b=2.1 <in | od -An -tx1)" = ' 01 00' ]
	feed '#fields t a b' '1 \N x' '#end' >in
	[ "$(swrite -s thrift:compact -f a=1.1,b=1.2 <in | od -An -tx1)" = ' 06 1c 28 01 78 00 00' ]
}

@test "thrift: swrite names what it cannot write" {
	refuses a:i32=1 'line 2: field a is not of type i32: "3000000000"' '3000000000 1'
	refuses a:byte=1 'line 2: field a is not of type byte: "x"' 'x 1'
	refuses a:bool=1 'line 2: field a is not of type bool: "1"'
	refuses a:double=1 'line 2: field a is not of type double: "x"' 'x 1'
	refuses 'a:list<i32>=1' 'line 2: field a is not of type list<i32>: "[1,"x"]"' '[1,"x"] 1'
	refuses 'a:map<i16,bool>=1' 'line 2: field a is not of type map<i16,bool>: "{"x":true}"' '{"x":true} 1'
	refuses 'a:set<str>=1' 'line 2: field a is not JSON: something follows the value: "["x"]]"' '["x"]] 1'
	refuses a=x '-f: a=x: not ids such as 1 or 2.1'
	refuses 'a=1[0]' '-f: a=1[0]: not ids such as 1 or 2.1'
	refuses a=40000 '-f: a=40000: not ids such as 1 or 2.1'
	refuses a=1,b=1 '-f: b=1: a field that is written twice'
	refuses a=1,b=1.1 '-f: b=1.1: a field that is written twice'
	refuses 'a:list=1' '-f: the types are str int float bool time byte i16 i32 i64 double string binary list<T> set<T> map<K,V> struct<ID:T,...>: list'
	for bad in 'struct<>' 'struct<1>' 'struct<x:i32>' 'struct<40000:i32>' 'struct<1:i32,1:i32>' 'struct<1:i32' \
	    'map<struct<1:i32>,i32>' 'binary<str>' 'list<>'; do
		refuses "a:$bad=1" "-f: the types are str int float bool time byte i16 i32 i64 double string binary list<T> set<T> map<K,V> struct<ID:T,...>: $bad"
	done
	refuses a:binary=1 'line 2: field a is not of type binary: "x?"' 'x? 1'
	refuses 'a:struct<2:map<str,i32>,1:binary>=1' \
	    'line 2: field a is not of type struct<1:binary,2:map<string,i32>>: "{"3":1}"' '{"3":1} 1'
	refuses 'a:list<struct<1:bool>>=1' 'line 2: field a is not of type list<struct<1:bool>>: "[{"1":1}]"' '[{"1":1}] 1'
	refuses 'a:struct<1:i32>=1' 'line 2: field a is not of type struct<1:i32>: "{"1":1,"1":2}"' '{"1":1,"1":2} 1'
	refuses 'a:map<list<i32>,i32>=1' '-f: the types are str int float bool time byte i16 i32 i64 double string binary list<T> set<T> map<K,V> struct<ID:T,...>: map<list<i32>,i32>'
	run --separate-stderr -2 sread -s thrift:json -T @now
	[ "$stderr" = "sread: -s: thrift:binary or thrift:compact is wanted: thrift:json" ]
	run --separate-stderr -2 swrite -s thrift </dev/null
	[ "$stderr" = "swrite: -s: thrift:binary|compact is wanted: thrift" ]
	run --separate-stderr -2 sread -s thrift:binary -T @now -f a
	[ "$stderr" = "sread: -f: not the ids of fields such as name=1 or name=2.1: a" ]
}

@test "thrift: messages of a topic" {
	mkfifo addr
	kmock -t a -t b >addr 3>&- &
	broker=$!
	read -r WEIR_BROKERS <addr
	export WEIR_BROKERS
	feed '#fields time k v:int' '1000 x -3' '2000 y\tz \N' '#end' >in
	run --separate-stderr -0 kout -t a -k k -s thrift:compact -f k=1,v:i32=2 <in
	[ "$output$stderr" = "" ]
	[ "$(kcat -C -b "$WEIR_BROKERS" -t a -e -q -c 1 -D '' | od -An -tx1)" = ' 18 01 78 15 05 00' ]
	run --separate-stderr -0 kcat-in -e -t a -s thrift:compact -f k=1,v:int=2,_key
	grep -v '^#' <<<"$output" | diff - <(feed '1000 x -3 x' '2000 y\tz \N y\tz')
	run --separate-stderr -2 kcat-in -e -t a -s thrift:compact -f k=1,_key:binary
	[ "$stderr" = "kcat-in: -f: the types are str int float bool time: _key:binary" ]
	# any bytes
	feed '#fields t b l' '1000 AP8= ["","/w=="]' '#end' >in
	run --separate-stderr -0 kout -t b -s thrift:binary -f 'b:binary=1,l:list<binary>=2' <in
	run --separate-stderr -0 kcat-in -e -t b -s thrift:binary -f 'b:binary=1,l:list<binary>=2'
	kill "$broker"
	[ "$(sed -n 2p <<<"$output")" = "$(feed '1000 AP8= ["","/w=="]')" ]
}

@test "thrift: a million bad records take no memory" {
	python3 -c '
import sys
bad = [b"\x18\x05ab\0", b"\x19\xf5\xff\xff\xff\xff\x07", b"\x1c" * 100, b"\x1b\x01\x8c\x01k\x19", b"\x18\x01\xff\0"]
one = b"".join(bytes([len(b)]) + b for b in bad)
for n in 10000, 1000000:
    open(f"bad.{n}", "wb").write(one * (n // len(bad)))'
	flat -s thrift:compact -T @now
}

@test "thrift: python's structs are read, and it reads ours" {
	formats
	run "$python" "$BATS_TEST_DIRNAME/cross_thrift.py"
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" =~ ^seed\ [0-9]+$ ]]
}

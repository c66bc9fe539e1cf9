# shellcheck disable=SC2016,SC2030,SC2031,SC2059,SC2094,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# records ARG... - sread without its marks
records() { sread "$@" | grep -v '^#[web]'; }

# chunks SEED - copies standard input in pieces of random size
chunks() {
	perl -e 'srand $ARGV[0]; binmode STDIN; local $/; $_ = <STDIN>;
	    for (my $i = 0; $i < length;) {
		my $n = 1 + int rand(rand() < .1 ? 5000 : 40);
		syswrite STDOUT, substr $_, $i, $n; $i += $n }' "$1"
}

@test "sread reads CSV with a header" {
	printf 'ts,k,v\n1,a,2\n2000,b,3\n' >in
	run --separate-stderr -0 sread -H -T ts in
	[ "$output" = "$(feed '#fields ts k v' '1 a 2' '#watermark 1' \
	    '2000 b 3' '#watermark 2000' '#end')" ]
	[ "$stderr" = "" ]
}

@test "sread without -H and -f numbers the columns" {
	printf '5,a\n6,b\n' >in
	run --separate-stderr -0 sread -T c1 in
	[ "$output" = "$(feed '#fields c1 c2' '5 a' '#watermark 5' '6 b' \
	    '#end')" ]
}

@test "sread -f names and types the columns by position" {
	printf '1,5,x\n' >in
	run --separate-stderr -0 records -f n:int,t,s -T t in
	[ "$output" = "$(feed '#fields t n:int s' '5 1 x')" ]
}

@test "sread -H -f picks by header name" {
	printf 'a b,ts,c:d\n7,1,x\n' >in
	run --separate-stderr -0 records -H -f 'c_d,n:int=a b,ts,again=c:d' -T ts in
	[ "$output" = "$(feed '#fields ts c_d n:int again' '1 x 7 x')" ]
}

@test "sread names the columns of a header that lacks one" {
	printf 'ts,k\n1,a\n' >in
	run --separate-stderr -1 sread -H -f ts,q -T ts in
	[ "${stderr_lines[0]}" = "sread: in: line 1: no field q in the header, there are: ts k" ]
	[ "$output" = "$(feed '#fields ts q')" ]
}

@test "sread: odd and repeated header names" {
	printf 't,a,a,,x:y=z,a\n1,2,3,4,5,6\n' >in
	run --separate-stderr -0 records -H -T t in
	[ "$output" = "$(feed '#fields t a a_2 c4 x_y_z a_3' '1 2 3 4 5 6')" ]
}

@test "sread: a header in quotes, over two lines" {
	printf '"t","a\nb"\n1,x\n' >in
	run --separate-stderr -0 records -H -T t in
	[ "$output" = "$(feed '#fields t a_b' '1 x')" ]
}

@test "sread -f refuses what is no name or type" {
	for f in '' 'a,' 'a:foo,t' 'a:,t' 't,t' 't,a=' 'a`b,t' 't,a=b'; do
		run --separate-stderr -2 sread -f "$f" -T t </dev/null
		[ "$output" = "" ]
		[[ "$stderr" = "sread: -f: "* ]]
	done
}

@test "sread: options that are wrong" {
	run --separate-stderr -2 sread -s xml -T t </dev/null
	[[ "$stderr" = "sread: -s: the formats are csv tsv json line "*": xml" ]]
	run --separate-stderr -2 sread -H -s json -T t </dev/null
	[ "$stderr" = "sread: -H: only csv and tsv have a header line" ]
	run --separate-stderr -2 sread -s line -f a,b -T a </dev/null
	[ "$stderr" = "sread: -f: a line is one field" ]
	run --separate-stderr -2 sread -f a,b </dev/null
	[[ "$stderr" = "sread: -T is needed"* ]]
	run --separate-stderr -2 sread -F -T t </dev/null
	[[ "$stderr" = *"usage: sread "* ]]
	run --separate-stderr -2 sread -f a,b -T c </dev/null
	[ "$stderr" = "sread: -T: no field c, there are: a b" ]
	run --separate-stderr -2 sread -s json -f 'a=b..c' -T a </dev/null
	[ "$stderr" = "sread: -f: not a path such as a.b or a[0].b: b..c" ]
	run --separate-stderr -0 sread -h
	[[ "$output" = "usage: sread "* ]]
	run --separate-stderr -0 sread -V
	[[ "$output" = "sread "* ]]
}

@test "sread: CSV nulls and empty strings" {
	printf 't,a,b\n1,,""\n2,"",\n' >in
	run --separate-stderr -0 records -H -T t in
	[ "$output" = "$(printf '#fields\tt\ta\tb\n1\t\\N\t\n2\t\t\\N')" ]
	run --separate-stderr -0 records -H -f t,a:int,b:float -T t in
	[ "$output" = "$(printf '#fields\tt\ta:int\tb:float\n1\t\\N\t\\N\n2\t\\N\t\\N')" ]
}

@test "sread: CSV quotes, line ends in quotes, escapes" {
	printf '1,"a,b","c""d"\r\n2,"x\ny\r\n\nz",e"f"\n3,\\N,a\tb\rc \n' >in
	run --separate-stderr -0 records -f t,a,b -T t in
	[ "$output" = "$(printf '%s\n' '#fields	t	a	b' '1	a,b	c"d' \
	    '2	x\ny\r\n\nz	e"f"' '3	\\N	a\tb\rc ')" ]
}

@test "sread: blanks are part of a CSV field" {
	printf '1, a ," b "\n' >in
	run --separate-stderr -0 records -T c1 in
	[ "${lines[1]}" = "1	 a 	 b " ]
	printf '1, "b"\n' >in
	run --separate-stderr -0 records -T c1 in
	[ "${lines[1]}" = '1	 "b"' ]
}

@test "sread: a BOM is skipped, at the start of each file" {
	printf '\357\273\277t,a\n1,b\n' >a
	printf '\357\273\277"t",a\n2,\357\273\277\n' >b
	run --separate-stderr -0 records -H -T t a b
	[ "$output" = "$(printf '#fields\tt\ta\n1\tb\n2\t\357\273\277')" ]
	printf '\357\273\277{"t":3}\n' >c
	run --separate-stderr -0 records -s json -f t -T t c
	[ "${lines[1]}" = 3 ]
	printf '\357\273\2774\n' >d
	run --separate-stderr -0 records -s tsv -T c1 d
	[ "${lines[1]}" = 4 ]
	printf '\357\273\277' >e
	run --separate-stderr -0 records -f t -T t e
	[ "$output" = '#fields	t' ]
	run --separate-stderr -0 records -s line -T @now e
	[ "$output" = '#fields	time	line' ]
}

@test "sread: a last line without LF counts" {
	printf '1,a\n2,b' >in
	run --separate-stderr -0 records -T c1 in
	[ "$output" = "$(feed '#fields c1 c2' '1 a' '2 b')" ]
	printf '1,"b"' >in
	run --separate-stderr -0 records -T c1 in
	[ "${lines[1]}" = "1	b" ]
	printf '{"t":7}' >in
	run --separate-stderr -0 records -s json -f t -T t in
	[ "${lines[1]}" = 7 ]
}

@test "sread: empty lines" {
	printf '\n1,a\n\r\n\n2,b\n\n' >in
	run --separate-stderr -0 records -T c1 in
	[ "$output" = "$(feed '#fields c1 c2' '1 a' '2 b')" ]
	# one column: an empty line is a null
	printf 'a\n\n\r\nb\n' >in
	run --separate-stderr -0 records -f a -T @now in
	[ "$(cut -f 2 <<<"$output" | tr '\n' ' ')" = 'time a \N \N b ' ]
	printf '\n\t\n{"t":1}\n \r\n{"t":2}\n\n' >in
	run --separate-stderr -0 records -s json -f t -T t in
	[ "$output" = "$(feed '#fields t' 1 2)" ]
}

@test "sread: empty input" {
	run --separate-stderr -0 sread -f t,a -T t /dev/null
	[ "$output" = "$(feed '#fields t a' '#end')" ]
	: >in
	run --separate-stderr -0 sread -H -f t,a -T t in
	[ "$output" = "$(feed '#fields t a' '#end')" ]
	run --separate-stderr -0 sread -T t in
	[ "$output" = "$(feed '#fields t' '#end')" ]
	run --separate-stderr -1 sread -H -T t in
	[ "$stderr" = "sread: no header line: the input is empty" ]
	[ "$output" = "" ]
	printf 't,a\n' >in
	run --separate-stderr -0 sread -H -T t in
	[ "$output" = "$(feed '#fields t a' '#end')" ]
}

# bad FORMAT FIELDS INPUT MESSAGE - input of one bad record
bad() {
	printf "$3" >in
	run --separate-stderr -1 sread -s "$1" -f "$2" -T t in
	[ "${stderr_lines[0]}" = "sread: in: $4" ]
	[ "$(grep -v '^#' <<<"$output")" = "" ]
	run --separate-stderr -1 sread -s "$1" -f "$2" -T t <in
	[ "${stderr_lines[0]}" = "sread: $4" ]
}

@test "sread: bad CSV" {
	bad csv t,a,b '1,x\n' 'line 1: 2 fields, 3 wanted'
	bad csv t,a '1\n' 'line 1: 1 field, 2 wanted'
	bad csv t,a '1,2,3\n' 'line 1: 3 fields, 2 wanted'
	bad csv t,a '1,"a"b\n' 'line 1: text behind a closing quote'
	bad csv t,a '1,"a" \n' 'line 1: text behind a closing quote'
	bad csv t,a '1,"a\n2,b\n' 'line 1: a quote that is never closed'
	bad csv t,a '\n\n1,"' 'line 3: a quote that is never closed'
	bad csv t,a '1,a\000b\n' 'line 1: a NUL byte, which no stream can hold'
	bad csv t,a '1,"a\000b"\n' 'line 1: a NUL byte, which no stream can hold'
}

@test "sread: bad types" {
	bad csv t,n:int '1,12x\n' 'line 1: field n is not an int: "12x"'
	bad csv t,n:int '1, 12\n' 'line 1: field n is not an int: " 12"'
	bad csv t,n:int '1,1.0\n' 'line 1: field n is not an int: "1.0"'
	bad csv t,n:int '1,-\n' 'line 1: field n is not an int: "-"'
	bad csv t,n:int '1,9223372036854775808\n' \
	    'line 1: field n is out of the range of an int: "9223372036854775808"'
	bad csv t,n:float '1,1e999\n' 'line 1: field n is not a float: "1e999"'
	bad csv t,n:float '1,.\n' 'line 1: field n is not a float: "."'
	bad csv t,n:float '1,0x1\n' 'line 1: field n is not a float: "0x1"'
	bad csv t,n:bool '1,TRUE\n' 'line 1: field n is not true or false: "TRUE"'
	bad csv t,n:time '1,yesterday\n' 'line 1: field n is not a time: "yesterday"'
	bad csv t,n 'x\033,1\n' 'line 1: field t is not a time: "x\x1b"'
	bad csv t,n ',1\n' 'line 1: no event time: field t is null'
}

@test "sread: good types" {
	printf '%s\n' '1,+007,-0,1e5,true,2013-01-01T10:15:00Z' \
	    '2,-9223372036854775808,9223372036854775807,NaN,false,-5' \
	    '3,0,000000000000000000000000012,-.5,,' >in
	run --separate-stderr -0 records -f t,a:int,b:int,c:float,d:bool,e:time -T t in
	[ "$output" = "$(feed '#fields t a:int b:int c:float d:bool e:time' \
	    '1 7 0 1e5 true 1357035300000' \
	    '2 -9223372036854775808 9223372036854775807 NaN false -5' \
	    '3 0 12 -.5 \N \N')" ]
}

@test "sread: the formats of -T" {
	printf '1.5,a\n' >in
	run --separate-stderr -0 records -T c1=s in
	[ "${lines[1]}" = "1500	a" ]
	printf '2013-01-01 10:15:00.25+01:00,a\n' >in
	run --separate-stderr -0 records -T c1 in
	[ "${lines[1]}" = "1357031700250	a" ]
	printf '"01/Jan/2013:10:15:00",a\n' >in
	run --separate-stderr -0 records -T 'c1=%d/%b/%Y:%H:%M:%S' in
	[ "${lines[1]}" = "1357035300000	a" ]
	printf '007,a\n' >in
	run --separate-stderr -0 records -T c1 in
	[ "${lines[1]}" = "7	a" ]
	printf 'a\n' >in
	run --separate-stderr -0 records -T @now in
	[[ "${lines[1]}" =~ ^[0-9]{13}.a$ ]]
}

@test "sread: TSV and its escapes" {
	printf '1\ta\\tb\\n\\r\\\\\t\\N\r\n2\t\tx\ry\n' >in
	run --separate-stderr -0 records -s tsv -f t,a,b -T t in
	[ "$output" = "$(printf '%s\n' '#fields	t	a	b' \
	    '1	a\tb\n\r\\	\N' '2		x\ry')" ]
	printf '1\t\t5\n' >in
	run --separate-stderr -0 records -s tsv -f t,a:int,b -T t in
	[ "${lines[1]}" = '1	\N	5' ]
	printf 't\\n\ta\n1\t2\n' >in
	run --separate-stderr -0 records -s tsv -H -T t_ in
	[ "$output" = "$(feed '#fields t_ a' '1 2')" ]
}

@test "sread: bad TSV" {
	bad tsv t,a '1\ta\\x\n' 'line 1: field a has a broken escape: "a\x"'
	bad tsv t,a '1\ta\\\n' 'line 1: field a has a broken escape: "a\"'
	bad tsv t,a '1\ta\\N\n' 'line 1: field a has a broken escape: "a\N"'
	bad tsv t,a '1\t\000\n' 'line 1: a NUL byte, which no stream can hold'
	bad tsv t,a '1\n' 'line 1: 1 field, 2 wanted'
}

@test "sread: lines" {
	printf 'a\tb\\c,"d"\r\n\nlast' >in
	run --separate-stderr -0 records -s line -T @now in
	[ "$(cut -f 2 <<<"${lines[0]}")" = time ]
	[ "$(printf '%s\n' "${lines[@]}" | cut -f 2)" = "$(printf '%s\n' time \
	    'a\tb\\c,"d"' '' last)" ]
	printf '5\n6\n' >in
	run --separate-stderr -0 records -s line -f t:int -T t in
	[ "$output" = "$(feed '#fields t' 5 6)" ]
	printf 'a\000b\n' >in
	run --separate-stderr -1 sread -s line -T @now in
	[ "${stderr_lines[0]}" = "sread: in: line 1: a NUL byte, which no stream can hold" ]
}

@test "sread: JSON paths" {
	printf '%s\n' '{"t":1,"a":{"b":"x","c":[1,{"d":2}]},"e.f":3,"0":4}' >in
	run --separate-stderr -0 records -s json -T t \
	    -f 't,b=a.b,d:int=a.c[1].d,d2=a.c[1].d,c=a.c,ef=["e.f"],z=0,none=a.q.r,f=a["b"]' in
	[ "$output" = "$(feed '#fields t b d:int d2 c ef z none f' \
	    '1 x 2 2 [1,{"d":2}] 3 4 \N x')" ]
}

@test "sread: JSON times with a fraction or an exponent" {
	printf '%s\n' '{"t":1.700000000123E9}' '{"t":17e8}' '{"t":1700000000.5}' '{"t":"1.7e9"}' >in
	run --separate-stderr -0 records -s json -T t=s -f t:float in
	[ "$output" = "$(feed '#fields t' 1700000000123 1700000000000 1700000000500 1700000000000)" ]
}

@test "sread: JSON values" {
	printf '%s\n' '{"t":1,"s":"q\u00e9\ud83d\ude00\n\t\\\/","i":-5,"f":1e3,"b":true,"w":"2013-01-01T10:15:00Z"}' \
	    '{"t":2,"s":1.50,"i":null,"f":"NaN","b":null,"w":77}' \
	    '{"t":3,"s":{"a": [1, "\n"]},"i":9223372036854775807,"f":-0,"b":false}' \
	    '{"t":4,"s":null,"x":"unused"}' '{"t":5,"s":"a","s":"b"}' \
	    '{"t":6,"s":{"a":1},"s":""}' >in
	run --separate-stderr -0 records -s json -T t -f t,s,i:int,f:float,b:bool,w:time in
	[ "$output" = "$(printf '%s\n' '#fields	t	s	i:int	f:float	b:bool	w:time' \
	    '1	qé😀\n\t\\/	-5	1e3	true	1357035300000' \
	    '2	1.50	\N	NaN	\N	77' \
	    '3	{"a": [1, "\\n"]}	9223372036854775807	-0	false	\N' \
	    '4	\N	\N	\N	\N	\N' '5	b	\N	\N	\N	\N' \
	    '6		\N	\N	\N	\N')" ]
}

@test "sread: JSON as it stands" {
	printf '{"a": "x\\ny"} \r\n[1,\t2]\n"s"\n12\nnull\n' >in
	run --separate-stderr -0 records -s json -T @now in
	[ "$(cut -f 2 <<<"$output")" = "$(printf '%s\n' time \
	    '{"a": "x\\ny"} ' '[1,\t2]' '"s"' 12 null)" ]
}

@test "sread: bad JSON, also where nobody looks" {
	bad json t '{"t":1\n' 'line 1: not JSON: a comma, colon, brace or bracket is missing or too many'
	bad json t '{"t":1}}\n' 'line 1: not JSON: something follows the value'
	bad json t '{"t":1} x\n' 'line 1: not JSON: a comma, colon, brace or bracket is missing or too many'
	bad json t '{"t":1,"x":tru}\n' 'line 1: not JSON: a broken literal'
	bad json t '{"t":1,"x":01}\n' 'line 1: not JSON: a broken number'
	bad json t '{"t":1,"x":1.}\n' 'line 1: not JSON: a broken number'
	bad json t '{"t":1,"x":"\\ud800"}\n' 'line 1: not JSON: a broken escape in a string'
	bad json t '{"t":1,"x":"\\udc00"}\n' 'line 1: not JSON: a broken escape in a string'
	bad json t '{"t":1,"x":"\\q"}\n' 'line 1: not JSON: a broken escape in a string'
	bad json t '{"t":1,"x":"\377"}\n' 'line 1: not JSON: invalid UTF-8'
	bad json t '{"t":1,"x":"a\001"}\n' 'line 1: not JSON: a control character in a string'
	bad json t '{"t":1,"x":"a}\n' 'line 1: not JSON: a string that is not closed'
	bad json t '{"t":1,"x":[1,]}\n' 'line 1: not JSON: a comma, colon, brace or bracket is missing or too many'
	bad json t '[1]\n' 'line 1: not a JSON object'
	bad json t '5\n' 'line 1: not a JSON object'
	bad json t,i:int '{"t":1,"i":"5"}\n' 'line 1: field i is not an int: "5"'
	bad json t,i:int '{"t":1,"i":5.0}\n' 'line 1: field i is not an int: "5.0"'
	bad json t,i:int '{"t":1,"i":99999999999999999999}\n' \
	    'line 1: field i is out of the range of an int: "99999999999999999999"'
	bad json t,i:float '{"t":1,"i":"5"}\n' 'line 1: field i is not a float: "5"'
	bad json t,i:bool '{"t":1,"i":1}\n' 'line 1: field i is not true or false: "1"'
	bad json t,i:time '{"t":1,"i":1.5}\n' 'line 1: field i is not a time: "1.5"'
	bad json t,i '{"t":1,"i":"a\\u0000"}\n' \
	    'line 1: field i is text with a NUL, which no stream can hold: "a\x00"'
}

@test "sread: JSON nested too deeply" {
	perl -e 'print "{\"t\":1,\"x\":", "[" x 499, "]" x 499, "}\n"' >in
	run --separate-stderr -0 records -s json -f t -T t in
	[ "${lines[1]}" = 1 ]
	perl -e 'print "{\"t\":1,\"x\":", "[" x 100000, "]" x 100000, "}\n"' >in
	run --separate-stderr -1 sread -s json -f t -T t in
	[ "${stderr_lines[0]}" = "sread: in: line 1: JSON nested deeper than 500" ]
}

@test "sread: a line of 10 MB" {
	perl -e 'print "1,", "x" x 10000000, "\n2,\"", "y\n" x 5000000, "\"\n"' >in
	run --separate-stderr -0 sh -c 'sread -T c1 in | md5sum'
	[ "$output" = "$(perl -e 'print "#fields\tc1\tc2\n1\t", "x" x 10000000,
	    "\n#watermark\t1\n2\t", "y\\n" x 5000000, "\n#end\n"' | md5sum)" ]
	perl -e 'print "{\"t\":1,\"s\":\"", "z" x 10000000, "\"}\n"' >in
	run --separate-stderr -0 sh -c 'sread -s json -f t,s -T t in | wc -c'
	[ "$output" = 10000033 ]
}

@test "sread: invalid UTF-8 goes through" {
	printf '1,\377\376\n' >in
	run --separate-stderr -0 sh -c 'sread -T c1 in | grep -a ^1 | od -An -tx1'
	[ "$output" = " 31 09 ff fe 0a" ]
}

@test "sread: bad records name their place, the good ones before are out" {
	printf 't,n\n1,5\n2,"x\ny"\n3,7\n4,x\n' >in
	run --separate-stderr -1 sread -H -f t,n:int -T t in
	[ "${stderr_lines[0]}" = 'sread: in: line 3: field n is not an int: "x\ny"' ]
	[ "$output" = "$(feed '#fields t n:int' '1 5' '#watermark 1')" ]
}

@test "sread -D keeps bad records whole and goes on" {
	printf '1,a\n2\n3,"x"y\n4,b\n"5,\n6' >in
	run --separate-stderr -0 sread -D dead -f t,a -T t in
	[ "$(grep -v '^#' <<<"$output")" = "$(feed '1 a' '4 b')" ]
	[ "$stderr" = "sread: 3 bad records written to dead" ]
	[ "$(cat dead)" = '{"file":"in","line":2,"reason":"1 field, 2 wanted","payload":"2"}
{"file":"in","line":3,"reason":"text behind a closing quote","payload":"3,\"x\"y"}
{"file":"in","line":5,"reason":"a quote that is never closed","payload":"\"5,\n6"}' ]
}

@test "sread -D: bytes that are not UTF-8, and a time that is none" {
	printf 'x,\377\n1,b\n' >in
	run --separate-stderr -0 sread -D dead -T c1 <in
	[ "$(cat dead)" = '{"file":"-","line":1,"reason":"field c1 is not a time: \"x\"","payload64":"eCz/"}' ]
	[ "$(grep -v '^#' <<<"$output")" = "$(feed '1 b')" ]
}

@test "sread without -D shows the first bytes of a bad record" {
	printf '1,5\n2,"a\nb",c\377\001 |xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n' >in
	run --separate-stderr -1 sread -f t,n:int -T t in
	[ "$output" = "$(feed '#fields t n:int' '1 5' '#watermark 1')" ]
	[ "$stderr" = 'sread: in: line 2: 3 fields, 2 wanted
00000000  32 2c 22 61 0a 62 22 2c  63 ff 01 20 7c 78 78 78  |2,"a.b",c.. |xxx|
00000010  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|' ]
	printf '2,x' >in
	run --separate-stderr -1 sread -f t,n:int -T t in
	[ "$stderr" = 'sread: in: line 1: field n is not an int: "x"
00000000  32 2c 78                                          |2,x|' ]
}

@test "sread -D: a million bad records in flat memory" {
	[ -z "${WEIR_SAN-}" ] || skip "the sanitizer keeps what is freed"
	log='1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0'
	# FORMAT FIELDS LINE
	while IFS='|' read -r format fields line; do
		for n in 10000 1000000; do
			yes "$line" | head -n $n >in
			rm -f dead
			command time -o rss -f %M sread -s "$format" -f "$fields" -T @now -D dead in >/dev/null 2>err
			[ "$(cat err)" = "sread: $n bad records written to dead" ]
			tail -n 1 rss >size.$n
		done
		echo "$format: $(cat size.10000 size.1000000)"
		[ "$(cat size.1000000)" -lt $(($(cat size.10000) + 2000)) ]
	done <<-E
		csv|a,b:int|"x,y",z
		csv|a,b|"x"y
		tsv|a,b:int|x	y
		json|a:int|{"a":[1,{"b":"x"}]}
		json|a|{"a":1
		re:^(?<a>[0-9]+)\$|a|12x
		combined|host|$log
	E
}

@test "sread -D: a topic is for kcat-in" {
	run --separate-stderr -2 sread -D kafka:t -T t </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "sread: -D: only kcat-in has a topic for bad records: kafka:t" ]
	[ ! -e kafka:t ]
}

@test "sread: several files are one, - is standard input" {
	printf 't,a\n1,x\n' >a
	printf 't,a\n3,z\n' >c
	run --separate-stderr -0 records -H -T t a - c < <(printf 't,a\n2,y\n')
	[ "$output" = "$(feed '#fields t a' '1 x' '2 y' '3 z')" ]
	printf 't,b\n' >c
	run --separate-stderr -1 sread -H -T t a c
	[ "$stderr" = "sread: c: line 1: the header is not that of the first file" ]
}

@test "sread: a file that cannot be read is found before anything is written" {
	printf '1,a\n' >a
	run --separate-stderr -1 sread -T c1 a none
	[ "$stderr" = "sread: none: No such file or directory" ]
	[ "$output" = "" ]
	mkdir d
	run --separate-stderr -1 sread -T c1 a d
	[ "$stderr" = "sread: d: is a directory" ]
	[ "$output" = "" ]
	run --separate-stderr -1 sread -T c1 <d
	[ "$stderr" = "sread: standard input: is a directory" ]
}

@test "sread -c ends the input after so many records" {
	printf '1,a\n2,b\n3,c\n' >in
	run --separate-stderr -0 records -c 2 -T c1 in in
	[ "$output" = "$(feed '#fields c1 c2' '1 a' '2 b')" ]
	run --separate-stderr -0 records -c 4 -T c1 in in
	[ "$output" = "$(feed '#fields c1 c2' '1 a' '2 b' '3 c' '1 a')" ]
}

@test "sread -B: barriers after records" {
	printf '1,a\n2,b\n3,c\n' >in
	run --separate-stderr -0 env WEIR_RUN=r sread -B 2r -T c1 in
	[ "$output" = "$(feed '#fields c1 c2' '1 a' '#watermark 1' '2 b' \
	    '#barrier 1.r' '3 c' '#end 2.r')" ]
}

@test "sread -B: what is neither a duration nor a number of records" {
	for b in 5 5x r; do
		run --separate-stderr -2 sread -B "$b" -T c1 </dev/null
		[ "$stderr" = "sread: -B: neither a duration such as 5s nor a number of records such as 10000r: $b" ]
	done
}

@test "sread -w: a step that leaves the range of times is refused" {
	run --separate-stderr -2 sread -f t -T t -w 0s,2305843009213693953ms <<<4611686018427387904
	[ "$stderr" = 'sread: -w: a step of more than 2305843009213693952ms: 2305843009213693953ms' ]
	run --separate-stderr -0 sread -f t -T t -w 0s,2305843009213693952ms < <(seq 4611686018427387902 4611686018427387904)
	[ "$(grep -c '^#watermark' <<<"$output")" = 2 ]
}

@test "sread -w: delay and step" {
	printf '1000,a\n5000,b\n4000,c\n' >in
	run --separate-stderr -0 sread -w 2s,0 -T c1 in
	[ "$output" = "$(feed '#fields c1 c2' '1000 a' '#watermark -1000' \
	    '5000 b' '#watermark 3000' '4000 c' '#watermark 3000' '#end')" ]
}

@test "sread: a live input is passed on at once, with barriers by the clock" {
	mkfifo p out
	sread -B 100ms -T c1 <p >out 3>&- &
	pid=$!
	exec 4>p 5<out
	printf '1,a\n2,' >&4
	read -r -t 5 a <&5
	read -r -t 5 b <&5
	[ "$a" = "#fields	c1	c2" ]
	[ "$b" = "1	a" ]
	read -r -t 5 b <&5
	[ "$b" = "#watermark	1" ]
	read -r -t 5 b <&5
	[ "$b" = "#barrier	1.0" ]
	printf 'b\n3,"c' >&4
	while [ "$b" != "2	b" ]; do read -r -t 5 b <&5; done
	# a quoted field that is not complete does not stop the clock
	read -r -t 5 b <&5
	[[ "$b" = "#barrier	"* ]]
	printf 'd"\n' >&4
	while [ "$b" != "3	cd" ]; do read -r -t 5 b <&5; done
	exec 4>&-
	while [ "$b" != "#end" ]; do read -r -t 5 b <&5; done
	wait "$pid"
}

@test "sread: a signal ends a live input with #stop" {
	mkfifo p
	for sig in TERM INT; do
		env -u WEIR_RUN perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
		    sread -T c1 <p >out 2>err 3>&- &
		pid=$!
		exec 4>p
		printf '1,a\n' >&4
		for _ in $(seq 100); do
			grep -q '^1' out && break
			sleep 0.05
		done
		kill -s "$sig" "$pid"
		wait "$pid"
		exec 4>&-
		[ "$(tail -n 1 out)" = "#stop" ]
		[[ "$(tail -n 2 out | head -n 1)" = "#barrier	"* ]]
		[ "$(cat err)" = "" ]
	done
}

@test "sread: a signal while a FIFO waits for its writer" {
	mkfifo p
	# -v has a timer: its signal is none that matters
	sread -v -T c1 p >out 2>err 3>&- &
	pid=$!
	sleep 0.3
	kill -s ALRM "$pid"
	sleep 0.1
	timeout 5 sh -c 'echo 1,a >p'
	wait "$pid"
	[ "$(tail -n 1 out)" = "#end" ]
	[[ "$(cat err)" != *"Interrupted"* ]]
	sread -T c1 p >out 2>err 3>&- &
	pid=$!
	sleep 0.3
	kill -s TERM "$pid"
	wait "$pid"
	[ "$(tail -n 1 out)" = "#stop" ]
	[ "$(cat err)" = "" ]
}

@test "sread: the pieces in which input comes do not matter" {
	perl -e 'srand 1; for (1..3000) { my $t = $_ * 7;
	    print join(",", $t, (map { rand() < .2 ? "\"" . join("", map { (",", "\"\"", "\n", "\r\n", "x", "\\", "\t", "é")[rand 8] } 1..rand 12) . "\"" :
	    rand() < .1 ? "" : "w" x rand 30 } 1..3), int rand 1000), rand() < .3 ? "\r\n" : "\n" }' >in
	sread -f t,a,b,c,n:int -T t in >want
	[ "$(grep -vc '^#' want)" = 3000 ]
	seed=$RANDOM
	echo "seed $seed"
	for i in 1 2 3; do
		chunks $((seed + i)) <in | sread -B 1000000r -f t,a,b,c,n:int -T t >got
		cmp want got
	done
	swrite <want | sread -f t,a,b,c,n:int -T t | cmp want -
	swrite -s tsv <want | sread -s tsv -f t,a,b,c,n:int -T t | cmp want -
	swrite -s json <want | sread -s json -f t,a,b,c,n:int -T t | cmp want -
}

# follows ARG ... - sread -F in the background, its output to be read by await; unfollow ends it
follows() {
	mkfifo out
	# bats ignores SIGINT
	env -u WEIR_RUN sread -F "$@" >out 2>err 3>&- &
	pid=$!
	exec 5<out
}

# await LINE - lines are read until this one has come, barriers apart
await() {
	local line
	while IFS= read -r -t 10 line <&5; do
		case $line in '#barrier'*) continue ;; esac
		seen+=$line$'\n'
		[ "$line" != "$1" ] || return 0
	done
	printf 'waited for %s; came:\n%s' "$1" "$seen"
	return 1
}

unfollow() {
	kill "$pid"
	await '#stop'
	wait "$pid"
	exec 5<&-
}

@test "sread -F: a file that grows, a torn last line waits for its end" {
	printf '1,a\n2,b' >log
	follows -T c1 log
	await '1	a'
	printf 'b\n3' >>log
	await '2	bb'
	printf ',"c\nd"\n' >>log
	await '3	c\nd'
	printf '\n4,"' >>log
	printf '5,e"\n' >>log
	await '4	5,e'
	unfollow
	[ "$(grep -v '^#' <<<"$seen")" = "$(printf '%s\n' '1	a' '2	bb' '3	c\nd' '4	5,e')" ]
	[ ! -s err ]
}

@test "sread -F: ends with #barrier and #stop, status 0, a torn line left" {
	printf '1,a\n2,b' >log
	for sig in TERM INT; do
		env -u WEIR_RUN perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' sread -F -T c1 log >out.$sig 2>err 3>&- &
		pid=$!
		for _ in $(seq 100); do grep -q '^1' out.$sig && break; sleep 0.05; done
		kill -s "$sig" "$pid"
		wait "$pid"
		[ "$(tail -n 1 out.$sig)" = '#stop' ]
		[[ "$(tail -n 2 out.$sig | head -n 1)" = '#barrier	'* ]]
		[ "$(grep -v '^#' out.$sig)" = '1	a' ]
		[ ! -s err ]
	done
}

@test "sread -F: a file that is renamed is read to its end before the new one" {
	printf 't,k\n1,a\n' >log
	follows -H -T t log
	await '1	a'
	mv log log.1
	printf '2,b\n' >>log.1
	await '2	b'
	# empty: who writes may still write to the old one
	: >log
	printf '3,c\n4,d' >>log.1
	await '3	c'
	printf 't,k\n5,e\n' >>log
	await '4	d'
	await '5	e'
	printf '6,f\n' >>log
	await '6	f'
	unfollow
	[ "$(grep -v '^#' <<<"$seen" | cut -f 1 | tr -d '\n')" = 123456 ]
	[ ! -s err ]
}

@test "sread -F: several renames" {
	printf '0,a\n' >log
	follows -T c1 log
	await '0	a'
	for i in 1 2 3 4 5; do
		mv log log.old
		printf '%d,b\n' "$i" >log.new
		mv log.new log
		await "$i	b"
	done
	unfollow
	[ "$(grep -v '^#' <<<"$seen" | cut -f 1 | tr -d '\n')" = 012345 ]
}

@test "sread -F: a file that is cut is read from its start again, and says so" {
	printf '1,aaaa\n2,"open' >log
	follows -T c1 log
	await '1	aaaa'
	: >log
	for _ in $(seq 100); do [ -s err ] && break; sleep 0.05; done
	printf '3,b\n' >>log
	await '3	b'
	printf '4,c\n' >>log
	await '4	c'
	unfollow
	[ "$(grep -v '^#' <<<"$seen" | cut -f 1 | tr -d '\n')" = 134 ]
	[ "$(cat err)" = "sread: log: it has become shorter: read again from the start" ]
}

@test "sread -F: a file that was cut and has grown past where it was, between two looks" {
	printf '1,aaaa\n2,b\n' >log
	follows -T c1 log
	await '2	b'
	# longer than what was read, and then just as long
	kill -STOP "$pid"
	printf '3,cccccccc\n4,d\n5,' >log
	kill -CONT "$pid"
	await '4	d'
	kill -STOP "$pid"
	printf '6,ffffffff\n7,g\n8,' >log
	kill -CONT "$pid"
	await '7	g'
	printf 'h\n' >>log
	await '8	h'
	unfollow
	[ "$(grep -v '^#' <<<"$seen" | cut -f 1 | tr -d '\n')" = 1234678 ]
	[ "$(cat err)" = "$(printf '%s\n%s' "sread: log: it was cut and has grown again: read again from the start"{,})" ]
}

@test "sread -F: a symbolic link that changes" {
	printf '1,a\n' >one
	printf '2,b\n' >two
	ln -s one log
	follows -T c1 log
	await '1	a'
	ln -s two next
	mv -T next log
	await '2	b'
	printf '3,c\n' >>two
	await '3	c'
	unfollow
	[ ! -s err ]
}

@test "sread -F: a file that is not there yet is waited for" {
	mkdir d
	follows -f t,k -T t d/log
	await '#fields	t	k'
	printf '1,a\n' >d/log
	await '1	a'
	# gone, and there again
	rm d/log
	printf '2,b\n' >d/log
	await '2	b'
	unfollow
	[ ! -s err ]
}

@test "sread -F: each file has its own watermark" {
	printf '5000,a\n' >a
	follows -f t,k -T t a b
	await '5000	a'
	printf '2000,b\n' >b
	await '2000	b'
	await '#watermark	2000'
	printf '9000,bb\n' >>b
	await '9000	bb'
	await '#watermark	5000'
	# a record that is not complete in one file does not stop the other
	printf '9500,"x\n' >>b
	printf '9600,a\n' >>a
	await '9600	a'
	await '#watermark	9000'
	printf 'y"\n' >>b
	await '9500	x\ny'
	unfollow
	[[ "$seen" != *'#watermark	9600'* ]]
}

@test "sread -F: barriers by the clock, -i, -c" {
	printf '1,a\n2,b\n3,c\n' >log
	run --separate-stderr -0 sread -F -c 2 -T c1 log
	[ "$output" = "$(feed '#fields c1 c2' '1 a' '#watermark 1' '2 b' '#end')" ]
	follows -B 50ms -i 100ms -T c1 log none
	await '3	c'
	await '#watermark	3'
	await '#idle'
	IFS= read -r -t 5 line <&5
	[[ "$line" = '#barrier	'* ]]
	unfollow
}

@test "sread -F: a bad record names its place, -D keeps it" {
	printf '1,a\nx,b\n' >log
	run --separate-stderr -1 sread -F -T c1 log
	[ "${stderr_lines[0]}" = 'sread: log: line 2: field c1 is not a time: "x"' ]
	follows -D dead -T c1 log
	await '1	a'
	printf '2,c\n' >>log
	await '2	c'
	unfollow
	[ "$(cat err)" = "sread: 1 bad records written to dead" ]
}

@test "sread -F: what cannot be followed" {
	run --separate-stderr -2 sread -F -T t </dev/null
	[[ "$stderr" = "usage: sread [-FHhVv]"* ]]
	run --separate-stderr -2 sread -F -T t x - </dev/null
	[ "$stderr" = "sread: -F: standard input has no name by which to follow it" ]
	mkdir d
	mkfifo p
	run --separate-stderr -1 sread -F -T t d
	[ "$stderr" = "sread: d: not a plain file: no other can be followed" ]
	run --separate-stderr -1 sread -F -T t p
	[ "$stderr" = "sread: p: not a plain file: no other can be followed" ]
	printf '1,a\n' >f
	run --separate-stderr -1 sread -F -T t f/x
	[ "$stderr" = "sread: f/x: Not a directory" ]
	run --separate-stderr -111 sh -c 'exec sread -F -T c1 f >/dev/full'
	[ "$stderr" = "sread: standard output: write: No space left on device" ]
}

@test "sread: no memory for a JSON document is temporary, and no bad record" {
	[ -z "${WEIR_SAN-}" ] || skip "the sanitizer needs more"
	# an escape: without one no more memory is needed
	{ printf '{"a":"\\u0041'; head -c 8000000 /dev/zero | tr '\0' x; echo '"}'; } >big
	run --separate-stderr -111 bash -c 'ulimit -v 100000; sread -s json -f a -T @now -D dead big'
	[ "$stderr" = 'sread: out of memory' ]
	[ ! -s dead ]
}

@test "sread: an escape anywhere in a JSON document changes nothing else" {
	local doc
	cat >docs <<-'EOF'
	{"t":1,"a":{"b":[1,{"b":2}]},"n":5,"f":0.5,"x":true,"s":"text"}
	{"s":"café 日","t":2,"n":-0,"f":1e9,"a":[],"x":null}
	 { "t" : 3 , "a" : { } , "n" : 123456789012345678 , "f" : -1.5E-3 }
	{"n":7,"t":4,"n":8,"a":{"b":1},"a":{"c":1},"s":null,"longer_than_eight":"y"}
	{"t":5,"a":{"b":"0123456789abcdef0123456789abcdef"},"longer_than_eighth":"no","longer_than_eight":"yes"}
	{"t":6,"s":"01234567890123\"}
	{"t":7,"n":01}
	{"t":8,"f":1.}
	{"t":9,"x":tru}
	{"t":10,"s":"a"}}
	{"t":11,"s":"a"
	{"t":12,"s":"a",}
	{"t":13 "s":"a"}
	{"t":14,"s":"ÿ"}
	{"t":15,"s":"open}
	{"t":16,"a":[1,]}
	{"t":17,"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}
	EOF
	while IFS= read -r doc; do printf '%b\n' "$doc"; done <docs >plain
	sed 's/{/{"\\u0021":0,/' plain >escaped
	local opt=(-s json -T t -f 't,a.b=a.b,a=a,n:int,f:float,x:bool,s,l=longer_than_eight')
	sread "${opt[@]}" -D d1 plain >one
	sread "${opt[@]}" -D d2 escaped >two
	cmp one two
	[ "$(grep -c '^[0-9]' one)" = 7 ]
	cmp <(grep -o 'not JSON[^"]*' d1) <(grep -o 'not JSON[^"]*' d2)
	[ "$(grep -c 'not JSON' d1)" = 10 ]
}

@test "sread: lines that go on as they stand, and between them those that cannot" {
	printf '%s\n' 1700000000001,a,5 '1700000000002,,5' 1700000000003,b,05 \
	    01700000000004,c,6 -5,d,-0 0,e,-6 1700000000005,f,12345678 \
	    '1700000000006,"g",9' $'1700000000007,h,1\r' \
	    1700000000008,i,-9223372036854775808 1700000000009,j,7 >in
	run --separate-stderr -0 sread -f ts,k,n:int -T ts -w 0s,1h in
	is '#fields ts k n:int' '1700000000001 a 5' '#watermark 1700000000001' \
	    '1700000000002 \N 5' '1700000000003 b 5' '1700000000004 c 6' \
	    '-5 d 0' '0 e -6' '1700000000005 f 12345678' '1700000000006 g 9' \
	    '1700000000007 h 1' '1700000000008 i -9223372036854775808' \
	    '1700000000009 j 7' '#end'
	# what is bad is told and kept as it stood, commas too
	printf '%s\n' 1,a,5 2,b,x 17000000000x1,c,6 3,d,7 >in
	run --separate-stderr -0 sread -f ts,k,n:int -T ts -w 0s,1h -D bad in
	[ "$output" = "$(feed '#fields ts k n:int' '1 a 5' '#watermark 1' '3 d 7' '#end')" ]
	[ "$stderr" = 'sread: 2 bad records written to bad' ]
	[ "$(cut -f 2- bad | grep -c '2,b,x\|17000000000x1,c,6')" = 2 ]
	# a type that is checked before a later field turns out to be empty
	printf '%s\n' 1,5,a 2,6, 3,7,c >in
	run --separate-stderr -0 sread -f ts,n:int,k -T ts -w 0s,1h in
	is '#fields ts n:int k' '1 5 a' '#watermark 1' '2 6 \N' '3 7 c' '#end'
}

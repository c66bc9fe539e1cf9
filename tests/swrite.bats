# shellcheck disable=SC1003,SC2030,SC2031,SC2059,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# heading and records in, #end added
wrote() {
	{ cat; echo '#end'; } >in
	run --separate-stderr -0 swrite "$@" <in
	[ "$stderr" = "" ]
}

@test "swrite writes CSV, the time first" {
	wrote < <(feed '#fields t a b:int' '1 x 5' '#watermark 1' '2 y \N' \
	    '#barrier 1.0' '3 z 7')
	[ "$output" = "1,x,5
2,y,
3,z,7" ]
}

@test "swrite: an odd time is written as the number, and one that is none is refused" {
	wrote < <(feed '#fields t a b:int' '007 x 5' '-0 y 6')
	[ "$output" = "7,x,5
0,y,6" ]
	wrote -s tsv < <(feed '#fields t a' '007 x')
	[ "$output" = "7	x" ]
	for format in csv tsv; do
		given 1 swrite '#fields t a' '1 x' '12x y' '#end' -- -s $format
		[ "$stderr" = 'swrite: line 3: not a record: the time is "12x"' ]
	done
}

@test "swrite -H writes a header line, also without records" {
	wrote -H < <(feed '#fields t a b:int' '1 x 5')
	[ "$output" = "t,a,b
1,x,5" ]
	wrote -H -s tsv < <(feed '#fields t a')
	[ "$output" = "t	a" ]
	wrote -H < <(printf '%s\n' '#fields	t	"a'\''b"	c\\d')
	[ "$output" = 't,"""a'\''b""",c\d' ]
}

@test "swrite -f chooses and orders" {
	wrote -H -f b,t < <(feed '#fields t a b:int' '1 x 5')
	[ "$output" = "b,t
5,1" ]
	run --separate-stderr -1 swrite -f q <in
	[ "$stderr" = "swrite: no field q, there are: t a b" ]
	[ "$output" = "" ]
}

@test "swrite: CSV quotes what a reader would misread" {
	wrote < <(printf '%s\n' '#fields	t	a	b' '1	a,b	' '2	x"y	\N' \
	    '3	a\nb	a\rb' '4	\\N	a\tb' '5	 a 	\\' '6	"	,')
	[ "$output" = "$(printf '1,"a,b",""\n2,"x""y",\n3,"a\nb","a\rb"\n4,\\N,a\tb\n5, a ,\\\n6,"""",","')" ]
	wrote -f a < <(printf '#fields\tt\ta\n1\t\357\273\277x\n2\t\\N\n3\t\n')
	[ "$output" = "$(printf '"\357\273\277x"\n\n""')" ]
	# only where a file may start
	wrote < <(printf '#fields\tt\ta\n1\t\357\273\277x\n')
	[ "$output" = "$(printf '1,\357\273\277x')" ]
	wrote -f t,a < <(printf '#fields\tt\ta\n1\t\357\273\277x\n')
	[ "$output" = "$(printf '1,\357\273\277x')" ]
}

@test "swrite: TSV is the record as it stands" {
	wrote -s tsv < <(printf '%s\n' '#fields	t	a	b:int' '1	a\tb\\	\N' '2		7')
	[ "$output" = "$(printf '%s\n' '1	a\tb\\	\N' '2		7')" ]
	wrote -s tsv -f b,a < <(printf '%s\n' '#fields	t	a	b:int' '1	a\tb\\	\N')
	[ "$output" = '\N	a\tb\\' ]
}

@test "swrite: JSON is typed" {
	wrote -s json < <(printf '%s\n' \
	    '#fields	t	s	i:int	f:float	b:bool	w:time' \
	    '1	a"b\\c\td	5	1.50	true	1357035300000' \
	    '2	\N	\N	\N	\N	\N' '3		+07	.5	false	-1' \
	    '4	x	-0	NaN	true	0' '5	x	0	-Infinity	true	0' \
	    '6	é😀/	9223372036854775807	1e5	true	0')
	[ "$output" = '{"t":1,"s":"a\"b\\c\td","i":5,"f":1.50,"b":true,"w":1357035300000}
{"t":2,"s":null,"i":null,"f":null,"b":null,"w":null}
{"t":3,"s":"","i":7,"f":0.5,"b":false,"w":-1}
{"t":4,"s":"x","i":0,"f":"NaN","b":true,"w":0}
{"t":5,"s":"x","i":0,"f":"-Infinity","b":true,"w":0}
{"t":6,"s":"é😀/","i":9223372036854775807,"f":100000,"b":true,"w":0}' ]
}

@test "swrite: JSON escapes control characters" {
	wrote -s json -f s < <(printf '#fields\tt\ts\n1\ta\001\b\f\037\177b\\n\\r\n')
	[ "$output" = "$(printf '{"s":"a\\u0001\\b\\f\\u001f\177b\\n\\r"}')" ]
	wrote -s json < <(printf '#fields\tt\ta"\\\\\n1\tx\n')
	[ "$output" = '{"t":1,"a\"\\":"x"}' ]
}

@test "swrite: a time alone" {
	wrote -s json < <(feed '#fields t' 5)
	[ "$output" = '{"t":5}' ]
	wrote < <(feed '#fields t' 5)
	[ "$output" = 5 ]
}

@test "swrite -T writes every time in that format" {
	wrote -T iso < <(feed '#fields t w:time i:int' '1357035300000 -1 5' '0 \N 6')
	[ "$output" = "2013-01-01T10:15:00Z,1969-12-31T23:59:59.999Z,5
1970-01-01T00:00:00Z,,6" ]
	wrote -T iso -s json < <(feed '#fields t w:time' '1357035300000 \N')
	[ "$output" = '{"t":"2013-01-01T10:15:00Z","w":null}' ]
	wrote -T '%d/%b/%Y, %H:%M:%S' -f t < <(feed '#fields t' 1357035300999 -1)
	[ "$output" = '"01/Jan/2013, 10:15:00"
"31/Dec/1969, 23:59:59"' ]
	wrote -T ms -f t < <(feed '#fields t' 5)
	[ "$output" = 5 ]
}

@test "swrite -T: a pattern may make long text, and too long a one is an error" {
	run --separate-stderr -0 swrite -s tsv -T '%04096Y' < <(feed '#fields t' 0 '#end')
	[ ${#output} -eq 4096 ]
	run --separate-stderr -0 swrite -s tsv -T '%%' < <(feed '#fields t' 0 '#end')
	[ "$output" = % ]
	run --separate-stderr -1 swrite -s tsv -T '%4097Y' < <(feed '#fields t' 0 '#end')
	[ "$output" = "" ]
	[ "$stderr" = 'swrite: line 2: -T makes more than 4096 bytes of text of a time' ]
}

@test "swrite: lines" {
	wrote -s line < <(printf '%s\n' '#fields	t	a' '1	a\tb\\' '2	\N' '3	')
	[ "$output" = "$(printf 'a\tb\\\n\n')" ]
	[ "$(swrite -s line <in | wc -l)" = 3 ]
	wrote -s line -f t -T iso < <(feed '#fields t a' '0 x')
	[ "$output" = 1970-01-01T00:00:00Z ]
	printf '%s\n' '#fields	t	a' '1	x' '2	a\nb' '#end' >in
	run --separate-stderr -1 swrite -s line <in
	[ "$stderr" = 'swrite: line 3: a line cannot hold a line end: "a\nb"' ]
	run --separate-stderr -1 swrite -s line < <(feed '#fields t a b' '1 x y' '#end')
	[ "$stderr" = "swrite: -s line writes one field, and there are 2: name it by -f" ]
	run --separate-stderr -1 swrite -s line < <(feed '#fields t' '1' '#end')
	[ "$stderr" = "swrite: -s line writes one field, and there are 0: name it by -f" ]
}

@test "swrite: options that are wrong" {
	run --separate-stderr -2 swrite -s xml </dev/null
	[ "$stderr" = "swrite: -s: the formats are csv tsv json line: xml" ]
	run --separate-stderr -2 swrite -H -s json </dev/null
	[ "$stderr" = "swrite: -H: only csv and tsv have a header line" ]
	run --separate-stderr -2 swrite -T foo </dev/null
	[ "$stderr" = "swrite: -T: not ms, iso or a strftime(3) pattern with a %: foo" ]
	run --separate-stderr -2 swrite -s line -f a,b </dev/null
	[ "$stderr" = "swrite: -f: a line is one field: a,b" ]
	run --separate-stderr -2 swrite file </dev/null
	[[ "$stderr" = "usage: swrite "* ]]
	run --separate-stderr -2 swrite -z </dev/null
	[[ "$stderr" = *"usage: swrite "* ]]
	run --separate-stderr -0 swrite -h
	[[ "$output" = "usage: swrite "* ]]
	run --separate-stderr -0 swrite -V
	[[ "$output" = "swrite "* ]]
}

# bad ARGS HEADING RECORD MESSAGE
bad() {
	printf "#fields\t$2\n1\t$3\n#end\n" >in
	# shellcheck disable=SC2086
	run --separate-stderr -1 swrite $1 <in
	[ "$output" = "" ]
	[ "$stderr" = "swrite: line 2: $4" ]
}

@test "swrite: records that the format cannot hold" {
	bad '-s json' 't\ta' 'x\377' 'field a is not UTF-8, so JSON cannot hold it: "x\xff"'
	bad '-s json' 't\ta' '\355\240\200' 'field a is not UTF-8, so JSON cannot hold it: "\xed\xa0\x80"'
	bad '-s json' 't\ta' '\300\200' 'field a is not UTF-8, so JSON cannot hold it: "\xc0\x80"'
	bad '-s json' 't\ta:int' '1x' 'field a is not of type int: "1x"'
	bad '-s json' 't\ta:int' '99999999999999999999' 'field a is not of type int: "99999999999999999999"'
	bad '-s json' 't\ta:float' '1e999' 'field a is not of type float: "1e999"'
	bad '-s json' 't\ta:bool' 'yes' 'field a is not of type bool: "yes"'
	bad '-s json' 't\ta' 'x\\q' 'field a has a broken escape: "x\q"'
	bad '-s csv' 't\ta' 'x\\q' 'field a has a broken escape: "x\q"'
	bad '-s line' 't\ta' 'x\\' 'field a has a broken escape: "x\"'
	bad '-T iso' 't\ta:time' 'x' 'field a is not of type time: "x"'
	bad '-T iso' 't\ta:time' '4611686018427387905' 'field a is not of type time: "4611686018427387905"'
}

@test "swrite: an input that was cut off" {
	run --separate-stderr -111 swrite < <(feed '#fields t a' '1 x')
	[ "$output" = "1,x" ]
	[ "$stderr" = "swrite: the input ended without #end or #stop: the program before this one died" ]
	run --separate-stderr -111 swrite </dev/null
	[ "$output" = "" ]
	run --separate-stderr -0 swrite < <(feed '#fields t a' '1 x' '#barrier 1.0' '#stop')
	[ "$output" = "1,x" ]
}

@test "swrite: a failed write is 111" {
	[ -e /dev/full ] || skip "no /dev/full"
	feed '#fields t a' '1 x' '#end' >in
	run --separate-stderr -111 sh -c 'swrite <in >/dev/full'
	[ "$stderr" = "swrite: standard output: write: No space left on device" ]
}

@test "swrite writes at once what has come" {
	mkfifo p out
	swrite <p >out 3>&- &
	pid=$!
	exec 4>p 5<out
	feed '#fields t a' '1 x' >&4
	read -r -t 5 a <&5
	[ "$a" = "1,x" ]
	feed '#end' >&4
	exec 4>&-
	wait "$pid"
}

@test "swrite: rows of an update stream are written as they come" {
	wrote < <(feed '#fields t k n:int' '#mode update key=k' '1 a 1' '2 a 2')
	[ "$output" = "1,a,1
2,a,2" ]
}

@test "a file goes through sread and swrite unchanged" {
	printf '%s\n' 't,a,b,c' '1,x,,""' '2,"a,b","q""q",  z' '3,"l' 'm",\N,\' >in
	sread -H -T t in | swrite -H | cmp in -
	printf '1\ta\\tb\\n\\\\\t\\N\t\n2\t \xff\t"\t,\n' >in
	sread -s tsv -T c1 in | swrite -s tsv | cmp in -
	printf '{"t":1,"a":"x\\"\\\\\\n\xc3\xa9","n":5,"f":1.5e10,"b":true,"z":null}\n{"t":2,"a":"","n":-1,"f":0.1,"b":false,"z":"y"}\n' >in
	sread -s json -T t -f t,a,n:int,f:float,b:bool,z in | swrite -s json >out
	sed 's/1.5e10/15000000000/' in | cmp - out
	printf 'a\tb\n\nc,"\\\n' >in
	sread -s line -T @now in | swrite -s line | cmp in -
}

# shellcheck disable=SC2016,SC1003 # backquotes and backslashes of expressions
load lib

setup() { cd "$BATS_TEST_TMPDIR" || return; }

fields='#fields ts i:int f:float s e b:bool t:time min:int max:int nan:float inf:float n:int nf:float ns nb:bool nt:time'
record='1700000000123 -7 2.5 Äb\_c  true 1356998400000 -9223372036854775808 9223372036854775807 NaN Infinity \N \N \N \N \N'

# one - a stream of the heading and one record; \_ stands for a blank
one() { feed "$fields" "$record" '#end' | sed 's/\\_/ /'; }

# is EXPR TYPE VALUE - what the expression is for that record, and nothing on standard error
is() {
	run --separate-stderr -0 smap -p r "r=$1" < <(one)
	if [ "$output" != "$(printf '#fields\tts\tr%s\n1700000000123\t%s\n#end' "${2:+:$2}" "$3")" ] || [ -n "$stderr" ]; then
		printf '%s\nwanted: %s %s\ngot: %s\n%s\n' "$1" "$2" "$3" "$output" "$stderr"
		return 1
	fi
}

# bad STATUS EXPR MESSAGE - how it fails; no record goes on
bad() {
	run --separate-stderr "-$1" smap -p r "r=$2" < <(one)
	if [ "$stderr" != "smap: $3" ] || [[ $output == *17000* ]]; then
		printf '%s\nwanted: %s\ngot: %s\n%s\n' "$2" "$3" "$stderr" "$output"
		return 1
	fi
}

@test "smap adds columns behind the others and replaces one in its place" {
	run --separate-stderr -0 smap 'w=v*2' 'k=upper(k)' 'x:float=v' < <(feed '#fields ts k v:int' '1 a 5' '#watermark 1' '2 b \N' '#barrier 1.0' '#end 2.0')
	[ "$output" = "$(feed '#fields ts k v:int w:int x:float' '1 A 5 10 5' '#watermark 1' '2 B \N \N \N' '#barrier 1.0' '#end 2.0')" ]
	[ "$stderr" = "" ]
}

@test "smap's expressions see the incoming record" {
	run --separate-stderr -0 smap 'a=b' 'b=a' < <(feed '#fields ts a b:int' '1 x 5' '#end')
	[ "$output" = "$(feed '#fields ts a:int b' '1 5 x' '#end')" ]
	[ "$stderr" = "" ]
}

@test "smap -p keeps columns in that order, -d drops them" {
	run --separate-stderr -0 smap -p c,a < <(feed '#fields ts a b c:int' '1 x y 3' '#end')
	[ "$output" = "$(feed '#fields ts c:int a' '1 3 x' '#end')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 smap -p ts,n,a 'n=len(a)' < <(feed '#fields ts a b' '1 xyz y' '#end')
	[ "$output" = "$(feed '#fields ts n:int a' '1 3 xyz' '#end')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 smap -d b,a < <(feed '#fields ts a b c' '1 x y z' '#end')
	[ "$output" = "$(feed '#fields ts c' '1 z' '#end')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 smap -d a 'n=len(a)' < <(feed '#fields ts a' '1 xyz' '#end')
	[ "$output" = "$(feed '#fields ts n:int' '1 3' '#end')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 smap -d a < <(feed '#fields ts a' '1 xyz' '#end')
	[ "$output" = "$(feed '#fields ts' '1' '#end')" ]
	[ "$stderr" = "" ]
}

@test "smap does not work out what -d drops" {
	run --separate-stderr -0 smap -d n 'n=int(a)' < <(feed '#fields ts a' '1 xyz' '#end')
	[ "$output" = "$(feed '#fields ts a' '1 xyz' '#end')" ]
	[ "$stderr" = "" ]
}

@test "smap passes fields on as they are, escapes and all" {
	run --separate-stderr -0 smap 'n=1' < <(feed '#fields ts a b:int c:float' '1 a\t\\b 007 1.50' '#end')
	[ "$output" = "$(feed '#fields ts a b:int c:float n:int' '1 a\t\\b 007 1.50 1' '#end')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 smap -p d,e,f 'd=a' 'e=b' 'f=c' < <(feed '#fields ts a b:int c:float' '1 a\t\\b\n\r 007 1.50' '#end')
	[ "$output" = "$(feed '#fields ts d e:int f:float' '1 a\t\\b\n\r 7 1.5' '#end')" ]
}

@test "smap keeps the time column as it is" {
	run --separate-stderr -1 smap 'ts=1' < <(feed '#fields ts a' '1 x' '#end')
	[ "$output" = "" ]
	[ "$stderr" = "smap: ts is the time column: stime assigns times anew" ]
	run --separate-stderr -1 smap -d ts < <(feed '#fields ts a' '1 x' '#end')
	[ "$stderr" = "smap: ts is the time column: it cannot be dropped" ]
	run --separate-stderr -1 smap -p a,ts < <(feed '#fields ts a' '1 x' '#end')
	[ "$stderr" = "smap: ts is the time column: it is always the first" ]
	run --separate-stderr -0 smap 'a=1' < <(feed '#fields ts a' '007 x' '#end')
	[ "$output" = "$(feed '#fields ts a:int' '007 1' '#end')" ]
}

@test "smap refuses names that are not there, or there twice" {
	run --separate-stderr -1 smap -p a,b < <(feed '#fields ts a' '1 x' '#end')
	[ "$stderr" = "smap: no field b, there are: ts a" ]
	run --separate-stderr -1 smap -d b < <(feed '#fields ts a' '1 x' '#end')
	[ "$stderr" = "smap: no field b, there are: ts a" ]
	run --separate-stderr -1 smap -p a,a < <(feed '#fields ts a' '1 x' '#end')
	[ "$stderr" = "smap: -p names a twice" ]
	run --separate-stderr -1 smap -d a,a < <(feed '#fields ts a' '1 x' '#end')
	[ "$stderr" = "smap: -d names a twice" ]
}

@test "smap refuses bad usage with status 2" {
	usage='usage: smap [-hVv] [-d names | -p names] [name[:type]=expression ...]'
	run --separate-stderr -2 smap </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "$usage" ]
	run --separate-stderr -2 smap -p a -d b </dev/null
	[ "$stderr" = "smap: -p and -d exclude each other
$usage" ]
	run --separate-stderr -2 smap a </dev/null
	[ "$stderr" = "smap: not NAME=EXPRESSION: a" ]
	run --separate-stderr -2 smap =1 </dev/null
	[ "$stderr" = "smap: no name before the =: =1" ]
	run --separate-stderr -2 smap a,b=1 </dev/null
	[ "$stderr" = "smap: a name has no TAB, LF, CR, comma or backquote: a,b=1" ]
	run --separate-stderr -2 smap a:number=1 </dev/null
	[ "$stderr" = "smap: no such type, there are str int float bool time: a:number=1" ]
	run --separate-stderr -2 smap a=1 a=2 </dev/null
	[ "$stderr" = "smap: assigned twice: a" ]
	run --separate-stderr -2 smap a=1+ </dev/null
	[ "$stderr" = "smap: a value is missing at column 3 of '1+'" ]
	run --separate-stderr -2 smap a==1 </dev/null
	[ "$stderr" = "smap: a single = (write == to compare) at column 1 of '=1'" ]
}

@test "a type after the name converts where nothing is lost" {
	t() { run --separate-stderr -0 smap -p r "$1" < <(one); [ "${lines[0]} ${lines[1]}" = "$(printf '#fields\tts\t%s 1700000000123\t%s' "$2" "$3")" ] && [ "$stderr" = "" ]; }
	t 'r:int=i' r:int -7
	t 'r:float=i' r:float -7
	t 'r:time=i' r:time -7
	t 'r:int=t' r:int 1356998400000
	t 'r:str=i' r -7
	t 'r:str=f' r 2.5
	t 'r:str=b' r true
	t 'r:str=t' r 2013-01-01T00:00:00Z
	t 'r:str=n' r '\N'
	t 'r:int=null' r:int '\N'
	t 'r:time=null' r:time '\N'
	t 'r:float=1' r:float 1
	t 'r:float=b ? 1 : 2' r:float 1
	run --separate-stderr -1 smap 'r:int=f' < <(one)
	[ "$stderr" = "smap: f is of type float, not int: write int(f)" ]
	run --separate-stderr -1 smap 'r:int=s' < <(one)
	[ "$stderr" = "smap: s is of type str, not int: write int(s)" ]
	run --separate-stderr -1 smap 'r:bool=i' < <(one)
	[ "$stderr" = "smap: i is of type int, not bool: write bool(i)" ]
	run --separate-stderr -1 smap 'r:time=s' < <(one)
	[ "$stderr" = "smap: s is of type str, not time: write strptime(s, 'iso')" ]
	run --separate-stderr -1 smap 'r:time=max' < <(one)
	[ "$stderr" = "smap: line 2: time out of range in max" ]
}

@test "smap keeps the keys of a table" {
	head=$(feed '#fields ts k v:int' '#mode update key=k')
	run --separate-stderr -0 smap -p k,w 'w=v*2' < <(echo "$head"; feed '1 a 5' '#end')
	[ "$output" = "$(feed '#fields ts k w:int' '#mode update key=k' '1 a 10' '#end')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -1 smap 'k=upper(k)' < <(echo "$head"; feed '1 a 5' '#end')
	[ "$output" = "" ]
	[ "$stderr" = "smap: k is a key of this stream of mode update: it must stay as it is" ]
	run --separate-stderr -1 smap -d k < <(echo "$head"; feed '1 a 5' '#end')
	[ "$stderr" = "smap: k is a key of this stream of mode update: it must stay as it is" ]
	run --separate-stderr -1 smap -p v < <(feed '#fields ts k v:int' '#mode complete key=k' '1 a 5' '#end')
	[ "$stderr" = "smap: k is a key of this stream of mode complete: it must stay as it is" ]
}

@test "smap leaves #window and unknown lines alone" {
	run --separate-stderr -0 smap 'a=1' < <(feed '#fields ts a' '#window tumbling size=5 offset=0' '#note x' '1 x' '#what' '#end')
	[ "$output" = "$(feed '#fields ts a:int' '#window tumbling size=5 offset=0' '#note x' '1 1' '#what' '#end')" ]
	[ "$stderr" = "" ]
}

@test "literals" {
	is 42 int 42
	is 007 int 7
	is 9223372036854775807 int 9223372036854775807
	is -9223372036854775808 int -9223372036854775808
	is 4.2 float 4.2
	is .5 float 0.5
	is 5. float 5
	is 1e3 float 1000
	is 1.5E-3 float 0.0015
	is true bool true
	is false bool false
	is null '' '\N'
	is "'a\"b'" '' 'a"b'
	is '"a'\''b"' '' "a'b"
	is "'\\\\ \\' \\\" \\n \\t \\r'" '' "\\\\ ' \" \\n \\t \\r"
	is "''" '' ''
	is "'ä'" '' 'ä'
	bad 2 9223372036854775808 "too large for an int at column 1 of '9223372036854775808'"
	bad 2 '- 9223372036854775808' "too large for an int at column 3 of '- 9223372036854775808'"
	bad 2 '1-9223372036854775808' "too large for an int at column 3 of '1-9223372036854775808'"
	bad 2 1e999 "not a number, or too large at column 1 of '1e999'"
	bad 2 12x "not a number at column 1 of '12x'"
	bad 2 1.2.3 "not a number at column 1 of '1.2.3'"
	bad 2 1e "not a number, or too large at column 1 of '1e'"
	bad 2 "'abc" "a quote that is not closed at column 1 of ''abc'"
	bad 2 "'a\\" "a backslash before something other than \\ ' \" n t r at column 3 of ''a\\'"
	bad 2 "'a\\d'" "a backslash before something other than \\ ' \" n t r at column 3 of ''a\\d''"
}

@test "fields, also with odd names" {
	is i int -7
	is ns '' '\N'
	is '`i` + 1' int -6
	run --separate-stderr -0 smap -p r 'r=`in`+`a b`+`4x`+ü' < <(printf '#fields\tts\tin:int\ta b:int\t4x:int\tü:int\n1\t1\t2\t3\t4\n#end\n')
	[ "$output" = "$(feed '#fields ts r:int' '1 10' '#end')" ]
	[ "$stderr" = "" ]
	bad 1 nix 'no field nix, there are: ts i f s e b t min max nan inf n nf ns nb nt'
	bad 2 '`i' "a backquote that is not closed at column 1 of '\`i'"
}

@test "a field that is not of its type is bad data" {
	b() {
		run --separate-stderr -1 smap "r=$1" < <(feed '#fields ts i:int f:float s b:bool t:time' '1 0 0 0 true 0' "1 $2" '#end')
		[ "$stderr" = "smap: line 3: $3" ] || { echo "$stderr"; return 1; }
	}
	b 'i' '12x 0 0 true 0' 'field i is not an int: "12x"'
	b 'i > 5' '12x 0 0 true 0' 'field i is not an int: "12x"'
	b 'i' ' 0 0 true 0' 'field i is not an int: ""'
	b 'i' '9223372036854775808 0 0 true 0' 'field i is not an int: "9223372036854775808"'
	b 'f' '0 1,5 0 true 0' 'field f is not a float: "1,5"'
	b 's' '0 0 a\x true 0' 'field s has a broken escape: "a\x"'
	b 'b' '0 0 0 yes 0' 'field b is not a bool: "yes"'
	b 't' '0 0 0 true 4611686018427387905' 'field t is not a time: "4611686018427387905"'
	b 't' '0 0 0 true 1.5' 'field t is not a time: "1.5"'
}

@test "+ - * of ints, and where they leave int64" {
	is 'i + 2' int -5
	is 'i - 2' int -9
	is 'i * -3' int 21
	is '-i' int 7
	is '2 + 3 * 4 - 5' int 9
	is '(2 + 3) * 4' int 20
	is '10 - 3 - 2' int 5
	is '- -i' int -7
	is 'max + 0' int 9223372036854775807
	is 'min - 0' int -9223372036854775808
	is 'max * -1' int -9223372036854775807
	is 'min + max' int -1
	bad 1 'max + 1' 'line 2: integer overflow in max + 1'
	bad 1 'min - 1' 'line 2: integer overflow in min - 1'
	bad 1 'min * -1' 'line 2: integer overflow in min * -1'
	bad 1 'max * 2' 'line 2: integer overflow in max * 2'
	bad 1 '-min' 'line 2: integer overflow in -min'
	bad 1 '9223372036854775807 + 1' 'line 2: integer overflow in 9223372036854775807 + 1'
}

@test "+ - * of floats, and of both" {
	is 'f + 1' float 3.5
	is '1 + f' float 3.5
	is 'f - i' float 9.5
	is 'f * 2' float 5
	is '-f' float -2.5
	is '0.1 + 0.2' float 0.30000000000000004
	is '1e308 * 10' float Infinity
	is '-1e308 * 10' float -Infinity
	is 'inf - inf' float NaN
	is 'nan + 1' float NaN
	is 'i + 0.0' float -7
	bad 1 's + 1' '+ wants numbers, and s is a str: write int(s), or declare its type at the source'
	bad 1 's + s' '+ adds numbers: write concat(s, s)'
	bad 1 'b + 1' '+ does not go with bool and int in b + 1'
	bad 1 '-s' '- wants a number, and s is of type str'
}

@test "/ gives a float, // and % cut towards zero, by zero is null" {
	is '7 / 2' float 3.5
	is '6 / 2' float 3
	is 'i / 2' float -3.5
	is 'f / 2' float 1.25
	is '7 // 2' int 3
	is 'i // 2' int -3
	is '7 // -2' int -3
	is 'i // -2' int 3
	is '7 % 3' int 1
	is 'i % 3' int -1
	is '7 % -3' int 1
	is 'i % -3' int -1
	is '7.5 // 2' float 3
	is '-7.5 // 2' float -3
	is '7.5 % 2' float 1.5
	is '-7.5 % 2' float -1.5
	is 'i / 0' float '\N'
	is 'i // 0' int '\N'
	is 'i % 0' int '\N'
	is 'f / 0.0' float '\N'
	is 'f // 0' float '\N'
	is 'f % 0' float '\N'
	is 'f / -0.0' float '\N'
	is 'min % -1' int 0
	is 'min // 1' int -9223372036854775808
	is 'max / 1' float 9.223372036854776e+18
	bad 1 'min // -1' 'line 2: integer overflow in min // -1'
	bad 1 's / 2' '/ wants numbers, and s is a str: write int(s), or declare its type at the source'
}

@test "comparisons of ints" {
	is 'i == -7' bool true
	is 'i != -7' bool false
	is 'i < -6' bool true
	is 'i < -7' bool false
	is 'i <= -7' bool true
	is 'i > -8' bool true
	is 'i > -7' bool false
	is 'i >= -7' bool true
	is '-8 < i' bool true
	is '-7 == i' bool true
	is '5 >= i' bool true
	is 'i < i' bool false
	is 'i + 1 > i' bool true
	is 'max > 9223372036854775807' bool false
	is 'max >= 9223372036854775807' bool true
	is 'max == 9223372036854775807' bool true
	is 'max != 9223372036854775807' bool false
	is 'max <= 9223372036854775807' bool true
	is 'min < -9223372036854775808' bool false
	is 'min <= -9223372036854775808' bool true
	is 'min >= -9223372036854775808' bool true
	is 'min == -9223372036854775808' bool true
	is 'min < max' bool true
	is 'n > 1' bool '\N'
	is 'n != 1' bool '\N'
	is '1 < n' bool '\N'
	bad 2 '1 < i < 3' "comparisons do not chain: write && or ( ) at column 7 of '1 < i < 3'"
}

@test "comparisons of floats: NaN equals NaN and is largest" {
	is 'f == 2.5' bool true
	is 'f != 2.5' bool false
	is 'f < 2.6' bool true
	is 'f >= 2.6' bool false
	is 'nan == nan' bool true
	is 'nan > inf' bool true
	is 'f < nan' bool true
	is 'nan < 1' bool false
	is '0.0 == -0.0' bool true
	is 'inf > 1e308' bool true
	is 'nf < 1' bool '\N'
}

@test "int and float compare exactly" {
	is '9007199254740993 == 9007199254740992.0' bool false
	is '9007199254740993 > 9007199254740992.0' bool true
	is '9007199254740992.0 < 9007199254740993' bool true
	is 'max < 9223372036854775808.0' bool true
	is 'max == 9223372036854775808.0' bool false
	is 'min == -9223372036854775808.0' bool true
	is 'i < -6.5' bool true
	is 'i > -7.5' bool true
	is 'i == -7.0' bool true
	is '-7.0 == i' bool true
	is 'f > 2' bool true
	is 'f < 3' bool true
	is '2 < f' bool true
	is 'i < inf' bool true
	is 'i > -inf' bool true
	is 'i < nan' bool true
	is 'nan > i' bool true
	is 'n < 1.5' bool '\N'
}

@test "comparisons of text are by bytes" {
	is "s == 'Äb c'" bool true
	is "s != 'Äb c'" bool false
	is "'Äb c' == s" bool true
	is "s == 'Äb'" bool false
	is "s > 'z'" bool true
	is "e == ''" bool true
	is "e < 'a'" bool true
	is "'a' < 'ab'" bool true
	is "'B' < 'a'" bool true
	is "ns == ''" bool '\N'
	is "ns != ''" bool '\N'
	is "s == s" bool true
	run --separate-stderr -0 smap -p x,y,z "x=a=='a\\tb\\\\'" "y=a<'a\\tc'" "z=a!='a'" < <(feed '#fields ts a' '1 a\tb\\' '#end')
	[ "$output" = "$(feed '#fields ts x:bool y:bool z:bool' '1 true true true' '#end')" ]
	run --separate-stderr -0 smap -p x "x=a=='a\\rb'" < <(printf '#fields\tts\ta\n1\ta\\rb\n1\ta\rb\n#end\n')
	[ "$output" = "$(feed '#fields ts x:bool' '1 true' '1 true' '#end')" ]
}

@test "comparisons of bools" {
	is 'b == true' bool true
	is 'b != false' bool true
	is 'false < b' bool true
	is 'nb == true' bool '\N'
}

@test "times: fields, constants and arithmetic" {
	is ts time 1700000000123
	is 't == "2013-01-01T00:00:00Z"' bool true
	is 't >= "2013-01-01T01:00:00+01:00"' bool true
	is '"2013-01-01T00:00:00.001Z" > t' bool true
	is 't == 1356998400000' bool true
	is '1356998400000 == t' bool true
	is 'ts > "2023-11-14T22:13:20Z"' bool true
	is 'ts > 1700000000122' bool true
	is 'ts > t' bool true
	is 'ts == ts' bool true
	is 'ts - t' int 343001600123
	is 't + 1000' time 1356998401000
	is '1000 + t' time 1356998401000
	is 't - 1000' time 1356998399000
	is 't + n' time '\N'
	is 'nt - t' int '\N'
	is 'nt > t' bool '\N'
	is 't in ("2013-01-01T00:00:00Z")' bool true
	is 'ts - 9000000' time 1699991000123
	bad 1 't == "today"' "\"today\" is not a time in RFC 3339, such as '2013-01-01T00:00:00Z'"
	bad 1 't == s' "== does not compare time with str: write strptime(s, 'iso')"
	bad 1 't + max' 'line 2: time out of range in t + max'
	bad 1 't + 4611686018427387904' 'line 2: time out of range in t + 4611686018427387904'
	bad 1 't - max - max' 'line 2: time out of range in t - max'
	bad 1 't + t' '+ does not go with time and time in t + t'
	bad 1 't * 2' '* does not go with time and int in t * 2'
	bad 1 '1 - t' '- does not go with int and time in 1 - t'
	bad 1 't > 1.5' '> does not compare time with float: t, 1.5'
	bad 1 't + "2013"' '+ does not go with time and str in t + "2013"'
}

@test "what does not compare says what to write" {
	bad 1 's > 10' '> does not compare str with int: write int(s) > 10, or declare s:int at the source'
	bad 1 '10 < s' '< does not compare int with str: write 10 < int(s), or declare s:int at the source'
	bad 1 's > 1.5' '> does not compare str with float: write float(s) > 1.5, or declare s:float at the source'
	bad 1 'trim(s) > 10' '> does not compare str with int: write int(trim(s))'
	bad 1 "i == '10'" "== does not compare int with str: write '10' without quotes"
	bad 1 "i == 'x'" '== does not compare int with str: write str(i)'
	bad 1 's == true' '== does not compare str with bool: write bool(s) == true, or declare s:bool at the source'
	bad 1 'b == 1' '== does not compare bool with int: b, 1'
	bad 1 's in (1)' 'in does not compare str with int: write int(s)'
}

@test "&& || ! are three-valued" {
	is 'true && true' bool true
	is 'true && false' bool false
	is 'false && nb' bool false
	is 'nb && false' bool false
	is 'true && nb' bool '\N'
	is 'nb && true' bool '\N'
	is 'nb && nb' bool '\N'
	is 'nb && null' bool '\N'
	is 'false || true' bool true
	is 'false || false' bool false
	is 'true || nb' bool true
	is 'nb || true' bool true
	is 'false || nb' bool '\N'
	is 'nb || false' bool '\N'
	is 'nb || nb' bool '\N'
	is '!true' bool false
	is '!b' bool false
	is '!nb' bool '\N'
	is '!null' bool '\N'
	is 'true || true && false' bool true
	is '!b == false' bool true
	bad 1 'i && b' '&& wants a bool, and i is of type int: compare it, as in i != 0'
	bad 1 'b || s' "|| wants a bool, and s is a str: compare it, as in s == 'text', or write bool(s)"
	bad 1 '!f' '! wants a bool, and f is of type float: compare it, as in f != 0'
}

@test "&& || ?: coalesce look no further than needed" {
	is "i > 0 && int('x') == 1" bool false
	is "i < 0 || int('x') == 1" bool true
	is "i < 0 ? 1 : int('x')" int 1
	is "i > 0 ? int('x') : 2" int 2
	is "coalesce(i, int('x'))" int -7
	bad 1 "nb && int('x') == 1" "line 2: int('x'): not an int: \"x\""
}

@test "?: takes null for false, and makes one type" {
	is 'b ? 1 : 2' int 1
	is '!b ? 1 : 2' int 2
	is 'nb ? 1 : 2' int 2
	is 'null ? 1 : 2' int 2
	is 'b ? 1 : 2.5' float 1
	is 'b ? null : 2' int '\N'
	is '!b ? null : 2' int 2
	is 'b ? null : null' '' '\N'
	is "b ? 'x' : s" '' x
	is 'b ? false ? 1 : 2 : 3' int 2
	is 'false ? 1 : b ? 2 : 3' int 2
	is 'b ? t : ts' time 1356998400000
	bad 1 "b ? 1 : 'x'" "?: wants values of one type, and 'x' is of type str, not int"
	bad 1 'i ? 1 : 2' '?: wants a bool, and i is of type int: compare it, as in i != 0'
	bad 2 'b ? 1' "a : is missing at column 6 of 'b ? 1'"
}

@test "== null and != null test, other uses of null give null" {
	is 'n == null' bool true
	is 'i == null' bool false
	is 'n != null' bool false
	is 'i != null' bool true
	is 'null == n' bool true
	is 'null != i' bool true
	is 'null == null' bool true
	is 'e == null' bool false
	is 'n + 1 == null' bool true
	is 'nb == null' bool true
	is 'ts == null' bool false
	is 'null < 1' bool '\N'
	is 'i > null' bool '\N'
	is 'null + 1' int '\N'
	is 'null / 1' float '\N'
	is '-null' int '\N'
	is 'n + 1' int '\N'
	is '1 - n' int '\N'
	is 'n * nf' float '\N'
	is '-n' int '\N'
}

@test "in follows SQL where there is a null" {
	is 'i in (1, -7)' bool true
	is 'i in (1, 2)' bool false
	is 'i in (-7)' bool true
	is 'i in (1, -7.0)' bool true
	is 'i in (1.5, 2)' bool false
	is 'f in (1, 2.5)' bool true
	is 'f in (2, 3)' bool false
	is 'nan in (nan)' bool true
	is "s in ('a', 'Äb c')" bool true
	is "e in ('a', 'b', '')" bool true
	is 'i in (1, null)' bool '\N'
	is 'i in (-7, null)' bool true
	is 'i in (n, -7)' bool true
	is 'i in (n, 1)' bool '\N'
	is 'n in (1, 2)' bool '\N'
	is 'n in (null)' bool '\N'
	is 'i in (max, min, i)' bool true
	is 'i in (f - 9.5, 3)' bool true
	is 'b in (false)' bool false
	is '!(i in (1, 2))' bool true
	is 'max in (9223372036854775808.0)' bool false
	is "'x' in (s, 'x')" bool true
	bad 2 'i in ()' "in () has no values at column 1 of 'i in ()'"
	bad 2 'i in 5' "a ( is missing before 5 at column 6 of 'i in 5'"
}

@test "=~ and !~ are POSIX extended, over characters" {
	is "s =~ 'b'" bool true
	is "s =~ '^b'" bool false
	is "s =~ '^.b c$'" bool true
	is "s !~ 'b'" bool false
	is "s !~ 'x|y'" bool true
	is "s =~ '^[[:alpha:]]{2} [a-c]$'" bool true
	is "e =~ '^$'" bool true
	is "ns =~ 'a'" bool '\N'
	is "ns !~ 'a'" bool '\N'
	is "s =~ null" bool '\N'
	is "s =~ concat('^', 'Ä')" bool true
	bad 1 "s =~ '('" "bad pattern '(': Unmatched ( or \\("
	bad 1 's =~ s' '=~: s must be a constant'
	bad 1 "i =~ '7'" "=~ takes (str, str), not (int, str) in i =~ '7'"
}

@test "patterns see what is behind a NUL" {
	run -0 smap -p a,b "a=k =~ 'b'" "b=match(k, 'b$')" < <(printf '#fields\tt\tk\n1\ta\0b\n#end\n')
	[ "${lines[1]}" = "$(feed '1 true b')" ]
}

@test "int() float() str() bool()" {
	is 'int(i)' int -7
	is 'int(2.9)' int 2
	is 'int(-2.9)' int -2
	is "int('-12')" int -12
	is "int('+12')" int 12
	is 'int(b)' int 1
	is 'int(t)' int 1356998400000
	is 'int(n)' int '\N'
	is 'int(ns)' int '\N'
	is 'int(-9223372036854775808.0)' int -9223372036854775808
	bad 1 "int('12x')" "line 2: int('12x'): not an int: \"12x\""
	bad 1 "int(' 12')" "line 2: int(' 12'): not an int: \" 12\""
	bad 1 "int('4.0')" "line 2: int('4.0'): not an int: \"4.0\""
	bad 1 'int(e)' 'line 2: int(e): not an int: ""'
	bad 1 'int(9223372036854775808.0)' 'line 2: int(9223372036854775808.0): no int holds it: "9.223372036854776e+18"'
	bad 1 'int(nan)' 'line 2: int(nan): no int holds it: "NaN"'
	bad 1 'int(inf)' 'line 2: int(inf): no int holds it: "Infinity"'
	is 'float(i)' float -7
	is 'float(f)' float 2.5
	is "float('1e3')" float 1000
	is "float('NaN')" float NaN
	is 'float(b)' float 1
	is 'float(9007199254740993)' float 9007199254740992
	bad 1 'float(s)' 'line 2: float(s): not a float: "\xc3\x84b c"'
	bad 1 'float(t)' 'float takes (float) or (str) or (bool), not (time) in float(t)'
	is 'str(i)' '' -7
	is 'str(1e3)' '' 1000
	is 'str(0.1)' '' 0.1
	is 'str(!b)' '' false
	is 'str(t)' '' 2013-01-01T00:00:00Z
	is 'str(ts)' '' 2023-11-14T22:13:20.123Z
	is 'str(s)' '' 'Äb c'
	is 'str(n)' '' '\N'
	is 'bool(b)' bool true
	is "bool('false')" bool false
	is 'bool(i)' bool true
	is 'bool(0)' bool false
	is 'bool(nb)' bool '\N'
	bad 1 "bool('yes')" "line 2: bool('yes'): neither true nor false: \"yes\""
	bad 1 'bool(f)' 'bool takes (bool) or (int) or (str), not (float) in bool(f)'
}

@test "len lower upper trim substr" {
	is 'len(s)' int 4
	is "len('')" int 0
	is "len('€𝄞')" int 2
	is 'len(ns)' int '\N'
	is 'lower(s)' '' 'äb c'
	is "lower('ÀÉÎ ΑΒ ЖЯ')" '' 'àéî αβ жя'
	is "upper('straße é')" '' 'STRAßE É'
	is "upper('')" '' ''
	is 'lower(ns)' '' '\N'
	is "trim('  a b\\t\\n\\r ')" '' 'a b'
	is "trim('   ')" '' ''
	is 'trim(ns)' '' '\N'
	is 'substr(s, 1)' '' 'Äb c'
	is 'substr(s, 2)' '' 'b c'
	is 'substr(s, 1, 1)' '' 'Ä'
	is 'substr(s, 2, 2)' '' 'b '
	is 'substr(s, 5)' '' ''
	is 'substr(s, 0, 2)' '' 'Äb'
	is 'substr(s, -1)' '' 'c'
	is 'substr(s, -3, 2)' '' 'b '
	is 'substr(s, -6, 3)' '' 'Ä'
	is 'substr(s, 2, 0)' '' ''
	is 'substr(s, 2, -1)' '' ''
	is 'substr(s, 2, max)' '' 'b c'
	is 'substr(s, max, max)' '' ''
	is 'substr(s, min, max)' '' 'Äb '
	is 'substr(s, min)' '' 'Äb c'
	is 'substr(s, n)' '' '\N'
	is 'substr(ns, 1, 1)' '' '\N'
	bad 1 'len(i)' 'len takes (str), not (int) in len(i)'
	bad 1 'substr(s)' 'substr takes (str, int) or (str, int, int), not (str) in substr(s)'
}

@test "text that is not UTF-8 is bad only where characters count" {
	for e in 'len(s)' 'lower(s)' 'upper(s)' 'substr(s, 1)'; do
		run --separate-stderr -1 smap "r=$e" < <(printf '#fields\tts\ts\n1\ta\377b\n#end\n')
		[ "$stderr" = "smap: line 2: $e: not UTF-8: \"a\\xffb\"" ]
	done
	run --separate-stderr -0 smap -p r "r=concat(trim(s), replace(s, 'a', 'x'), part(s, 'b', 1))" < <(printf '#fields\tts\ts\n1\ta\377b\n#end\n')
	[ "$output" = "$(printf '#fields\tts\tr\n1\ta\377bx\377ba\377\n#end')" ]
}

@test "replace part match" {
	is "replace('aXbXX', 'X', '--')" '' 'a--b----'
	is "replace('aaa', 'aa', 'b')" '' 'ba'
	is "replace('abc', '', 'x')" '' abc
	is "replace('abc', 'b', '')" '' ac
	is "replace('abc', 'abcd', 'x')" '' abc
	is "replace(ns, 'a', 'b')" '' '\N'
	is "replace('a', ns, 'b')" '' '\N'
	is "part('a,b,,d', ',', 1)" '' a
	is "part('a,b,,d', ',', 3)" '' ''
	is "part('a,b,,d', ',', 4)" '' d
	is "part('a,b,,d', ',', 5)" '' '\N'
	is "part('a,b,,d', ',', -1)" '' d
	is "part('a,b,,d', ',', -4)" '' a
	is "part('a,b,,d', ',', -5)" '' '\N'
	is "part('a::b', '::', 2)" '' b
	is "part('', ',', 1)" '' ''
	is "part('abc', '', 1)" '' abc
	is "part('abc', '', 2)" '' '\N'
	is "part('a', ',', min)" '' '\N'
	is "part('a', ',', n)" '' '\N'
	bad 1 "part('a', ',', 0)" "line 2: part('a', ',', 0): parts count from 1: \"0\""
	is "match('key=val', '([a-z]+)=([a-z]+)', 2)" '' val
	is "match('key=val', '=.*')" '' '=val'
	is "match('key=val', '([a-z]+)=', 0)" '' 'key='
	is "match('key', 'x')" '' '\N'
	is "match('k', '(x)?k', 1)" '' '\N'
	is "match('k', '(x*)k', 1)" '' ''
	is "match(s, '^.')" '' 'Ä'
	is "match(ns, '^.')" '' '\N'
	bad 1 "match('k', '(x)?k', 2)" "the pattern has 1 groups: match('k', '(x)?k', 2)"
	bad 1 "match('k', '(x)?k', i)" "line 2: match('k', '(x)?k', i): the pattern has no such group: \"-7\""
	bad 1 'match(s, s)' 'match: s must be a constant'
}

@test "contains starts ends concat" {
	is "contains(s, 'b c')" bool true
	is "contains(s, 'bc')" bool false
	is "contains(s, '')" bool true
	is "contains('', 'a')" bool false
	is "contains('aab', 'ab')" bool true
	is "contains(ns, 'a')" bool '\N'
	is "starts(s, 'Äb')" bool true
	is "starts(s, 'b')" bool false
	is "starts(s, '')" bool true
	is "starts('a', 'ab')" bool false
	is "ends(s, ' c')" bool true
	is "ends(s, 'b')" bool false
	is "ends('a', 'ba')" bool false
	is "concat('a', 'b', 'c', 'd')" '' abcd
	is "concat(s)" '' 'Äb c'
	is "concat(i)" '' -7
	is "concat(i, ' ', f, ' ', b, ' ', t)" '' '-7 2.5 true 2013-01-01T00:00:00Z'
	is "concat('a', ns)" '' '\N'
	is "concat('a\\tb', '\\\\')" '' 'a\tb\\'
	bad 1 'concat()' 'concat () has no values'
}

@test "abs floor ceil round" {
	is 'abs(i)' int 7
	is 'abs(7)' int 7
	is 'abs(-2.5)' float 2.5
	is 'abs(n)' int '\N'
	bad 1 'abs(min)' 'line 2: abs(min): integer overflow: "-9223372036854775808"'
	is 'floor(2.5)' int 2
	is 'floor(-2.5)' int -3
	is 'floor(i)' int -7
	is 'ceil(2.5)' int 3
	is 'ceil(-2.5)' int -2
	is 'ceil(nf)' int '\N'
	bad 1 'floor(1e19)' 'line 2: floor(1e19): no int holds it: "1e+19"'
	bad 1 'ceil(nan)' 'line 2: ceil(nan): no int holds it: "NaN"'
	is 'round(2.5)' float 3
	is 'round(-2.5)' float -3
	is 'round(2.4)' float 2
	is 'round(-0.4)' float 0
	is 'round(0.49999999999999994)' float 0
	is 'round(i)' int -7
	is 'round(inf)' float Infinity
	is 'round(2.345, 2)' float 2.35
	is 'round(-2.345, 2)' float -2.35
	is 'round(1.005, 2)' float 1.01
	is 'round(9.995, 2)' float 10
	is 'round(1.25, 1)' float 1.3
	is 'round(2.5, 0)' float 3
	is 'round(0.00005, 4)' float 0.0001
	is 'round(0.000049, 4)' float 0
	is 'round(1e300, 2)' float 1e+300
	is 'round(1e-300, 2)' float 0
	is 'round(f, 400)' float 2.5
	is 'round(nan, 2)' float NaN
	is 'round(i, 2)' int -7
	is 'round(f, n)' float '\N'
	bad 1 'round(f, -1)' 'line 2: round(f, -1): digits must not be negative: "-1"'
}

@test "sqrt exp log pow" {
	is 'sqrt(4)' float 2
	is 'sqrt(-1)' float NaN
	is 'exp(0)' float 1
	is 'exp(1000)' float Infinity
	is 'log(1)' float 0
	is 'log(exp(1))' float 1
	is 'log(0)' float '\N'
	is 'log(-1)' float '\N'
	is 'log(nan)' float NaN
	is 'pow(2, 10)' float 1024
	is 'pow(2, -1)' float 0.5
	is 'pow(-8, 0.5)' float NaN
	is 'pow(n, 2)' float '\N'
	bad 1 "sqrt('4')" "sqrt takes (float), not (str) in sqrt('4')"
}

@test "least greatest coalesce" {
	is 'least(3, i, 5)' int -7
	is 'greatest(3, i, 5)' int 5
	is 'least(1, 2.5)' float 1
	is 'greatest(i, nan)' float NaN
	is "least('b', 'a', s)" '' a
	is 'greatest(t, ts)' time 1700000000123
	is 'least(i, n)' int '\N'
	is 'least(n, i, 1)' int '\N'
	is 'greatest(null, 1)' int '\N'
	is 'least(i)' int -7
	is 'greatest(b, false)' bool true
	is 'coalesce(n, i)' int -7
	is 'coalesce(n, null, 3)' int 3
	is 'coalesce(n, nf)' float '\N'
	is 'coalesce(n, 2.5)' float 2.5
	is 'coalesce(i, 2.5)' float -7
	is "coalesce(ns, 'x')" '' x
	is "coalesce(e, 'x')" '' ''
	is 'coalesce(null)' '' '\N'
	is 'coalesce(i)' int -7
	bad 1 "least(1, 'a')" "least wants values of one type, and 'a' is of type str, not int"
	bad 1 'coalesce()' 'coalesce () has no values'
}

@test "strftime strptime" {
	is "strftime(t, '%Y-%m-%d %H:%M:%S')" '' '2013-01-01 00:00:00'
	is "strftime(ts, '%H:%M %Z', 'Europe/Berlin')" '' '23:13 CET'
	is "strftime(ts, '%s')" '' 1700000000
	is "strftime(t - 1, '%F %T')" '' '2012-12-31 23:59:59'
	is "strftime(t, '')" '' ''
	is "strftime(nt, '%F')" '' '\N'
	is "strftime(t, null)" '' '\N'
	bad 1 "strftime(t, s)" 'strftime: s must be a constant'
	bad 1 "strftime(t, '%F', 'Mars/Base')" "no time zone 'Mars/Base'"
	bad 1 "strftime(i, '%F')" "strftime takes (time, str) or (time, str, str), not (int, str) in strftime(i, '%F')"
	bad 1 "strftime(t, '%9999d')" "line 2: more than 4096 bytes of text in strftime(t, '%9999d')"
	is "strptime('2013-01-01', '%Y-%m-%d')" time 1356998400000
	is "strptime('2013-01-01 01:00', '%Y-%m-%d %H:%M@Europe/Berlin')" time 1356998400000
	is "strptime('2013-01-01T00:00:00Z', 'iso')" time 1356998400000
	is "strptime('1356998400', 's')" time 1356998400000
	is "strptime(ns, 'iso')" time '\N'
	bad 1 "strptime('x', 'iso')" "line 2: strptime('x', 'iso'): not a time of that pattern: \"x\""
	bad 1 "strptime(s, 'Y-m-d')" "strptime: not ms, s, us, ns, iso or a strptime(3) pattern: 'Y-m-d'"
	bad 1 'strptime(s, s)' 'strptime: s must be a constant'
}

@test "hour minute day trunc" {
	is 'hour(ts)' int 22
	is 'minute(ts)' int 13
	is 'day(ts)' int 14
	is 'hour(t - 1)' int 23
	is 'minute(t - 1)' int 59
	is 'day(t - 1)' int 31
	is 'hour(t - 1357002000000)' int 23
	is 'day(nt)' int '\N'
	is "trunc(ts, '5m')" time 1699999800000
	is "trunc(ts, '1d')" time 1699920000000
	is "trunc(t, '1ms')" time 1356998400000
	is "trunc(t - 1356998400001, '1s')" time -1000
	is "trunc(nt, '1s')" time '\N'
	bad 1 "trunc(t, '0')" "trunc: '0' is not a duration above zero, such as '5m'"
	bad 1 "trunc(t, '-5m')" "trunc: '-5m' is not a duration above zero, such as '5m'"
	bad 1 "trunc(t, '5')" "trunc: '5' is not a duration above zero, such as '5m'"
	bad 1 'trunc(t, s)' 'trunc: s must be a constant'
}

@test "hash is XXH64 with seed 42, Spark's xxhash64, without its sign, for ever" {
	is "hash('')" int 1779300269653747460
	is "hash('a')" int 640916708117688524
	is "hash('abc')" int 1423657621850124518
	is "hash('0123456789abcdef0123456789abcdef0123456789')" int 7800146230967958552
	is 'hash(i) == hash("-7")' bool true
	is 'hash(ns)' int '\N'
}

@test "syntax errors name the place, in characters" {
	bad 2 '' "an empty expression at column 1 of ''"
	bad 2 '  ' "an empty expression at column 3 of '  '"
	bad 2 'i +' "a value is missing at column 4 of 'i +'"
	bad 2 '(i' "a ) is missing at column 3 of '(i'"
	bad 2 'i)' "a ) without its ( at column 2 of 'i)'"
	bad 2 'i i' "an operator is missing before i at column 3 of 'i i'"
	bad 2 'i = 1' "a single = (write == to compare) at column 3 of 'i = 1'"
	bad 2 'b & b' "a single & (write &&) at column 3 of 'b & b'"
	bad 2 'b | b' "a single | (write ||) at column 3 of 'b | b'"
	bad 2 'i.x' "a point (odd names stand in backquotes) at column 2 of 'i.x'"
	bad 2 'i @ 1' "a character that means nothing here at column 3 of 'i @ 1'"
	bad 2 'foo(1)' "no function foo at column 1 of 'foo(1)'"
	bad 2 'len(s' "a ) is missing at column 6 of 'len(s'"
	bad 2 'len(s,)' "a value is missing before ) at column 7 of 'len(s,)'"
	run --separate-stderr -2 smap "r='ä' )" </dev/null
	[ "$stderr" = "smap: a ) without its ( at column 5 of ''\\xc3\\xa4' )'" ]
	run --separate-stderr -2 smap "r=$(printf '%0500d' 0 | tr 0 '(')" </dev/null
	[[ "$stderr" = "smap: too deep an expression at column "* ]]
	run --separate-stderr -2 smap "r=1$(printf '%0500d' 0 | sed 's/0/+1/g')" </dev/null
	[[ "$stderr" = "smap: too deep an expression at column "* ]]
}

@test "smap: numbers into lines of any length, and what no quick way takes" {
	awk 'BEGIN {
		printf "#fields\tt\ts\tv:int\tu:int\n"
		for (i = 0; i < 1200; i++) {
			text = text "x"
			printf "%d\t%s\t%s\t%d\n", i, substr(text, 1, i * 7 % 700),
			    i % 11 == 3 ? "\\N" : i * 37 % 2100 - 50, i * 7919
		}
		print "#end"
	}' >in
	awk -F'\t' -v OFS='\t' '/^#end/ { print; next }
	    /^#/ { print $0, "w:int", "x:int", "y:float", "z:bool"; next }
	    $3 == "\\N" { print $0, $3, $3, $3, $3; next }
	    { print $0, $3 * 2, $4 - $3, $3 / 4, ($3 > 7 ? "true" : "false") }' in >want
	smap 'w=v*2' 'x=u-v' 'y=v/4' 'z=v>7' <in >out
	cmp out want
	# columns that are not neighbours, in another order, one replaced
	awk -F'\t' -v OFS='\t' '/^#end/ { print; next }
	    /^#/ { print $1, $2, $5, "v:int", $3; next }
	    { print $1, $4, $3 == "\\N" ? $3 : 3 + $3, $2 }' in >want
	smap -p u,v,s 'v=3+v' <in >out
	cmp out want
	feed '#fields t v:int' '1 4611686018427387904' >in
	run --separate-stderr -1 smap 'w=v*2' <in
	[ "$stderr" = 'smap: line 2: integer overflow in v*2' ]
	feed '#fields t v:int' '1 4' '2 4x' >in
	run --separate-stderr -1 smap 'w=v*2' <in
	[ "$output" = "$(feed '#fields t v:int w:int' '1 4 8')" ]
	[ "$stderr" = 'smap: line 3: field v is not an int: "4x"' ]
}

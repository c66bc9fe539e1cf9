load lib

use='usage: smatch [-hVv] [-A skip] [-k names] [-L file] [-S dir] [-W within] pattern'
fields='#fields t k v:int'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# sm STATUS LINE ... -- ARG ...
sm() { given "$1" smatch "${@:2}"; }

# is LINE ... - these are all rows, and nothing is on standard error
is() {
	[ "$(grep -v '^#' <<<"$output")" = "$(feed "$@")" ] || { printf 'got:\n%s\n' "$output" >&2; return 1; }
	[ "$stderr" = "" ]
}

# values V ... -- ARG ... - records of one key, a second apart, and what matches, without times
values() {
	local lines=("$fields") t=0
	while [ "$1" != -- ]; do
		lines+=("$((t += 1000)) u $1")
		shift
	done
	shift
	run --separate-stderr -0 smatch -k k "$@" < <(feed "${lines[@]}" '#end')
	rows=$(grep -v '^#' <<<"$output" | cut -f 3- | tr '\t' ' ')
	[ "$stderr" = "" ]
}

# found LINE ... - these are the rows of values
found() {
	[ "$rows" = "$(printf '%s\n' "$@")" ] || { printf 'got:\n%s\n' "$rows" >&2; return 1; }
}

# bad PATTERN COLUMN MESSAGE
bad() {
	sm 2 -- "$1"
	[ "$output" = "" ]
	[ "$stderr" = "smatch: $3 at column $2 of '$1'" ] || { printf '%s\n' "$stderr" >&2; return 1; }
}

@test "the columns: keys, kind, each stage's time and other columns" {
	sm 0 '#fields ts a:int b:float c:bool d:time k e' '1000 1 2.5 true 7 u x\ty' '2000 2 \N false 8 u \N' '#end' \
	    -- -k k,a 'first:b>2 ; second:!c'
	[ "$output" = "$(feed '#fields ts k a:int kind first_ts:time first_b:float first_c:bool first_d:time first_e second_ts:time second_b:float second_c:bool second_d:time second_e' '#end')" ]
	sm 0 '#fields ts a:int b:float c:bool d:time k e' '1000 1 2.5 true 7 u x\ty' '2000 2 \N false 8 u \N' '#end' \
	    -- -k k 'p:b>2 ; q:!c'
	is '2000 u match 1000 1 2.5 true 7 x\ty 2000 2 \N false 8 \N'
}

@test "a stage that may have several records: JSON arrays and a count" {
	sm 0 '#fields ts a:int b:float c:bool d:time k e' '1000 1 2.5 true 7 u x"\t\\y' '2000 2 \N false 8 u \N' '#end' \
	    -- -k k 'p{2}'
	[ "$output" = "$(feed '#fields ts k kind p_ts p_a p_b p_c p_d p_e p_count:int' \
	    '2000 u match [1000,2000] [1,2] [2.5,null] [true,false] [7,8] ["x\\"\\t\\\\y",null] 2' '#end')" ]
}

@test "without -k all records are one group" {
	sm 0 "$fields" '1 a 1' '2 b 2' '#end' -- 'p:v==1 , q:v==2'
	is '2 match 1 a 1 2 b 2'
}

@test "keys are apart; a null key is one" {
	sm 0 "$fields" '1 a 1' '2 \N 1' '3 b 2' '4 \N 2' '5 a 2' '#end' -- -k k 'p:v==1 , q:v==2'
	is '4 \N match 2 1 4 2' '5 a match 1 1 5 2'
}

@test "a comma: the next record of the key" {
	values 1 2 1 3 2 1 1 2 -- 'a:v==1 , b:v==2'
	found 'match 1000 1 2000 2' 'match 7000 1 8000 2'
}

@test "a semicolon: a later record, the first that fits" {
	values 1 3 2 2 -- 'a:v==1 ; b:v==2'
	found 'match 1000 1 3000 2'
	values 1 1 2 -- 'a:v==1 ; b:v==2'
	found 'match 1000 1 3000 2' 'match 2000 1 3000 2'
}

@test "two semicolons: any later record that fits" {
	values 1 3 2 2 -- 'a:v==1 ;; b:v==2'
	found 'match 1000 1 3000 2' 'match 1000 1 4000 2'
}

@test "a comma and !: the next record is not so" {
	values 1 9 3 1 2 3 -- 'a:v==1 , !n:v==9 ; c:v==3'
	found 'match 4000 1 6000 3'
	values 1 9 1 2 -- 'a:v==1 , !n:v==9'
	found 'match 3000 1'
}

@test "a semicolon and !: none in between is so" {
	values 1 3 1 9 3 1 2 3 -- 'a:v==1 ; !n:v==9 ; c:v==3'
	found 'match 1000 1 2000 3' 'match 6000 1 8000 3'
	values 1 8 3 1 9 3 1 2 3 -- 'a:v==1 ; !n:v==9 ; !m:v==8 ; c:v==3'
	found 'match 7000 1 9000 3'
}

@test "a semicolon and ! at the end: none is so until the time is over; 1 ms decides" {
	sm 0 "$fields" '1000 u 1' '10999 u 2' '20000 u 1' '30000 u 2' '#watermark 30000' '#watermark 30001' '#end' \
	    -- -k k -W 10s 'a:v==1 ; !n:v==2'
	[ "$output" = "$(feed '#fields t k kind a_t:time a_v:int' '#watermark 30000' '30000 u match 20000 1' \
	    '#watermark 30001' '#end')" ]
	sm 0 "$fields" '1000 u 1' '#watermark 11000' '#watermark 11001' '#end' -- -k k -W 10s 'a:v==1 ; !n:v==2'
	[ "$output" = "$(feed '#fields t k kind a_t:time a_v:int' '#watermark 11000' '11000 u match 1000 1' \
	    '#watermark 11001' '#end')" ]
	sm 0 "$fields" '1000 u 1' '2000 u 8' '1500 v 1' '#end' -- -k k -W 10s 'a:v==1 ; !n:v==2 ; !m:v==8'
	is '11500 v match 1500 1'
}

@test "+ one or more: every run of records that leads to the next stage" {
	values 1 2 2 5 2 3 -- 'a:v==1 ; b+:v==2 ; c:v==3'
	found 'match 1000 1 [2000,3000,5000] [2,2,2] 3 6000 3' 'match 1000 1 [2000] [2] 1 6000 3' \
	    'match 1000 1 [2000,3000] [2,2] 2 6000 3'
}

@test "how close in a loop: + , next to each other; + ;; any of them" {
	values 1 2 2 5 2 3 -- 'a:v==1 ; b+,:v==2 ; c:v==3'
	found 'match 1000 1 [2000,3000] [2,2] 2 6000 3' 'match 1000 1 [2000] [2] 1 6000 3'
	values 1 2 5 2 3 -- 'a:v==1 ; b+;;:v==2 ; c:v==3'
	found 'match 1000 1 [2000,4000] [2,2] 2 5000 3' 'match 1000 1 [2000] [2] 1 5000 3'
	values 1 2 5 2 3 -- 'a:v==1 ;; b+;;:v==2 ; c:v==3'
	found 'match 1000 1 [2000,4000] [2,2] 2 5000 3' 'match 1000 1 [4000] [2] 1 5000 3' \
	    'match 1000 1 [2000] [2] 1 5000 3'
}

@test "++ greedy: the most only" {
	values 1 2 2 2 3 -- 'a:v==1 ; b++:v==2 ; c:v==3'
	found 'match 1000 1 [2000,3000,4000] [2,2,2] 3 5000 3'
	values 1 2 2 -- 'a:v==1 , b{1,3}+:v==2 , c:v>=2'
	found ''
	values 1 2 2 3 -- 'a:v==1 , b{1,3}+:v==2 , c:v>=2'
	found 'match 1000 1 [2000,3000] [2,2] 2 4000 3'
}

@test "{n} {n,} {n,m} {0,m} count records" {
	values 1 1 1 -- 'a{2},:v==1'
	found 'match [1000,2000] [1,1] 2' 'match [2000,3000] [1,1] 2'
	values 1 1 1 -- -A past 'a{2},:v==1'
	found 'match [1000,2000] [1,1] 2'
	values 1 1 1 -- 'a{2,}:v==1'
	found 'match [1000,2000] [1,1] 2' 'match [1000,2000,3000] [1,1,1] 3' 'match [2000,3000] [1,1] 2'
	values 1 1 1 -- 'a{1,2}:v==1'
	found 'match [1000] [1] 1' 'match [1000,2000] [1,1] 2' 'match [2000] [1] 1' 'match [2000,3000] [1,1] 2' \
	    'match [3000] [1] 1'
	values 1 2 3 -- 'a:v==1 , b{0,1}:v==2 , c:v>1'
	found 'match 1000 1 [] [] 0 2000 2' 'match 1000 1 [2000] [2] 1 3000 3'
}

@test "? and * are optional; what is not there is null or an empty list" {
	values 1 2 3 -- 'a:v==1 ; b?:v==2 ; c:v==3'
	found 'match 1000 1 2000 2 3000 3' 'match 1000 1 \N \N 3000 3'
	values 1 3 -- 'a:v==1 , b*:v==2 , c:v==3'
	found 'match 1000 1 [] [] 0 2000 3'
	values 1 3 1 2 2 3 -- 'a:v==1 , b{2}?:v==2 , c:v==3'
	found 'match 1000 1 [] [] 0 2000 3' 'match 3000 1 [4000,5000] [2,2] 2 6000 3'
}

@test "until ends a loop" {
	values 1 2 2 9 2 3 -- -A past 'a:v==1 ; b++:v==2 until v==9 ; c:v==3'
	found 'match 1000 1 [2000,3000] [2,2] 2 6000 3'
	values 1 2 4 9 2 3 -- 'a:v==1 ; b+ until v==9 ; c:v==3'
	found 'match 1000 1 [2000,3000] [2,4] 2 6000 3' 'match 1000 1 [2000] [2] 1 6000 3'
}

@test "a condition may hold commas, semicolons and until in quotes, names and parentheses" {
	sm 0 '#fields t until:str a;b:int' '1 x,;until 1' '2 y 2' '#end' -- \
	    "p:\`a;b\` in (1, 3) && \`until\`=='x,;until' , q:\`a;b\`>0"
	is '2 match 1 x,;until 1 2 y 2'
}

@test "null is not true" {
	sm 0 "$fields" '1 u 1' '2 u \N' '3 u 2' '#end' -- -k k 'a:v==1 , b:v>1'
	is
}

@test "within: the difference is less; a time-out is a row with what was there" {
	sm 0 "$fields" '1000 u 1' '10999 u 2' '20000 u 1' '30000 u 2' '#end' -- -k k -W 10s 'a:v==1 ; b:v==2'
	is '10999 u match 1000 1 10999 2' '30000 u timeout 20000 1 \N \N'
}

@test "a time-out comes when the watermark has passed it, not 1 ms before" {
	sm 0 "$fields" '1000 u 1' '#watermark 11000' '#watermark 11001' '#end' -- -k k -W 10s 'a:v==1 ; b+:v==2'
	[ "$output" = "$(feed '#fields t k kind a_t:time a_v:int b_t b_v b_count:int' '#watermark 11000' \
	    '11000 u timeout 1000 1 [] [] 0' '#watermark 11001' '#end')" ]
}

@test "without within nothing times out" {
	sm 0 "$fields" '1000 u 1' '#end' -- -k k 'a:v==1 ; b:v==2'
	is
}

@test "records are taken in event-time order behind the watermark, ties as they came" {
	sm 0 "$fields" '3000 u 2' '1000 u 1' '#watermark 3000' '3000 u 1' '3000 u 2' '#watermark 3001' '#end' \
	    -- -k k 'a:v==1 , b:v==2'
	[ "$output" = "$(feed '#fields t k kind a_t:time a_v:int b_t:time b_v:int' '#watermark 3000' \
	    '3000 u match 1000 1 3000 2' '3000 u match 3000 1 3000 2' '#watermark 3001' '#end')" ]
}

@test "a record is late when its time is less than the watermark; at it, it is not" {
	sm 0 "$fields" '1000 u 1' '#watermark 2000' '1999 u 2' '2000 u 2' '#end' -- -k k -L late 'a:v==1 , b:v==2'
	[ "$(grep -v '^#' <<<"$output")" = "$(feed '2000 u match 1000 1 2000 2')" ]
	[ "$stderr" = "smatch: 1 late records written to late" ]
	[ "$(cat late)" = "$(feed "$fields" '1999 u 2' '#end')" ]
	sm 0 "$fields" '1000 u 1' '#watermark 2000' '1999 u 2' '#end' -- -k k 'a:v==1 , b:v==2'
	[ "$stderr" = "smatch: 1 late records dropped" ]
}

@test "-A: what a match takes away" {
	values 1 1 2 2 -- 'a+:v==1 ; b:v==2'
	found 'match [1000,2000] [1,1] 2 3000 2' 'match [1000] [1] 1 3000 2' 'match [2000] [1] 1 3000 2'
	values 1 1 2 2 -- -A next 'a+:v==1 ; b:v==2'
	found 'match [1000,2000] [1,1] 2 3000 2' 'match [2000] [1] 1 3000 2'
	values 1 1 2 2 -- -A past 'a+:v==1 ; b:v==2'
	found 'match [1000,2000] [1,1] 2 3000 2'
	values 1 1 1 2 -- -A last:a 'a+:v==1 ; b:v==2'
	found 'match [1000,2000,3000] [1,1,1] 3 4000 2' 'match [3000] [1] 1 4000 2'
	values 1 1 1 2 -- -A first:b 'a+:v==1 ; b:v==2'
	found 'match [1000,2000,3000] [1,1,1] 3 4000 2'
}

@test "-A: a match waits for an older one that may still come, until that is out of time" {
	sm 0 "$fields" '1000 u 1' '2000 u 1' '3000 u 2' '#watermark 11000' '#watermark 11001' '#end' \
	    -- -k k -W 10s -A last:a 'a:v==1 ;; b:v==2'
	[ "$output" = "$(feed '#fields t k kind a_t:time a_v:int b_t:time b_v:int' '3000 u match 1000 1 3000 2' \
	    '#watermark 11000' '11000 u match 2000 1 3000 2' '11000 u timeout 1000 1 \N \N' '#watermark 11001' \
	    '12000 u timeout 2000 1 \N \N' '#end')" ]
}

@test "rows of one mark: matches by time, then what ran out" {
	sm 0 "$fields" '1000 a 1' '1001 b 1' '1002 c 1' '1003 b 2' '20000 c 2' '20000 a 2' '#end' -- -k k -W 10s 'p:v==1 ; q:v==2'
	is '1003 b match 1001 1 1003 2' '11002 c timeout 1002 1 \N \N' '11000 a timeout 1000 1 \N \N'
}

@test "other lines pass" {
	sm 0 '#x 1' "$fields" '#window tumbling size=10 offset=0' '1 u 1' '#idle' '#barrier 1.a' '#end 2.a' -- -k k 'a'
	[ "$output" = "$(feed '#fields t k kind a_t:time a_v:int' '#window tumbling size=10 offset=0' '#x 1' '#idle' \
	    '#barrier 1.a' '1 u match 1 1' '#end 2.a')" ]
}

@test "many keys that begin nothing are forgotten, those that did are not" {
	{
		printf '#fields\tt\tk:int\tv:int\n0\t-1\t1\n'
		for i in {1..5000}; do printf '%d\t%d\t0\n' "$i" "$i"; done
		printf '#watermark\t5001\n5001\t-1\t2\n#end\n'
	} >in
	run --separate-stderr -0 smatch -k k 'a:v==1 , b:v==2' <in
	[ "$(grep -v '^#' <<<"$output")" = "$(feed '5001 -1 match 0 1 5001 2')" ]
}

@test "a stream that is cut off: nothing more comes out" {
	sm 111 "$fields" '1000 u 1' '#watermark 1001' '2000 u 2' -- -k k 'a:v==1 ; b:v==2'
	[ "$output" = "$(feed '#fields t k kind a_t:time a_v:int b_t:time b_v:int' '#watermark 1001')" ]
	[ "$stderr" = "smatch: $cut_off" ]
}

@test "streams whose rows change are refused" {
	for mode in update revise complete; do
		sm 1 "$fields" "#mode $mode key=k" '1 u 1' '#end' -- -k k 'a:v==1'
		[ "$output" = "" ]
		[ "$stderr" = "smatch: the stream is in $mode mode: its rows change, and would be matched more than once" ]
	done
}

@test "bad data is named with its place" {
	sm 1 "$fields" '1 u x' '#end' -- -k k 'a:v==1'
	[[ "$stderr" == "smatch: line 2: "* ]]
	sm 1 "$fields" '1 u 9223372036854775807' '#end' -- -k k 'a:v+1==1'
	[[ "$stderr" == "smatch: line 2: "* ]]
	sm 1 '#fields t k:int v:int' '1 x 1' '#end' -- -k k 'a:v==1'
	[ "$stderr" = 'smatch: line 2: k is not of type int: "x"' ]
	sm 1 "$fields" '4611686018427387903 u 1' '4611686018427387904 u 1' '#end' -- -k k -W 1ms 'a ; b'
	[ "$stderr" = "smatch: line 3: the record's time-out is beyond what a time can be" ]
	printf '#fields\tt\tk\n1\t\xff\n#end\n' >in
	run --separate-stderr -1 smatch 'a+' <in
	[[ "$stderr" == "smatch: k: not UTF-8, so it cannot stand in a list: "* ]]
}

@test "conditions are checked before the first record" {
	sm 1 "$fields" '#end' -- -k k 'a:v'
	[ "$stderr" = "smatch: stage a: the condition is of type int, not bool: compare it, as in EXPR != 0" ]
	sm 1 "$fields" '#end' -- -k k 'a:w==1'
	[[ "$stderr" == "smatch: "*w* ]]
	sm 1 "$fields" '#end' -- -k w 'a:v==1'
	[[ "$stderr" == "smatch: "*w* ]]
	sm 2 -- 'a:v== , b'
	[[ "$stderr" == "smatch: stage a: "* ]]
}

@test "patterns that make no sense are refused with the column" {
	bad '' 1 'the name of a stage is missing'
	bad 'a ;' 4 'the name of a stage is missing'
	bad '1a' 1 'the name of a stage is missing'
	bad 'a b' 3 'this means nothing here'
	bad 'a: , b' 4 'a condition is missing'
	bad 'a:v=="x' 6 'a quote that is not closed'
	bad 'a ; b ; a' 9 'a second stage of this name'
	bad 'a{' 3 'a number is missing'
	bad 'a{x}' 3 'a number is missing'
	bad 'a{0}' 3 'no record: use !'
	bad 'a{0,0}' 6 'at most no record: use !'
	bad 'a{3,2}' 6 'fewer at most than at least'
	bad 'a{2' 4 'the { is not closed'
	bad 'a{10000}' 7 'a number of more than 9999'
	bad '!a:v==1' 1 'the first stage has a !'
	bad 'a ;; !b' 6 'a ! behind ;;'
	bad 'a ; !b+ ; c' 7 'how often, of a stage with !'
	bad 'a ; !b' 5 'a ; ! at the end without -W'
	bad 'a ; b? ; !c ; d' 10 'a ! behind an optional stage'
	bad 'a ; !b , !c ; d' 10 'a , ! behind a ; !'
	bad 'a++ ; b?' 7 'an optional stage behind a greedy one'
	bad 'a++;;:v==1' 4 'any records, but as many as there are: leave out the second +'
	bad 'a{2}:v==1 until v==2' 11 'until, of a stage that ends by itself'
	bad 'a+ until' 9 'a condition is missing'
}

@test "at most 32 stages" {
	sm 0 "$fields" '#end' -- "$(printf 's%d;' {1..31})s32"
	sm 2 -- "$(printf 's%d;' {1..32})s33"
	[[ "$stderr" == "smatch: more than 32 stages at column "* ]]
}

@test "bad usage" {
	run --separate-stderr -2 smatch
	[ "$stderr" = "$use" ]
	run --separate-stderr -2 smatch a b
	[ "$stderr" = "$use" ]
	run --separate-stderr -2 smatch -q a
	run --separate-stderr -2 smatch -W 0s a
	[ "$stderr" = "$(printf '%s\n' 'smatch: -W: not a duration such as 10s: 0s' "$use")" ]
	run --separate-stderr -2 smatch -W x a
	run --separate-stderr -2 smatch -A x a
	[ "$stderr" = "$(printf '%s\n' 'smatch: -A: not next, past, first:STAGE or last:STAGE: x' "$use")" ]
	run --separate-stderr -2 smatch -A first:b a
	[ "$stderr" = "$(printf '%s\n' 'smatch: -A: the pattern takes no records for a stage b' "$use")" ]
	run --separate-stderr -2 smatch -A last:b 'a , !b'
	run --separate-stderr -0 smatch -h
	[ "$output" = "$use" ]
	[ "$stderr" = "" ]
}

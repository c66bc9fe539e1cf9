# shellcheck disable=SC2154
load lib

fields='#fields t a b:int'

# times STATUS LINE ... -- ARG ...
times() { given "$1" stime "${@:2}"; }

@test "stime -T: the field becomes column 1, the old time the column behind it" {
	times 0 "$fields" '1 x 5000' '2 y 7000' '#end' -- -T b
	is '#fields b t:time a' '5000 1 x' '#watermark 5000' '7000 2 y' '#watermark 7000' '#end'
}

@test "stime without -T makes new watermarks of the times" {
	times 0 "$fields" '#watermark -9' '1000 x 1' '#watermark 5' '3000 x 2' '#watermark 9999' '2000 x 3' '#end' -- -w 1s
	is "$fields" '1000 x 1' '#watermark 0' '3000 x 2' '#watermark 2000' '2000 x 3' '#end'
	times 0 "$fields" '#watermark 7' '#barrier 1.x' '#end' --
	is "$fields" '#barrier 1.x' '#end'
}

@test "stime -T with the time column changes nothing, and has no format" {
	times 0 "$fields" '1 x 5' '#end' -- -T t
	is "$fields" '1 x 5' '#watermark 1' '#end'
	times 1 "$fields" '1 x 5' '#end' -- -T t=s
	[ "$output" = "" ]
	[ "$stderr" = "stime: -T: t is the time column, in ms already: it has no other format" ]
}

@test "stime -T: formats as sread has them" {
	run --separate-stderr -0 stime -T a < <(printf '#fields\tt\ta\n1\t1970-01-01T00:00:05Z\n2\t6000\n#end\n')
	is '#fields a t:time' '5000 1' '#watermark 5000' '6000 2' '#watermark 6000' '#end'
	run --separate-stderr -0 stime -T a=s < <(printf '#fields\tt\ta:float\n1\t-1.5\n#end\n')
	is '#fields a t:time' '-1500 1' '#watermark -1500' '#end'
	run --separate-stderr -0 stime -T 'a=%d/%m/%Y %H:%M@Europe/Berlin' < <(printf '#fields\tt\ta\n1\t01/01/1970 01:00\n#end\n')
	is '#fields a t:time' '0 1' '#watermark 0' '#end'
}

@test "stime: negative times, steps and delays as of sources" {
	times 0 '#fields t n:int' '1 -1500' '2 -1' '3 -1001' '4 0' '#end' -- -T n
	is '#fields n t:time' '-1500 1' '#watermark -1500' '-1 2' '#watermark -1' '-1001 3' '0 4' '#watermark 0' '#end'
	times 0 '#fields t' '1000' '5000' '4000' '#end' -- -w 2s,0
	is '#fields t' '1000' '#watermark -1000' '5000' '#watermark 3000' '4000' '#watermark 3000' '#end'
	times 0 '#fields t' '1000' '10999' '11000' '#end' -- -w 1s,10s
	is '#fields t' '1000' '#watermark 0' '10999' '11000' '#watermark 10000' '#end'
	times 0 '#fields t' '-4611686018427387904' '4611686018427387904' '#end' -- -w 1s
	is '#fields t' '-4611686018427387904' '#watermark -4611686018427387904' '4611686018427387904' \
	    '#watermark 4611686018427386904' '#end'
}

@test "stime makes what the source would have made" {
	cd "$BATS_TEST_DIRNAME/../examples"
	dir=$BATS_TEST_TMPDIR
	for w in 0 5m 1h,1m 10m,0 5m,barrier; do
		sread -H -f scheduled,carrier,dep_delay:int -T scheduled -w "$w" -B 1000r flights-2013-01.csv >"$dir/want"
		sread -H -f scheduled,carrier,dep_delay:int -T scheduled -B 1000r flights-2013-01.csv | stime -w "$w" >"$dir/got"
		cmp "$dir/want" "$dir/got"
	done
}

@test "stime -w with the step barrier: of the epochs before" {
	times 0 '#fields t' '1000' '#barrier 1.x' '5000' '#barrier 2.x' '#barrier 3.x' '#stop' -- -w 1s,barrier
	is '#fields t' '1000' '#barrier 1.x' '5000' '#watermark 0' '#barrier 2.x' '#watermark 4000' '#barrier 3.x' '#stop'
}

@test "stime: barriers, #idle, other lines and #window go on" {
	times 0 '#restore 1.x' "$fields" '#window tumbling size=10 offset=0' '#hue 1' '1 x 2' '#idle' '#barrier 1.x committed=0.x' '#end 2.x' -- -T b
	is '#restore 1.x' '#fields b t:time a' '#window tumbling size=10 offset=0' '#hue 1' '2 1 x' '#watermark 2' '#idle' \
	    '#barrier 1.x committed=0.x' '#end 2.x'
}

@test "stime: a record without a valid time is bad" {
	for v in x '' 1.5x 4611686018427387905; do
		run --separate-stderr -1 stime -T a < <(printf '#fields\tt\ta\n1\t7\n2\t%s\n#end\n' "$v")
		[ "$output" = "$(feed '#fields a t:time' '7 1' '#watermark 7')" ]
		case $v in
		4*) [ "$stderr" = "stime: line 3: the event time is out of range" ] ;;
		*) [ "$stderr" = "stime: line 3: field a is not a time: \"$v\"" ] ;;
		esac
	done
	run --separate-stderr -1 stime -T a < <(printf '#fields\tt\ta\n1\t\\N\n#end\n')
	[ "$stderr" = "stime: line 2: no event time: field a is null" ]
	times 1 "$fields" '1x x 5' '#end' --
	[ "$stderr" = 'stime: line 2: not a record: the time is "1x"' ]
	times 1 "$fields" '1x x 5' '#end' -- -T b
	[ "$stderr" = 'stime: line 2: not a record: the time is "1x"' ]
}

@test "stime refuses streams whose rows change" {
	for m in update revise complete; do
		times 1 "$fields" "#mode $m key=a" '1 x 5' '#end' -- -T b
		[ "$output" = "" ]
		[ "$stderr" = "stime: the stream is in $m mode: its rows change, and watermarks say nothing about them" ]
	done
	times 0 "$fields" '#mode append key=a' '1 x 5' '#end' -- -T b
	is '#fields b t:time a' '#mode append key=a' '5 1 x' '#watermark 5' '#end'
}

@test "stime: a field that is not there" {
	times 1 "$fields" '#end' -- -T q
	[ "$output" = "" ]
	[ "$stderr" = "stime: no field q, there are: t a b" ]
	times 1 "$fields" '#end' -- -T a,b
	[ "$stderr" = "stime: -T: one field is wanted: a,b" ]
}

@test "stime: bad usage" {
	for o in '-T @now' '-T @kafka' '-T @x' '-T b=foo' '-w x' '-w 1s,x' '-w -1s' 'b' '-q'; do
		# shellcheck disable=SC2086 # an option and its argument
		run --separate-stderr -2 stime $o </dev/null
		[ "$output" = "" ]
		[ "$stderr" != "" ]
	done
	run --separate-stderr -2 stime -T @now </dev/null
	[ "$stderr" = "stime: -T @now: only sources have that" ]
	run --separate-stderr -2 stime x </dev/null
	[ "$stderr" = "usage: stime [-hVv] [-S dir] [-T field[=format]] [-w delay[,step]]" ]
}

@test "stime: an input that was cut off, a write error" {
	times 111 "$fields" '1 x 5' -- -T b
	[ "$output" = "$(feed '#fields b t:time a' '5 1 x' '#watermark 5')" ]
	[ "$stderr" = "stime: the input ended without #end or #stop: the program before this one died" ]
	run --separate-stderr -111 sh -c 'stime >/dev/full' < <(feed "$fields" '1 x 5' '#end')
	[ "$stderr" = "stime: standard output: write: No space left on device" ]
}

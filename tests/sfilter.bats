load lib

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# keeps EXPR HEADING RECORD ... - of records 1, 2, ... the times of those that pass
keeps() {
	run --separate-stderr -0 sfilter "$1" < <(feed "#fields ts $2" "${@:3}" '#end')
	if [ -n "$stderr" ] || [ "${lines[0]}" != "$(feed "#fields ts $2")" ]; then
		return 1
	fi
	printf '%s\n' "${lines[@]}" | sed '/^#/d; s/\t.*//' | paste -sd' '
}

# refused STATUS EXPR HEADING MESSAGE
refused() {
	run --separate-stderr "-$1" sfilter "$2" < <(feed "#fields ts $3" '#end')
	if [ -n "$output" ] || [ "$stderr" != "sfilter: $4" ]; then
		echo "$output$stderr"
		return 1
	fi
}

@test "sfilter keeps the lines for which the expression is true, byte for byte, and all marks" {
	run --separate-stderr -0 sfilter 'v > 10' < <(feed '#fields ts k v:int' '#window tumbling size=5 offset=0' '1 a\t\\ 11' '2 b 10' '#watermark 2' '3 c \N' '#barrier 1.0' '4 d 007' '5 e 0012' '#idle' '6 f -11' '#note x' '#end 2.0')
	[ "$output" = "$(feed '#fields ts k v:int' '#window tumbling size=5 offset=0' '1 a\t\\ 11' '#watermark 2' '#barrier 1.0' '5 e 0012' '#idle' '#note x' '#end 2.0')" ]
	[ "$stderr" = "" ]
}

@test "null counts as false" {
	[ "$(keeps b b:bool '1 true' '2 false' '3 \N')" = 1 ]
	[ "$(keeps '!b' b:bool '1 true' '2 false' '3 \N')" = 2 ]
	[ "$(keeps 'v != 1' v:int '1 1' '2 2' '3 \N')" = 2 ]
	[ "$(keeps 'v == null' v:int '1 1' '2 2' '3 \N')" = 3 ]
	[ "$(keeps "k != 'a'" k '1 a' '2 b' '3 \N' '4 \\N')" = "2 4" ]
	[ "$(keeps 'null && true' v:int '1 1')" = "" ]
}

@test "an int column with a constant, at every length and edge" {
	rec=('1 0' '2 9' '3 10' '4 11' '5 -1' '6 99' '7 1234' '8 12345' '9 1234567' '10 12345678' '11 99999999' '12 100000000' '13 123456789012' '14 9223372036854775807' '15 -9223372036854775808' '16 \N' '17 -10' '18 +11' '19 00000010' '20 000000011')
	[ "$(keeps 'v > 10' v:int "${rec[@]}")" = "4 6 7 8 9 10 11 12 13 14 18 20" ]
	[ "$(keeps 'v >= 10' v:int "${rec[@]}")" = "3 4 6 7 8 9 10 11 12 13 14 18 19 20" ]
	[ "$(keeps 'v < 10' v:int "${rec[@]}")" = "1 2 5 15 17" ]
	[ "$(keeps 'v <= 10' v:int "${rec[@]}")" = "1 2 3 5 15 17 19" ]
	[ "$(keeps 'v == 10' v:int "${rec[@]}")" = "3 19" ]
	[ "$(keeps '10 == v' v:int "${rec[@]}")" = "3 19" ]
	[ "$(keeps 'v != 10' v:int "${rec[@]}")" = "1 2 4 5 6 7 8 9 10 11 12 13 14 15 17 18 20" ]
	[ "$(keeps 'v == -1' v:int "${rec[@]}")" = 5 ]
	[ "$(keeps 'v < 0' v:int "${rec[@]}")" = "5 15 17" ]
	[ "$(keeps 'v >= -1' v:int "${rec[@]}")" = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 18 19 20" ]
	[ "$(keeps 'v > 99999998' v:int "${rec[@]}")" = "11 12 13 14" ]
	[ "$(keeps 'v > 99999999' v:int "${rec[@]}")" = "12 13 14" ]
	[ "$(keeps 'v == 99999999' v:int "${rec[@]}")" = 11 ]
	[ "$(keeps 'v <= 99999999' v:int "${rec[@]}")" = "1 2 3 4 5 6 7 8 9 10 11 15 17 18 19 20" ]
	[ "$(keeps 'v < 100000001' v:int "${rec[@]}")" = "1 2 3 4 5 6 7 8 9 10 11 12 15 17 18 19 20" ]
	[ "$(keeps 'v != 100000000' v:int "${rec[@]}")" = "1 2 3 4 5 6 7 8 9 10 11 13 14 15 17 18 19 20" ]
	[ "$(keeps 'v > 9223372036854775806' v:int "${rec[@]}")" = 14 ]
	[ "$(keeps 'v > 9223372036854775807' v:int "${rec[@]}")" = "" ]
	[ "$(keeps 'v < -9223372036854775807' v:int "${rec[@]}")" = 15 ]
	[ "$(keeps 'v < -9223372036854775808' v:int "${rec[@]}")" = "" ]
	[ "$(keeps 'v >= 2 * 5' v:int "${rec[@]}")" = "3 4 6 7 8 9 10 11 12 13 14 18 19 20" ]
	[ "$(keeps 'v > 10 && v < 100' v:int "${rec[@]}")" = "4 6 18 20" ]
}

@test "what stands next to a column does not count" {
	[ "$(keeps 'v > 10' 'v:int w' '1 1 99999999' '2 11 0')" = 2 ]
	[ "$(keeps 'v > 10' 'a v:int' '1 99999999 1' '2 0 11')" = 2 ]
}

@test "text and time columns with a constant" {
	[ "$(keeps "k == 'a'" k '1 a' '2 ab' '3 ' '4 \N' '5 b')" = 1 ]
	[ "$(keeps "k == ''" k '1 a' '3 ' '4 \N')" = 3 ]
	[ "$(keeps "k == 'a\\tb'" k '1 a\tb' '2 a\\tb')" = 1 ]
	[ "$(keeps "'a' != k" k '1 a' '2 ab' '3 ' '4 \N')" = "2 3" ]
	[ "$(keeps "k == '\\\\N'" k '1 \N' '2 \\N')" = 2 ]
	[ "$(keeps 'ts > 2' k '1 a' '2 a' '3 a')" = 3 ]
	[ "$(keeps 'ts != "1970-01-01T00:00:00.002Z"' k '1 a' '2 a' '3 a')" = "1 3" ]
	[ "$(keeps 'ts <= -5' k '-6 a' '-5 a' '-4 a')" = "-6 -5" ]
	[ "$(keeps 't < "1970-01-01T00:00:00.002Z"' t:time '1 1' '2 2' '3 \N' '4 -1')" = "1 4" ]
	[ "$(keeps 'f > 1.5' f:float '1 1.5' '2 1.6' '3 \N' '4 NaN' '5 -Infinity')" = "2 4" ]
}

@test "a bad field stops sfilter with its line, after what came before it" {
	for e in 'v > 10' 'v + 0 > 10' 'v in (11)' '(v > 10) == true'; do
		run --separate-stderr -1 sfilter "$e" < <(feed '#fields ts v:int' '1 11' '2 12x' '3 13' '#end')
		[ "$stderr" = 'sfilter: line 3: field v is not an int: "12x"' ]
	done
	for v in '' - + 1.0 '1 ' 1e3 0x1 9223372036854775808 -9223372036854775809 123456789x 12345x78 '\n'; do
		run --separate-stderr -1 sfilter 'v > 10' < <(printf '#fields\tts\tv:int\n1\t%s\n#end\n' "$v")
		[[ "$stderr" = 'sfilter: line 2: field v is not an int: "'*'"' ]]
	done
	run --separate-stderr -1 sfilter 'v * 2 > 10' < <(feed '#fields ts v:int' '1 9223372036854775807' '#end')
	[ "$stderr" = 'sfilter: line 2: integer overflow in v * 2' ]
}

@test "a field that the expression does not use is not looked at" {
	[ "$(keeps 'v > 10' 'v:int w:int' '1 11 x' '2 12 a\x')" = "1 2" ]
}

@test "an expression that is no bool is refused" {
	refused 1 v v:int 'the expression is of type int, not bool: compare it, as in EXPR != 0'
	refused 1 ts v:int 'the expression is of type time, not bool: compare it, as in EXPR != 0'
	refused 1 k k "the expression is a str, not a bool: compare it, as in EXPR == 'text'"
	refused 1 w v:int 'no field w, there are: ts v'
	refused 1 'v > 10' v '> does not compare str with int: write int(v) > 10, or declare v:int at the source'
}

@test "sfilter refuses bad usage and syntax with status 2" {
	for a in '' 'a b' '-x a'; do
		# shellcheck disable=SC2086 # several words
		run --separate-stderr -2 sfilter $a </dev/null
		[ "$output" = "" ]
		[[ "$stderr" = *'usage: sfilter [-hVv] expression' ]]
	done
	run --separate-stderr -2 sfilter 'v >' </dev/null
	[ "$stderr" = "sfilter: a value is missing at column 4 of 'v >'" ]
	run --separate-stderr -0 sfilter -- '-v > 3' < <(feed '#fields ts v:int' '1 -4' '#end')
	[ "$output" = "$(feed '#fields ts v:int' '1 -4' '#end')" ]
}

@test "in an update stream only key columns may be used" {
	h() { feed '#fields ts k window_start:time window_end:time s:int' "#mode $1 key=k,window_start,window_end" '4 a 0 5 1' '4 b 0 5 2' '#end'; }
	run --separate-stderr -0 sfilter "k == 'a' && window_start == 0" < <(h update)
	[ "$output" = "$(h update | grep -v b)" ]
	[ "$stderr" = "" ]
	for c in s ts; do
		run --separate-stderr -1 sfilter "$c > 1" < <(h update)
		[ "$output" = "" ]
		[ "$stderr" = "sfilter: $c does not stay the same in this stream of mode update: a dropped row would leave an older one in the table; filter by key columns, before saggregate, or after -m append" ]
	done
	run --separate-stderr -0 sfilter "k == 'a'" < <(h revise)
	[ "$output" = "$(h revise | grep -v b)" ]
	run --separate-stderr -1 sfilter "window_end > 1" < <(h revise)
	[ "$stderr" = "sfilter: window_end does not stay the same in this stream of mode revise: a dropped row would leave an older one in the table; filter by key columns, before saggregate, or after -m append" ]
	run --separate-stderr -0 sfilter "s > 1" < <(h append)
	[ "$output" = "$(h append | grep -v a$'\t')" ]
	run --separate-stderr -0 sfilter true < <(h update)
	[ "$output" = "$(h update)" ]
}

@test "in a complete stream every column may be used, but a table cannot become empty" {
	h() { feed '#fields ts k s:int' '#mode complete key=k' '1 a 1' '1 b 2' '#barrier 1.0' "$@"; }
	run --separate-stderr -0 sfilter 's > 1' < <(h '#barrier 2.0' '2 a 0' '2 b 3' '#end')
	[ "$output" = "$(feed '#fields ts k s:int' '#mode complete key=k' '1 b 2' '#barrier 1.0' '#barrier 2.0' '2 b 3' '#end')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 sfilter 's > 2' < <(h '2 a 0' '2 b 3' '#end')
	[ "$output" = "$(feed '#fields ts k s:int' '#mode complete key=k' '#barrier 1.0' '2 b 3' '#end')" ]
	run --separate-stderr -1 sfilter 's > 1' < <(h '2 a 0' '2 b 1' '#end')
	[[ "$output" != *'#end'* ]]
	[ "$stderr" = "sfilter: the expression drops a whole table: a stream of mode complete cannot say that it is empty" ]
}

@test "what sfilter drops is rejected, and in = out + rejected" {
	run --separate-stderr -0 sfilter -v 'v > 1' < <(feed '#fields ts v:int' '1 1' '2 2' '3 3' '#end')
	[ "$stderr" = "sfilter: 3 in, 2 out, 1 rejected, 0 late" ]
}

@test "sfilter: lines of any length, kept and dropped in turn" {
	# short ones are copied before it is known whether they stay
	awk 'BEGIN {
		printf "#fields\tt\ts\tv:int\n"
		for (i = -600; i < 600; i++) {
			text = text "x"
			printf "%d\t%s\t%s\n", i, substr(text, 1, (i + 600) * 7 % 700),
			    (i + 600) % 11 == 3 ? "\\N" : i * 37 % 21
		}
		print "#end"
	}' >in
	awk -F'\t' '/^#/ || ($3 != "\\N" && $3 > 10)' in >want
	run --separate-stderr -0 bash -c "sfilter -v 'v > 10' <in >out"
	cmp out want
	local n
	n=$(grep -vc "^#" want)
	[[ "${stderr##*$'\n'}" = "sfilter: 1200 in, $n out, $((1200 - n)) rejected, 0 late"* ]]
}

@test "sfilter: what is wrong among many records is told by its line, after all that came before" {
	local bad
	for bad in '500 x:sfilter: line 500: 2 columns, #fields names 3' '500 x 11 y:sfilter: line 500: 4 columns, #fields names 3' \
	    ':sfilter: line 500: not a record: ""' '+5 x 11:sfilter: line 500: not a record: "+5\tx\t11"' \
	    '500 x 1.5:sfilter: line 500: field v is not an int: "1.5"' '#watermark 1:sfilter: line 500: the watermark goes back' \
	    '#mode append:sfilter: line 500: #mode after the first record'; do
		awk -v bad="${bad%%:*}" 'BEGIN {
			OFS = "\t"
			gsub(" ", "\t", bad)
			print "#fields", "t", "s", "v:int"
			for (i = 2; i < 900; i++)
				if (i == 500)
					print bad
				else if (i % 70 == 0)
					print "#watermark", i
				else
					print i, "key", i % 20
			print "#end"
		}' >in
		head -n 499 in | awk -F'\t' '/^#/ || $3 > 10' >want
		run --separate-stderr -1 bash -c "sfilter 'v > 10' <in >out"
		cmp out want
		[ "$stderr" = "${bad#*:}" ]
	done
}

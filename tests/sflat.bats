# shellcheck disable=SC1003,SC2030,SC2031,SC2154
load lib

# flat STATUS TEXT ARG ... - a stream of one record with the field a, as it stands in the stream
flat() {
	local status=$1 text=$2
	shift 2
	run --separate-stderr "-$status" sflat "$@" < <(printf '#fields\tt\ta\tb\n1\t%s\tq\n#end\n' "$text")
}

# is TEXT ... - the elements in the output, as they stand in the stream
is() {
	[ "$output" = "$(printf '#fields\tt\ta\tb\n'; [ $# = 0 ] || printf '1\t%s\tq\n' "$@"; echo '#end')" ] ||
		{ printf 'got:\n%s\n' "$output" >&2; return 1; }
	[ "$stderr" = "" ]
}

@test "sflat: one record for each element of a JSON array" {
	flat 0 '["x","y"]' a
	is x y
	flat 0 '["only"]' a
	is only
	flat 0 ' [ 1 , -2.50e3 , true , false , null , {"k": [1, 2]} , [ ] ] ' a
	is 1 -2.50e3 true false '\N' '{"k": [1, 2]}' '[ ]'
}

@test "sflat: strings without their escapes, but for a stream's own" {
	flat 0 '["a\\"b","\\u00e9\\ud83d\\ude00","t\\tn\\nr\\rb\\\\","","null"]' a
	is 'a"b' é😀 't\tn\nr\rb\\' '' null
	flat 0 '[{"k":"\\n"}]' a
	is '{"k":"\\n"}'
}

@test "sflat: an empty list and a null give no record, and count as rejected" {
	for text in '[]' ' [ ] ' '\N'; do
		flat 0 "$text" a
		is
	done
	for text in '' '\N'; do
		flat 0 "$text" -d , a
		is
	done
	run --separate-stderr -0 sflat -v a < <(printf '#fields\tt\ta\n1\t[]\n2\t\\N\n3\t[1,2]\n#end\n')
	[ "$stderr" = "sflat: 3 in, 2 out, 2 rejected, 0 late" ]
	run --separate-stderr -0 sflat -v -d , a < <(printf '#fields\tt\ta\n1\t\n2\t\\N\n3\tx\n#end\n')
	[ "$stderr" = "sflat: 3 in, 1 out, 2 rejected, 0 late" ]
}

@test "sflat -d splits text" {
	flat 0 'a,b,,c,' -d , a
	is a b '' c ''
	flat 0 , -d , a
	is '' ''
	flat 0 'a, b,c, d' -d ', ' a
	is a b,c d
	flat 0 'aaa' -d aa a
	is '' a
	flat 0 'none' -d , a
	is none
	flat 0 '[1,2]' -d , a
	is '[1' '2]'
}

@test "sflat -d splits at what is escaped in a stream" {
	flat 0 'a\tb\n\\tc' -d "$(printf '\t')" a
	is a 'b\n\\tc'
	flat 0 'a\\b\tc' -d '\' a
	is a 'b\tc'
	flat 0 'a\nb' -d '
' a
	is a b
}

@test "sflat: time, other columns and marks stay" {
	run --separate-stderr -0 sflat l < <(feed '#restore 1.x' '#fields t l n:int' '#window tumbling size=5 offset=0' \
	    '#mode append key=n' '-7 ["a","b"] 1' '#watermark -7' '#hue' '#idle' '#barrier 1.x' '9 ["c"] \N' '#end 2.x')
	[ "$output" = "$(feed '#restore 1.x' '#fields t l n:int' '#window tumbling size=5 offset=0' '#mode append key=n' \
	    '-7 a 1' '-7 b 1' '#watermark -7' '#hue' '#idle' '#barrier 1.x' '9 c \N' '#end 2.x')" ]
	[ "$stderr" = "" ]
}

@test "sflat undoes saggregate's list and set" {
	run saggregate list:v </dev/null
	[ "$status" != 2 ] || skip 'saggregate has no list yet'
	run --separate-stderr -0 sh -c 'saggregate list:v | sflat list_v' < <(printf '#fields\tt\tv\n1\ta"\\\\b\n2\tc\\td\n3\te\n#end\n')
	[ "$output" = "$(printf '#fields\tt\tlist_v\n3\ta"\\\\b\n3\tc\\td\n3\te\n#end')" ]
	run --separate-stderr -0 sh -c 'saggregate set:v | sflat set_v' < <(printf '#fields\tt\tv:int\n1\t7\n2\t5\n3\t7\n#end\n')
	[ "$output" = "$(printf '#fields\tt\tset_v\n3\t5\n3\t7\n#end')" ]
}

# bad TEXT MESSAGE [ARG ...]
bad() {
	local text=$1 message=$2
	shift 2
	[ $# -gt 0 ] || set -- a
	run --separate-stderr -1 sflat "$@" < <(printf '#fields\tt\ta\n1\t["ok"]\n2\t%s\n#end\n' "$text")
	[ "$stderr" = "sflat: line 3: field a$message" ]
	[[ "$output" != *'#end'* ]]
}

@test "sflat: a list that is none names its line" {
	bad '' ': not JSON: empty: ""'
	bad 5 ': not a JSON array: "5"'
	bad null ': not a JSON array: "null"'
	bad '"x"' ': not a JSON array: ""x""'
	bad '{"a":[1]}' ': not a JSON array: "{"a":[1]}"'
	bad '[1' ': not JSON: a comma, colon, brace or bracket is missing or too many: "[1"'
	bad '[1,]' ': not JSON: a comma, colon, brace or bracket is missing or too many: "[1,]"'
	bad '[1]]' ': not JSON: something follows the value: "[1]]"'
	bad '[01]' ': not JSON: a broken number: "[01]"'
	bad '[tru]' ': not JSON: a broken literal: "[tru]"'
	bad '["\\ud800"]' ': not JSON: a broken escape in a string: "["\ud800"]"'
	bad '["\\u0000"]' ': an element is text with a NUL, which no stream can hold: "["\u0000"]"'
	bad '["\x"]' ' has a broken escape: "["\x"]"'
	bad 'a\x' ' has a broken escape: "a\x"' -d , a
	bad "$(printf '["\377"]')" ': not JSON: invalid UTF-8: "["\xff"]"'
}

@test "sflat: long lists and deep ones" {
	perl -e 'print "#fields\tt\ta\n1\t[", join(",", 1..100000), "]\n#end\n"' >"$BATS_TEST_TMPDIR/in"
	seq 100000 >"$BATS_TEST_TMPDIR/want"
	sflat a <"$BATS_TEST_TMPDIR/in" | grep -v '^#' | cut -f 2 | cmp - "$BATS_TEST_TMPDIR/want"
	perl -e 'print "#fields\tt\ta\n1\t", "[" x 500, "]" x 500, "\n#end\n"' >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr -0 sflat a <"$BATS_TEST_TMPDIR/in"
	perl -e 'print "#fields\tt\ta\n1\t", "[" x 501, "]" x 501, "\n#end\n"' >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr -1 sflat a <"$BATS_TEST_TMPDIR/in"
	[[ "$stderr" = "sflat: line 2: field a: JSON nested deeper than 500: "* ]]
}

@test "sflat: a field that is no list" {
	run --separate-stderr -1 sflat q < <(feed '#fields t a n:int' '#end')
	[ "$stderr" = "sflat: no field q, there are: t a n" ]
	run --separate-stderr -1 sflat n < <(feed '#fields t a n:int' '#end')
	[ "$stderr" = "sflat: field n is of type int: a list is a str" ]
	run --separate-stderr -1 sflat t < <(feed '#fields t a n:int' '#end')
	[ "$stderr" = "sflat: field t is of type time: a list is a str" ]
	run --separate-stderr -1 sflat a,n < <(feed '#fields t a n:int' '#end')
	[ "$stderr" = "sflat: one field is wanted: a,n" ]
}

@test "sflat refuses streams whose rows change" {
	for m in update revise complete; do
		run --separate-stderr -1 sflat a < <(feed '#fields t a' "#mode $m" '1 []' '#end')
		[ "$output" = "" ]
		[ "$stderr" = "sflat: the stream is in $m mode: a row of it cannot become several; flatten before saggregate, or after -m append" ]
	done
}

@test "sflat: bad usage, a cut-off input, a write error" {
	for o in '' 'a b' '-q a' '-d'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -2 sflat $o </dev/null
		[ "$output" = "" ]
		[[ "$stderr" = *"usage: sflat [-hVv] [-d separator] field" ]]
	done
	run --separate-stderr -2 sflat -d '' a </dev/null
	[ "${stderr_lines[0]}" = "sflat: -d: a separator has at least one byte" ]
	run --separate-stderr -111 sflat a < <(feed '#fields t a' '1 ["x"]')
	[ "$output" = "$(feed '#fields t a' '1 x')" ]
	[ "$stderr" = "sflat: the input ended without #end or #stop: the program before this one died" ]
	run --separate-stderr -111 sh -c 'sflat a >/dev/full' < <(feed '#fields t a' '1 ["x"]' '#end')
	[ "$stderr" = "sflat: standard output: write: No space left on device" ]
}

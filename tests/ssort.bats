load lib

use='usage: ssort [-hVv] [-S dir] [[-k names] -n top] field[:desc] ... | [-L file]'
fields='#fields t k v:int'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# sorts STATUS LINE ... -- ARG ...
sorts() { given "$1" ssort "${@:2}"; }

@test "sorts between barriers and at the end, stably" {
	sorts 0 "$fields" '1 b 2' '2 a 1' '3 a 2' '#barrier 1.x' '4 c 1' '5 a 1' '6 a 0' '#end' -- v
	is "$fields" '2 a 1' '1 b 2' '3 a 2' '#barrier 1.x' '6 a 0' '4 c 1' '5 a 1' '#end'
}

@test "by several fields, each in its direction" {
	sorts 0 "$fields" '1 b 2' '2 a 1' '3 a 3' '4 b 9' '5 a 3' '#end' -- k:desc v
	is "$fields" '1 b 2' '4 b 9' '2 a 1' '3 a 3' '5 a 3' '#end'
	sorts 0 "$fields" '1 b 2' '2 a 1' '3 a 3' '4 b 9' '5 a 3' '#end' -- k v:desc
	is "$fields" '3 a 3' '5 a 3' '2 a 1' '4 b 9' '1 b 2' '#end'
}

@test "nulls come first, with desc last, and stay in order" {
	sorts 0 "$fields" '1 a 2' '2 a \N' '3 a 1' '4 a \N' '#end' -- v
	is "$fields" '2 a \N' '4 a \N' '3 a 1' '1 a 2' '#end'
	sorts 0 "$fields" '1 a 2' '2 a \N' '3 a 1' '4 a \N' '#end' -- v:desc
	is "$fields" '1 a 2' '3 a 1' '2 a \N' '4 a \N' '#end'
}

@test "numbers by value, NaN the largest, -0 equals 0" {
	sorts 0 '#fields t v:int' '1 10' '2 9' '3 -9223372036854775808' '4 9223372036854775807' '5 -1' '#end' -- v
	is '#fields t v:int' '3 -9223372036854775808' '5 -1' '2 9' '1 10' '4 9223372036854775807' '#end'
	sorts 0 '#fields t v:float' '1 NaN' '2 Infinity' '3 1e1' '4 0' '5 -0' '6 -1.5' '7 -Infinity' '8 -1e300' '9 NaN' '#end' -- v
	is '#fields t v:float' '7 -Infinity' '8 -1e300' '6 -1.5' '4 0' '5 -0' '3 1e1' '2 Infinity' '1 NaN' '9 NaN' '#end'
}

@test "text by bytes, false before true, times by value" {
	sorts 0 '#fields t s' '1 b' '2 B' '3 é' '4 abcdefghij' '5 abcdefghi' '6 a' '7 abcdefgh' '#end' -- s
	is '#fields t s' '2 B' '6 a' '7 abcdefgh' '5 abcdefghi' '4 abcdefghij' '1 b' '3 é' '#end'
	sorts 0 '#fields t b:bool d:time' '1 true 5' '2 false 7' '3 true -7' '#end' -- b d
	is '#fields t b:bool d:time' '2 false 7' '3 true -7' '1 true 5' '#end'
}

@test "text is compared as what it means, not as it is escaped" {
	run --separate-stderr -0 ssort s < <(printf '#fields\tt\ts\n1\ta b\n2\ta\\tb\n3\ta\\\\\n4\ta\\\\b\n5\t\n#end\n')
	[ "$output" = "$(printf '#fields\tt\ts\n5\t\n2\ta\\tb\n1\ta b\n3\ta\\\\\n4\ta\\\\b\n#end')" ]
	run --separate-stderr -0 ssort s < <(printf '#fields\tt\ts\n1\t12345678b\n2\t12345678\\tb\n#end\n')
	[ "$output" = "$(printf '#fields\tt\ts\n2\t12345678\\tb\n1\t12345678b\n#end')" ]
}

@test "the time column is a field" {
	sorts 0 "$fields" '1 a 1' '-5 a 2' '3 a 3' '#end' -- t:desc
	is "$fields" '3 a 3' '1 a 1' '-5 a 2' '#end'
}

@test "the watermark is held back until the barrier has let the records go" {
	sorts 0 "$fields" '1 a 2' '#watermark 1' '2 a 1' '#watermark 2' '#barrier 1.x' '#watermark 7' '#barrier 2.x' '3 a 1' \
	    '#watermark 9' '#end' -- v
	is "$fields" '2 a 1' '1 a 2' '#watermark 2' '#barrier 1.x' '#watermark 7' '#barrier 2.x' '3 a 1' '#end'
}

@test "many records, as sort(1) does it" {
	seq 1 20000 | awk -v OFS='\t' '{ x = (x * 1103515245 + 12345) % 2147483648; print $1, x % 1000, $1 }' >in
	run --separate-stderr -0 ssort k v:desc < <(feed '#fields t k:int v:int'; cat in; echo '#end')
	[ "$(grep -v '^#' <<<"$output")" = "$(sort -t'	' -k2,2n -k3,3nr in)" ]
	run --separate-stderr -0 ssort k < <(feed '#fields t k:int v:int'; cat in; echo '#end')
	[ "$(grep -v '^#' <<<"$output")" = "$(sort -s -t'	' -k2,2n in)" ]
	run --separate-stderr -0 ssort -n 7 k < <(feed '#fields t k:int v:int'; cat in; echo '#end')
	[ "$(grep -v '^#' <<<"$output")" = "$(sort -s -t'	' -k2,2n in | head -n 7)" ]
	run --separate-stderr -0 ssort -n 2 -k k v:desc < <(feed '#fields t k:int v:int'; cat in; echo '#end')
	[ "$(grep -v '^#' <<<"$output")" = "$(sort -t'	' -k3,3nr in | awk -F'	' 'n[$2]++ < 2')" ]
}

@test "-n keeps the first of each epoch" {
	sorts 0 "$fields" '1 a 2' '2 a 1' '3 a 3' '#barrier 1.x' '4 a 9' '5 a 8' '#end' -- -n 2 v:desc
	is "$fields" '3 a 3' '1 a 2' '#barrier 1.x' '4 a 9' '5 a 8' '#end'
}

@test "-k keeps the first of each key" {
	sorts 0 "$fields" '1 a 2' '2 b 1' '3 a 3' '4 \N 9' '5 \N 8' '6 b 7' '#end' -- -k k -n 1 v:desc
	is "$fields" '4 \N 9' '6 b 7' '3 a 3' '#end'
}

@test "the heading is passed on, also of streams whose rows change" {
	for mode in update revise complete; do
		sorts 0 "$fields" "#mode $mode key=k" '1 a 2' '1 b 1' '#end' -- v
		is "$fields" "#mode $mode key=k" '1 b 1' '1 a 2' '#end'
	done
}

@test "rows that are replaced within an epoch go, so that the order brings none of them back" {
	sorts 0 "$fields" '#mode update key=k' '1 a 5' '2 b 3' '3 a 1' '4 \N 2' '5 \N 9' '#barrier 1.x' '6 a 7' '#end' -- v
	is "$fields" '#mode update key=k' '3 a 1' '2 b 3' '5 \N 9' '#barrier 1.x' '6 a 7' '#end'
	sorts 0 "$fields" '#mode update' '1 a 5' '3 a 1' '#end' -- -v v
	[ "$output" = "$(feed "$fields" '#mode update' '3 a 1' '#end')" ]
	[[ "$stderr" = 'ssort: 2 in, 1 out, 1 rejected, 0 late'* ]]
	local revise=('#fields t window_start:time window_end:time k' '#mode revise key=k,window_start,window_end')
	sorts 0 "${revise[@]}" '1 1 11 a' '1 15 25 a' '1 1 11 b' '1 40 50 a' '1 1 25 a' '1 1 11 b' '1 30 31 a' \
	    '#barrier 1.x' '1 2 3 a' '#end' -- window_start:desc
	is "${revise[@]}" '1 40 50 a' '1 30 31 a' '1 1 25 a' '1 1 11 b' '#barrier 1.x' '1 2 3 a' '#end'
	sorts 1 "${revise[@]}" '1 1 x a' '#end' -- k
	[ "$stderr" = 'ssort: line 3: a window of no time: "x"' ]
}

@test "a table sorted within its epochs is the table" {
	seq 1 3000 | awk -v OFS='\t' '{ x = (x * 1103515245 + 12345) % 2147483648; print $1 * 3 - x % 200, int(x / 1024) % 5, x % 100
		if ($1 % 7 == 0) print "#watermark", $1 * 3 - 100
		if ($1 % 100 == 0) print "#barrier", $1 ".x" }' >in
	# what stands in the end: the last of a key, and no session that a later one covers
	stands() {
		awk -F'\t' '!/^#/ { n++; k[n] = $2; s[n] = $3; e[n] = $4; r[n] = $0 }
			END { for (i = 1; i <= n; i++) { for (j = i + 1; j <= n; j++)
				if (k[j] == k[i] && s[j] <= s[i] && e[j] >= e[i]) break
				if (j > n) print r[i] } }' | sort
	}
	(feed '#fields t k v:int'; cat in; echo '#end') | swindow -g 4ms | saggregate -l 50ms -k k count sum:v >rows 2>late
	[ "$(stands <rows)" = "$(ssort sum_v:desc <rows | stands)" ]
	[ "$(ssort sum_v:desc <rows | wc -l)" -lt "$(wc -l <rows)" ]
}

@test "-n refuses streams whose rows replace one another" {
	for mode in update revise; do
		sorts 1 "$fields" "#mode $mode key=k" '1 a 1' '#end' -- -n 2 v
		[ "$output" = "" ]
		[ "$stderr" = "ssort: -n: the stream is in $mode mode: a dropped row would leave an older one in the table" ]
	done
}

@test "by event time: a record goes when the watermark is after it, 1 ms not before" {
	sorts 0 "$fields" '5 a 1' '3 a 2' '#watermark 3' '4 a 3' '#watermark 4' '#barrier 1.x' '#watermark 5' '#watermark 6' \
	    '9 a 4' '6 a 5' '-1 a 6' '#end' -- -L late
	[ "$output" = "$(feed "$fields" '#watermark 3' '3 a 2' '#watermark 4' '#barrier 1.x' '4 a 3' '#watermark 5' '5 a 1' \
	    '#watermark 6' '6 a 5' '9 a 4' '#end')" ]
	[ "$stderr" = "ssort: 1 late records written to late" ]
	[ "$(cat late)" = "$(feed "$fields" '-1 a 6' '#end')" ]
}

@test "by event time: equal times stay in order" {
	sorts 0 "$fields" '5 b 1' '5 a 2' '4 z 0' '5 c 3' '5 a 1' '4 a 0' '#end' --
	is "$fields" '4 z 0' '4 a 0' '5 b 1' '5 a 2' '5 c 3' '5 a 1' '#end'
}

@test "by event time: late records are counted; the empty late output is a stream" {
	sorts 0 "$fields" '5 a 1' '#watermark 6' '5 a 2' '#end' --
	[ "$output" = "$(feed "$fields" '5 a 1' '#watermark 6' '#end')" ]
	[ "$stderr" = "ssort: 1 late records dropped" ]
	sorts 0 "$fields" '5 a 1' '#end' -- -L late
	is "$fields" '5 a 1' '#end'
	[ "$(cat late)" = "$(feed "$fields" '#end')" ]
}

@test "by event time: many records, as sort(1) does it" {
	seq 1 5000 | awk -v OFS='\t' '{ x = (x * 1103515245 + 12345) % 2147483648; print $1 - x % 50, $1
		if ($1 % 100 == 0) print "#watermark", $1 - 50 }' >in
	run --separate-stderr -0 ssort < <(feed '#fields t v:int'; cat in; echo '#end')
	[ "$(grep -v '^#' <<<"$output")" = "$(grep -v '^#' in | sort -s -n -k1,1)" ]
	[ "$stderr" = "" ]
}

@test "by event time refuses streams whose rows change" {
	for mode in update revise complete; do
		sorts 1 "$fields" "#mode $mode key=k" '1 a 1' '#end' --
		[ "$output" = "" ]
		[ "$stderr" = "ssort: the stream is in $mode mode: its watermark says nothing about its rows; sort by a field" ]
	done
}

@test "bad data names the line" {
	sorts 1 "$fields" '1 a 1' '2 a x' '#end' -- v
	[ "$output" = "$(feed "$fields")" ]
	[ "$stderr" = 'ssort: line 3: v is not of type int: "x"' ]
	sorts 1 "$fields" '1 a 1' 'x a 2' '#end' --
	[ "$stderr" = 'ssort: line 3: not a record: "x	a	2"' ] || [ "$stderr" = 'ssort: line 3: not a record: "x\ta\t2"' ]
	sorts 1 "$fields" '1 a 1' '1 a x' '#end' -- -n 1 -k v k
	[ "$stderr" = 'ssort: line 3: v is not of type int: "x"' ]
	sorts 1 "$fields" '1 a 1' '#end' -- w
	[ "$stderr" = 'ssort: no field w, there are: t k v' ]
	sorts 1 "$fields" '1 a 1' '#end' -- -n 1 -k w v
	[ "$stderr" = 'ssort: no field w, there are: t k v' ]
}

@test "an epoch that is cut off does not come out" {
	sorts 111 "$fields" '1 a 2' '#barrier 1.x' '2 a 1' '#watermark 2' -- v
	[ "$output" = "$(feed "$fields" '1 a 2' '#barrier 1.x')" ]
	[ "$stderr" = "ssort: $cut_off" ]
	sorts 111 "$fields" '1 a 2' '#watermark 2' '2 a 1' --
	[ "$output" = "$(feed "$fields" '1 a 2' '#watermark 2')" ]
	[ "$stderr" = "ssort: $cut_off" ]
}

@test "bad usage" {
	for n in 0 -1 x ''; do
		sorts 2 -- -n "$n" v
		[ "$output" = "" ]
		[ "${stderr_lines[0]}" = "ssort: -n: not a number of at least 1: $n" ]
		[ "${stderr_lines[1]}" = "$use" ]
	done
	sorts 2 -- -k k v
	[ "${stderr_lines[0]}" = "ssort: -k: only with -n, the first so many of each key" ]
	sorts 2 -- -n 3
	[ "${stderr_lines[0]}" = "ssort: -n: the first by which field?" ]
	sorts 2 -- v:asc
	[ "$stderr" = "ssort: v:asc: only :desc may follow a field" ]
	sorts 2 -- -x
	[[ $stderr = *"$use" ]]
}

@test "ssort -h, -V and -v" {
	sorts 0 -- -h
	[ "$output" = "$use" ]
	[ "$stderr" = "" ]
	sorts 0 -- -V
	[[ $output =~ ^ssort\ [0-9.]+$ ]]
	sorts 0 "$fields" '1 a 2' '2 a 1' '#end' -- -v -n 1 v
	[[ $stderr = "ssort: 2 in, 1 out, 1 rejected, 0 late"* ]]
}

load lib

use='usage: saggregate [-hVv] [-k names] [-L file] [-l lateness] [-m append|update|complete|each] [-S dir] aggregate ...'
fields='#fields t k v:int'
tumbling='#window tumbling size=10000 offset=0'
windowed='window_start:time window_end:time'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# agg STATUS LINE ... -- ARG ...
agg() { given "$1" saggregate "${@:2}"; }

@test "tumbling windows come out when the watermark reaches their end, not 1 ms before" {
	agg 0 "$fields" "$tumbling" '1000 a 1' '9999 a 2' '10000 a 4' '#watermark 9999' '1 b 8' \
	    '#watermark 10000' '#watermark 19999' '#end' -- -k k sum:v count
	is "#fields t k $windowed sum_v:int count:int" '#watermark 9999' '9999 a 0 10000 3 2' '9999 b 0 10000 8 1' \
	    '#watermark 10000' '#watermark 19999' '19999 a 10000 20000 4 1' '#end'
}

@test "windows of negative times are floored" {
	agg 0 "$fields" "$tumbling" '-1 a 1' '-10000 a 2' '-10001 a 4' '0 a 8' '#end' -- sum:v
	is "#fields t $windowed sum_v:int" '-10001 -20000 -10000 4' '-1 -10000 0 3' '9999 0 10000 8' '#end'
}

@test "an offset shifts windows" {
	agg 0 "$fields" '#window tumbling size=10000 offset=-4000' '5999 a 1' '6000 a 2' '-4001 a 4' '#end' -- sum:v
	is "#fields t $windowed sum_v:int" '-4001 -14000 -4000 4' '5999 -4000 6000 1' '15999 6000 16000 2' '#end'
}

@test "rows come by window end, then first arrival of the key in that window" {
	agg 0 "$fields" "$tumbling" '10001 b 1' '10002 a 1' '2 c 1' '1 a 1' '10000 b 1' '3 b 1' '#end' -- -k k count
	is "#fields t k $windowed count:int" '9999 c 0 10000 1' '9999 a 0 10000 1' '9999 b 0 10000 1' \
	    '19999 b 10000 20000 2' '19999 a 10000 20000 1' '#end'
}

@test "late records are dropped, counted and written to -L" {
	agg 0 "$fields" "$tumbling" '1 a 1' '#watermark 10000' '9999 a 2' '10000 a 4' '#end' -- -L late sum:v
	[ "$output" = "$(feed "#fields t $windowed sum_v:int" '9999 0 10000 1' '#watermark 10000' \
	    '19999 10000 20000 4' '#end')" ]
	[ "$stderr" = "saggregate: 1 late records written to late" ]
	[ "$(cat late)" = "$(feed "$fields" "$tumbling" '9999 a 2' '#end')" ]
	agg 0 "$fields" "$tumbling" '1 a 1' '#watermark 10000' '9999 a 2' '#end' -- sum:v
	[ "$stderr" = "saggregate: 1 late records dropped" ]
}

@test "-l lets late records bring rows again, up to the lateness" {
	agg 0 "$fields" "$tumbling" '1 a 1' '#watermark 10000' '2 a 2' '3 b 4' '#watermark 14999' '4 a 8' \
	    '#watermark 15000' '5 a 16' '#end' -- -l 5s -k k sum:v
	[ "$output" = "$(feed "#fields t k $windowed sum_v:int" '#mode update key=k,window_start,window_end' \
	    '9999 a 0 10000 1' '#watermark 10000' '9999 a 0 10000 3' '9999 b 0 10000 4' '#watermark 14999' \
	    '9999 a 0 10000 11' '#watermark 15000' '#end')" ]
	[ "$stderr" = "saggregate: 1 late records dropped" ]
	agg 0 "$fields" "$tumbling" '1 a 1' '#end' -- -l 0s sum:v
	is "#fields t $windowed sum_v:int" '9999 0 10000 1' '#end'
}

@test "-l keeps sessions, and they are declared as revise" {
	agg 0 "$fields" '#window session gap=10' '0 a 1' '#watermark 10' '5 a 2' '#watermark 12' '15 a 4' '#watermark 25' \
	    '#end' -- -l 20ms -k k sum:v
	is "#fields t k $windowed sum_v:int" '#mode revise key=k,window_start,window_end' '9 a 0 10 1' '#watermark 10' \
	    '#watermark 12' '24 a 0 25 7' '#watermark 25' '#end'
}

@test "a record in several sliding windows counts for those that are open" {
	agg 0 "$fields" '#window sliding size=10000 slide=5000 offset=0' '6000 a 1' '#watermark 10000' '9999 a 2' \
	    '#watermark 15000' '9999 a 4' '#end' -- -k k sum:v
	[ "$output" = "$(feed "#fields t k $windowed sum_v:int" '9999 a 0 10000 1' '#watermark 10000' \
	    '14999 a 5000 15000 3' '#watermark 15000' '#end')" ]
	[ "$stderr" = "saggregate: 1 late records dropped" ]
}

@test "a slide that does not divide the size" {
	agg 0 "$fields" '#window sliding size=10 slide=4 offset=0' '9 a 1' '#end' -- sum:v
	is "#fields t $windowed sum_v:int" '9 0 10 1' '13 4 14 1' '17 8 18 1' '#end'
}

@test "a sum of sliding windows is the whole window's, whatever its parts were" {
	window='#window sliding size=40 slide=10 offset=0'
	# 20 and 30 leave int64 together, but every window that has both has 10 or 40 as well
	agg 0 "$fields" "$window" '10 a -5' '20 a 9223372036854775800' '30 a 8' '40 a -9' '#watermark 50' '#barrier 1.a' \
	    '#stop' -- sum:v avg:v
	is "#fields t $windowed sum_v:int avg_v:float" '19 -20 20 -5 -5' '29 -10 30 9223372036854775795 4.611686018427388e+18' \
	    '39 0 40 9223372036854775803 3.0744573456182584e+18' '49 10 50 9223372036854775794 2.305843009213694e+18' \
	    '#watermark 50' '#barrier 1.a' '#stop'
	agg 1 "$fields" "$window" '20 a 9223372036854775800' '30 a 8' '#end' -- -k k sum:v
	[ "$output" = "$(feed "#fields t k $windowed sum_v:int" '29 a -10 30 9223372036854775800')" ]
	[ "$stderr" = 'saggregate: sum:v leaves the range of int for key "a"' ]
}

@test "an average of sliding windows takes the sum before it, also over a restart" {
	window='#window sliding size=10 slide=5 offset=0'
	agg 0 "$fields" "$window" '1 a 1' '6 a 4' '#barrier 1.a' '#stop' -- -S st sum:v avg:v
	# a word, a number and three for both
	[ "$(awk -F '\t' '$1 == "row" { print NF }' st/1.a.snap)" = "$(printf '%s\n' 5 5)" ]
	agg 0 '#restore 1.a' "$fields" "$window" '7 a 10' '#end' -- -S st sum:v avg:v
	is '#restore 1.a' "#fields t $windowed sum_v:int avg_v:float" '4 -5 5 1 1' '9 0 10 15 5' '14 5 15 14 7' '#end'
}

@test "records between sliding windows are rejected; the counters add up" {
	agg 0 "$fields" '#window sliding size=3 slide=5 offset=0' '2 a 1' '3 a 2' '4 a 4' '5 a 8' '#watermark 8' \
	    '8 a 16' '7 a 32' '4 a 64' '#end' -- -v sum:v
	[ "$output" = "$(feed "#fields t $windowed sum_v:int" '2 0 3 1' '7 5 8 8' '#watermark 8' '#end')" ]
	[ "${stderr_lines[0]}" = "saggregate: 7 in, 2 out, 3 rejected, 2 late, watermark 1970-01-01T00:00:00.008Z" ]
	[ "${stderr_lines[1]}" = "saggregate: 2 late records dropped" ]
}

@test "sessions that touch merge; 1 ms more apart they do not" {
	agg 0 "$fields" '#window session gap=10' '0 a 1' '10 a 2' '0 b 1' '11 b 2' '#end' -- -k k sum:v
	is "#fields t k $windowed sum_v:int" '9 b 0 10 1' '19 a 0 20 3' '20 b 11 21 2' '#end'
}

@test "a record that comes later joins sessions; first and last are by arrival" {
	agg 0 "$fields" '#window session gap=10' '20 a 2' '-5 a 3' '8 a 9' '4 a 1' '12 a 5' '#end' -- -k k \
	    sum:v min:v max:v first:v last:v count avg:v f=first:k g=max:k
	is "#fields t k $windowed sum_v:int min_v:int max_v:int first_v:int last_v:int count:int avg_v:float f g" \
	    '29 a -5 30 20 1 9 2 5 5 4 a a' '#end'
}

@test "sessions come out at their end, in order; late ones are judged after merging" {
	agg 0 "$fields" '#window session gap=10' '0 b 1' '0 a 2' '15 c 4' '#watermark 9' '9 b 8' '#watermark 10' '0 a 16' \
	    '1 b 32' '#watermark 19' '#watermark 25' '#end' -- -k k sum:v
	[ "$output" = "$(feed "#fields t k $windowed sum_v:int" '#watermark 9' '9 a 0 10 2' '#watermark 10' \
	    '18 b 0 19 41' '#watermark 19' '24 c 15 25 4' '#watermark 25' '#end')" ]
	[ "$stderr" = "saggregate: 1 late records dropped" ]
}

@test "a session in the memory of one that was merged away closes once" {
	agg 0 "$fields" '#window session gap=10' '0 a 1' '20 a 2' '10 a 4' '0 b 8' '#watermark 10' '#watermark 40' '#end' -- -k k sum:v
	is "#fields t k $windowed sum_v:int" '9 b 0 10 8' '#watermark 10' '29 a 0 30 7' '#watermark 40' '#end'
}

@test "many sessions, and keys that never come again" {
	run --separate-stderr -0 saggregate -k k first:v count < <(feed "$fields" '#window session gap=10'
		for ((i = 0; i < 20000; i += 2)); do
			printf '%d\tk%d\t%d\n%d\tstay\t%d\n' $i $((i / 8)) $i $i $i
			((i % 100)) || printf '#watermark\t%d\n' $i
		done
		echo '#end')
	[ "$(grep -c '	stay	0	20008	0	10000$' <<<"$output")" = 1 ]
	[ "$(grep -vc '^#' <<<"$output")" = 2501 ]
	[ "$(grep -v '^#' <<<"$output" | grep -v stay | cut -f 6 | sort | uniq -c | tr -s ' ')" = ' 2500 4' ]
	[ "$stderr" = "" ]
}

@test "count windows come out when they are full, never the rest" {
	agg 0 "$fields" '#window count size=2' '5 a 1' '3 b 2' '#watermark 100' '4 a 4' '9 a 8' '#end' -- -k k sum:v last:v
	is '#fields t k sum_v:int last_v:int' '#watermark 100' '4 a 5 4' '#end'
}

@test "sliding count windows have the last so many, the first ones fewer" {
	agg 0 "$fields" '#window count size=4 slide=2' '1 a 1' '2 a 2' '3 a 4' '4 a 8' '5 a 16' '6 a 32' '7 a 64' '#end' -- \
	    -k k sum:v count first:v
	is '#fields t k sum_v:int count:int first_v:int' '2 a 3 2 1' '4 a 15 4 1' '6 a 60 4 4' '#end'
	agg 0 "$fields" '#window count size=2 slide=3' '1 a 1' '2 a 2' '3 a 4' '4 a 8' '5 a 16' '6 a 32' '#end' -- -v sum:v
	[ "$output" = "$(feed '#fields t sum_v:int' '3 6' '6 48' '#end')" ]
	[[ $stderr = "saggregate: 6 in, 2 out, 2 rejected, 0 late"* ]]
}

@test "without windows, append has its rows at the end and no watermark before" {
	agg 0 "$fields" '5 a 1' '#watermark 5' '3 b 2' '4 a 4' '#barrier 1.x' '#end' -- -k k sum:v
	is '#fields t k sum_v:int' '#barrier 1.x' '5 a 5' '3 b 2' '#end'
	agg 0 "$fields" '-7 a 1' '-9 a 1' '#end' -- count
	is '#fields t count:int' '-7 2' '#end'
	agg 0 "$fields" '#end' -- count
	is '#fields t count:int' '#end'
}

@test "update has the rows that changed, at each barrier" {
	agg 0 "$fields" '1 a 1' '2 b 2' '#watermark 2' '#barrier 1.x' '4 b 4' '#barrier 2.x' '#barrier 3.x' '3 c 8' '2 a 1' \
	    '#end' -- -m update -k k sum:v
	is '#fields t k sum_v:int' '#mode update key=k' '#watermark 2' '1 a 1' '2 b 2' '#barrier 1.x' '4 b 6' '#barrier 2.x' \
	    '#barrier 3.x' '2 a 2' '3 c 8' '#end'
}

@test "update has windows that were completed before the barrier, once" {
	agg 0 "$fields" "$tumbling" '10000 a 1' '1 a 2' '#watermark 10000' '#barrier 1.x' '2 a 4' '10001 b 8' '10002 a 16' \
	    '#barrier 2.x' '#end' -- -m update -k k sum:v
	[ "$output" = "$(feed "#fields t k $windowed sum_v:int" '#mode update key=k,window_start,window_end' \
	    '#watermark 10000' '9999 a 0 10000 2' '19999 a 10000 20000 1' '#barrier 1.x' '19999 a 10000 20000 17' \
	    '19999 b 10000 20000 8' '#barrier 2.x' '#end')" ]
	[ "$stderr" = "saggregate: 1 late records dropped" ]
}

@test "update with a lateness takes records of completed windows" {
	agg 0 "$fields" "$tumbling" '1 a 1' '#watermark 10000' '#barrier 1.x' '2 a 4' '#barrier 2.x' '#end' -- -m update -l 1s sum:v
	is "#fields t $windowed sum_v:int" '#mode update key=window_start,window_end' '#watermark 10000' '9999 0 10000 1' \
	    '#barrier 1.x' '9999 0 10000 5' '#barrier 2.x' '#end'
}

@test "complete has all rows at each barrier that had records, and nothing is late" {
	agg 0 "$fields" "$tumbling" '10000 a 1' '#watermark 10000' '#barrier 1.x' '#barrier 2.x' '1 a 2' '2 b 4' '#end' -- \
	    -m complete -k k sum:v
	is "#fields t k $windowed sum_v:int" '#mode complete key=k,window_start,window_end' '#watermark 10000' \
	    '19999 a 10000 20000 1' '#barrier 1.x' '#barrier 2.x' '9999 a 0 10000 2' '9999 b 0 10000 4' \
	    '19999 a 10000 20000 1' '#end'
	agg 0 "$fields" '5 a 1' '#barrier 1.x' '6 b 2' '#end' -- -m complete -k k sum:v
	is '#fields t k sum_v:int' '#mode complete key=k' '5 a 1' '#barrier 1.x' '5 a 1' '6 b 2' '#end'
}

@test "complete keeps sessions" {
	agg 0 "$fields" '#window session gap=10' '0 a 1' '30 a 2' '#watermark 100' '#barrier 1.x' '10 a 4' '#end' -- -m complete sum:v
	is "#fields t $windowed sum_v:int" '#mode complete key=window_start,window_end' '#watermark 100' '9 0 10 1' \
	    '39 30 40 2' '#barrier 1.x' '19 0 20 5' '39 30 40 2' '#end'
}

@test "each has a row after every record, with its time" {
	agg 0 "$fields" '5 a 1' '#watermark 5' '3 b 2' '4 a 4' '#end' -- -m each -k k sum:v
	is '#fields t k sum_v:int' '#mode update key=k' '5 a 1' '#watermark 5' '3 b 2' '4 a 5' '#end'
	agg 0 "$fields" '#window sliding size=10 slide=5 offset=0' '7 a 1' '#watermark 50' '5 a 2' '#end' -- -m each sum:v
	is "#fields t $windowed sum_v:int" '#mode update key=window_start,window_end' '7 0 10 1' '7 5 15 1' '#watermark 50' \
	    '5 0 10 3' '5 5 15 3' '#end'
	agg 0 "$fields" '#window session gap=10' '7 a 1' '#watermark 50' '5 a 2' '#end' -- -m each sum:v
	is "#fields t $windowed sum_v:int" '#mode revise key=window_start,window_end' '7 7 17 1' '#watermark 50' \
	    '5 5 17 3' '#end'
}

@test "without keys update and complete declare one row" {
	agg 0 "$fields" '5 a 1' '#end' -- -m update sum:v
	is '#fields t sum_v:int' '#mode update' '5 1' '#end'
}

@test "nulls: skipped, but not by count, first and last" {
	agg 0 "$fields" '1 a \N' '2 a 5' '3 a \N' '4 b \N' '#end' -- -k k count count:v sum:v min:v max:v avg:v first:v last:v
	is '#fields t k count:int count_v:int sum_v:int min_v:int max_v:int avg_v:float first_v:int last_v:int' \
	    '3 a 3 1 5 5 5 5 \N \N' '4 b 1 0 \N \N \N \N \N \N' '#end'
}

@test "a null key is a group, the empty text another" {
	run --separate-stderr -0 saggregate -k k count < <(printf '#fields\tt\tk\n1\t\\N\n2\t\n3\t\\N\n#end\n')
	[ "$output" = "$(printf '#fields\tt\tk\tcount:int\n3\t\\N\t2\n2\t\t1\n#end')" ]
	[ "$stderr" = "" ]
}

@test "empty texts are values" {
	run --separate-stderr -0 saggregate -k k min:s max:s first:s last:s < <(printf '#fields\tt\tk\ts\n1\t\t\n2\t\t\n#end\n')
	[ "$output" = "$(printf '#fields\tt\tk\tmin_s\tmax_s\tfirst_s\tlast_s\n2\t\t\t\t\t\n#end')" ]
	run --separate-stderr -0 saggregate min:s < <(printf '#fields\tt\ts\n1\t\n2\ta\n3\t\n#end\n')
	[ "$output" = "$(printf '#fields\tt\tmin_s\n3\t\n#end')" ]
	[ "$stderr" = "" ]
}

@test "numbers are one key if they are equal" {
	agg 0 '#fields t k:float' '1 1.5' '2 1.50' '3 0' '4 -0' '5 NaN' '6 NaN' '7 15e-1' '8 \N' '#end' -- -k k count
	is '#fields t k:float count:int' '7 1.5 3' '4 0 2' '6 NaN 2' '8 \N 1' '#end'
	agg 0 '#fields t k:int' '1 7' '2 +7' '3 007' '4 -0' '5 0' '6 -7' '#end' -- -k k count
	is '#fields t k:int count:int' '3 7 3' '5 0 2' '6 -7 1' '#end'
}

@test "a key of several columns, the time among them, and long ones" {
	agg 0 '#fields t a b' '1 x y' '2 xy \N' '1 x y' '1 x yy' '#end' -- -k b,a,t count
	is '#fields t b a t_2:time count:int' '1 y x 1 2' '2 \N xy 2 1' '1 yy x 1 1' '#end'
	long=$(printf 'x%.0s' {1..100})
	agg 0 '#fields t k' "1 $long" "2 ${long}y" "3 $long" "4 y$long" '5 x' '6 xx' '7 xxxx' '8 xxxxxxxx' '#end' -- -k k count
	is '#fields t k count:int' "3 $long 2" "2 ${long}y 1" "4 y$long 1" '5 x 1' '6 xx 1' '7 xxxx 1' '8 xxxxxxxx 1' '#end'
}

@test "types: float, bool, time, text" {
	agg 0 '#fields t f:float b:bool d:time s' '1 0.5 true 5 b' '2 NaN false -7 a\tb' '3 -2 true 3 a' '#end' -- \
	    sum:f min:f max:f min:b max:b min:d max:d min:s max:s last:s max:t
	is '#fields t sum_f:float min_f:float max_f:float min_b:bool max_b:bool min_d:time max_d:time min_s max_s last_s max_t:time' \
	    '3 NaN -2 NaN false true -7 5 a b a 3' '#end'
	agg 0 '#fields t f:float' '1 0.5' '2 0.25' '3 \N' '#end' -- sum:f avg:f min:f max:f count:f
	is '#fields t sum_f:float avg_f:float min_f:float max_f:float count_f:int' '3 0.75 0.375 0.25 0.5 2' '#end'
	agg 0 '#fields t f:float' '1 NaN' '2 NaN' '3 -Infinity' '#end' -- min:f max:f
	is '#fields t min_f:float max_f:float' '3 -Infinity NaN' '#end'
}

@test "-0 is less than 0, whichever comes first" {
	for zeros in '-0 0' '0 -0'; do
		agg 0 '#fields t f:float' "1 ${zeros% *}" "1 ${zeros#* }" '#end' -- min:f max:f
		is '#fields t min_f:float max_f:float' '1 -0 0' '#end'
	done
}

@test "min and max of text compare what is written, not its escapes" {
	run --separate-stderr -0 saggregate min:s max:s < <(printf '#fields\tt\ts\n1\ta\\tb\n2\taAb\n3\ta\\\\b\n#end\n')
	[ "$output" = "$(printf '#fields\tt\tmin_s\tmax_s\n3\ta\\tb\ta\\\\b\n#end')" ]
}

@test "a sum that leaves int64 is an error that names the key; an average is exact" {
	agg 1 "$fields" '1 a 9223372036854775807' '2 b 1' '3 a 1' '#end' -- -k k sum:v
	[ "$output" = "$(feed '#fields t k sum_v:int')" ]
	[ "$stderr" = 'saggregate: line 4: sum:v leaves the range of int for key "a"' ]
	agg 1 "$fields" '1 a -9223372036854775808' '3 a -1' '#end' -- sum:v
	[ "$stderr" = 'saggregate: line 3: sum:v leaves the range of int' ]
	agg 1 "$fields" '#window session gap=10' '1 a 9223372036854775807' '20 a 1' '11 a 0' '#end' -- -k k sum:v
	[ "$stderr" = 'saggregate: line 5: sum:v leaves the range of int for key "a"' ]
	agg 0 "$fields" '1 a 9223372036854775807' '2 a 9223372036854775807' '3 a 1' '4 a -9223372036854775808' \
	    '5 a -9223372036854775807' '6 a 6' '#end' -- avg:v
	is '#fields t avg_v:float' '6 1' '#end'
}

@test "var and stddev are a sample's, null of one" {
	agg 0 "$fields" '1 a 2' '2 a \N' '3 a 4' '4 a 4' '5 a 4' '6 a 5' '7 a 5' '8 a 7' '9 a 9' '1 b 7' '1 c \N' '#end' -- \
	    -k k var:v stddev:v
	is '#fields t k var_v:float stddev_v:float' '9 a 4.571428571428571 2.138089935299395' '1 b \N \N' '1 c \N \N' '#end'
	agg 0 '#fields t f:float' '1 1e9' '2 1000000001' '3 1000000002' '#end' -- var:f stddev:f
	is '#fields t var_f:float stddev_f:float' '3 1 1' '#end'
	agg 0 "$fields" '1 a 1700000000000000001' '2 a 1700000000000000002' '3 a 1700000000000000003' \
	    '1 b 9223372036854775807' '2 b -9223372036854775808' '#end' -- -k k var:v
	is '#fields t k var_v:float' '3 a 1' '2 b 1.7014118346046923e+38' '#end'
	agg 0 '#fields t k f:float' '1 a NaN' '2 a 1' '1 b Infinity' '2 b -Infinity' '1 c NaN' '1 d 0' '2 d -0' '#end' -- -k k var:f
	is '#fields t k var_f:float' '2 a NaN' '2 b NaN' '1 c \N' '2 d 0' '#end'
}

@test "var over sessions that merge is that over all" {
	agg 0 "$fields" '#window session gap=10' '0 a 1000000001' '5 a 1000000003' '20 a 1000000002' '24 a 1000000006' \
	    '12 a 1000000004' '#end' -- -k k var:v
	is "#fields t k $windowed var_v:float" '33 a 0 34 3.7' '#end'
}

@test "list has the values in order of arrival, set the different ones, sorted" {
	agg 0 "$fields" '2 a 30' '1 a 4' '3 a \N' '4 a 030' '5 a -5' '6 b \N' '#end' -- -k k list:v set:v distinct:v
	is '#fields t k list_v set_v distinct_v:int' '5 a [30,4,30,-5] [-5,4,30] 3' '6 b \N \N 0' '#end'
	agg 0 '#fields t f:float b:bool d:time' '1 1.50 true 9' '2 NaN false -8' '3 -0 true 9' '4 Infinity \N \N' '5 0 \N \N' \
	    '6 NaN \N \N' '7 -Infinity \N \N' '8 1e300 \N \N' '#end' -- list:f set:f list:b set:b list:d set:d distinct:f
	is '#fields t list_f set_f list_b set_b list_d set_d distinct_f:int' \
	    '8 [1.5,"NaN",0,"Infinity",0,"NaN","-Infinity",1e+300] ["-Infinity",0,1.5,1e+300,"Infinity","NaN"] [true,false,true] [false,true] [9,-8,9] [-8,9] 6' \
	    '#end'
	agg 0 '#fields t k' '-3 a' '2 b' '-3 c' '#end' -- list:t set:t
	is '#fields t list_t set_t' '2 [-3,2,-3] [-3,2]' '#end'
}

@test "a list of texts is JSON, escaped as a field" {
	run --separate-stderr -0 saggregate list:s set:s distinct:s < <(
		printf '#fields\tt\ts\n1\tb"c\n2\t\n3\ta\\tb\\\\\n4\té\n5\t\n6\t\\N\n7\t\\n\\r\n#end\n')
	[ "$output" = "$(printf '%s\n' '#fields	t	list_s	set_s	distinct_s:int' \
	    '7	["b\\"c","","a\\tb\\\\","é","","\\n\\r"]	["","\\n\\r","a\\tb\\\\","b\\"c","é"]	5' '#end')" ]
	[ "$stderr" = "" ]
	for fn in list set; do
		run --separate-stderr -1 saggregate $fn:s < <(printf '#fields\tt\ts\n1\ta\n2\tb\xff\n#end\n')
		[ "$stderr" = "saggregate: line 3: s is not UTF-8 text, so JSON cannot hold it: \"b\\xff\"" ]
		run --separate-stderr -1 saggregate $fn:s < <(printf '#fields\tt\ts\n1\ta\\x\n#end\n')
		[ "$stderr" = "saggregate: line 2: s is not UTF-8 text, so JSON cannot hold it: \"a\\x\"" ]
	done
	run --separate-stderr -0 saggregate distinct:s hll:s < <(printf '#fields\tt\ts\n1\ta\n2\tb\xff\n#end\n')
	[ "$output" = "$(feed '#fields t distinct_s:int hll_s:int' '2 2 2' '#end')" ]
}

@test "lists of sessions that merge stay in order of arrival" {
	agg 0 "$fields" '#window session gap=10' '0 a 1' '15 a 2' '30 a 3' '31 a 4' '1 a 5' '14 a 6' '22 a 7' '8 a 8' '#end' -- -k k \
	    list:v set:v distinct:v
	is "#fields t k $windowed list_v set_v distinct_v:int" '40 a 0 41 [1,2,3,4,5,6,7,8] [1,2,3,4,5,6,7,8] 8' '#end'
}

@test "argmax and argmin have the field where another is extreme" {
	agg 0 "$fields" '1 a 5' '2 b 9' '3 c \N' '4 d 9' '5 e 1' '6 f 1' '#end' -- argmax:k:v argmin:k:v argmax:v:t argmin:t:v x=argmax:t:k
	is '#fields t argmax_k argmin_k argmax_v:int argmin_t:time x:time' '6 d f 1 6 6' '#end'
	# the field may be null, a record whose other field is null is skipped
	agg 0 "$fields" '1 \N 5' '2 b \N' '3 a 4' '#end' -- argmax:k:v argmin:k:v
	is '#fields t argmax_k argmin_k' '3 \N a' '#end'
	agg 0 "$fields" '2 b \N' '#end' -- argmax:k:v argmin:v:v
	is '#fields t argmax_k argmin_v:int' '2 \N \N' '#end'
	agg 0 '#fields t k f:float b:bool d:time s' '1 a 1.5 true 9 xyz' '2 b NaN false -9 xy' '3 c -0 true 8 y' '4 d 0 false 7 é' '#end' -- \
	    argmax:k:f argmin:k:f argmax:k:b argmin:k:b argmax:k:d argmin:k:d argmax:k:s argmin:k:s
	is '#fields t argmax_k argmin_k argmax_k_2 argmin_k_2 argmax_k_3 argmin_k_3 argmax_k_4 argmin_k_4' '4 b d c d a b d b' '#end'
	agg 0 "$fields" '#window session gap=10' '20 z 7' '0 a 3' '21 x 3' '5 b 7' '12 y 1' '#end' -- argmax:k:v argmin:k:v
	is "#fields t $windowed argmax_k argmin_k" '30 0 31 b y' '#end'
	agg 1 "$fields" '1 a 1' '2 a x' '#end' -- argmax:k:v
	[ "$stderr" = 'saggregate: line 3: v is not of type int: "x"' ]
	agg 1 "$fields" '#end' -- argmax:k:w
	[ "$stderr" = "saggregate: no field w, there are: t k v" ]
}

@test "percentiles are values of the data while there are few" {
	agg 0 "$fields" '1 a 5' '2 a 100000' '3 a -7' '4 a \N' '5 b \N' '#end' -- -k k p0:v p33:v p34:v p50:v p66.6:v p66.7:v p99.9:v p100:v
	is '#fields t k p0_v:int p33_v:int p34_v:int p50_v:int p66.6_v:int p66.7_v:int p99.9_v:int p100_v:int' \
	    '4 a -7 -7 5 5 5 100000 100000 100000' '5 b \N \N \N \N \N \N \N \N' '#end'
	agg 0 '#fields t f:float' '1 0.1' '2 -0' '3 NaN' '4 -Infinity' '5 0.3' '#end' -- p1:f p40:f p60:f p80:f p81:f
	is '#fields t p1_f:float p40_f:float p60_f:float p80_f:float p81_f:float' '5 -Infinity 0 0.1 0.3 NaN' '#end'
	agg 0 "$fields" '1 a 9223372036854775807' '2 a -9223372036854775808' '3 a 9223372036854775806' '#end' -- p1:v p50:v p99:v
	is '#fields t p1_v:int p50_v:int p99_v:int' '3 -9223372036854775808 9223372036854775806 9223372036854775807' '#end'
	agg 1 "$fields" '1 a x' '#end' -- p50:v
	[ "$stderr" = 'saggregate: line 2: v is not of type int: "x"' ]
}

@test "estimates of many values are within their bounds, in little memory" {
	many() {
		awk 'BEGIN { print "#fields\tt\tv:int\tf:float"
			for (i = 1; i <= 300000; i++) { v = i * 7919 % 300007; print i "\t" v "\t" v / 1000 }
			print "#end" }'
	}
	run --separate-stderr -0 bash -c "$(declare -f many); many | /usr/bin/time -f %M saggregate hll:v hll:f p50:v p95:v p99.9:f |
		swrite -s tsv"
	read -r -a is <<<"$output"
	near() { # GOT WANTED PART
		awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN { d = a - b; exit (d < 0 ? -d : d) > b * p }'
	}
	near "${is[1]}" 300000 0.025
	near "${is[2]}" 300000 0.025
	near "${is[3]}" 150003 0.004
	near "${is[4]}" 285006 0.004
	near "${is[5]}" 299.707 0.004
	[ -n "${WEIR_SAN-}" ] || [ "$stderr" -lt 5000 ]
	# in sliding windows two of each for a pane, not all values for each window
	run --separate-stderr -0 bash -c "$(declare -f many); many | swindow 100s 10s |
		/usr/bin/time -f %M saggregate hll:v hll:f p50:v p95:v p99.9:f | swrite -s tsv"
	# 190 s to 290 s
	read -r -a is <<<"$(grep '^289999	' <<<"$output")"
	near "${is[3]}" 100000 0.025
	near "${is[4]}" 100000 0.025
	want=$(many | awk -F '\t' '$1 >= 190000 && $1 < 290000 { print $2 }' | sort -n | sed -n '50000p;95000p')
	near "${is[5]}" "$(sed -n 1p <<<"$want")" 0.004
	near "${is[6]}" "$(sed -n 2p <<<"$want")" 0.004
	[ -n "${WEIR_SAN-}" ] || [ "$stderr" -lt 20000 ]
}

@test "ten million keys fit into 1.2 GiB" {
	[ -z "${WEIR_SAN-}" ] || skip 'it takes memory of its own'
	# a tenth of them, where the table has more slots for each than it has then
	run --separate-stderr -0 bash -c 'awk "BEGIN { print \"#fields\tt\tk\tv:int\"
		for (i = 0; i < 1000000; i++) print i \"\tuser\" 9000000 + i \"\t\" i
		print \"#end\" }" | /usr/bin/time -f %M saggregate -k k sum:v count | tail -n 2'
	[ "$output" = "$(feed '999999 user9999999 999999 1' '#end')" ]
	[ "$stderr" -lt $((1200 * 1024 / 10)) ]
}

@test "every function says the same in every kind of window and every mode" {
	cases=(var:v stddev:f list:v list:k set:k set:f distinct:v argmax:k:v argmin:v:f hll:v hll:f p50:v p95:f first:v last:f)
	records() { # the records of two keys, out of order, and what stands before them
		printf '%s\n' '#fields t k v:int f:float' "$@" | tr ' ' '\t'
		awk 'BEGIN { for (i = 0; i < 4000; i++) {
			v = i * 7919 % 4001
			printf "%d\t%s\t%s\t%s\n", v, v % 7 ? "a" : "b", v % 11 ? v * v : "\\N", v % 13 ? v / 8 : "NaN"
		}
		print "#barrier\t1.x\n#end" }'
	}
	# the time and the window left out
	want=$(records | saggregate -k k "${cases[@]}" | grep -v '^#' | cut -f 2-)
	[ "$(wc -l <<<"$want")" = 2 ]
	for mode in update complete; do
		got=$(records | saggregate -m $mode -k k "${cases[@]}" | grep -v '^#' | cut -f 2-)
		[ "$got" = "$want" ]
	done
	got=$(records | saggregate -m each -k k v1=sum:v "${cases[@]:3:2}" hll:v p50:v argmax:k:v var:v | tail -n 3 | head -n 1 | cut -f 4-)
	wantone=$(records | saggregate -k k v1=sum:v "${cases[@]:3:2}" hll:v p50:v argmax:k:v var:v | grep '	a	' | cut -f 4-)
	[ "$got" = "$wantone" ]
	for window in '#window tumbling size=8000 offset=0' '#window sliding size=8000 slide=8000 offset=-1'; do
		got=$(records "$window" | saggregate -k k "${cases[@]}" | grep -v '^#' | cut -f 2,5-)
		[ "$got" = "$want" ]
	done
	# a sum of squares depends on the order in its last digits when sessions merge
	want=$(records | saggregate -k k "${cases[@]:2}" | grep -v '^#' | cut -f 2- | sort)
	got=$(records '#window session gap=100' | saggregate -k k "${cases[@]:2}" | grep -v '^#' | cut -f 2,5- | sort)
	[ "$got" = "$want" ]
	# the second window of a key uses the memory of the first
	got=$(records '#window count size=1000 slide=1000' | saggregate "${cases[@]}" | grep -v '^#' | cut -f 2- | sed -n 3p)
	want=$(records | sed -e '/^#fields/b' -e '/^[#]/b' -e '2,2001d;3002,$d' | saggregate "${cases[@]}" | grep -v '^#' | cut -f 2-)
	[ "$got" = "$want" ]
}

@test "count windows that come and go leave no memory behind" {
	[ -z "${WEIR_SAN-}" ] || skip "sizes mean nothing under a sanitizer"
	run --separate-stderr -0 bash -c 'awk "BEGIN { print \"#fields\tt\tv:int\n#window\tcount\tsize=1000\"
		for (i = 0; i < 500000; i++) print i \"\t\" i
		print \"#end\" }" | /usr/bin/time -f %M saggregate list:v set:v distinct:v hll:v p99:v argmax:v:t | grep -c ^[0-9]'
	[ "$output" = 500 ]
	[ "$stderr" -lt 5000 ]
}

@test "columns are named by the function and field, or as one says" {
	agg 0 "$fields" '1 a 1' '#end' -- total=sum:v sum:v sum:v n=count
	is '#fields t total:int sum_v:int sum_v_2:int n:int' '1 1 1 1 1' '#end'
}

@test "windows of windows" {
	run --separate-stderr -0 bash -c 'set -o pipefail
		saggregate -k k s=sum:v | swindow 10s | saggregate max:s' < <(feed "$fields" "$tumbling" \
	    '1 a 1' '2 b 2' '#watermark 9999' '#watermark 10000' '10001 a 4' '#end')
	is "#fields t $windowed max_s:int" '#watermark 9999' '9999 0 10000 2' '#watermark 10000' '19999 10000 20000 4' '#end'
	run --separate-stderr -0 bash -c 'set -o pipefail
		saggregate -k k s=sum:v | swindow 5s | saggregate sum:s' < <(feed "$fields" \
	    '#window sliding size=10000 slide=5000 offset=0' '1 a 1' '5001 b 2' '#end')
	is "#fields t $windowed sum_s:int" '4999 0 5000 1' '9999 5000 10000 3' '14999 10000 15000 2' '#end'
}

@test "streams whose rows change are refused" {
	for mode in update revise complete; do
		agg 1 "$fields" "#mode $mode key=k" '1 a 1' '#end' -- count
		[ "$output" = "" ]
		[ "$stderr" = "saggregate: the stream is in $mode mode: its rows change, and would be counted more than once" ]
	done
}

@test "what cannot be done is refused" {
	agg 1 "$fields" '#window session gap=10' '#end' -- -m update count
	[ "$stderr" = "saggregate: -m update: sessions merge, so their rows cannot be replaced; use append or complete" ]
	for mode in update complete each; do
		agg 1 "$fields" '#window count size=10' '#end' -- -m $mode count
		[ "$stderr" = "saggregate: -m $mode: count windows have rows only when they are full" ]
	done
	for window in '#window count size=10' '#idle'; do
		agg 1 "$fields" "$window" '#end' -- -l 1s count
		[ "$stderr" = "saggregate: -l: the stream has no windows of time: put swindow before" ]
	done
	agg 1 '#fields t window_end v:int' "$tumbling" '#end' -- -k window_end count
	[ "$stderr" = "saggregate: -k window_end: the window has a column of that name" ]
	agg 1 "$fields" '#window count size=4000000000000000 slide=1' '#end' -- count
	[ "$stderr" = "saggregate: count windows of 4000000000000000 every 1 records are too many for one key" ]
	agg 1 "$fields" "$tumbling" '4611686018427387904 a 1' '#end' -- count
	[ "$stderr" = "saggregate: line 3: the record's window reaches beyond what a time can be" ]
	agg 1 "$fields" '#window session gap=1' '4611686018427387904 a 1' '#end' -- count
	[ "$stderr" = "saggregate: line 3: the record's window reaches beyond what a time can be" ]
}

@test "fields that are not there or of the wrong type" {
	agg 1 "$fields" '#end' -- sum:w
	[ "$stderr" = "saggregate: no field w, there are: t k v" ]
	agg 1 "$fields" '#end' -- -k v,x count
	[ "$stderr" = "saggregate: no field x, there are: t k v" ]
	agg 1 "$fields" '#end' -- sum:k
	[ "$stderr" = "saggregate: sum:k: k is of type str, not int or float: declare its type at the source" ]
	for fn in var stddev p50; do
		agg 1 "$fields" '#end' -- $fn:t
		[ "$stderr" = "saggregate: $fn:t: t is of type time, not int or float: declare its type at the source" ]
	done
	agg 1 "$fields" '#end' -- avg:t
	[ "$stderr" = "saggregate: avg:t: t is of type time, not int or float: declare its type at the source" ]
}

@test "a field that is not of its type names the line" {
	agg 1 "$fields" "$tumbling" '1 a 1' '2 a x' '#end' -- -k k sum:v
	[ "$output" = "$(feed "#fields t k $windowed sum_v:int")" ]
	[ "$stderr" = 'saggregate: line 4: v is not of type int: "x"' ]
	agg 1 '#fields t k:float' '1 1' '2 x' '#end' -- -k k count
	[ "$stderr" = 'saggregate: line 3: k is not of type float: "x"' ]
	agg 1 "$fields" '1 a 1' '2 a' '#end' -- count
	[ "$stderr" = 'saggregate: line 3: 2 columns, #fields names 3' ]
}

@test "input that was cut off has no further row" {
	for args in '' '-m update' '-m complete'; do
		# shellcheck disable=SC2086
		agg 111 "$fields" "$tumbling" '1 a 1' -- $args count
		[ "$(grep -cv '^#' <<<"$output")" = 0 ]
		[ "$stderr" = "saggregate: $cut_off" ]
	done
	agg 111 "$fields" '1 a 1' '#watermark 5' -- count
	[ "$output" = "$(feed '#fields t count:int')" ]
	agg 0 "$fields" "$tumbling" '1 a 1' '#barrier 1.x' '#stop' -- count
	is "#fields t $windowed count:int" '#barrier 1.x' '#stop'
}

@test "bad usage" {
	agg 2 --
	[ "$stderr" = "$use" ]
	agg 2 -- nope:v
	[ "$stderr" = "saggregate: no function nope, there are: count sum min max avg first last var stddev list set distinct argmax argmin hll pNN" ]
	agg 2 -- sum
	[ "$stderr" = "saggregate: sum needs a field: sum:FIELD" ]
	for p in p101 p1000 p-1 p100.1 p5. p9x p99.9999999999; do
		agg 2 -- $p:v
		[[ $stderr == "saggregate: $p: not a percentile such as p50 or p99.9" || $p = p-1 ]]
	done
	agg 2 -- p50
	[ "$stderr" = "saggregate: p50 needs a field: p50:FIELD" ]
	agg 2 -- pNN:v
	[ "$stderr" = "saggregate: pNN: NN is a number, as in p99.9" ]
	agg 2 -- argmax:v
	[ "$stderr" = "saggregate: argmax:v needs two fields: argmax:FIELD:BY" ]
	agg 2 -- argmin
	[ "$stderr" = "saggregate: argmin needs two fields: argmin:FIELD:BY" ]
	for fields in : v: :v; do
		agg 2 -- argmax:$fields
		[ "$stderr" = "saggregate: argmax:$fields: the field has no name" ]
	done
	agg 2 -- sum:
	[ "$stderr" = "saggregate: sum:: the field has no name" ]
	agg 2 -- =count
	[ "$stderr" = "saggregate: =count: not a name for a column" ]
	agg 2 -- -m often count
	[ "${stderr_lines[0]}" = "saggregate: -m: no mode often, there are: append update complete each" ]
	[ "${stderr_lines[1]}" = "$use" ]
	agg 2 -- -l -1s count
	[ "${stderr_lines[0]}" = "saggregate: -l: not a lateness such as 10s: -1s" ]
	agg 2 -- -l x count
	[ "${stderr_lines[0]}" = "saggregate: -l: not a lateness such as 10s: x" ]
	for mode in complete each; do
		agg 2 -- -m $mode -l 1s count
		[ "${stderr_lines[0]}" = "saggregate: -l: nothing is late with -m $mode" ]
		[ "${stderr_lines[1]}" = "$use" ]
		[ "$output" = "" ]
	done
}

@test "a lateness of many windows costs nothing at each mark" {
	awk 'BEGIN { print "#fields\tt\tk"
		for (i = 0; i < 400000; i++) print i * 1000 "\tk" i % 3 "\n#watermark\t" i * 1000 "\n#barrier\t" i ".x"
		print "#end" }' >in
	for job in 'swindow 10s | timeout 10 saggregate -l 30d' 'swindow 10s | timeout 10 saggregate -m update -l 30d' \
	    'swindow -g 500ms | timeout 10 saggregate -l 30d'; do
		run --separate-stderr -0 bash -c "$job -k k count | tail -n 1" <in
		[ "$output" = '#end' ]
		[ "$stderr" = "" ]
	done
}

@test "many open sessions of one key are not gone through at each record" {
	# a source that lags behind another by days, and one whose times go back
	awk 'BEGIN { print "#fields\tt"
		for (i = 0; i < 150000; i++) print 1000000000 + i * 1000 "\n" i * 1000
		print "#end" }' >lag
	awk 'BEGIN { print "#fields\tt"; for (i = 150000; i > 0; i--) print i * 1000; print "#end" }' >back
	for in in lag back; do
		run --separate-stderr -0 bash -c "swindow -g 500ms | timeout 10 saggregate count | tail -n 2" <$in
		[ "${lines[1]}" = '#end' ]
		[ "$stderr" = "" ]
	done
	[ "${lines[0]}" = "$(feed '150000499 150000000 150000500 1')" ]
}

@test "saggregate -h and -V" {
	agg 0 -- -h
	[ "$output" = "$use" ]
	[ "$stderr" = "" ]
	agg 0 -- -V
	[[ $output =~ ^saggregate\ [0-9.]+$ ]]
}

@test "keys that were chosen to hash alike cost no more than others" {
	# with wyhash's own numbers the hash of all that start with these 8 bytes is 0
	LC_ALL=C awk 'BEGIN {
		print "#fields\tt\tk"
		for (i = 0; i < 200000; i++)
			printf "1\t\057\144\275\170\144\035\166\240%08d\n", i
		print "#end"
	}' >keys
	run --separate-stderr -0 timeout 10 saggregate -k k count <keys
	[ "${#lines[@]}" -eq 200002 ]
}

@test "a key that is not of its type is bad data, not a group" {
	for v in 1x 99999999999999999999 1.5; do
		agg 1 '#fields t n:int' "7 $v" '#end' -- -k n count
		[ "$stderr" = "saggregate: line 2: n is not of type int: \"$v\"" ]
	done
	agg 0 '#fields t n:int' '7 1' '7 01' '7 +1' '7 -0' '7 0' '#end' -- -k n count
	is '#fields t n:int count:int' '7 1 3' '7 0 2' '#end'
}

# started ARG ... - a run over two records that stops at the barrier 1.a, its state in the directory st
started() {
	rm -rf st
	agg 0 "$fields" '1 a 1' '2 b 2' '#barrier 1.a' '#stop' -- -S st "$@"
}

# refused WAS NOW STREAM-LINE ... -- ARG ... - the state of started does not fit
refused() {
	local was=$1 now=$2
	agg 1 '#restore 1.a' "${@:3}"
	[ "$output" = "" ]
	[ "$stderr" = "saggregate: st/1.a.snap: the state does not fit: it was made with $was, now there is $now" ] ||
	    { echo "$stderr" >&2; return 1; }
}

@test "-S keeps the state: a run goes on where the last one stopped" {
	agg 0 "$fields" "$tumbling" '1 a 1' '10001 b 2' '#watermark 5' '#barrier 1.a' '#stop' -- -S st -k k sum:v list:v
	is "#fields t k $windowed sum_v:int list_v" '#watermark 5' '#barrier 1.a' '#stop'
	agg 0 '#restore 1.a' "$fields" "$tumbling" '2 c 4' '3 a 8' '#watermark 10000' '4 a 16' '10002 b 32' '#end 2.a' -- \
	    -S st -k k sum:v list:v
	[ "$output" = "$(feed '#restore 1.a' "#fields t k $windowed sum_v:int list_v" '9999 a 0 10000 9 [1,8]' \
	    '9999 c 0 10000 4 [4]' '#watermark 10000' '19999 b 10000 20000 34 [2,32]' '#end 2.a')" ]
	[ "$stderr" = "saggregate: 1 late records dropped" ]
}

@test "without #restore a run with -S begins anew, and WEIR_STATE is the default" {
	started sum:v
	agg 0 "$fields" '1 a 1' '#end' -- -S st sum:v
	is '#fields t sum_v:int' '1 1' '#end'
	[ ! -e st/1.a.snap ]
	export WEIR_STATE=st
	agg 0 "$fields" '1 a 1' '#barrier 1.b' '#stop' -- sum:v
	agg 0 '#restore 1.b' "$fields" '1 a 2' '#end' -- sum:v
	is '#restore 1.b' '#fields t sum_v:int' '1 3' '#end'
}

@test "-L is cut back to the epoch that the run goes on from" {
	agg 111 "$fields" "$tumbling" '#watermark 20000' '1 a 1' '#barrier 1.a' '2 a 2' '#barrier 2.a' '3 a 4' -- -S st -L late count
	[ "$(cat late)" = "$(feed "$fields" "$tumbling" '1 a 1' '2 a 2' '3 a 4')" ]
	agg 0 '#restore 1.a' "$fields" "$tumbling" '4 a 8' '#end' -- -S st -L late count
	[ "$(cat late)" = "$(feed "$fields" "$tumbling" '1 a 1' '4 a 8' '#end')" ]
}

@test "a state of another key, mode, lateness, window or aggregate is refused, with the difference" {
	started -k k sum:v
	refused key=k:str key= "$fields" '#end' -- -S st sum:v
	refused key=k:str key=k:str,v:int "$fields" '#end' -- -S st -k k,v sum:v
	refused key=k:str key=k:int '#fields t k:int v:int' '#end' -- -S st -k k sum:v
	refused mode=append mode=update "$fields" '#end' -- -S st -k k -m update sum:v
	refused 'aggregates=sum:v(int)' 'aggregates=sum:v(int) count' "$fields" '#end' -- -S st -k k sum:v count
	refused 'aggregates=sum:v(int)' 'aggregates=sum:v(float)' '#fields t k v:float' '#end' -- -S st -k k sum:v
	refused window=none 'window=tumbling size=10000 offset=0' "$fields" "$tumbling" '#end' -- -S st -k k sum:v
	agg 0 "$fields" "$tumbling" '1 a 1' '#barrier 1.a' '#stop' -- -S st argmax:k:v
	refused 'window=tumbling size=10000 offset=0' 'window=tumbling size=10000 offset=5' "$fields" \
	    '#window tumbling size=10000 offset=5' '#end' -- -S st argmax:k:v
	refused 'window=tumbling size=10000 offset=0' 'window=session gap=5' "$fields" '#window session gap=5' '#end' -- \
	    -S st argmax:k:v
	refused lateness=0 lateness=5000 "$fields" "$tumbling" '#end' -- -S st -l 5s argmax:k:v
	refused 'aggregates=argmax:k:v(str,int)' 'aggregates=argmin:k:v(str,int)' "$fields" "$tumbling" '#end' -- -S st argmin:k:v
	[ "$(ls st)" = "$(printf '%s\n' 1.a.snap lock)" ]
}

@test "a state of sliding windows from before they had panes is refused" {
	sum() { printf '%s\n' "$1" | python3 "$BATS_TEST_DIRNAME/xxh64.py"; }
	sliding='#window sliding size=10 slide=5 offset=0'
	agg 0 "$fields" "$sliding" '1 a 1' '#barrier 1.a' '#stop' -- -S st count
	old=$(head -n -1 st/1.a.snap | sed '1s/\tpanes=1$//')
	{ printf '%s\n' "$old"; feed "#end $(wc -l <<<"$old") $(sum "$old")"; } >st/1.a.snap
	refused nothing panes=1 "$fields" "$sliding" '#end' -- -S st count
}

@test "what the state does not depend on may change" {
	started -k k sum:v
	agg 0 '#restore 1.a' '#fields t new:float v:int k' '5 0.5 4 a' '#end' -- -S st -k k total=sum:v
	is '#restore 1.a' '#fields t k total:int' '5 a 5' '2 b 2' '#end'
}

@test "the state of another tool is refused" {
	started count
	mkdir other
	cp st/1.a.snap other
	run --separate-stderr -1 stime -S other < <(feed '#restore 1.a' "$fields" '#end')
	[ "$stderr" = "stime: other/1.a.snap: is of saggregate, not of stime" ]
}

@test "a record behind #end with an ID finds no state" {
	agg 0 "$fields" '1 a 1' '#end 1.a' -- -S st count
	is '#fields t count:int' '1 1' '#end 1.a'
	agg 0 '#restore 1.a' "$fields" '#end' -- -S st count
	is '#restore 1.a' '#fields t count:int' '#end'
}

@test "a bad number in a snapshot is told with its place" {
	started count
	sum() { printf '%s\n' "$1" | python3 "$BATS_TEST_DIRNAME/xxh64.py"; }
	text=$(head -n -1 st/1.a.snap)
	# the checksum as the tool has it
	[ "$(tail -1 st/1.a.snap)" = "$(feed "#end 5 $(sum "$text")")" ]
	for bad in 'row 2 x' 'row 2' 'row 2 2 2' 'row x 2' 'values 0 1' 'session 1 0 5 1' 'window 0 5' 'some thing'; do
		new=$(head -n -1 <<<"$text"; feed "$bad")
		{ printf '%s\n' "$new"; feed "#end 5 $(sum "$new")"; } >st/1.a.snap
		agg 1 '#restore 1.a' "$fields" '#end' -- -S st count
		[ "$output" = "" ]
		[ "$stderr" = "saggregate: st/1.a.snap: line 5: not what this tool saves: \"$(tabs <<<"$bad" | sed 's/\t/\\t/g')\"" ] ||
		    { echo "$stderr" >&2; false; }
	done
}

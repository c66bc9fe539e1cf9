load lib

use='usage: sshow [-hVv] [-n rows] [-w width]'
bar=-------------------------------------------

# table N LINE ... - the table of batch N
table() {
	printf '%s\nBatch: %s\n%s\n' $bar "$1" $bar
	shift
	printf '%s\n' "$@" ''
}

# shows STATUS ARG ... - runs sshow on standard input
shows() {
	local status=$1
	shift
	run --separate-stderr "-$status" sshow "$@"
}

@test "a table per epoch, numbered from 0; none for an epoch without records" {
	shows 0 < <(feed '#fields t k v:int' '#barrier 1.x' '0 a 1' '1357034400000 bcde \N' '#barrier 2.x' \
	    '#watermark 1' '#barrier 3.x' '-1 c 3' '#end')
	[ "$output" = "$(table 0 \
	    '+-------------------+----+----+' \
	    '|                  t|   k|   v|' \
	    '+-------------------+----+----+' \
	    '|1970-01-01 00:00:00|   a|   1|' \
	    '|2013-01-01 10:00:00|bcde|NULL|' \
	    '+-------------------+----+----+'
	table 1 \
	    '+--------------------+---+---+' \
	    '|                   t|  k|  v|' \
	    '+--------------------+---+---+' \
	    '|1969-12-31 23:59:...|  c|  3|' \
	    '+--------------------+---+---+')" ]
	[ "$stderr" = "" ]
}

@test "with window columns the time column is left out; times with milliseconds" {
	shows 0 -w 0 < <(feed '#fields t window_start:time window_end:time n:int' '9 0 10 5' '#end')
	[ "$output" = "$(table 0 \
	    '+-------------------+-----------------------+---+' \
	    '|window_start       |window_end             |n  |' \
	    '+-------------------+-----------------------+---+' \
	    '|1970-01-01 00:00:00|1970-01-01 00:00:00.010|5  |' \
	    '+-------------------+-----------------------+---+')" ]
	[ "$stderr" = "" ]
	shows 0 < <(feed '#fields t window_start:time' '9 0' '#end')
	[ "${lines[4]}" = '|                   t|       window_start|' ]
}

@test "cells of more than 20 characters are cut, names are not" {
	shows 0 < <(printf '#fields\twindow_end\twindow_start\ta_name_of_more_than_20_characters\n#end\n')
	[ "$output" = "" ]
	shows 0 < <(printf '#fields\tt\twindow_start\twindow_end\ta_name_of_more_than_20_characters\ts\n%s\n%s\n%s\n' \
	    $'0\ta\tb\t12345678901234567890\t12345678901234567890' \
	    $'0\ta\tb\t1\t123456789012345678901' '#end')
	[ "${lines[4]}" = '|window_start|window_end|a_name_of_more_than_20_characters|                   s|' ]
	[ "${lines[6]}" = '|           a|         b|             12345678901234567890|12345678901234567890|' ]
	[ "${lines[7]}" = '|           a|         b|                                1|12345678901234567...|' ]
}

@test "-w cuts elsewhere; 0 cuts nothing and sets to the left" {
	shows 0 -w 4 < <(feed '#fields t k' '0 abcd' '0 abcde' '#end')
	[ "${lines[6]}" = '|1...|abcd|' ]
	[ "${lines[7]}" = '|1...|a...|' ]
	shows 0 -w 0 < <(feed '#fields t k' '0 abcdefghijklmnopqrstuvwxyz' '0 b' '#end')
	[ "${lines[6]}" = '|1970-01-01 00:00:00|abcdefghijklmnopqrstuvwxyz|' ]
	[ "${lines[7]}" = '|1970-01-01 00:00:00|b                         |' ]
}

@test "-n shows the first rows and says so; 0 shows all" {
	shows 0 -n 2 < <(feed '#fields t k' '1 a' '2 b' '3 c' '#barrier 1.x' '4 d' '5 e' '#end')
	[ "${lines[9]}" = 'only showing top 2 rows' ]
	[ "$(grep -c only <<<"$output")" = 1 ]
	[[ $output != *"|  c|"* ]]
	[[ $output = *"|  e|"* ]]
	shows 0 -n 1 < <(feed '#fields t k' '1 a' '2 b' '#end')
	[ "${lines[8]}" = 'only showing top 1 row' ]
	for args in '' '-n 20'; do
		# shellcheck disable=SC2086
		shows 0 $args < <(feed '#fields t k'; seq 21 | sed 's/$/	a/'; echo '#end')
		[ "${lines[27]}" = 'only showing top 20 rows' ]
	done
	shows 0 < <(feed '#fields t k'; seq 20 | sed 's/$/	a/'; echo '#end')
	[[ $output != *only* ]]
	shows 0 -n 0 < <(feed '#fields t k'; seq 100 | sed 's/$/	a/'; echo '#end')
	[ "$(grep -c '|  a|' <<<"$output")" = 100 ]
	[[ $output != *only* ]]
}

@test "wide characters take two columns" {
	shows 0 < <(feed '#fields t k' '1 日本語' '2 ключ' '3 \N' '4 😀' '5 abcdefg' '#end')
	[ "$(cut -c 22- <<<"$output" | tail -n 8)" = "$(printf '%s\n' '|      k|' '+-------+' \
	    '| 日本語|' '|   ключ|' '|   NULL|' '|     😀|' '|abcdefg|' '+-------+')" ]
	[ "$stderr" = "" ]
}

@test "nothing in data reaches a terminal raw" {
	shows 0 -w 0 < <(printf '#fields\tt\tk\n0\ta\\tb\\nc\\rd\\\\e\a\b\f\v\033[2J\177\001\n0\tx\377\302\205y\342\200\256z\355\240\200\n#end\n')
	[ "$(sed -n 7p <<<"$output")" = '|1970-01-01 00:00:00|a\tb\nc\rd\e\a\b\f\v\x1b[2J\x7f\x01|' ]
	[ "$(sed -n 8p <<<"$output" | tr -s ' ')" = '|1970-01-01 00:00:00|x\xff\x85y\u{202e}z\xed\xa0\x80 |' ]
	[ "$stderr" = "" ]
}

@test "names are escaped, too" {
	shows 0 < <(printf '#fields\tt\ta\033b\n0\tc\n#end\n')
	[ "${lines[4]}" = '|                  t|a\x1bb|' ]
}

@test "on a terminal a complete stream is redrawn in place, others are not" {
	feed '#fields t k' '#mode complete key=k' '1 a' '#barrier 1.x' '1 a' '#end' >"$BATS_TEST_TMPDIR/complete"
	feed '#fields t k' '1 a' '#barrier 1.x' '1 a' '#end' >"$BATS_TEST_TMPDIR/append"
	shown=$(script -qec "sshow <$BATS_TEST_TMPDIR/complete" /dev/null </dev/null)
	[ "$(grep -c $'\033\[H\033\[2J' <<<"$shown")" = 2 ]
	shown=$(script -qec "sshow <$BATS_TEST_TMPDIR/append" /dev/null </dev/null)
	[ "$(grep -c 'Batch' <<<"$shown")" = 2 ]
	[[ $shown != *$'\033'* ]]
	shows 0 <"$BATS_TEST_TMPDIR/complete"
	[[ $output != *$'\033'* ]]
}

@test "a table is written out at its barrier" {
	feed '#fields t k' '1 a' '#barrier 1.x' >"$BATS_TEST_TMPDIR/in"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	sshow <"$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/out" 3>&- &
	exec 7>"$BATS_TEST_TMPDIR/fifo"
	cat "$BATS_TEST_TMPDIR/in" >&7
	for _ in {1..100}; do
		[ -s "$BATS_TEST_TMPDIR/out" ] && break
		sleep 0.05
	done
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 9 ]
	echo '#end' >&7
	exec 7>&-
	wait $!
}

@test "the seed's table" {
	run --separate-stderr -0 bash -c 'set -o pipefail
		swindow 5m | saggregate -m complete -k key sum:value | ssort window_start:desc | sshow' < <(feed \
	    '#fields t key value:int' '1704067230000 a 1' '1704067260000 a 2' '1704067499994 b 3' '#watermark 0' '#barrier 0.x' \
	    '1704067560000 a 10' '1704067380000 a 4' '#watermark 1704067199994' '#barrier 1.x' '#stop')
	[ "$output" = "$(table 0 \
	    '+---+-------------------+-------------------+---------+' \
	    '|key|       window_start|         window_end|sum_value|' \
	    '+---+-------------------+-------------------+---------+' \
	    '|  a|2024-01-01 00:00:00|2024-01-01 00:05:00|        3|' \
	    '|  b|2024-01-01 00:00:00|2024-01-01 00:05:00|        3|' \
	    '+---+-------------------+-------------------+---------+'
	table 1 \
	    '+---+-------------------+-------------------+---------+' \
	    '|key|       window_start|         window_end|sum_value|' \
	    '+---+-------------------+-------------------+---------+' \
	    '|  a|2024-01-01 00:05:00|2024-01-01 00:10:00|       10|' \
	    '|  a|2024-01-01 00:00:00|2024-01-01 00:05:00|        7|' \
	    '|  b|2024-01-01 00:00:00|2024-01-01 00:05:00|        3|' \
	    '+---+-------------------+-------------------+---------+')" ]
	[ "$stderr" = "" ]
}

@test "an epoch that is cut off is not shown" {
	shows 111 < <(feed '#fields t k' '1 a' '#barrier 1.x' '2 b')
	[[ $output = *'|  a|'* ]]
	[[ $output != *'|  b|'* ]]
	[ "$stderr" = "sshow: $cut_off" ]
	shows 1 < <(feed '#fields t k' '1 a' '2' '#end')
	[ "$output" = "" ]
	[ "$stderr" = 'sshow: line 3: 1 columns, #fields names 2' ]
}

@test "a write that fails is a temporary error" {
	[ -w /dev/full ] || skip "no /dev/full"
	run --separate-stderr -111 bash -c 'sshow >/dev/full' < <(feed '#fields t k' '1 a' '#end')
	[ "$stderr" = "sshow: standard output: write: No space left on device" ]
}

@test "bad usage" {
	for opt in -n -w; do
		for n in -1 x 1.5 ''; do
			run --separate-stderr -2 sshow $opt "$n" </dev/null
			[ "$output" = "" ]
			[ "$stderr" = "sshow: $opt: not a number of at least 0: $n"$'\n'"$use" ]
		done
	done
	for n in 1 3; do
		run --separate-stderr -2 sshow -w $n </dev/null
		[ "$stderr" = "sshow: -w: a cell that is cut takes at least 4"$'\n'"$use" ]
	done
	run --separate-stderr -2 sshow file </dev/null
	[ "$stderr" = "$use" ]
}

@test "sshow -h, -V and -v" {
	run --separate-stderr -0 sshow -h
	[ "$output" = "$use" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 sshow -V
	[[ $output =~ ^sshow\ [0-9.]+$ ]]
	run --separate-stderr -0 sshow -v < <(feed '#fields t k' '1 a' '#end')
	[[ $stderr = "sshow: 1 in, 0 rejected, 0 late"* ]]
}

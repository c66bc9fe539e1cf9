load lib

use='usage: sdedup [-hVv] [-L file] [-S dir] [-W horizon] name ...'
fields='#fields t k v:int'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# dedup STATUS LINE ... -- ARG ...
dedup() { given "$1" sdedup "${@:2}"; }

@test "the first record of each key passes, as it came" {
	dedup 0 "$fields" '05 a 007' '3 b 1' '4 a 2' '#watermark 100' '1 b 3' '2 c 4' '#barrier 1.x' '200 a 5' '#end' -- k
	is "$fields" '05 a 007' '3 b 1' '#watermark 100' '2 c 4' '#barrier 1.x' '#end'
}

@test "without a horizon nothing is late and keys are kept for ever" {
	dedup 0 "$fields" '5 a 1' '#watermark 1000000000' '5 b 1' '5 a 2' '#end' -- -L late k
	is "$fields" '5 a 1' '#watermark 1000000000' '5 b 1' '#end'
	[ "$(cat late)" = "$(feed "$fields" '#end')" ]
}

@test "a key is forgotten when the watermark is past its time and the horizon, not 1 ms before" {
	dedup 0 "$fields" '1000 a 1' '#watermark 11000' '11000 a 2' '#watermark 11001' '11001 a 3' '11001 a 4' '#end' -- -W 10s k
	is "$fields" '1000 a 1' '#watermark 11000' '#watermark 11001' '11001 a 3' '#end'
	dedup 0 "$fields" '-1000 a 1' '#watermark -1' '-1 a 2' '#watermark 0' '0 a 3' '#watermark 1' '1 a 4' '#end' -- -W 1s k
	is "$fields" '-1000 a 1' '#watermark -1' '#watermark 0' '#watermark 1' '1 a 4' '#end'
}

@test "later records do not extend a key's stay, and earlier ones do not shorten it" {
	dedup 0 "$fields" '1000 a 1' '9000 a 2' '500 a 3' '#watermark 11000' '20000 a 4' '#watermark 11001' '11500 a 5' '#end' -- \
	    -W 10s k
	is "$fields" '1000 a 1' '#watermark 11000' '#watermark 11001' '11500 a 5' '#end'
}

@test "with a horizon records before the watermark are late, new keys or not" {
	dedup 0 "$fields" '5 a 1' '#watermark 100' '99 b 2' '99 a 3' '100 c 4' '#end' -- -W 1s -L late k
	[ "$output" = "$(feed "$fields" '5 a 1' '#watermark 100' '100 c 4' '#end')" ]
	[ "$stderr" = "sdedup: 2 late records written to late" ]
	[ "$(cat late)" = "$(feed "$fields" '99 b 2' '99 a 3' '#end')" ]
	dedup 0 "$fields" '#watermark 100' '99 b 2' '#barrier 1.x' '#stop' -- -W 1s -L late k
	[ "$stderr" = "sdedup: 1 late records written to late" ]
	[ "$(cat late)" = "$(feed "$fields" '99 b 2' '#stop')" ]
	dedup 0 "$fields" '#watermark 100' '99 b 2' '#end' -- -W 1s k
	[ "$stderr" = "sdedup: 1 late records dropped" ]
}

@test "a horizon of 0, with the time in the key" {
	dedup 0 "$fields" '5 a 1' '5 a 2' '6 a 3' '#watermark 6' '6 a 4' '#watermark 7' '7 a 5' '7 a 6' '#end' -- -W 0 k t
	is "$fields" '5 a 1' '6 a 3' '#watermark 6' '#watermark 7' '7 a 5' '#end'
	dedup 0 "$fields" '5 a 1' '#watermark 5' '5 a 2' '#watermark 6' '6 a 3' '#end' -- -W 0 k
	is "$fields" '5 a 1' '#watermark 5' '#watermark 6' '6 a 3' '#end'
}

@test "a horizon beyond what a time can be" {
	dedup 0 "$fields" '4611686018427387904 a 1' '4611686018427387904 a 2' '#end' -- -W 1844674407370955161ms k
	is "$fields" '4611686018427387904 a 1' '#end'
}

@test "keys of several columns; null is a value, numbers are equal by value" {
	dedup 0 '#fields t a b' '1 x y' '2 xy \N' '3 \N xy' '4 x y' '5 xy \N' '6 \N \N' '7 \N \N' '#end' -- a b
	is '#fields t a b' '1 x y' '2 xy \N' '3 \N xy' '6 \N \N' '#end'
	run --separate-stderr -0 sdedup k < <(printf '#fields\tt\tk\n1\t\\N\n2\t\n3\t\\N\n4\t\n#end\n')
	[ "$output" = "$(printf '#fields\tt\tk\n1\t\\N\n2\t\n#end')" ]
	dedup 0 '#fields t k:float' '1 1.50' '2 15e-1' '3 NaN' '4 NaN' '5 -0' '6 0' '#end' -- k
	is '#fields t k:float' '1 1.50' '3 NaN' '5 -0' '#end'
	dedup 0 '#fields t k' '1 a' '1 b' '001 c' '01 d' '2 e' '#end' -- t
	is '#fields t k' '1 a' '2 e' '#end'
}

@test "the window and lines that it does not know go on" {
	dedup 0 "$fields" '#window tumbling size=10 offset=0' '#new x' '1 a 1' '#idle' '#else y' '2 a 1' '#end 3.x' -- k
	is "$fields" '#window tumbling size=10 offset=0' '#new x' '1 a 1' '#idle' '#else y' '#end 3.x'
}

@test "the counters add up" {
	dedup 0 "$fields" '1 a 1' '2 a 2' '#watermark 100' '99 a 3' '100 a 4' '100 b 5' '#end' -- -v -W 1s k
	[ "$output" = "$(feed "$fields" '1 a 1' '#watermark 100' '100 b 5' '#end')" ]
	[ "${stderr_lines[0]}" = "sdedup: 5 in, 2 out, 2 rejected, 1 late, watermark 1970-01-01T00:00:00.100Z" ]
	[ "${stderr_lines[1]}" = "sdedup: 1 late records dropped" ]
}

@test "streams whose rows change are refused" {
	for mode in update revise complete; do
		dedup 1 "$fields" "#mode $mode key=k" '1 a 1' '#end' -- k
		[ "$output" = "" ]
		[ "$stderr" = "sdedup: the stream is in $mode mode: its rows change, and only the first of each would pass" ]
	done
}

@test "bad records name the line" {
	dedup 1 '#fields t k:int' '1 1' '2 x' '#end' -- k
	[ "$output" = "$(feed '#fields t k:int' '1 1')" ]
	[ "$stderr" = 'sdedup: line 3: k is not of type int: "x"' ]
	dedup 1 "$fields" '1 a' '#end' -- k
	[ "$stderr" = 'sdedup: line 2: 2 columns, #fields names 3' ]
	dedup 1 "$fields" '1x a 1' '#end' -- -W 1s k
	[[ $stderr == 'sdedup: line 2: '* ]]
	dedup 1 "$fields" '1 a 1' '#end' -- k x
	[ "$output" = "" ]
	[ "$stderr" = 'sdedup: no field x, there are: t k v' ]
}

@test "input that was cut off" {
	dedup 111 "$fields" '1 a 1' '2 a 2' '#watermark 5' -- k
	[ "$output" = "$(feed "$fields" '1 a 1' '#watermark 5')" ]
	[ "$stderr" = "sdedup: $cut_off" ]
	dedup 0 "$fields" '1 a 1' '#barrier 1.x' '#stop' -- k
	is "$fields" '1 a 1' '#barrier 1.x' '#stop'
}

@test "keys that never come again leave no memory behind" {
	[ -z "${WEIR_SAN-}" ] || skip "sizes mean nothing under a sanitizer"
	run --separate-stderr -0 bash -c 'awk "BEGIN {
		print \"#fields\tt\tk\"
		for (i = 0; i < 2000000; i++) {
			print i * 2 + i * 7919 % 50 \"\tkey\" i
			if (i % 500 == 499)
				print \"#watermark\t\" i * 2 - 10
		}
		print \"#end\" }" | /usr/bin/time -f %M sdedup -W 10s k | grep -c ^[0-9]'
	[ "$output" = 2000000 ]
	[ "$stderr" -lt 6000 ]
}

@test "bad usage" {
	dedup 2 --
	[ "$stderr" = "$use" ]
	dedup 2 -- -W 1s
	[ "$stderr" = "$use" ]
	dedup 2 -- -x k
	[ "${stderr_lines[1]}" = "$use" ]
	for w in x -1s 10; do
		dedup 2 -- -W "$w" k
		[ "${stderr_lines[0]}" = "sdedup: -W: not a horizon such as 10m: $w" ]
		[ "${stderr_lines[1]}" = "$use" ]
		[ "$output" = "" ]
	done
}

@test "sdedup -h and -V" {
	dedup 0 -- -h
	[ "$output" = "$use" ]
	[ "$stderr" = "" ]
	dedup 0 -- -V
	[[ $output =~ ^sdedup\ [0-9.]+$ ]]
}

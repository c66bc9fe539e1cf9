load lib

use='usage: sgap [-hVv] [-k names] [-S dir] duration'
fields='#fields t k v:int'
rows='#fields t k last:time count:int'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# gap STATUS LINE ... -- ARG ...
gap() { given "$1" sgap "${@:2}"; }

@test "a key is reported when the watermark is past its deadline, not 1 ms before" {
	gap 0 "$fields" '1000 a 1' '#watermark 11000' '#watermark 11001' '#end' -- -k k 10s
	is "$rows" '#watermark 11000' '11000 a 1000 1' '#watermark 11001' '#end'
	gap 0 "$fields" '-20 a 1' '#watermark -10' '#watermark -9' '#end' -- -k k 10ms
	is "$rows" '#watermark -10' '-10 a -20 1' '#watermark -9' '#end'
}

@test "records put the deadline off, and count" {
	gap 0 "$fields" '0 a 1' '#watermark 10' '10 a 2' '#watermark 11' '#watermark 20' '15 a 3' '20 a 4' '#watermark 21' \
	    '#watermark 31' '#end' -- -k k 10ms
	is "$rows" '#watermark 10' '#watermark 11' '#watermark 20' '#watermark 21' '30 a 20 4' '#watermark 31' '#end'
}

@test "older records count and do not move the deadline back" {
	gap 0 "$fields" '20 a 1' '5 a 2' '#watermark 16' '4 a 3' '#watermark 31' '#end' -- -k k 10ms
	is "$rows" '#watermark 16' '30 a 20 3' '#watermark 31' '#end'
}

@test "a key that comes again starts again" {
	gap 0 "$fields" '0 a 1' '1 a 2' '#watermark 12' '12 a 3' '#watermark 23' '#end' -- -k k 10ms
	is "$rows" '11 a 1 2' '#watermark 12' '22 a 12 1' '#watermark 23' '#end'
}

@test "a late record of a new key comes out at the next watermark, with the time of the last one" {
	gap 0 "$fields" '#watermark 100' '5 a 1' '80 b 1' '7 a 2' '#watermark 100' '6 c 1' '#watermark 101' '#end' -- -k k 10ms
	is "$rows" '#watermark 100' '100 a 7 2' '100 b 80 1' '#watermark 100' '100 c 6 1' '#watermark 101' '#end'
	gap 0 "$fields" '#watermark 100' '5 a 1' '95 b 1' '#end' -- -k k 10ms
	is "$rows" '#watermark 100' '100 a 5 1' '105 b 95 1' '#end'
}

@test "rows come by deadline, then first arrival of the key" {
	gap 0 "$fields" '9 d 1' '5 c 1' '1 b 1' '5 a 1' '7 b 1' '9 e 1' '2 a 1' '9 c 1' '#watermark 100' '#end' -- -k k 10ms
	is "$rows" '15 a 5 2' '17 b 7 2' '19 d 9 1' '19 c 9 2' '19 e 9 1' '#watermark 100' '#end'
}

@test "at the end all come, without any watermark too" {
	gap 0 "$fields" '20 a 1' '10 b 1' '#barrier 1.x' '#end' -- -k k 10s
	is "$rows" '#barrier 1.x' '10010 b 10 1' '10020 a 20 1' '#end'
	gap 0 "$fields" '#end' -- -k k 10s
	is "$rows" '#end'
}

@test "#stop brings nothing out" {
	gap 0 "$fields" '20 a 1' '#barrier 1.x' '#stop' -- -k k 10s
	is "$rows" '#barrier 1.x' '#stop'
}

@test "without -k all records are one" {
	gap 0 "$fields" '1 a 1' '2 b 1' '#watermark 13' '#end' -- 10ms
	is '#fields t last:time count:int' '12 2 2' '#watermark 13' '#end'
}

@test "keys of several columns, with their types; null is a key" {
	gap 0 '#fields t a:int count' '1 1 x' '2 01 x' '3 \N x' '4 1 \N' '5 \N x' '#end' -- -k count,a 10ms
	is '#fields t count a:int last:time count_2:int' '12 x 1 2 2' '14 \N 1 4 1' '15 x \N 5 2' '#end'
}

@test "windows and lines that it does not know go on" {
	gap 0 "$fields" '#window tumbling size=10 offset=0' '#new x' '1 a 1' '#idle' '#else y' '#end 3.x' -- -k k 1s
	is "$rows" '#window tumbling size=10 offset=0' '#new x' '#idle' '#else y' '1001 a 1 1' '#end 3.x'
}

@test "the counters add up: every record is used" {
	gap 0 "$fields" '1 a 1' '2 a 2' '#watermark 100' '99 a 3' '100 b 4' '#end' -- -v -k k 10ms
	[ "$output" = "$(feed "$rows" '12 a 2 2' '#watermark 100' '109 a 99 1' '110 b 100 1' '#end')" ]
	[ "$stderr" = "sgap: 4 in, 3 out, 0 rejected, 0 late, watermark 1970-01-01T00:00:00.100Z" ]
}

@test "streams whose rows change are refused" {
	for mode in update revise complete; do
		gap 1 "$fields" "#mode $mode key=k" '1 a 1' '#end' -- -k k 10s
		[ "$output" = "" ]
		[ "$stderr" = "sgap: the stream is in $mode mode: its watermark says nothing about its rows" ]
	done
}

@test "bad records name the line" {
	gap 1 '#fields t k:int' '1 1' '2 x' '#end' -- -k k 10s
	[ "$output" = "$(feed '#fields t k:int last:time count:int')" ]
	[ "$stderr" = 'sgap: line 3: k is not of type int: "x"' ]
	gap 1 "$fields" '1 a' '#end' -- -k k 10s
	[ "$stderr" = 'sgap: line 2: 2 columns, #fields names 3' ]
	gap 1 "$fields" '4611686018427387903 a 1' '4611686018427387904 a 1' '#end' -- -k k 1ms
	[ "$stderr" = "sgap: line 3: the record's deadline is beyond what a time can be" ]
	gap 1 "$fields" '#end' -- -k x 10s
	[ "$stderr" = 'sgap: no field x, there are: t k v' ]
}

@test "input that was cut off brings nothing out" {
	gap 111 "$fields" '1 a 1' '#watermark 5' -- -k k 1ms
	[ "$output" = "$(feed "$rows" '2 a 1 1' '#watermark 5')" ]
	[ "$stderr" = "sgap: $cut_off" ]
	gap 111 "$fields" '1 a 1' -- -k k 1ms
	[ "$output" = "$(feed "$rows")" ]
	[ "$stderr" = "sgap: $cut_off" ]
}

@test "keys that come and go leave no memory behind" {
	[ -z "${WEIR_SAN-}" ] || skip "sizes mean nothing under a sanitizer"
	run --separate-stderr -0 bash -c 'awk "BEGIN {
		print \"#fields\tt\tk\"
		for (i = 0; i < 2000000; i++) {
			print i * 2 + i * 7919 % 50 \"\t\" (i % 3 ? \"key\" i : \"stays\")
			if (i % 500 == 499)
				print \"#watermark\t\" i * 2 - 10
		}
		print \"#end\" }" | /usr/bin/time -f %M sgap -k k 10s | grep -c ^[0-9]'
	[ "$output" = 1333334 ]
	[ "$stderr" -lt 6000 ]
}

@test "bad usage" {
	gap 2 --
	[ "$stderr" = "$use" ]
	gap 2 -- 10s 20s
	[ "$stderr" = "$use" ]
	gap 2 -- -x 10s
	[ "${stderr_lines[1]}" = "$use" ]
	for d in x 0 0s 10; do
		gap 2 -- -k k "$d"
		[ "${stderr_lines[0]}" = "sgap: not a duration such as 10m: $d" ]
		[ "${stderr_lines[1]}" = "$use" ]
		[ "$output" = "" ]
	done
}

@test "sgap -h and -V" {
	gap 0 -- -h
	[ "$output" = "$use" ]
	[ "$stderr" = "" ]
	gap 0 -- -V
	[[ $output =~ ^sgap\ [0-9.]+$ ]]
}

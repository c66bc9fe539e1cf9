load lib

use='usage: swindow [-chVv] [-o offset] size [slide] | -g gap | -r count [slide]'

# declares LINE ARG ... - the stream passes unchanged, with this #window line
declares() {
	local line=$1
	shift
	run --separate-stderr -0 swindow "$@" < <(feed '#fields t k' '5 a' '#watermark 5' '#end')
	[ "$output" = "$(feed '#fields t k' "$line" '5 a' '#watermark 5' '#end')" ]
	[ "$stderr" = "" ]
}

# wrong MESSAGE ARG ... - status 2, the message and the usage
wrong() {
	local message=$1
	shift
	run --separate-stderr -2 swindow "$@" </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "${message:+swindow: $message$'\n'}$use" ]
}

@test "swindow declares tumbling windows" {
	declares '#window tumbling size=300000 offset=0' 5m
	declares '#window tumbling size=1 offset=0' 1ms
	declares '#window tumbling size=10000 offset=0' 10s 10s
}

@test "swindow declares sliding windows, whatever the slide" {
	declares '#window sliding size=10000 slide=5000 offset=0' 10s 5s
	declares '#window sliding size=10000 slide=3000 offset=0' 10s 3s
	declares '#window sliding size=3000 slide=10000 offset=0' 3s 10s
}

@test "swindow -o shifts them, also back" {
	declares '#window tumbling size=10000 offset=3000' -o 3s 10s
	declares '#window sliding size=10000 slide=5000 offset=-4000' -o -4s 10s 5s
}

@test "swindow -g declares sessions" {
	declares '#window session gap=1800000' -g 30m
}

@test "swindow -r declares count windows" {
	declares '#window count size=3 slide=3' -r 3
	declares '#window count size=4 slide=2' -r 4 2
	declares '#window count size=2 slide=3' -r 2 3
}

@test "a later swindow replaces the window" {
	run --separate-stderr -0 swindow 1m < <(feed '#fields t k' '#window session gap=5' '#end')
	[ "$output" = "$(feed '#fields t k' '#window tumbling size=60000 offset=0' '#end')" ]
	[ "$stderr" = "" ]
}

@test "swindow -c appends the window; bounds are exact to the millisecond" {
	run --separate-stderr -0 swindow -c 10s < <(feed '#fields t k' '9999 a' '10000 b' '10001 c' '#end')
	[ "$output" = "$(feed '#fields t k window_start:time window_end:time' \
	    '9999 a 0 10000' '10000 b 10000 20000' '10001 c 10000 20000' '#end')" ]
	[ "$stderr" = "" ]
}

@test "swindow -c floors negative times" {
	run --separate-stderr -0 swindow -c 10s < <(feed '#fields t' -1 -10000 -10001 0 '#end')
	[ "$output" = "$(feed '#fields t window_start:time window_end:time' '-1 -10000 0' \
	    '-10000 -10000 0' '-10001 -20000 -10000' '0 0 10000' '#end')" ]
	run --separate-stderr -0 swindow -c -o -4s 10s < <(feed '#fields t' -4001 -4000 6000 '#end')
	[ "$output" = "$(feed '#fields t window_start:time window_end:time' '-4001 -14000 -4000' \
	    '-4000 -4000 6000' '6000 6000 16000' '#end')" ]
	[ "$stderr" = "" ]
}

@test "swindow -c takes an offset larger than the size" {
	run --separate-stderr -0 swindow -c -o 23s 10s < <(feed '#fields t' 2999 3000 '#end')
	[ "$output" = "$(feed '#fields t window_start:time window_end:time' '2999 -7000 3000' \
	    '3000 3000 13000' '#end')" ]
	[ "$stderr" = "" ]
}

@test "swindow -c writes a record once for each sliding window, the earliest first" {
	run --separate-stderr -0 swindow -c 10s 4s < <(feed '#fields t' 9999 10000 '#watermark 10000' '#end')
	[ "$output" = "$(feed '#fields t window_start:time window_end:time' '9999 0 10000' '9999 4000 14000' \
	    '9999 8000 18000' '10000 4000 14000' '10000 8000 18000' '#watermark 10000' '#end')" ]
	[ "$stderr" = "" ]
}

@test "swindow -c leaves out records in no window" {
	run --separate-stderr -0 swindow -v -c 3s 5s < <(feed '#fields t' 2999 3000 4999 5000 '#end')
	[ "$output" = "$(feed '#fields t window_start:time window_end:time' '2999 0 3000' '5000 5000 8000' '#end')" ]
	[[ $stderr = "swindow: 4 in, 2 out, 2 rejected, 0 late"* ]]
}

@test "swindow -c replaces columns of these names and forgets a declared window" {
	run --separate-stderr -0 swindow -c 10s < <(feed '#fields t window_end:time k window_start' \
	    '#window count size=2 slide=2' '1 2 a x' '#end')
	[ "$output" = "$(feed '#fields t k window_start:time window_end:time' '1 a 0 10000' '#end')" ]
	[ "$stderr" = "" ]
}

@test "swindow -c refuses a record whose window is beyond what a time can be" {
	run --separate-stderr -1 swindow -c 10s < <(feed '#fields t' 4611686018427387904 '#end')
	[ "$stderr" = "swindow: line 2: the record's window reaches beyond what a time can be" ]
	run --separate-stderr -1 swindow -c 7s < <(feed '#fields t' -4611686018427387904 '#end')
	[ "$stderr" = "swindow: line 2: the record's window reaches beyond what a time can be" ]
	run --separate-stderr -1 swindow -c 10s < <(feed '#fields t' 1 x '#end')
	[ "$stderr" = 'swindow: line 3: not a record: "x"' ]
}

@test "swindow refuses streams whose rows change" {
	for mode in update revise complete; do
		run --separate-stderr -1 swindow 1m < <(feed '#fields t k' "#mode $mode key=k" '#end')
		[ "$output" = "" ]
		[ "$stderr" = "swindow: the stream is in $mode mode: its rows change, and have no place in windows" ]
	done
}

@test "swindow on input that was cut off" {
	run --separate-stderr -111 swindow 1m < <(feed '#fields t k' '1 a')
	[ "$output" = "$(feed '#fields t k' '#window tumbling size=60000 offset=0' '1 a')" ]
	[ "$stderr" = "swindow: $cut_off" ]
}

@test "swindow refuses bad usage" {
	for bad in 0 0s 10 x ''; do
		wrong "not a duration of more than 0, such as 5m: $bad" "$bad"
	done
	wrong "not a duration of more than 0, such as 5m: -5m" -- -5m
	wrong "not a duration of more than 0, such as 5m: 0s" 10s 0s
	wrong "not a duration of more than 0, such as 5m: -1s" -g -1s
	wrong "not a number of records of at least 1: 0" -r 0
	wrong "not a number of records of at least 1: 1.5" -r 1.5
	wrong "not a number of records of at least 1: 0" -r 3 0
	wrong "-o: not a duration: x" -o x 10s
	wrong ""
	wrong "" 1s 2s 3s
	wrong "" -g 5s 10s
	wrong "" -g 5s -r 3
	wrong "" -r 3 2 1
	wrong "" -c -g 5s
	wrong "" -c -r 5
	wrong "" -o 1s -g 5s
	wrong "" -o 1s -r 5
}

@test "swindow -h and -V" {
	run --separate-stderr -0 swindow -h
	[ "$output" = "$use" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 swindow -V
	[[ $output =~ ^swindow\ [0-9.]+$ ]]
}

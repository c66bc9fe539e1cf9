# shellcheck disable=SC2016,SC2094,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true
}

# up ARG... - starts kmock in the background; $pid, $addr
up() {
	mkfifo addr
	# else it inherits that SIGINT is ignored: a shell cannot undo that
	env --default-signal=INT kmock "$@" >addr 2>err 3>&- &
	pid=$!
	echo $pid >pid
	read -r addr <addr
}

# down SIGNAL - stops it; $status
down() {
	kill -"$1" "$pid"
	status=0
	wait "$pid" || status=$?
}

@test "kmock prints its address and stays until SIGTERM" {
	up -t a
	[[ $addr =~ ^127\.0\.0\.1:[0-9]+$ ]]
	kill -0 "$pid"
	down TERM
	[ $status = 0 ]
	[ "$(cat err)" = "" ]
	run -1 kcat -b "$addr" -L -m 1
}

@test "kmock ends with 0 on SIGINT" {
	up
	down INT
	[ $status = 0 ]
	[ "$(cat err)" = "" ]
}

@test "kmock -t makes topics, with one partition or so many" {
	run --separate-stderr -0 kmock -t one -t three:3 -- sh -c \
	    'kcat -b "$WEIR_BROKERS" -L | grep partitions: | sort'
	[ "$output" = '  topic "one" with 1 partitions:
  topic "three" with 3 partitions:' ]
	[ "$stderr" = "" ]
}

@test "kmock -t takes up to 10000 partitions" {
	run --separate-stderr -0 kmock -t a:10000 -- sh -c \
	    'kcat -b "$WEIR_BROKERS" -L | grep -c "leader 1"'
	[ "$output" = 10000 ]
	for p in 0 10001 -1 +1 '' x 1x 99999999999999999999; do
		run --separate-stderr -2 kmock -t "a:$p" -- true
		[ "$output" = "" ]
		[ "${stderr_lines[0]}" = "kmock: topic a: partitions must be 1 to 10000: $p" ]
		[[ ${stderr_lines[1]} = "usage: kmock "* ]]
	done
}

@test "kmock -t refuses what Kafka would" {
	for t in '' . .. 'a b' a/b "$(printf %0250d 0)"; do
		run --separate-stderr -2 kmock -t "$t" -- true
		[ "$output" = "" ]
		[ "${stderr_lines[0]}" = "kmock: not a topic name: $t" ]
	done
	run -0 kmock -t "$(printf %0249d 0)" -t A.b_c-1 -- true
}

@test "kmock refuses a topic that is named twice" {
	run --separate-stderr -2 kmock -t a -t b -t a:2 -- true
	[ "$output" = "" ]
	[ "${stderr_lines[0]}" = "kmock: topic a: named twice" ]
	[[ ${stderr_lines[1]} = "usage: kmock "* ]]
}

@test "kmock keeps what is produced, for other processes" {
	run --separate-stderr -0 kmock -t a -- sh -c '
		seq 3 | kcat -b "$WEIR_BROKERS" -P -t a -p 0 -k key
		kcat -b "$WEIR_BROKERS" -C -t a -e -q -f "%o %k %s\n"'
	[ "$output" = '0 key 1
1 key 2
2 key 3' ]
	[ "$stderr" = "" ]
}

@test "kmock has the status of its command" {
	run --separate-stderr -7 kmock -- sh -c 'exit 7'
	[ "$output$stderr" = "" ]
	run --separate-stderr -143 kmock -- sh -c 'kill -TERM $$'
	[ "$output$stderr" = "" ]
}

@test "kmock has 127 for a command that is not there, 126 for one that cannot be run" {
	run --separate-stderr -127 kmock -- ./none
	[ "$output" = "" ]
	[ "$stderr" = "kmock: ./none: No such file or directory" ]
	: >file
	run --separate-stderr -126 kmock -- ./file
	[ "$output" = "" ]
	[ "$stderr" = "kmock: ./file: Permission denied" ]
}

@test "kmock leaves the command its standard input and its options" {
	run --separate-stderr -0 kmock -- cat -v <<<"hello"
	[ "$output" = hello ]
	[ "$stderr" = "" ]
}

@test "kmock passes SIGTERM and SIGINT to its command" {
	for sig in TERM INT; do
		rm -f addr
		up -- sh -c "trap 'echo $sig >got; exit 9' $sig
			echo up; while :; do sleep 0.05; done"
		down $sig
		[ $status = 9 ]
		[ "$(cat err)" = "" ]
		[ "$(cat got)" = $sig ]
	done
}

@test "kmock's broker is gone after the command" {
	run -0 kmock -- sh -c 'echo "$WEIR_BROKERS"'
	run -1 kcat -b "$output" -L -m 1
}

@test "kmock fails when it cannot write the address" {
	run --separate-stderr -111 sh -c 'kmock >&-'
	[ "$stderr" = "kmock: standard output: Bad file descriptor" ]
	run --separate-stderr -111 sh -c 'kmock >/dev/full'
	[ "$stderr" = "kmock: standard output: No space left on device" ]
}

@test "kmock -h and -V" {
	run --separate-stderr -0 kmock -h
	[[ $output = "usage: kmock "* ]]
	[ "$stderr" = "" ]
	run --separate-stderr -0 kmock -V
	[[ $output =~ ^kmock\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[ "$stderr" = "" ]
	run --separate-stderr -111 sh -c 'kmock -V >/dev/full'
	[ "$stderr" = "kmock: standard output: No space left on device" ]
}

@test "kmock refuses bad usage with status 2" {
	run --separate-stderr -2 kmock -q
	[ "$output" = "" ]
	[[ ${stderr_lines[1]} = "usage: kmock "* ]]
	run --separate-stderr -2 kmock true
	[ "$output" = "" ]
	[ "${stderr_lines[0]}" = "kmock: a command comes after --: true" ]
	[[ ${stderr_lines[1]} = "usage: kmock "* ]]
}

# Helpers of the tests; `load lib` at the top of a .bats file.
bats_require_minimum_version 1.5.0

# feed LINE... - each argument a line, its blanks turned into TABs
feed() { printf '%s\n' "$@" | tr ' ' '\t'; }

# tabs TEXT - standard input with blanks turned into TABs
tabs() { tr ' ' '\t'; }

# what a tool says when the one before it died
# shellcheck disable=SC2034 # for the suites
cut_off='the input ended without #end or #stop: the program before this one died'

# given STATUS TOOL LINE ... -- ARG ... - feeds the lines to TOOL ARG ...
given() {
	local status=$1 tool=$2 lines=()
	shift 2
	while [ "$1" != -- ]; do
		lines+=("$1")
		shift
	done
	shift
	run --separate-stderr "-$status" "$tool" "$@" < <(feed "${lines[@]}")
}

# is LINE ... - this is all of the output, and nothing is on standard error
is() {
	[ "$output" = "$(feed "$@")" ] || { printf 'got:\n%s\n' "$output" >&2; return 1; }
	[ "$stderr" = "" ]
}

# formats - sets python to one that has other implementations of the formats;
# skips the test where it cannot be made, unless WEIR_NEED_FORMATS=1
formats() {
	if ! python=$("$BATS_TEST_DIRNAME/formats-up" 2>&1); then
		[ "${WEIR_NEED_FORMATS-}" = 1 ] || skip "$python"
		echo "$python" >&2
		return 1
	fi
}

# fine - status 0, and not a word
fine() {
	# shellcheck disable=SC2154
	[ "$status" = 0 ]
	[ "$output" = "" ]
	[ "$stderr" = "" ]
}

# listen - what a service manager at the socket ./notify hears goes to ./told
listen() {
	cat >listen.py <<'E'
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('notify')
while (t := s.recv(4096).decode()) != 'quit':
    print(t, flush=True)
E
	python3 listen.py >told 3>&- &
	listener=$!
	while [ ! -e notify ]; do
		kill -0 "$listener" || return
		sleep 0.01
	done
}

# listened DIR - all that was sent to DIR/notify is in DIR/told
listened() {
	python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"quit", sys.argv[1])' "$1/notify"
	wait "$listener"
}

# broker NAME=VALUE ... - a real Kafka for a file's tests, at WEIR_BROKERS; none
# where there is no java, which WEIR_NEED_KAFKA=1 makes a failure
broker() {
	if ! command -v java >/dev/null; then
		[ "${WEIR_NEED_KAFKA-}" != 1 ] || return 1
		return 0
	fi
	WEIR_BROKERS=$("$BATS_TEST_DIRNAME"/kafka-up "$BATS_FILE_TMPDIR/kafka" "$@" 3>&-)
	export WEIR_BROKERS
}

# broker_needed - skips the test where broker has started none
broker_needed() { command -v java >/dev/null || skip "no java: no real Kafka"; }

# broker_gone - ends what broker has started
broker_gone() {
	[ ! -d "$BATS_FILE_TMPDIR/kafka" ] ||
	    "$BATS_TEST_DIRNAME"/kafka-down -9 "$BATS_FILE_TMPDIR/kafka"
}

# flat OPTION ... - sread reads the files bad.10000 and bad.1000000, of as many
# bad records, in the same memory, whatever that is here
flat() {
	local n
	[ -z "${WEIR_SAN-}" ] || skip "the sanitizer keeps what is freed"
	for n in 10000 1000000; do
		command time -o rss -f %M sread "$@" -D /dev/null "bad.$n" >/dev/null 2>err
		[ "$(cat err)" = "sread: $n bad records written to /dev/null" ]
		tail -n 1 rss >"size.$n"
	done
	echo "KiB: $(paste -s size.10000 size.1000000)"
	[ "$(cat size.1000000)" -lt $(($(cat size.10000) + 2000)) ]
}

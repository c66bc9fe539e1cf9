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

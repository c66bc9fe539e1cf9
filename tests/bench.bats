load lib

@test "bench: the hot paths take the instructions of the budget" {
	[ -z "${WEIR_SAN-}" ] || skip "a sanitizer build has other instructions"
	command -v valgrind >/dev/null || skip "valgrind, which counts them, is not installed"
	run "$BATS_TEST_DIRNAME/bench/instructions" -c
	printf '# %s\n' "${lines[@]}" >&3
	[ "$status" != 3 ] || skip "the budget is for another compiler, its flags, or libc"
	[ "$status" = 0 ]
}

# bench PEERS TASK ... - few records, one pair, and a directory of its own
bench() {
	local only=$1
	shift
	run --separate-stderr env WEIR_BENCH_DIR="$BATS_TEST_TMPDIR/work" \
	    WEIR_BENCH_HOME="$BATS_TEST_TMPDIR/none" \
	    python3 "$BATS_TEST_DIRNAME/bench/bench.py" -n 2000 -p 1 \
	    -o "$BATS_TEST_TMPDIR/report" -w "$only" "$@"
}

# row TASK PEER PATTERN - the report has such a row, also in Markdown
row() {
	grep -E "^$1  +$2  +$3" <<<"$output"
	grep -E "^\| $1 \| $2 \| " "$BATS_TEST_TMPDIR/report/bench.md"
}

@test "bench: tasks over files are compared and measured" {
	bench wc,mawk,libcsv sfilter smap csv csv-quoted
	[ "$status" = 0 ]
	row sfilter 'wc -l' '[0-9.]+ +5 \(3\.5\) '
	row sfilter mawk '[0-9.]+ +0\.1 '
	row smap mawk '[0-9.]+ +0\.12 '
	row csv libcsv '[0-9.]+ +0\.25 '
	row csv-quoted libcsv '[0-9.]+ +0\.33 '
	[ "$(grep -c FAILED <<<"$output")" = 0 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/work/data-*/csv-2000 | wc -l)" = 2000 ]
	[ "$(grep -c '"user, ""' "$BATS_TEST_TMPDIR"/work/data-*/csvq-2000)" = 250 ]
}

@test "bench: another answer, a peer that fails and one that is missing are told" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexec awk "\$@" | sed 1d\n' >"$BATS_TEST_TMPDIR/bin/mawk"
	printf '#!/bin/sh\necho broken >&2\nexit 3\n' >"$BATS_TEST_TMPDIR/bin/tsv-filter"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH bench mawk,tsv-filter,polars sfilter
	[ "$status" = 1 ]
	grep -E '^FAILED: sfilter, mawk: another result: [0-9]+ lines, weir has [0-9]+$' <<<"$output"
	grep -E "^FAILED: sfilter, tsv-filter: .*: status 3$" <<<"$output"
	grep -x broken <<<"$output"
	row sfilter polars '– .* not installed$'
	bench mawk none
	[ "$status" = 2 ]
	[[ "$stderr" = *"no task none" ]]
}

@test "bench: memory, and growth at each size" {
	bench wc keys growth
	[ "$status" = 0 ]
	grep -E '^keys +saggregate, 2,000 keys, peak +[0-9.]+ MiB ' <<<"$output"
	grep -E '^records +200, 2,000, 20,000 +[0-9]' <<<"$output"
	[ "$(grep -c '^[0-9]' "$BATS_TEST_TMPDIR/report/sliding.dat")" = 4 ]
}

@test "bench: a stage's time from its start, and for each record" {
	local head='#fields\tts\tkey\tv:int\n'
	run --separate-stderr "$BATS_TEST_DIRNAME/bench/pace" -1 "$head"'1\ta\t7\n' sfilter 'v > 5'
	[ "$status" = 0 ]
	[[ "$output" =~ ^[0-9]+\.[0-9]$ ]]
	run --separate-stderr "$BATS_TEST_DIRNAME/bench/pace" -n 50 -r 1000 "$head" sfilter 'v >= 0'
	[ "$status" = 0 ]
	[[ "$output" =~ ^[0-9.]+\ [0-9.]+\ [0-9.]+$ ]]
	run --separate-stderr "$BATS_TEST_DIRNAME/bench/pace" -n 50 "$head" true
	[ "$status" = 1 ]
	[[ "$stderr" = "pace: the command"* ]]
}

load lib

# State stays bounded: millions of records of ever new keys, and memory that
# does not grow where the watermark lets state go; and no record is unaccounted.

setup_file() {
	export N=5000000
	[ -z "${WEIR_SAN-}" ] || N=500000
	# one record in 1000 is late, but for the first; T stays 1000 to 2000 ms behind
	awk -v n="$N" 'BEGIN {
		print "#fields\tt\tk\tv:int"
		for (i = 0; i < n; i++) {
			print (i % 1000 == 500 ? i - 5000 : i) "\tk" i "\t1"
			if (i % 1000 == 999)
				print "#watermark\t" i - 1000
			if (i % 100000 == 99999)
				print "#barrier\t" (i + 1) / 100000 ".0"
		}
		print "#end"
	}' >"$BATS_FILE_TMPDIR/in"
}

teardown_file() { rm -f "$BATS_FILE_TMPDIR/in"; }

# bounded MOST_KIB COMMAND... - runs it with -v over the stream; sets in, out, rejected, late
bounded() {
	local most=$1 tool=$2
	shift 2
	dir=$BATS_TEST_TMPDIR
	/usr/bin/time -f %M -o "$dir/size" "$tool" -v "$@" <"${from:-$BATS_FILE_TMPDIR/in}" >"$dir/out" 2>"$dir/err"
	cat "$dir/err"
	echo "peak $(cat "$dir/size") KiB"
	[ -n "${WEIR_SAN-}" ] || [ "$(cat "$dir/size")" -lt "$most" ]
	read -r in out rejected late < <(sed -n "s/^$tool: \([0-9]*\) in, \([0-9]*\) out, \([0-9]*\) rejected, \([0-9]*\) late.*/\1 \2 \3 \4/p" "$dir/err" | tail -1)
	[ "$in" = $((${both:-1} * N)) ]
	[ "$out" = "$(grep -vc '^#' "$dir/out")" ]
}

# the records of the late output, which must be those counted
lates() { [ "$(grep -vc '^#' "$BATS_TEST_TMPDIR/late")" = "$late" ]; }

# used COLUMN - the sum of a column of the output
used() { awk -F'\t' -v c="$1" '!/^#/ { n += $c } END { print n + 0 }' "$BATS_TEST_TMPDIR/out"; }

windowed() { # SWINDOW-ARGUMENTS... -- and then as bounded
	local args=()
	while [ "$1" != -- ]; do args+=("$1"); shift; done
	shift
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	swindow "${args[@]}" <"$BATS_FILE_TMPDIR/in" >"$BATS_TEST_TMPDIR/fifo" &
	from=$BATS_TEST_TMPDIR/fifo bounded "$@"
}

@test "saggregate, tumbling windows" {
	windowed 1s -- 8192 saggregate -L "$BATS_TEST_TMPDIR/late" -k k count
	[ "$late" = $((N / 1000 - 1)) ]
	lates
	[ "$in" = $(($(used 5) + rejected + late)) ]
}

@test "saggregate, windows with gaps between" {
	windowed 300ms 1s -- 8192 saggregate -L "$BATS_TEST_TMPDIR/late" -k k count
	[ "$rejected" -gt 0 ]
	[ "$late" -gt 0 ]
	lates
	[ "$in" = $(($(used 5) + rejected + late)) ]
}

@test "saggregate, sessions" {
	windowed -g 1s -- 8192 saggregate -L "$BATS_TEST_TMPDIR/late" -k k count
	[ "$late" = $((N / 1000 - 1)) ]
	lates
	[ "$in" = $(($(used 5) + rejected + late)) ]
}

@test "saggregate, update mode" {
	windowed 1s -- 16384 saggregate -m update -L "$BATS_TEST_TMPDIR/late" -k k count
	[ "$late" = $((N / 1000 - 1)) ]
	lates
}

@test "saggregate, lateness" {
	windowed 1s -- 16384 saggregate -l 5s -L "$BATS_TEST_TMPDIR/late" -k k count
	[ "$late" = 0 ]
	lates
	[ "$in" = $(($(used 5) + rejected + late)) ]
}

@test "ssort by event time" {
	bounded 8192 ssort -L "$BATS_TEST_TMPDIR/late"
	[ "$late" = $((N / 1000 - 1)) ]
	lates
	[ "$in" = $((out + rejected + late)) ]
}

@test "sdedup with a horizon" {
	bounded 8192 sdedup -W 1s -L "$BATS_TEST_TMPDIR/late" k
	[ "$late" = $((N / 1000 - 1)) ]
	lates
	[ "$in" = $((out + rejected + late)) ]
}

@test "sgap" {
	bounded 8192 sgap -k k 1s
	[ "$late" = 0 ]
	[ "$in" = "$(used 4)" ]
}

@test "smatch with a limit" {
	bounded 8192 smatch -k k -W 1s -L "$BATS_TEST_TMPDIR/late" 'A ; B'
	[ "$late" = $((N / 1000 - 1)) ]
	lates
	[ "$in" = $((out + late)) ]
}

@test "sjoin within an interval, inner and full" {
	ln -s "$BATS_FILE_TMPDIR/in" "$BATS_TEST_TMPDIR/other"
	for j in inner full; do
		both=2 bounded 12288 sjoin -k k -r 0s,1s -j $j -L "$BATS_TEST_TMPDIR/late" "$BATS_TEST_TMPDIR/other"
		[ "$late" = $((2 * (N / 1000 - 1))) ]
		[ "$in" = $((2 * out + late)) ]
	done
}

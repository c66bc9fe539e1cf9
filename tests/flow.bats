load lib

# The whole flow on the embedded broker with real input.

setup() {
	cd "$BATS_TEST_DIRNAME/../examples" || exit
	dir=$BATS_TEST_TMPDIR
}

# What the second half must print, from the CSV alone, by another engine.
independent() { # SECONDS
	sqlite3 -csv -separator , :memory: <<-SQL
		.import --csv flights-2013-01.csv f
		SELECT strftime('%Y-%m-%d %H:%M:%S', w * $1, 'unixepoch'), carrier, sum(cast(dep_delay AS int))
		FROM (SELECT *, cast(strftime('%s', scheduled) AS int) / $1 AS w FROM f)
		WHERE dep_delay <> '' AND cast(dep_delay AS int) > 10
		GROUP BY w, carrier;
	SQL
}

flow() { # WINDOW
	# shellcheck disable=SC2016 # for the inner shell
	WINDOW=$1 kmock -t input-topic:1 -t output-topic:1 -- sh -c '
		set -e
		sread -H -f scheduled,carrier,dep_delay -T scheduled flights-2013-01.csv |
			kout -t input-topic -s csv -f carrier,dep_delay
		kcat-in -e -t input-topic -s csv -f key,value:int | sfilter "value > 10" |
			kout -t output-topic -s json -f key,value -k key
		kcat-in -e -t output-topic -s json -f key,value:int -w 5m |
			swindow "$WINDOW" | saggregate -m complete -k key sum:value |
			ssort window_start:desc | tee "$OUT" | sshow -n 0'
}

for_window() { # WINDOW SECONDS
	OUT=$dir/stream run --separate-stderr -0 flow "$1"
	[ "$stderr" = "" ]
	printf '%s\n' "$output" >"$dir/shown"
	# newest window first, as shown
	grep '^|' "$dir/shown" | tail -n +2 | awk -F'|' '{ for (i = 2; i < NF; i++) gsub(/^ +| +$/, "", $i); print $3 "," $2 "," $5 }' >"$dir/rows"
	cut -d, -f1 "$dir/rows" | sort -rc
	independent "$2" | tr -d '"\r' | sort >"$dir/want"
	[ -s "$dir/want" ]
	sort "$dir/rows" | diff - "$dir/want"
}

@test "the flow gives the sums that sqlite3 gives, per hour" { for_window 1h 3600; }

@test "the flow gives the sums that sqlite3 gives, per 5 minutes" { for_window 5m 300; }

@test "the demo runs, prints tables and ends" {
	run --separate-stderr -0 ./demo
	[ "$stderr" = "" ]
	[[ "$output" = *"Batch: 0"*"Batch: 2"* ]]
	[[ "$output" = *"only showing top 20 rows"* ]]
	run --separate-stderr -0 ./demo 5m
	[ "$stderr" = "" ]
}

@test "one pipeline without a broker gives the same" {
	sread -H -f scheduled,key=carrier,value:int=dep_delay -T scheduled flights-2013-01.csv |
		sfilter 'value > 10' | swindow 1h | saggregate -m complete -k key sum:value |
		swrite -f window_start,key,sum_value |
		awk -F, '{ print strftime("%Y-%m-%d %H:%M:%S", $1 / 1000, 1) "," $2 "," $3 }' | sort >"$dir/got"
	independent 3600 | tr -d '"\r' | sort | diff "$dir/got" -
}

@test "a replay gives the same bytes" {
	job() {
		sread -H -f scheduled,carrier,dep_delay:int -T scheduled -w 1h flights-2013-01.csv |
			sfilter 'dep_delay > 10' | swindow 1h | saggregate -k carrier sum:dep_delay count 2>/dev/null
	}
	job >"$dir/a"
	job >"$dir/b"
	[ -s "$dir/a" ]
	cmp "$dir/a" "$dir/b"
}

@test "what is late is counted, and not lost" {
	sread -H -f scheduled,carrier,dep_delay:int -T scheduled flights-2013-01.csv >"$dir/s"
	run --separate-stderr -0 sh -c "swindow 1h <'$dir/s' | saggregate -L '$dir/late' count | swrite -f count"
	late=$(grep -vc '^#' "$dir/late")
	[ "$late" -gt 0 ]
	[ "$stderr" = "saggregate: $late late records written to $dir/late" ]
	used=$(printf '%s\n' "$output" | awk '{ n += $1 } END { print n }')
	[ $((used + late)) = "$(grep -vc '^#' "$dir/s")" ]
	[ "$(tail -1 "$dir/late")" = '#end' ]
	[ "$(head -1 "$dir/late")" = "$(head -1 "$dir/s")" ]
}

@test "10 M records through the pipe stay under 30 MiB a process" {
	[ -z "${WEIR_SAN-}" ] || skip "sizes mean nothing under a sanitizer"
	n=10000000
	# 12 windows of 5 minutes, 10,000 keys, every key in every window
	records() {
		awk -v n="$n" 'BEGIN {
			for (i = 0; i < n; i++)
				printf "%.0f,u%d,%d\n", 1700000100000 + int(i * 3600000 / n), (i * 7919) % 10000, int(i / 10000) % 100
		}'
	}
	peak() { # COMMAND... - its peak size goes to a file of its name
		/usr/bin/time -f %M -o "$dir/$1" "$@"
	}
	records >"$dir/in.csv"
	peak sread -f ts,key,v:int -T ts "$dir/in.csv" | peak sfilter 'v > 10' |
		peak swindow 5m | peak saggregate -k key sum:v count >"$dir/out"
	for t in sread sfilter swindow saggregate; do
		echo "$t: $(cat "$dir/$t") KiB"
		[ "$(cat "$dir/$t")" -lt 30720 ]
	done
	rows=$(grep -vc "^#" "$dir/out")
	echo "$rows rows"
	[ "$rows" = 120000 ]
	awk -F'\t' '!/^#/ { s += $5; c += $6 } END { print s, c }' "$dir/out" >"$dir/sums"
	awk -F, '$3 > 10 { s += $3; c++ } END { print s, c }' "$dir/in.csv" | diff - "$dir/sums"
	rm -f "$dir/in.csv"
}

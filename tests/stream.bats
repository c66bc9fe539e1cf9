load lib

# What the runner does, the same in every filter; sfilter stands for them.

@test "an empty input was cut off" {
	run --separate-stderr -111 sfilter true </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "sfilter: $cut_off" ]
}

@test "a stream without #end was cut off; records before have gone on" {
	run --separate-stderr -111 sfilter true < <(feed '#fields t' '1')
	[ "$output" = "$(feed '#fields t' 1)" ]
	[ "$stderr" = "sfilter: $cut_off" ]
}

@test "a torn last line is thrown away" {
	run --separate-stderr -111 sfilter true < <(feed '#fields t' '1'; printf '#end')
	[ "$output" = "$(feed '#fields t' 1)" ]
	[ "$stderr" = "sfilter: $cut_off" ]
}

@test "a record without #fields is refused with its line" {
	run --separate-stderr -1 sfilter true < <(feed '1 a' '#end')
	[ "$output" = "" ]
	[ "$stderr" = "sfilter: line 1: no #fields line before it: is this a stream? sread makes one" ]
}

@test "an #end without #fields is refused" {
	run --separate-stderr -1 sfilter true < <(feed '#end')
	[ "$output" = "" ]
	[ "$stderr" = "sfilter: line 1: no #fields line before it: is this a stream? sread makes one" ]
}

@test "plain text is no record" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t' 'hello' '#end')
	[ "$output" = "" ]
	[ "$stderr" = 'sfilter: line 2: not a record: "hello"' ]
}

@test "an empty line is no record" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t' '' '#end')
	[ "$output" = "" ]
	[ "$stderr" = 'sfilter: line 2: not a record: ""' ]
}

@test "bytes of a bad record are shown escaped" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t'; printf 'a\033[31m\001\n')
	[ "$stderr" = 'sfilter: line 2: not a record: "a\x1b[31m\x01"' ]
}

@test "too few and too many columns are refused" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t a' '1' '#end')
	[ "$stderr" = "sfilter: line 2: 1 columns, #fields names 2" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t a' '1 2' '1 2 3' '#end')
	[ "$stderr" = "sfilter: line 3: 3 columns, #fields names 2" ]
}

@test "a line with CR LF is refused in the heading" {
	run --separate-stderr -1 sfilter true < <(printf '#fields\tt\ta\r\n1\t2\r\n#end\r\n')
	[ "$stderr" = "sfilter: line 1: the line ends in CR LF: a stream's lines end in LF alone" ]
}

@test "a byte order mark is no record" {
	run --separate-stderr -1 sfilter true < <(printf '\357\273\277#fields\tt\n#end\n')
	[ "$stderr" = 'sfilter: line 1: not a record: "\xef\xbb\xbf#fields\tt"' ]
}

@test "unknown types, names twice and second #fields are refused" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t a:number' '#end')
	[ "$stderr" = "sfilter: line 1: #fields names an unknown type: there are str int float bool time" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t a a' '#end')
	[ "$stderr" = "sfilter: line 1: a name stands twice in #fields" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t a' '#fields t a' '#end')
	[ "$stderr" = "sfilter: line 2: a second #fields line" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t:int a' '#end')
	[ "$stderr" = "sfilter: line 1: the first column of #fields is the time, of type time" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields' '#end')
	[ "$stderr" = "sfilter: line 1: #fields without a time column" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t a' '1 2' '#fields t a')
	[ "$stderr" = "sfilter: line 3: #fields after the first record" ]
}

@test "a #window or #mode that is not understood is refused" {
	for w in 'tumbling size=0' 'tumbling' 'hopping size=1' 'tumbling size=x' 'session' 'tumbling size=1 a=1' 'tumbling size=9223372036854775807' 'tumbling size=10 slide=3'; do
		run --separate-stderr -1 sfilter true < <(feed '#fields t a' "#window $w" '#end')
		[ "$stderr" = "sfilter: line 2: a #window line that is not understood" ]
	done
	for m in 'final' 'update keys=a' 'update key=a key=b' ''; do
		run --separate-stderr -1 sfilter true < <(feed '#fields t a' "#mode $m" '#end')
		[ "$stderr" = "sfilter: line 2: a #mode line that is not understood" ]
	done
}

@test "the keys of #mode are fields" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t a' '#mode update key=a,b' '#end')
	[ "$output" = "" ]
	[ "$stderr" = "sfilter: line 3: #mode before it: the key b is no field" ]
}

@test "unknown control lines go on, in place" {
	feed '#restore 3.x' '#fields t a' '#window tumbling size=10 offset=0' '#mode append key=a' \
		'#colour red' '1 a' '#mood good \t' '#watermark 1' '#idle' '#barrier 1.0 committed=0.0' '2 b' '#end 2.0' >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr -0 sfilter true <"$BATS_TEST_TMPDIR/in"
	[ "$output" = "$(cat "$BATS_TEST_TMPDIR/in")" ]
	[ "$stderr" = "" ]
}

@test "#restore is the first line only" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t' '#restore 1.0')
	[ "$stderr" = "sfilter: line 2: #restore is only the first line, with an ID" ]
	run --separate-stderr -1 sfilter true < <(printf '#restore\t\n#fields\tt\n#end\n')
	[ "$stderr" = "sfilter: line 1: #restore is only the first line, with an ID" ]
}

@test "#stop ends a run with status 0, nothing may follow" {
	feed '#fields t' '#barrier 1.0' '#stop' >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr -0 sfilter true <"$BATS_TEST_TMPDIR/in"
	[ "$output" = "$(cat "$BATS_TEST_TMPDIR/in")" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t' '#barrier 1.0' '#stop' '1')
	[ "$output" = "$(feed '#fields t' '#barrier 1.0')" ]
	[ "$stderr" = "sfilter: line 4: something follows #stop: a program in the pipe, such as sort(1), moved lines" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t' '1' '#stop')
	[ "$stderr" = "sfilter: line 3: #stop without #barrier right before it" ]
}

@test "nothing may follow #end, and then nothing closes" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t' '#end' '1')
	[ "$output" = "$(feed '#fields t')" ]
	[ "$stderr" = "sfilter: line 3: something follows #end: a program in the pipe, such as sort(1), moved lines" ]
	run --separate-stderr -1 saggregate count < <(feed '#fields t' '5' '#end' '1')
	[ "$output" = "$(feed '#fields t count:int')" ]
	[ "$stderr" = "saggregate: line 4: something follows #end: a program in the pipe, such as sort(1), moved lines" ]
}

@test "a watermark never goes back" {
	run --separate-stderr -1 sfilter true < <(feed '#fields t' '#watermark 5' '#watermark 5' '#watermark 4')
	[ "$output" = "$(feed '#fields t' '#watermark 5' '#watermark 5')" ]
	[ "$stderr" = "sfilter: line 4: the watermark goes back" ]
}

@test "watermarks and barriers must be well formed" {
	for t in x '' 9223372036854775807 4611686018427387905 1.5; do
		run --separate-stderr -1 sfilter true < <(feed '#fields t' "#watermark $t")
		[[ "$stderr" = "sfilter: line 2: #watermark: not a time: \"$t\"" ]]
	done
	run --separate-stderr -1 sfilter true < <(feed '#fields t' "#watermark")
	[ "$stderr" = "sfilter: line 2: #watermark wants one time" ]
	run --separate-stderr -1 sfilter true < <(feed '#fields t' "#barrier")
	[ "$stderr" = "sfilter: line 2: #barrier without an ID" ]
	run --separate-stderr -0 sfilter true < <(feed '#fields t' '#watermark -4611686018427387904' '#watermark 4611686018427387904' '#end')
	[ "$output" = "$(feed '#fields t' '#watermark -4611686018427387904' '#watermark 4611686018427387904' '#end')" ]
}

@test "times out of range or malformed are bad records where time is used" {
	for t in 1x 99999999999999999999 4611686018427387905 -4611686018427387905 -; do
		run --separate-stderr -1 saggregate count < <(feed '#fields t' "$t" '#end')
		[ "$stderr" = "saggregate: line 2: not a record: the time is \"$t\"" ]
	done
}

@test "every tool honours or refuses every mode" {
	# the tool; the statuses of update, revise and complete; -: the sink writes no heading
	while IFS='|' read -r tool statuses sink; do
		for mode in update revise complete; do
			read -r want statuses <<<"$statuses"
			run --separate-stderr "-$want" sh -c "$tool" < <(feed '#fields t k j v:int' "#mode $mode key=k" \
			    '1 a L 5' '#watermark 2' '#barrier 1.r' '3 a R 6' '#end')
			if [ "$want" = 1 ]; then
				[ "$output" = "" ]
				[[ "$stderr" = *"$mode"* ]]
			elif [ "$sink" = "" ]; then
				[ "${lines[1]}" = "$(feed "#mode $mode key=k")" ]
			fi
		done
	done <<-'END'
		saggregate -k k sum:v|1 1 1
		saggregate -m update -k k sum:v|1 1 1
		saggregate -m complete -k k sum:v|1 1 1
		saggregate -m each -k k sum:v|1 1 1
		sjoin -k k -r 0,1s -a j|1 1 1
		sjoin -k k -t table.csv|1 1 1
		sdedup k|1 1 1
		sdedup -W 1s k|1 1 1
		smatch -k k A|1 1 1
		sgap -k k 1s|1 1 1
		swindow 1s|1 1 1
		swindow -c 1s|1 1 1
		stime -w 5s|1 1 1
		sflat j|1 1 1
		ssort|1 1 1
		ssort v|0 0 0
		ssort -n 1 v|1 1 0
		sfilter 'v > 4'|1 1 0
		sfilter 'k == "a"'|0 0 0
		sfilter 't > 0'|1 1 0
		smap 'w=v'|0 0 0
		smap -d v|0 0 0
		smap -d k|1 1 1
		smap 'k="b"'|1 1 1
		swrap cat|1 1 0
		swrap -E cat|1 1 0
		smerge -|0 0 0
		swrite|0 0 0|-
		sshow|0 0 0|-
		sbatch cat|0 0 0|-
	END
}

@test "a write error is status 111 with a message" {
	for tool in 'sfilter true' 'smap a=1' 'swindow 1s' 'saggregate count' 'ssort t' swrite sshow; do
		run --separate-stderr -111 sh -c "$tool >/dev/full" < <(feed '#fields t' '1' '#end')
		[ "$stderr" = "${tool%% *}: standard output: write: No space left on device" ]
	done
}

@test "a file does not take the place of standard output or error that is closed" {
	cd "$BATS_TEST_TMPDIR" || exit
	run -111 bash -c 'printf "1,x\n2,5\n" | sread -f t,v:int -T t -D dead >&-'
	[ "$(cat dead)" = '{"file":"-","line":1,"reason":"field v is not an int: \"x\"","payload":"1,x"}' ]
	feed '#fields t' '#watermark 5' 4 '#end' >in
	run -0 bash -c 'ssort -L late <in 2>&-'
	[ "$(cat late)" = "$(feed '#fields t' 4 '#end')" ]
	run -111 bash -c 'sread -s line -T @now <&-'
}

@test "a reader that leaves ends the pipe quietly" {
	{ feed '#fields t'; seq 300000; feed '#end'; } >"$BATS_TEST_TMPDIR/in"
	for tool in 'sfilter true' 'smap a=1' 'swindow 1s' 'ssort t' swrite; do
		run --separate-stderr -0 sh -c "$tool | head -1" <"$BATS_TEST_TMPDIR/in"
		[ "${#lines[@]}" = 1 ]
		[ "$stderr" = "" ]
	done
}

@test "every tool knows -h, -V and bad options" {
	for tool in $(cd "$BATS_TEST_DIRNAME/../cmd" && ls ./*.c); do
		tool=$(basename "$tool" .c)
		run --separate-stderr -0 "$tool" -h
		[[ "$output" = "usage: $tool "* ]]
		[ "$stderr" = "" ]
		run --separate-stderr -0 "$tool" -V
		[ "$output" = "$tool $(sed -n 's/.*WEIR_VERSION "\(.*\)"/\1/p' "$BATS_TEST_DIRNAME/../lib/version.h")" ]
		run --separate-stderr -2 "$tool" -?
		[ "$output" = "" ]
		[[ "$stderr" = *"usage: $tool "* ]]
		run --separate-stderr -111 sh -c "$tool -h >/dev/full"
		run --separate-stderr -111 sh -c "$tool -V >/dev/full"
	done
}

@test "-v counts what came and went" {
	run --separate-stderr -0 sfilter -v 'a > 1' < <(feed '#fields t a:int' '1 1' '2 2' '#watermark 1500' '#end')
	[ "$output" = "$(feed '#fields t a:int' '2 2' '#watermark 1500' '#end')" ]
	[ "$stderr" = "sfilter: 2 in, 1 out, 1 rejected, 0 late, watermark 1970-01-01T00:00:01.500Z" ]
}

@test "-v counts in a source too" {
	run --separate-stderr -0 sread -v -f t,a:int -T t -D "$BATS_TEST_TMPDIR/bad" < <(printf '%s\n' 1,2 2,x 3,4)
	[ "$output" = "$(feed '#fields t a:int' '1 2' '#watermark 1' '3 4' '#end')" ]
	[ "${stderr_lines[0]}" = "sread: 3 in, 2 out, 1 bad, watermark 1970-01-01T00:00:00.001Z" ]
	[ "${stderr_lines[1]}" = "sread: 1 bad records written to $BATS_TEST_TMPDIR/bad" ]
	run --separate-stderr -0 kmock -t t:1 -- sh -c 'seq 3 | sread -s line -T @now | kout -t t && kcat-in -e -v -t t | tail -1'
	[ "$output" = '#end' ]
	[[ "$stderr" = 'kcat-in: 3 in, 3 out, 0 bad, watermark '* ]]
}

@test "output is there before the tool waits for more input" {
	coproc TOOL { sfilter true; }
	pid=$TOOL_PID
	feed '#fields t' '1' >&"${TOOL[1]}"
	IFS= read -r -t 10 line <&"${TOOL[0]}"
	[ "$line" = "$(feed '#fields t')" ]
	IFS= read -r -t 10 line <&"${TOOL[0]}"
	[ "$line" = 1 ]
	eval "exec ${TOOL[1]}>&-"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 111 ]
}

@test "a killed stage makes every later one exit 111 without a result" {
	dir=$BATS_TEST_TMPDIR
	stages=('sread -f t,k,v:int -T t -' 'sfilter true' 'swindow 10ms' 'saggregate -k k sum:v' 'ssort k' 'swrite')
	for victim in 0 1 2 3 4; do
		rm -f "$dir"/*
		mkfifo "$dir/feed"
		for i in "${!stages[@]}"; do mkfifo "$dir/p$i"; done
		for i in "${!stages[@]}"; do
			from=$([ "$i" = 0 ] && echo feed || echo "p$((i - 1))")
			to=$([ "$i" = 5 ] && echo out || echo "p$i")
			sh -c "echo \$\$ >'$dir/pid$i'; exec ${stages[i]}" <"$dir/$from" >"$dir/$to" 2>"$dir/err$i" &
			pids[i]=$!
		done
		exec 7>"$dir/feed"
		printf '%s\n' 1,a,1 2,b,2 3,a,3 >&7
		until [ -s "$dir/pid$victim" ]; do :; done
		kill -9 "${pids[victim]}"
		status=0
		wait "${pids[victim]}" || status=$?
		[ "$status" = 137 ]
		for ((i = victim + 1; i < 6; i++)); do
			status=0
			wait "${pids[i]}" || status=$?
			echo "victim $victim, stage $i: $status $(cat "$dir/err$i")"
			[ "$status" = 111 ]
			[ "$(cat "$dir/err$i")" = "${stages[i]%% *}: $cut_off" ]
		done
		exec 7>&-
		[ ! -s "$dir/out" ]
		wait
	done
}

@test "random read sizes give identical bytes" {
	dir=$BATS_TEST_TMPDIR
	seed=${WEIR_SEED:-$RANDOM}
	echo "seed $seed"
	awk -v seed="$seed" 'BEGIN {
		srand(seed)
		for (i = 0; i < 20000; i++)
			printf "%d,k%d,%s,%d\n", i * 7, rand() * 50, substr("abcdefghijklmnopqrstuvwxyz", 1, rand() * 26), rand() * 100
	}' >"$dir/in.csv"
	job() { sread -B 1000000r -f t,k,s,v:int -T t - | sfilter 'v > 10' | smap 'w=v*2' | swindow 1s | saggregate -k k count sum:w last:s | ssort k | swrite -s json; }
	job <"$dir/in.csv" >"$dir/want" 2>"$dir/err"
	[ -s "$dir/want" ]
	for chunk in 1 7 63 64 65 4095 65537; do
		dd if="$dir/in.csv" bs=$chunk status=none | job >"$dir/got" 2>>"$dir/err"
		cmp "$dir/want" "$dir/got"
	done
	[ ! -s "$dir/err" ]
}

@test "a stream that stops before its heading: nothing is done, and it goes on" {
	cd "$BATS_TEST_TMPDIR"
	for tool in 'sfilter true' 'saggregate -L late count' 'ssort' 'sdedup k' 'sgap -k k 1s' 'smerge -' 'swindow 1s' 'stime' 'sjoin -k k -r 0s,1s stop'; do
		printf '#stop\n' >stop
		# shellcheck disable=SC2086 # words
		run --separate-stderr -0 $tool <stop
		[ "$output" = '#stop' ]
		[ "$stderr" = "" ]
	done
	[ "$(cat late)" = '#stop' ]
	for tool in sshow swrite 'swrite -d out' 'sbatch touch ran'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -0 $tool <stop
		[ "$output$stderr" = "" ]
	done
	[ ! -e ran ]
	[ ! -e out/commit ]
	# a heading makes it a stream like any other
	printf '#fields\tt\n#stop\n' >stop
	run --separate-stderr -1 sfilter true <stop
	[ "$stderr" = 'sfilter: line 2: #stop without #barrier right before it' ]
}

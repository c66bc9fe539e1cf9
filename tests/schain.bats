load lib

# prop_chain.py compares chains with pipes; here is what belongs to schain itself.

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

records=('#fields t k v:int' '1000 a 5' '2000 b 17' '#watermark 2000' '3000 a 30' '#end')

@test "schain: several filters are one process, with the pipe's bytes" {
	given 0 schain "${records[@]}" -- 'sfilter "v > 10" | smap w=v+1 | swindow 1s'
	is '#fields t k v:int w:int' '#window tumbling size=1000 offset=0' \
	    '2000 b 17 18' '#watermark 2000' '3000 a 30 31' '#end'
}

@test "schain: from a file to a file, one process" {
	printf '%s\n' 1000,a,5 2000,b,17 3000,a,30 301000,a,7 >in.csv
	run --separate-stderr -0 schain 'sread -T t -f t:int,k,v:int in.csv |
	    sfilter "v > 6" | swindow 5m | saggregate -k k sum:v | swrite -H'
	[ "$output" = "t,k,window_start,window_end,sum_v
299999,b,0,300000,17
299999,a,0,300000,30
599999,a,300000,600000,7" ]
	[ "$stderr" = "" ]
}

@test "schain: a chain of one, a source alone, a tool by its path" {
	given 0 schain "${records[@]}" -- '/no/such/directory/sfilter false'
	is '#fields t k v:int' '#watermark 2000' '#end'
	printf '5,x\n' >in.csv
	run --separate-stderr -0 schain 'sread -T t -f t:int,k in.csv'
	is '#fields t k' '5 x' '#watermark 5' '#end'
}

@test "schain: sshow is a last one" {
	given 0 schain "${records[@]}" -- 'sfilter v==5 | sshow'
	[[ $output == "-------------------------------------------"* ]]
	[ "$stderr" = "" ]
	[[ $output == *'|1970-01-01 00:00:01|  a|  5|'* ]]
}

@test "schain: -v of a stage, and of all" {
	given 0 schain "${records[@]}" -- 'sfilter "v > 10" | smap -v w=v | swindow 1s'
	[ "$stderr" = "smap: 2 in, 2 out, 0 rejected, 0 late, watermark 1970-01-01T00:00:02Z" ]
	printf '%s\n' 1000,a,5 2000,b,17 >in.csv
	run --separate-stderr -0 schain -v 'sread -T t -f t:int,k,v:int in.csv |
	    sfilter "v > 10" | swrite'
	[ "$output" = 2000,b,17 ]
	[ "$stderr" = "sread: 2 in, 2 out, 0 bad, watermark 1970-01-01T00:00:02Z
sfilter: 2 in, 1 out, 1 rejected, 0 late, watermark 1970-01-01T00:00:02Z
swrite: 1 in, 0 rejected, 0 late, watermark 1970-01-01T00:00:02Z" ]
}

@test "schain: -L of each stage" {
	given 0 schain '#fields t k' '#watermark 5000' '1000 a' '6000 b' '7000 c' '#watermark 9000' '6500 d' '#end' \
	    -- 'sdedup -L one -W 1s k | stime -w 0s,0s | smap "u=t" | ssort -L two'
	[ "$stderr" = "sdedup: 2 late records written to one" ]
	[ "$(cat one)" = "$(feed '#fields t k' '1000 a' '6500 d' '#end')" ]
	[ "$(cat two)" = "$(feed '#fields t k u:time' '#end')" ]
}

@test "schain: bad data is told as in the pipe, by the tool and its line" {
	given 1 schain '#fields t k v:int' '1000 c 1' '2000 a 3' '#watermark 2000' '3000 b x' '#end' \
	    -- 'sfilter "k != \"c\"" | smap "w=v*2" | swindow 1s'
	is_bad=$stderr
	run --separate-stderr -1 smap 'w=v*2' < <(feed '#fields t k v:int' '2000 a 3' '#watermark 2000' '3000 b x')
	[ "$is_bad" = "$stderr" ]
	[ "$stderr" = 'smap: line 4: field v is not an int: "x"' ]
}

@test "schain: a stage's usage error, and bad options of schain" {
	run --separate-stderr -2 schain 'smap u=1 | sfilter'
	[ "$stderr" = "usage: sfilter [-hVv] expression" ]
	run --separate-stderr -2 schain 'sfilter -q true'
	[ "$stderr" = "sfilter: invalid option -- 'q'
usage: sfilter [-hVv] expression" ]
	run --separate-stderr -2 schain 'ssort -n x v'
	[ "${stderr_lines[0]}" = "ssort: -n: not a number of at least 1: x" ]
	run --separate-stderr -2 schain 'sread -T t | sfilter "v >"'
	[ "$stderr" = "sfilter: a value is missing at column 4 of 'v >'" ]
	run --separate-stderr -2 schain
	[ "$stderr" = "usage: schain [-hVv] pipeline" ]
	run --separate-stderr -2 schain a b
	[ "$stderr" = "usage: schain [-hVv] pipeline" ]
	run --separate-stderr -2 schain -x a
	[ "$stderr" = "schain: invalid option -- 'x'
usage: schain [-hVv] pipeline" ]
}

@test "schain: what is no pipeline" {
	run --separate-stderr -2 schain 'sfilter true; smap'
	[ "$stderr" = "schain: column 13: ; needs a shell: quote it, or use sh -c '...'" ]
	run --separate-stderr -2 schain 'sfilter true |'
	[ "$stderr" = "schain: column 15: no command behind the |" ]
	run --separate-stderr -2 schain ''
	[ "$stderr" = "schain: column 1: no command" ]
}

@test "schain: what cannot be a member, and why" {
	run --separate-stderr -2 schain 'kcat-in -t x | sfilter true'
	[ "$stderr" = "schain: kcat-in: it needs librdkafka, which schain does without: leave it outside" ]
	run --separate-stderr -2 schain 'sfilter true | kout -t x'
	[ "$stderr" = "schain: kout: it needs librdkafka, which schain does without: leave it outside" ]
	run --separate-stderr -2 schain 'smerge a b | sfilter true'
	[ "$stderr" = "schain: smerge: it has several inputs: leave it outside" ]
	run --separate-stderr -2 schain 'sfilter true | sbatch cat'
	[ "$stderr" = "schain: sbatch: all others would wait for its command: leave it outside" ]
	run --separate-stderr -2 schain 'sfilter true | sread -T t'
	[ "$stderr" = "schain: sread: it starts a stream: it can only be the first" ]
	run --separate-stderr -2 schain 'swrite | sfilter true'
	[ "$stderr" = "schain: swrite: it ends a stream: it can only be the last" ]
	run --separate-stderr -2 schain 'sfilter true | grep x'
	[ "$stderr" = "schain: grep: cannot be chained; there are: sread saggregate sdedup sfilter sflat sgap sjoin smap smatch sshow ssort stime swindow swrap swrite" ]
	[ "$output" = "" ]
}

@test "schain: sjoin with a second stream is refused, with a table it is not" {
	given 2 schain "${records[@]}" -- 'smap u=1 | sjoin -k k -r 0s,1s other'
	[ "$output" = "" ]
	[ "$stderr" = "sjoin: other: a chain has one input, so it cannot join with a file: leave sjoin outside" ]
	printf 'k,name\na,Anna\n' >t.csv
	given 0 schain "${records[@]}" -- 'smap u=1 | sjoin -k k -t t.csv | sfilter "v > 5"'
	is '#fields t k v:int u:int name' '#watermark 2000' '3000 a 30 1 Anna' '#end'
}

@test "schain: an input that was cut off" {
	given 111 schain '#fields t' '1' -- 'sfilter true | swindow 2s | swindow 1s'
	[ "$output" = "$(feed '#fields t' '#window tumbling size=1000 offset=0' 1)" ]
	[ "$stderr" = "sfilter: $cut_off" ]
}

@test "schain: a reader that has enough" {
	{ printf '#fields\tt\n'; seq 300000; echo '#end'; } >in
	run bash -c 'schain "sfilter true | sfilter true" <in | head -1; echo "${PIPESTATUS[*]}"'
	[ "$output" = "$(printf '#fields\tt\n141 0')" ]
}

@test "schain: a write error is the last one's" {
	run --separate-stderr -111 bash -c 'schain "sfilter true | swindow 1s" >/dev/full' < <(feed "${records[@]}")
	[ "$stderr" = "swindow: standard output: write: No space left on device" ]
	run --separate-stderr -111 bash -c 'schain "sfilter true | swrite" >/dev/full' < <(feed "${records[@]}")
	[ "$stderr" = "swrite: standard output: write: No space left on device" ]
}

@test "schain: what has come goes on before it waits for more" {
	mkfifo in out
	schain 'sfilter true | swindow 2s | swindow 1s' <in >out &
	exec 8>in 9<out
	feed '#fields t' 5 >&8
	read -r a <&9
	read -r b <&9
	read -r c <&9
	[ "$a $b $c" = "$(tabs <<<'#fields t') $(tabs <<<'#window tumbling size=1000 offset=0') 5" ]
	# and it is one process
	run ! grep -qsx "PPid:.$!" /proc/[0-9]*/status
	echo '#end' >&8
	exec 8>&-
	[ "$(cat <&9)" = '#end' ]
	wait $!
}

@test "schain: a signal ends a followed file with #stop, through all stages" {
	printf '1,a\n2,b\n' >in.csv
	mkfifo out
	schain 'sread -F -T t -f t:int,k in.csv | sfilter "k != \"a\"" | smap "u=upper(k)"' >out 2>err &
	exec 9<out
	read -r a <&9
	read -r b <&9
	read -r c <&9
	[ "$a / $b / $c" = "$(tabs <<<'#fields t k u') / $(tabs <<<'#watermark 1') / $(tabs <<<'2 b B')" ]
	kill -TERM $!
	[[ $(cat <&9) == *$'\n#stop' ]]
	wait $!
	[ ! -s err ]
}

@test "schain does not need Kafka's library" {
	[ "$(ldd "$(command -v schain)" | grep -c rdkafka)" = 0 ]
}

@test "schain -h and -V" {
	run --separate-stderr -0 schain -h
	[ "$output" = "usage: schain [-hVv] pipeline" ]
	run --separate-stderr -0 schain -V
	[ "${output% *}" = schain ]
	run --separate-stderr -0 schain 'sfilter -h | smap'
	[ "$output" = "usage: sfilter [-hVv] expression" ]
	[ "$stderr" = "" ]
}

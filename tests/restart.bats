load lib

# What the filters keep over a restart; that any cut gives the same output is
# prop_restart.py's.

f='#fields t k v:int'

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

# made TOOL ARG ... - a run over two records up to the barrier 1.a, its state in st
made() {
	rm -rf st
	given 0 "$1" "${head-$f}" '1 a 1' '5 b 2' '#barrier 1.a' '#stop' -- -S st "${@:2}"
	[ "$stderr" = "" ]
}

# refused TOOL WAS NOW ARG ... - the state of made does not fit
refused() {
	given 1 "$1" '#restore 1.a' "${head-$f}" '#barrier 2.b' '#stop' -- -S st "${@:4}"
	[ "$output" = "" ]
	[ "$stderr" = "$1: st/1.a.snap: the state does not fit: it was made with $2, now there is $3" ] ||
		{ printf 'got: %s\n' "$stderr"; return 1; }
}

# fits TOOL ARG ... - it does
fits() {
	given 0 "$1" '#restore 1.a' "${head-$f}" '#barrier 2.b' '#stop' -- -S st "${@:2}"
	[ "$stderr" = "" ]
	given 0 "$1" '#restore 2.b' "${head-$f}" '#barrier 1.a' '#stop' -- -S st "${@:2}"
}

# snap ID - the records of a snapshot, without the first and the last line
snap() { sed '1d;/^#sum\t/d;/^#end\t/d' "st/$1.snap"; }

@test "sdedup: goes on with the keys it has seen" {
	made sdedup k
	[ "$(snap 1.a | sort)" = "$(feed '#watermark -9223372036854775808 -9223372036854775808' 'seen a' 'seen b' 'time -9223372036854775808' | sort)" ]
	given 0 sdedup '#restore 1.a' "$f" '7 a 1' '8 c 1' '#end 2.b' -- -S st k
	is '#restore 1.a' "$f" '8 c 1' '#end 2.b'
}

@test "sdedup: \$WEIR_STATE is where the state is, -S comes before it" {
	export WEIR_STATE=env
	given 0 sdedup "$f" '1 a 1' '#barrier 1.a' '#stop' -- k
	[ -f env/1.a.snap ]
	given 0 sdedup "$f" '1 b 1' '#barrier 1.a' '#stop' -- -S st k
	given 0 sdedup '#restore 1.a' "$f" '7 a 1' '8 b 1' '#end 2.b' -- k
	is '#restore 1.a' "$f" '8 b 1' '#end 2.b'
}

@test "sdedup: without a state directory nothing is kept" {
	given 0 sdedup '#restore 1.a' "$f" '7 a 1' '#end 2.b' -- k
	is '#restore 1.a' "$f" '7 a 1' '#end 2.b'
}

@test "sdedup: another key or horizon does not fit, another column does" {
	made sdedup -W 10s k
	refused sdedup 'key=k:str' 'key=v:int' -W 10s v
	refused sdedup 'key=k:str' 'key=k:str,v:int' -W 10s k v
	refused sdedup 'horizon=10000' 'horizon=none' k
	refused sdedup 'horizon=10000' 'horizon=20000' -W 20s k
	head='#fields t k:int v:int' refused sdedup 'key=k:str' 'key=k:int' -W 10s k
	head='#fields t new v:int k' fits sdedup -W 10s k
}

@test "sgap: goes on with the keys that are open" {
	made sgap -k k 10ms
	[ "$(snap 1.a | sort)" = "$(feed '#watermark -9223372036854775808 -9223372036854775808' 'open 1 1 0 a' 'open 5 1 1 b' 'time -9223372036854775808 2' | sort)" ]
	given 0 sgap '#restore 1.a' "$f" '7 a 1' '#watermark 20' '#end 2.b' -- -S st -k k 10ms
	is '#restore 1.a' '#fields t k last:time count:int' '15 b 5 1' '17 a 7 2' '#watermark 20' '#end 2.b'
}

@test "sgap: another key or duration does not fit" {
	made sgap -k k 10ms
	refused sgap 'key=k:str' 'key=' 10ms
	refused sgap 'duration=10' 'duration=11' -k k 11ms
	head='#fields t v:int k' fits sgap -k k 10ms
}

@test "ssort: goes on with what waits for the watermark" {
	given 0 ssort "$f" '5 b 2' '1 a 1' '#watermark 3' '4 c 0' '#barrier 1.a' '#stop' -- -S st
	is "$f" '1 a 1' '#watermark 3' '#barrier 1.a' '#stop'
	[ "$(snap 1.a | sort)" = "$(feed '#watermark 3 3' 'held 0 5 b 2' 'held 2 4 c 0' 'time 3' | sort)" ]
	given 0 ssort '#restore 1.a' "$f" '4 d 7' '#watermark 9' '#end 2.b' -- -S st
	is '#restore 1.a' "$f" '4 c 0' '4 d 7' '5 b 2' '#watermark 9' '#end 2.b'
}

@test "ssort: by fields only the watermark is kept" {
	made ssort v
	[ "$(snap 1.a)" = "$(feed '#watermark -9223372036854775808 -9223372036854775808' 'time -9223372036854775808')" ]
	fits ssort -n 1 k
	refused ssort 'by=fields' 'by=time'
}

@test "ssort: other columns do not fit" {
	made ssort
	head='#fields t k v' refused ssort 'fields=t:time,k:str,v:int' 'fields=t:time,k:str,v:str'
}

@test "late outputs are cut back to the epoch that the run goes on from" {
	given 111 ssort "$f" '9 a 1' '#watermark 5' '1 late 1' '#barrier 1.a' '2 late 2' '#barrier 2.a' '3 late 3' -- -S st -L late
	[ "$(cat late)" = "$(feed "$f" '1 late 1' '2 late 2' '3 late 3')" ]
	given 0 ssort '#restore 1.a' "$f" '4 late 4' '#barrier 2.b' '#stop' -- -S st -L late
	[ "$(cat late)" = "$(feed "$f" '1 late 1' '4 late 4' '#stop')" ]
	given 0 ssort '#restore 2.b' "$f" '#watermark 8' '7 late 7' '#end 3.c' -- -S st -L late
	[ "$(cat late)" = "$(feed "$f" '1 late 1' '4 late 4' '7 late 7' '#end')" ]
	is '#restore 2.b' "$f" '#watermark 8' '9 a 1' '#end 3.c' || [ "$stderr" = 'ssort: 1 late records written to late' ]
}

@test "a late output that has become shorter is not gone on with" {
	given 0 ssort "$f" '#watermark 5' '1 late 1' '#barrier 1.a' '#stop' -- -S st -L late
	: >late
	given 1 ssort '#restore 1.a' "$f" '#end 2.b' -- -S st -L late
	[ "$stderr" = 'ssort: late: is shorter than it was at the epoch to go on from' ]
}

@test "sjoin -a: goes on with the rows of both sides" {
	head='#fields t k v:int side'
	given 0 sjoin "$head" '1 a 1 L' '2 b 2 L' '3 b 3 R' '#watermark 3' '#barrier 1.a' '#stop' -- -S st -j left -a side -k k -r 0ms,10ms
	given 0 sjoin '#restore 1.a' "$head" '5 a 5 R' '#end 2.b' -- -S st -j left -a side -k k -r 0ms,10ms
	is '#restore 1.a' '#fields t k v:int right_v:int left_time:time right_time:time' '5 a 1 5 1 5' '#end 2.b'
}

@test "sjoin: other sides, kinds, bounds or windows do not fit" {
	head='#fields t k v:int side'
	rm -rf st
	given 0 sjoin "$head" '1 a 1 L' '#barrier 1.a' '#stop' -- -S st -a side -k k -r 0ms,10ms
	refused sjoin 'with=itself' 'with=table' -k k -t <(:) || { printf 'k,x\n' >t.csv; refused sjoin 'with=itself' 'with=table' -k k -t t.csv; }
	refused sjoin 'join=inner' 'join=left' -a side -k k -j left -r 0ms,10ms
	refused sjoin 'key=k:str' 'key=v:int' -a side -k v -r 0ms,10ms
	refused sjoin 'lower=0' 'lower=-1' -a side -k k -r -1ms,10ms
	refused sjoin 'upper=10' 'upper=11' -a side -k k -r 0ms,11ms
	head='#fields t k v side' refused sjoin 'left=v:int' 'left=v:str' -a side -k k -r 0ms,10ms
	given 1 sjoin '#restore 1.a' "$head" '#window tumbling size=5 offset=0' '#barrier 2.b' '#stop' -- -S st -a side -k k
	[[ $stderr == *'made with window=none'*', now there is window=tumbling'* ]]
}

@test "sjoin -t: there is no state" {
	printf 'k,name\na,x\n' >t.csv
	made sjoin -k k -t t.csv
	[ "$(snap 1.a)" = "$(feed '#watermark -9223372036854775808 -9223372036854775808')" ]
	fits sjoin -j left -k k -t t.csv
}

@test "sjoin FILE: goes on with both inputs, which name one epoch" {
	feed '#fields t k w' '2 a x' '#watermark 4' '#barrier 1.a' '#stop' >right
	given 0 sjoin "$f" '1 a 1' '#watermark 9' '#barrier 1.a' '#stop' -- -S st -k k -r 0ms,10ms right
	is '#fields t k v:int w left_time:time right_time:time' '2 a 1 x 1 2' '#watermark 4' '#barrier 1.a' '#stop'
	feed '#restore 1.a' '#fields t k w' '5 a y' '#watermark 8' '#end 2.b' >right
	given 0 sjoin '#restore 1.a' "$f" '10 a 2' '#end 2.b' -- -S st -k k -r 0ms,10ms right
	is '#restore 1.a' '#fields t k v:int w left_time:time right_time:time' '5 a 1 y 1 5' '#watermark 8' '#watermark 9' '#end 2.b'
	feed '#restore 2.b' '#fields t k w' '#end 2.b' >right
	given 1 sjoin '#restore 1.a' "$f" '#end 2.b' -- -S st -k k -r 0ms,10ms right
	[ "$stderr" = 'sjoin: the inputs resume at different epochs, 1.a and 2.b' ]
}

@test "smerge: goes on with the watermark of each input" {
	feed "$f" '#watermark 4' '#barrier 1.a' '#stop' >right
	given 0 smerge "$f" '#watermark 9' '#idle' '#barrier 1.a' '#stop' -- -S st - right
	is "$f" '#watermark 4' '#barrier 1.a' '#stop'
	feed '#restore 1.a' "$f" '#watermark 7' '#watermark 12' '#end 2.b' >right
	given 0 smerge '#restore 1.a' "$f" '#end 2.b' -- -S st - right
	is '#restore 1.a' "$f" '#watermark 7' '#watermark 12' '#end 2.b'
}

@test "smerge: another number of inputs does not fit" {
	feed "$f" '#barrier 1.a' '#stop' >right
	made smerge - right
	feed '#restore 1.a' "$f" '#barrier 2.b' '#stop' >right
	refused smerge 'inputs=2' 'inputs=1' -
	cp right third
	refused smerge 'inputs=2' 'inputs=3' - right third
}

@test "smatch: goes on with what has begun" {
	given 0 smatch "$f" '1 a 1' '2 b 1' '#watermark 4' '5 a 2' '#barrier 1.a' '#stop' -- -S st -k k -W 10ms 'A: v == 1, B: v == 2'
	given 0 smatch '#restore 1.a' "$f" '7 b 3' '#watermark 8' '#end 2.b' -- -S st -k k -W 10ms 'A: v == 1, B: v == 2'
	grep '^5	a	' <<<"$output"
}

@test "smatch: another pattern, limit, skip, key or column does not fit" {
	made smatch -k k -W 10ms 'A ; B'
	refused smatch 'pattern=A ; B' 'pattern=A , B' -k k -W 10ms 'A , B'
	refused smatch 'within=10' 'within=11' -k k -W 11ms 'A ; B'
	refused smatch 'skip=none' 'skip=next' -k k -W 10ms -A next 'A ; B'
	refused smatch 'key=k:str' 'key=' -W 10ms 'A ; B'
	head='#fields t k v' refused smatch 'fields=t:time,k:str,v:int' 'fields=t:time,k:str,v:str' -k k -W 10ms 'A ; B'
}

# many FROM TO - so many keys of 100 bytes
many() { awk -v a="$1" -v b="$2" 'BEGIN { for (i = a; i < b; i++) printf "%d\tkey%0100d\t%d\n", i, i, i % 2 }'; }

@test "large states: a barrier saves what has changed" {
	for tool in 'sdedup k' 'sgap -k k 1h' 'ssort' 'smatch -k k A;B' 'sjoin -a v -k k -r 0s,1h'; do
		# shellcheck disable=SC2086 # words
		set -f -- $tool
		rm -rf st
		if [ "$1" = sjoin ]; then
			head='#fields t k v' side='s/0$/L/;s/1$/R/'
		else
			head=$f side=
		fi
		{ feed "$head"; many 0 3000 | sed "$side"; feed '#barrier 1.a'; many 3000 3010 | sed "$side"
		feed '#barrier 2.a'; many 3010 3020 | sed "$side"; feed '#barrier 3.a' '#stop'; } | "$1" -S st "${@:2}" >/dev/null
		grep -q '^#builds	1.a	' st/3.a.snap
		[ "$(wc -c <st/1.a.snap)" -gt 200000 ]
		[ "$(wc -c <st/3.a.snap)" -lt 10000 ]
	done
}

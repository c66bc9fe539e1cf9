load lib

use='usage: sjoin [-hVv] [-j inner|left|right|full|semi|anti] [-r lower,upper] [-L late] [-S dir] -k names file | -a field | -t table'
times='#fields t k a right_a left_time:time right_time:time'

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# joins ARG ... - joins what standard input feeds, with sides in s; status 0 and nothing said
joins() {
	run --separate-stderr -0 sjoin -a s -k k "$@"
	[ "$stderr" = "" ]
}

# exits STATUS - that of the tool in the background
exits() {
	local got=0
	wait "$pid" || got=$?
	[ "$got" = "$1" ]
}

# wrong MESSAGE ARG ... - status 2, the message and the usage
wrong() {
	local message=$1
	shift
	run --separate-stderr -2 sjoin "$@" </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "${message:+sjoin: $message$'\n'}$use" ]
}

@test "sjoin -r: bounds are part of the interval, to the millisecond" {
	joins -r -2ms,3ms < <(feed '#fields t s k a' '10 L x l' '7 R x 7' '8 R x 8' '13 R x 13' '14 R x 14' '#end')
	[ "$output" = "$(feed "$times" '10 x l 8 10 8' '13 x l 13 10 13' '#end')" ]
	# the same seen from the right
	joins -r -2ms,3ms < <(feed '#fields t s k a' '7 R x 7' '8 R x 8' '13 R x 13' '14 R x 14' '10 L x l' '#end')
	[ "$output" = "$(feed "$times" '10 x l 8 10 8' '13 x l 13 10 13' '#end')" ]
}

@test "sjoin -r: both bounds on one side, one point, negative times" {
	joins -r 2ms,4ms < <(feed '#fields t s k a' '-5 L x l' '-4 R x a' '-3 R x b' '-1 R x c' '0 R x d' '#end')
	[ "$output" = "$(feed "$times" '-3 x l b -5 -3' '-1 x l c -5 -1' '#end')" ]
	joins -r -4ms,-2ms < <(feed '#fields t s k a' '0 L x l' '-5 R x a' '-4 R x b' '-2 R x c' '-1 R x d' '#end')
	[ "$output" = "$(feed "$times" '0 x l b 0 -4' '0 x l c 0 -2' '#end')" ]
	joins -r 0,0 < <(feed '#fields t s k a' '5 L x l' '4 R x a' '5 R x b' '6 R x c' '#end')
	[ "$output" = "$(feed "$times" '5 x l b 5 5' '#end')" ]
	joins -r -1d,365000d < <(feed '#fields t s k a' '-86400000 L x l' '1 R x a' '-172800000 R x b' '-172800001 R x c' '#end')
	[ "$output" = "$(feed "$times" '1 x l a -86400000 1' '-86400000 x l b -86400000 -172800000' '#end')" ]
}

@test "sjoin: pairs of a record come in the order of arrival" {
	joins -r -10s,10s < <(feed '#fields t s k a' '5000 R x c' '9000 R x d' '1 R x a' '9000 R y -' '2500 R x b' '1000 L x l' '#end')
	[ "$output" = "$(feed "$times" '5000 x l c 1000 5000' '9000 x l d 1000 9000' '1000 x l a 1000 1' '2500 x l b 1000 2500' '#end')" ]
}

sides='#fields t s k a'
some=('10 L x l1' '10 R x r1' '11 L y l2' '12 R z r2' '12 R x r3')

@test "sjoin -j inner left right full semi anti" {
	joins -r 0,5ms < <(feed "$sides" "${some[@]}" '#end')
	[ "$output" = "$(feed "$times" '10 x l1 r1 10 10' '12 x l1 r3 10 12' '#end')" ]
	joins -r 0,5ms -j left < <(feed "$sides" "${some[@]}" '#end')
	[ "$output" = "$(feed "$times" '10 x l1 r1 10 10' '12 x l1 r3 10 12' '11 y l2 \N 11 \N' '#end')" ]
	joins -r 0,5ms -j right < <(feed "$sides" "${some[@]}" '#end')
	[ "$output" = "$(feed "$times" '10 x l1 r1 10 10' '12 x l1 r3 10 12' '12 z \N r2 \N 12' '#end')" ]
	joins -r 0,5ms -j full < <(feed "$sides" "${some[@]}" '#end')
	[ "$output" = "$(feed "$times" '10 x l1 r1 10 10' '12 x l1 r3 10 12' '11 y l2 \N 11 \N' '12 z \N r2 \N 12' '#end')" ]
	joins -r 0,5ms -j semi < <(feed "$sides" "${some[@]}" '#end')
	[ "$output" = "$(feed '#fields t k a' '10 x l1' '#end')" ]
	joins -r 0,5ms -j anti < <(feed "$sides" "${some[@]}" '#end')
	[ "$output" = "$(feed '#fields t k a' '11 y l2' '#end')" ]
}

@test "sjoin -j semi: a left record comes once, whichever side is first" {
	joins -r -5ms,5ms -j semi < <(feed "$sides" '1 R x a' '2 R x b' '3 L x l1' '4 L y l2' '5 R y c' '6 R y d' '#end')
	[ "$output" = "$(feed '#fields t k a' '3 x l1' '4 y l2' '#end')" ]
}

@test "sjoin: unmatched rows come a millisecond after nothing can meet them" {
	# left: T > 10 + 5 + 1; right: T > 20 + 1
	joins -r 0,5ms -j full < <(feed "$sides" '10 L x l' '20 R y r' '#watermark 16' '#watermark 17' '#watermark 21' '#watermark 22' '#end')
	[ "$output" = "$(feed "$times" '#watermark 10' '10 x l \N 10 \N' '#watermark 11' '#watermark 15' '20 y \N r \N 20' '#watermark 16' '#end')" ]
	# it was due when it came: at the next barrier
	joins -r -5ms,-3ms -j left < <(feed "$sides" '#watermark 10' '10 L x l' '#barrier 1.0' '#end')
	[ "$output" = "$(feed "$times" '#watermark 10' '10 x l \N 10 \N' '#barrier 1.0' '#end')" ]
}

@test "sjoin: unmatched rows of one mark come by time, left first, then as they came" {
	joins -r 0,0 -j full < <(feed "$sides" '7 R e 1' '5 L a 2' '7 L b 3' '5 L c 4' '6 R d 5' '#watermark 20' '#end')
	[ "$output" = "$(feed "$times" '5 a 2 \N 5 \N' '5 c 4 \N 5 \N' '6 d \N 5 \N 6' '7 b 3 \N 7 \N' '7 e \N 1 \N 7' '#watermark 19' '#end')" ]
}

@test "sjoin forwards no more than the oldest time that may still come" {
	joins -r -3ms,5ms < <(feed "$sides" '#watermark 100' '#end')
	[ "$output" = "$(feed "$times" '#watermark 100' '#end')" ]
	for j in left:94 right:96 full:94; do
		joins -r -3ms,5ms -j ${j%:*} < <(feed "$sides" '#watermark 100' '#end')
		[ "$output" = "$(feed "$times" "#watermark ${j#*:}" '#end')" ]
	done
	for j in semi:94 anti:94; do
		joins -r -3ms,5ms -j ${j%:*} < <(feed "$sides" '#watermark 100' '#end')
		[ "$output" = "$(feed '#fields t k a' "#watermark ${j#*:}" '#end')" ]
	done
	joins -r -30ms,-5ms -j left < <(feed "$sides" '#watermark 100' '#end')
	[ "$output" = "$(feed "$times" '#watermark 100' '#end')" ]
	joins -r 0,5ms -j left < <(feed "$sides" '#watermark -4611686018427387904' '#end')
	[ "$output" = "$(feed "$times" '#end')" ]
}

@test "sjoin: late is what is before the watermark; what is at it still meets its partner" {
	run --separate-stderr -0 sjoin -a s -k k -r 0,5ms -L late < <(feed "$sides" '10 L x l' '#watermark 15' '14 R x a' '15 R x b' '14 L x c' '#end')
	[ "$output" = "$(feed "$times" '#watermark 15' '15 x l b 10 15' '#end')" ]
	[ "$stderr" = 'sjoin: 2 late records written to late' ]
	[ "$(cat late)" = "$(feed "$sides" '14 R x a' '14 L x c' '#end')" ]
	run --separate-stderr -0 sjoin -a s -k k -r 0,5ms < <(feed "$sides" '#watermark 15' '14 R x a' '#end')
	[ "$stderr" = 'sjoin: 1 late records dropped' ]
}

@test "sjoin: null never matches, and is kept only if it comes out" {
	joins -r 0,5ms < <(feed "$sides" '1 L \N l' '1 R \N r' '#end')
	[ "$output" = "$(feed "$times" '#end')" ]
	joins -r 0,5ms -j full < <(feed "$sides" '1 L \N l' '1 R \N r' '#end')
	[ "$output" = "$(feed "$times" '1 \N l \N 1 \N' '1 \N \N r \N 1' '#end')" ]
	run --separate-stderr -0 sjoin -a s -k k,a -r 0,5ms < <(feed "$sides" '1 L x \N' '1 R x \N' '2 L x y' '2 R x y' '#end')
	[ "$output" = "$(feed '#fields t k a left_time:time right_time:time' '2 x y 2 2' '#end')" ]
	run --separate-stderr -0 sjoin -v -a s -k k -r 0,5ms < <(feed "$sides" '1 L \N l' '1 R x r' '1 L x r' '#end')
	[ "$stderr" = 'sjoin: 3 in, 1 out, 1 rejected, 0 late' ]
}

@test "sjoin: numbers are equal as numbers; empty and null are not" {
	run --separate-stderr -0 sjoin -a s -k k -r 0,5ms < <(feed '#fields t s k:float' '1 L 1.50' '1 R 15e-1' '1 L -0' '1 R 0' '#end')
	[ "$output" = "$(feed '#fields t k:float left_time:time right_time:time' '1 1.5 1 1' '1 0 1 1' '#end')" ]
	joins -r 0,5ms < <(feed "$sides" '1 L  l' '1 R \N r' '1 R  s' '#end')
	[ "$output" = "$(feed "$times" '1  l s 1 1' '#end')" ]
}

@test "sjoin: names that are taken, and the columns that the join has itself" {
	feed '#fields t a k left_time:time' '1 x y 99' '#end' >right
	run --separate-stderr -0 sjoin -k k -r 0,5ms right < <(feed '#fields time a k right_a t' '1 u y v w' '#end')
	[ "$output" = "$(feed '#fields time k a right_a t right_a_2 left_time:time right_time:time' '1 y u v w x 1 1' '#end')" ]
	run --separate-stderr -1 sjoin -k left_time -r 0,5ms right < <(cat right)
	[ "$stderr" = 'sjoin: -k left_time: the join has a column of that name' ]
	run --separate-stderr -1 sjoin -a k -k k -r 0,5ms <right
	[ "$stderr" = 'sjoin: -k k: that field tells the sides apart' ]
}

@test "sjoin: keys that are not there or of two types are refused" {
	feed '#fields t k:int b' '#end' >right
	run --separate-stderr -1 sjoin -k k -r 0,5ms right < <(feed '#fields t k b' '#end')
	[ "$stderr" = 'sjoin: -k k: str in standard input, int in right: they are compared as one type' ]
	run --separate-stderr -1 sjoin -k c -r 0,5ms right < <(feed '#fields t c b' '#end')
	[ "$stderr" = 'sjoin: right: no field c, there are: t k b' ]
	run --separate-stderr -1 sjoin -k b,k -r 0,5ms right < <(feed '#fields t c b' '#end')
	[ "$stderr" = 'sjoin: standard input: no field k, there are: t c b' ]
	run --separate-stderr -1 sjoin -a side -k k -r 0,5ms <right
	[ "$stderr" = 'sjoin: no field side, there are: t k b' ]
	run --separate-stderr -1 sjoin -a b,k -k k -r 0,5ms <right
	[ "$stderr" = 'sjoin: no field b,k, there are: t k b' ]
	run --separate-stderr -1 sjoin -a b -k k -r 0,5ms < <(feed '#fields t k b' '1 x Q' '#end')
	[ "$stderr" = 'sjoin: line 2: b is neither L nor R: "Q"' ]
}

@test "sjoin per tumbling window: pairs when it completes, with its last time" {
	joins < <(feed "$sides" '#window tumbling size=10 offset=0' '1 L x a' '9 R x b' '10 R x c' '2 L x d' '3 R y e' '5 R x f' '#watermark 9' '#watermark 10' '#end')
	[ "$output" = "$(feed '#fields t k a right_a window_start:time window_end:time' '#watermark 9' \
		'9 x a b 0 10' '9 x a f 0 10' '9 x d b 0 10' '9 x d f 0 10' '#watermark 10' '#end')" ]
}

@test "sjoin per window: the outer kinds, semi and anti" {
	in=('#fields t s k a' '#window tumbling size=10 offset=-1' '-2 L x l0' '-1 L x l1' '-1 R x r1' '0 L y l2' '0 R z r2' '0 L \N l3' '0 R \N r3' '#end')
	joins -j full < <(feed "${in[@]}")
	[ "$output" = "$(feed '#fields t k a right_a window_start:time window_end:time' '-2 x l0 \N -11 -1' \
		'8 x l1 r1 -1 9' '8 y l2 \N -1 9' '8 z \N r2 -1 9' '8 \N l3 \N -1 9' '8 \N \N r3 -1 9' '#end')" ]
	joins -j left < <(feed "${in[@]}")
	[ "$output" = "$(feed '#fields t k a right_a window_start:time window_end:time' '-2 x l0 \N -11 -1' \
		'8 x l1 r1 -1 9' '8 y l2 \N -1 9' '8 \N l3 \N -1 9' '#end')" ]
	joins -j right < <(feed "${in[@]}")
	[ "$output" = "$(feed '#fields t k a right_a window_start:time window_end:time' \
		'8 x l1 r1 -1 9' '8 z \N r2 -1 9' '8 \N \N r3 -1 9' '#end')" ]
	joins -j semi < <(feed "${in[@]}")
	[ "$output" = "$(feed '#fields t k a window_start:time window_end:time' '8 x l1 -1 9' '#end')" ]
	joins -j anti < <(feed "${in[@]}")
	[ "$output" = "$(feed '#fields t k a window_start:time window_end:time' '-2 x l0 -11 -1' '8 y l2 -1 9' '8 \N l3 -1 9' '#end')" ]
}

@test "sjoin per sliding window: in every window that both are in" {
	joins < <(feed '#fields t s k' '#window sliding size=10 slide=5 offset=0' '1 L x' '6 R x' '12 R x' '#end')
	[ "$output" = "$(feed '#fields t k window_start:time window_end:time' '9 x 0 10' '#end')" ]
	joins < <(feed '#fields t s k' '#window sliding size=10 slide=5 offset=0' '6 L x' '7 R x' '#end')
	[ "$output" = "$(feed '#fields t k window_start:time window_end:time' '9 x 0 10' '14 x 5 15' '#end')" ]
	run --separate-stderr -0 sjoin -v -a s -k k < <(feed '#fields t s k' '#window sliding size=2 slide=5 offset=0' '1 L x' '1 R x' '3 R x' '#end')
	[ "$stderr" = 'sjoin: 3 in, 1 out, 1 rejected, 0 late' ]
}

@test "sjoin per window: late when all its windows are complete" {
	run --separate-stderr -0 sjoin -a s -k k -L late < <(feed '#fields t s k a' '#window sliding size=10 slide=5 offset=0' '#watermark 10' '6 L x a' '4 R x b' '6 R x c' '#end')
	[ "$output" = "$(feed '#fields t k a right_a window_start:time window_end:time' '#watermark 10' '14 x a c 5 15' '#end')" ]
	[ "$(cat late)" = "$(feed '#fields t s k a' '#window sliding size=10 slide=5 offset=0' '4 R x b' '#end')" ]
	[ "$stderr" = 'sjoin: 1 late records written to late' ]
}

@test "sjoin: a record between windows is rejected, or late by its own time" {
	run --separate-stderr -0 sjoin -v -a s -k k < <(feed '#fields t s k' '#window sliding size=3 slide=5 offset=0' '4 L x' '#watermark 8' '4 R x' '8 L x' '#end')
	[ "$output" = "$(feed '#fields t k window_start:time window_end:time' '#watermark 8' '#end')" ]
	[ "${stderr_lines[0]}" = 'sjoin: 3 in, 0 out, 2 rejected, 1 late, watermark 1970-01-01T00:00:00.008Z' ]
}

@test "sjoin per window replaces window columns that were there" {
	joins < <(feed '#fields t s k window_end:time window_start a' '#window tumbling size=10 offset=0' '1 L x 5 6 a' '2 R x 7 8 b' '#end')
	[ "$output" = "$(feed '#fields t k a right_a window_start:time window_end:time' '9 x a b 0 10' '#end')" ]
}

@test "sjoin refuses what has no meaning" {
	run --separate-stderr -1 sjoin -a s -k k < <(feed "$sides" '#end')
	[ "$stderr" = 'sjoin: no -r, and the streams have no windows: everything would have to be kept' ]
	run --separate-stderr -1 sjoin -a s -k k -r 0,1s < <(feed "$sides" '#window tumbling size=10 offset=0' '#end')
	[ "$stderr" = 'sjoin: -r: the streams have windows: it is either -r or swindow' ]
	for w in 'session gap=5' 'count size=3 slide=3'; do
		run --separate-stderr -1 sjoin -a s -k k < <(feed "$sides" "#window $w" '#end')
		[ "$stderr" = 'sjoin: only tumbling and sliding windows can be joined' ]
	done
	feed '#fields t k' '#window tumbling size=20 offset=0' '#end' >right
	run --separate-stderr -1 sjoin -k k right < <(feed '#fields t k' '#window tumbling size=10 offset=0' '#end')
	[ "$stderr" = 'sjoin: the two streams do not have the same #window' ]
	for m in update revise complete; do
		feed '#fields t k' "#mode $m key=k" '#end' >right
		run --separate-stderr -1 sjoin -k k -r 0,1s right < <(feed '#fields t k' '#end')
		[ "$stderr" = "sjoin: right is in $m mode: its rows change, and would be joined more than once" ]
		run --separate-stderr -1 sjoin -k k -r 0,1s <(feed '#fields t k' '#end') <right
		[ "$stderr" = "sjoin: standard input is in $m mode: its rows change, and would be joined more than once" ]
	done
}

@test "sjoin: bad usage" {
	wrong '' -k k
	wrong '' -r 0,1s right
	wrong '' -k k -a s right
	wrong '' -k k -a s -t t
	wrong '' -k k a b
	wrong 'standard input is the left side already' -k k -r 0,1s -
	wrong '-r: not two durations such as -5s,10s, the lower one first: 5' -k k -r 5 right
	wrong '-r: not two durations such as -5s,10s, the lower one first: 5s,1s' -k k -r 5s,1s right
	wrong '-r: not two durations such as -5s,10s, the lower one first: 0,x' -k k -r 0,x right
	wrong '-r: not two durations such as -5s,10s, the lower one first: 0,50000000000000d' -k k -r 0,50000000000000d right
	wrong '-j: there are inner left right full semi anti: outer' -k k -j outer -a s
	wrong '-r: a table has no times' -k k -r 0,1s -t t
	wrong '-j: with a table there are inner left semi anti' -k k -j full -t t
}

# --- two streams -----------------------------------------------------------

# two - makes l and r: 3,000 records a side, not in order, with marks
two() {
	for f in l r; do
		awk -v f=$f 'BEGIN {
			srand(f == "l" ? 1 : 2)
			print "#fields\tt\tk\t" f
			for (i = 1; i <= 3000; i++) {
				now += int(rand() * 20)
				print now - int(rand() * 30) "\tk" int(rand() * 9) "\t" i
				if (i % 10 == 0)
					print "#watermark\t" now - 30
				if (i % 500 == 0)
					print "#barrier\t" i / 500 ".0"
			}
			print "#end"
		}' >$f
	done
}

@test "sjoin FILE: the same bytes whichever input is delayed" {
	two
	mkfifo fl fr
	sjoin -k k -j full -r -50ms,100ms r <l >want 2>said
	[ "$(wc -l <want)" -gt 3000 ]
	for order in 'l r' 'r l'; do
		sjoin -k k -j full -r -50ms,100ms fr <fl >got 2>err 3>&- &
		pid=$!
		# the other pipe is open and silent until the first is through
		exec 7>fl 8>fr
		for f in $order; do
			if [ "$f" = l ]; then cat l >&7; exec 7>&-; else cat r >&8; exec 8>&-; fi
		done
		exits 0
		cmp want got
		cmp said err
	done
	for chunk in 1 7 4096; do
		dd bs=$chunk if=l status=none | sjoin -k k -j full -r -50ms,100ms <(cat r) >got 2>err
		cmp want got
	done
}

@test "sjoin FILE pairs barriers, and marks are the smaller" {
	feed '#fields t k a' '1 x l1' '#watermark 5' '#barrier 1.0' '6 x l2' '#watermark 9' '#end' >l
	feed '#fields t k b' '2 x r1' '#watermark 3' '7 x r2' '#barrier 1.0 committed=0.0' '8 x r3' '#watermark 11' '#barrier 2.0' '#end 3.0' >r
	run --separate-stderr -0 sjoin -k k -r 0,2ms r <l
	[ "$output" = "$(feed '#fields t k a b left_time:time right_time:time' '2 x l1 r1 1 2' '#watermark 3' '#barrier 1.0 committed=0.0' \
		'7 x l2 r2 6 7' '8 x l2 r3 6 8' '#watermark 9' '#watermark 11' '#barrier 2.0 committed=0.0' '#end 3.0')" ]
	[ "$stderr" = "" ]
}

@test "sjoin FILE waits for the one that is behind, unless it is idle" {
	mkfifo l r out
	sjoin -k k -r 0,5ms r <l >out 2>err 3>&- &
	pid=$!
	exec 7>l 9<out 8>r
	next() { IFS= read -r -t 30 line <&9 && [ "$line" = "$(feed "$1")" ]; }
	feed '#fields t k a' '10 x l1' '11 x l2' '#watermark 11' >&7
	feed '#fields t k b' '10 x r1' >&8
	next '#fields t k a b left_time:time right_time:time'
	next '10 x l1 r1 10 10'
	# l2 comes before r2 although it is later in time, and r2 was here first
	feed '12 x r2' >&8
	next '12 x l1 r2 10 12'
	next '12 x l2 r2 11 12'
	feed '13 x l3' '14 x l4' '#watermark 14' '15 x l5' >&7
	feed '#watermark 12' >&8
	next '#watermark 11'
	feed '#idle' >&8
	next '#watermark 14'
	feed '15 x r3' >&8
	for row in 'l1 r3 10' 'l2 r3 11' 'l3 r3 13' 'l4 r3 14' 'l5 r3 15'; do
		next "15 x $row 15"
	done
	exec 7>&- 8>&-
	exits 111
}

@test "sjoin FILE -L: late records of both, as a stream with a side" {
	feed '#fields t k a c' '#watermark 10' '9 x l1 c' '20 x l2 c' '#end' >l
	feed '#fields t k a' '#watermark 10' '8 x r1' '21 x r2' '#end' >r
	run --separate-stderr -0 sjoin -k k -r 0,5ms -j anti -L late r <l
	[ "$output" = "$(feed '#fields t k a c' '#watermark 4' '#end')" ]
	[ "$(cat late)" = "$(feed '#fields t k a c right_a side' '8 x \N \N r1 R' '9 x l1 c \N L' '#end')" ] ||
		[ "$(cat late)" = "$(feed '#fields t k a c right_a side' '9 x l1 c \N L' '8 x \N \N r1 R' '#end')" ]
	[ "$stderr" = 'sjoin: 2 late records written to late' ]
	run --separate-stderr -0 sjoin -a side -k k -r -5ms,5ms <late
	[ "${lines[1]}" = "$(feed '9 x l1 c \N \N \N r1 9 8')" ]
}

@test "sjoin FILE: a cut-off input on either side is status 111, named" {
	feed '#fields t k' '1 a' >part
	feed '#fields t k' '1 a' '#end' >whole
	run --separate-stderr -111 sjoin -k k -r 0,1s part <whole
	[ "$stderr" = 'sjoin: part: the input ended without #end or #stop: the program before this one died' ]
	[[ "$output" != *'#end'* ]]
	run --separate-stderr -111 sjoin -k k -r 0,1s whole <part
	[ "$stderr" = 'sjoin: the input ended without #end or #stop: the program before this one died' ]
	[[ "$output" != *'#end'* ]]
	run --separate-stderr -111 sjoin -k k -r 0,1s whole </dev/null
	[ "$output" = "" ]
	run --separate-stderr -1 sjoin -k k -r 0,1s nowhere <whole
	[ "$stderr" = 'sjoin: nowhere: No such file or directory' ]
	feed '#fields t k' '1 a' '2' '#end' >bad
	run --separate-stderr -1 sjoin -k k -r 0,1s bad <whole
	[ "$stderr" = 'sjoin: bad: line 3: 1 columns, #fields names 2' ]
	run --separate-stderr -1 sjoin -k k -r 0,1s whole <bad
	[ "$stderr" = 'sjoin: line 3: 1 columns, #fields names 2' ]
	feed '#fields t k' '1x a' '#end' >bad
	run --separate-stderr -1 sjoin -k k -r 0,1s bad <whole
	[ "$stderr" = 'sjoin: bad: line 2: not a record: the time is "1x"' ]
}

@test "sjoin FILE stops with both" {
	feed '#restore 4.x' '#fields t k' '1 a' '#barrier 5.x' '#stop' >l
	run --separate-stderr -0 sjoin -k k -r 0,1s -j left l < <(cat l)
	[ "$output" = "$(feed '#restore 4.x' '#fields t k left_time:time right_time:time' '1 a 1 1' '#barrier 5.x' '#stop')" ]
}

# numbers N - so many records; the time grows by one
numbers() {
	awk -v n="$1" -v marks="$2" 'BEGIN {
		print "#fields\tt\tk\tv:int"
		for (i = 1; i <= n; i++) {
			print i "\tkey" i "\t" i % 7
			if (marks && i % 1000 == 0)
				print "#watermark\t" i
		}
		print "#end"
	}'
}

@test "sjoin: a diamond of pipes with a branch that passes nothing, 10 million records" {
	local n=10000000
	[ -z "${WEIR_SAN-}" ] || n=1000000
	mkfifo branch side
	sfilter 'v > 7' <branch >side 3>&- &
	run -0 bash -c "tee branch | timeout 120 sjoin -k k -j anti -r 0,5s side | tail -1" < <(numbers "$n" 1)
	[ "$output" = '#end' ]
}

@test "sjoin: a diamond without marks waits in a file, and every record comes out" {
	[ -z "${WEIR_SAN-}" ] || skip "slow"
	mkfifo branch side
	sfilter 'v > 7' <branch >side 3>&- &
	run -0 bash -c "tee branch | TMPDIR=$PWD timeout 120 sjoin -k k -j left -r 0,5s side | tail -2" < <(numbers 4500000)
	[ "$output" = "$(feed '4500000 key4500000 1 \N 4500000 \N' '#end')" ]
	[ -z "$(find . -name 'weir.*')" ]
	mkfifo branch2 side2
	sfilter 'v > 7' <branch2 >side2 2>/dev/null 3>&- &
	run -0 bash -c "tee branch2 2>/dev/null | TMPDIR=$PWD/nowhere timeout 120 sjoin -k k -j left -r 0,5s side2 2>err >/dev/null; echo \${PIPESTATUS[1]}" < <(numbers 4500000)
	[ "$output" = 111 ]
	[[ "$(cat err)" = "sjoin: $PWD/nowhere/weir."*': No such file or directory' ]]
}

@test "sjoin: two FIFOs, opened in either order" {
	feed '#fields t k' '1 a' '#end' >f
	for order in 'l r' 'r l'; do
		mkfifo l r
		sjoin -k k -r 0,1s r <l >out 2>err 3>&- &
		pid=$!
		if [ "$order" = 'l r' ]; then cat f >l; cat f >r; else
			cat f >r 3>&- & cat f >l
		fi
		exits 0
		[ "$(cat out)" = "$(feed '#fields t k left_time:time right_time:time' '1 a 1 1' '#end')" ]
		[ ! -s err ]
		wait
		rm l r
	done
}

@test "sjoin: memory is flat with ever new keys and an advancing watermark" {
	[ -z "${WEIR_SAN-}" ] || skip "the sanitizer needs more"
	numbers 1000000 1 >big
	for j in inner full; do
		# 32 MiB of address space would not hold a tenth of it
		run -0 bash -c "ulimit -v 32768; sjoin -k k -j $j -r 0,2s big <big | tail -1"
		[ "$output" = '#end' ]
	done
}

@test "sjoin -j semi and anti: what has met something is not looked at again" {
	# each right record meets the left one before it, and could meet 80,000 older ones
	awk 'BEGIN { print "#fields\tt\ts\tk"
		for (i = 0; i < 150000; i++) print i * 10 "\tL\tk\n" i * 10 + 5 "\tR\tk"
		print "#end" }' >hot
	run --separate-stderr -0 timeout 10 sjoin -a s -k k -j semi -r 0s,1h <hot
	[ "${#lines[@]}" = 150002 ]
	run --separate-stderr -0 timeout 10 sjoin -a s -k k -j anti -r 0s,1h <hot
	[ "$output" = "$(feed '#fields t k' '#end')" ]
}

# --- tables ------------------------------------------------------------------

@test "sjoin -t: a table of CSV, typed in its header" {
	printf 'name,k:int,price:float\n"a, b",1,1.5\n,2,\n"",2,2\nc,,9\n' >t.csv
	in=('#fields t k:int name' '5 1 n1' '4 2 n2' '#watermark 9' '3 \N n3' '3 7 n4' '#barrier 1.0' '#end')
	run --separate-stderr -0 sjoin -k k -t t.csv < <(feed "${in[@]}")
	[ "$output" = "$(printf '#fields\tt\tk:int\tname\tright_name\tprice:float\n5\t1\tn1\ta, b\t1.5\n4\t2\tn2\t\\N\t\\N\n4\t2\tn2\t\t2\n#watermark\t9\n#barrier\t1.0\n#end\n')" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 sjoin -k k -j left -t t.csv < <(feed "${in[@]}")
	[ "${lines[5]}" = "$(feed '3 \N n3 \N \N')" ]
	[ "${lines[6]}" = "$(feed '3 7 n4 \N \N')" ]
	run --separate-stderr -0 sjoin -k k -j semi -t t.csv < <(feed "${in[@]}")
	[ "$output" = "$(feed '#fields t k:int name' '5 1 n1' '4 2 n2' '#watermark 9' '#barrier 1.0' '#end')" ]
	run --separate-stderr -0 sjoin -v -k k -j anti -t t.csv < <(feed "${in[@]}")
	[ "$output" = "$(feed '#fields t k:int name' '#watermark 9' '3 \N n3' '3 7 n4' '#barrier 1.0' '#end')" ]
	[[ "$stderr" = 'sjoin: 4 in, 2 out, 2 rejected, 0 late'* ]]
}

@test "sjoin -t: TSV by its name; a key without a type has the stream's; windows stay" {
	printf 'k\tb\n1\tx\\ty\n02\t\\N\n' >t.tsv
	run --separate-stderr -0 sjoin -k k -t t.tsv < <(feed '#fields t k:int' '#window tumbling size=5 offset=0' '1 1' '1 2' '#end')
	[ "$output" = "$(feed '#fields t k:int b' '#window tumbling size=5 offset=0' '1 1 x\ty' '1 2 \N' '#end')" ]
	run --separate-stderr -1 sjoin -k k -t t.tsv < <(feed '#fields t k:int' '#mode update key=k' '#end')
	[ "$stderr" = 'sjoin: standard input is in update mode: its rows change, and would be joined more than once' ]
}

@test "sjoin -t: a field is null where it is for sread" {
	local f
	printf 'k:int\tn:int\ts\n1\t\t\n' >t.tsv
	printf 'k:int,n:int,s\n1,"",""\n' >t.csv
	for f in tsv csv; do
		run --separate-stderr -0 sjoin -k k -t t.$f < <(feed '#fields t k:int' '1 1' '#end')
		[ "${lines[1]}" = "$(printf '1\t1\t\\N\t')" ]
		[ "$(sed 1d t.$f | sread -s $f -f k,n:int,s -T k | sed -n 2p)" = "$(printf '1\t\\N\t')" ]
	done
	printf 'k:int\ts\n1\tx\\\n' >t.tsv
	run --separate-stderr -1 sjoin -k k -t t.tsv < <(feed '#fields t k:int' '#end')
	[ "$stderr" = 'sjoin: t.tsv: line 2: field s has a broken escape: "x\"' ]
}

@test "sjoin -t: a quoted field over several lines, CRLF, a BOM" {
	printf '\357\273\277k,b\r\nx,"one\ntwo"\r\n' >t.csv
	run --separate-stderr -0 sjoin -k k -t t.csv < <(feed '#fields t k' '1 x' '#end')
	[ "$output" = "$(feed '#fields t k b' '1 x one\ntwo' '#end')" ]
}

@test "sjoin -t: a table that is wrong is refused at the start, with its place" {
	s() { run --separate-stderr -1 sjoin -k k -t t.csv < <(feed '#fields t k' '#end'); [ "$output" = "" ]; }
	s
	[ "$stderr" = 'sjoin: t.csv: No such file or directory' ]
	: >t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: no header line' ]
	printf 'k,v:int\nx,1\ny,1x\n' >t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: line 3: field v is not an int: "1x"' ]
	printf 'k,v\nx,1\ny\n' >t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: line 3: 1 fields, the header line has 2' ]
	printf 'k,v:number\n' >t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: line 1: the header line names an unknown type: there are str int float bool time' ]
	printf 'k,v,v\n' >t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: line 1: the header line has a field without a name, or one name twice' ]
	printf 'v\n' >t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: no field k, there are:  v' ] || [ "$stderr" = 'sjoin: t.csv: no field k, there are: v' ]
	printf 'k:int\n' >t.csv
	s
	[ "$stderr" = 'sjoin: -k k: str in standard input, int in t.csv: they are compared as one type' ]
	printf 'k,v\nx,"1\n' >t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: line 2: a quote that is never closed' ]
	rm t.csv
	mkdir t.csv
	s
	[ "$stderr" = 'sjoin: t.csv: not a plain file' ]
}

@test "sjoin -t: read again at a barrier when it changed; if broken, the old one stays" {
	printf 'k,v\nx,old\n' >t.csv
	mkfifo in out err
	exec 6<>err
	sjoin -k k -j left -t t.csv <in >out 2>err 3>&- &
	pid=$!
	exec 7>in 9<out
	next() { IFS= read -r -t 30 line <&9 && [ "$line" = "$(feed "$1")" ]; }
	feed '#fields t k' '1 x' >&7
	next '#fields t k v'
	next '1 x old'
	printf 'k,v\nx,newer\n' >t.new
	mv t.new t.csv
	feed '2 x' '#barrier 1.0' '3 x' >&7
	next '2 x old'
	next '#barrier 1.0'
	next '3 x newer'
	printf 'k,v\nx,broken,row\n' >t.csv
	feed '#barrier 2.0' '#barrier 3.0' '4 x' >&7
	next '#barrier 2.0'
	next '#barrier 3.0'
	next '4 x newer'
	IFS= read -r -t 30 line <&6
	[ "$line" = 'sjoin: t.csv: line 2: 3 fields, the header line has 2; the table stays as it was' ]
	printf 'k,w\nx,1\n' >t.csv
	feed '#barrier 4.0' >&7
	next '#barrier 4.0'
	IFS= read -r -t 30 line <&6
	[ "$line" = 'sjoin: t.csv: line 1: the header line is another one now; the table stays as it was' ]
	rm t.csv
	feed '#barrier 5.0' '#barrier 6.0' '5 x' >&7
	next '#barrier 5.0'
	next '#barrier 6.0'
	next '5 x newer'
	IFS= read -r -t 30 line <&6
	[ "$line" = 'sjoin: t.csv: No such file or directory; the table stays as it was' ]
	printf 'k,v\nx,last\n' >t.csv
	feed '#barrier 7.0' '6 x' '#end' >&7
	exec 7>&-
	next '#barrier 7.0'
	next '6 x last'
	next '#end'
	exits 0
	run ! read -r -t 0 line <&6
	exec 6>&-
}

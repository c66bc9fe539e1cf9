# shellcheck disable=SC2016,SC2094,SC2154
load lib

fields='#fields t a n:int'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# wraps STATUS LINE ... -- ARG ...
wraps() { given "$1" swrap "${@:2}"; }

@test "swrap: records go through the command and keep their times" {
	wraps 0 "$fields" '-7 x 5' '2 y \N' '#end' -- tr xy pq
	is "$fields" '-7 p 5' '2 q \N' '#end'
}

@test "swrap: the command sees TSV without the time" {
	wraps 0 '#fields t a b' '1 x y' '2 p q' '#end' -- sh -c 'tee seen'
	is '#fields t a b' '1 x y' '2 p q' '#end'
	[ "$(cat seen)" = "$(feed 'x y' 'p q')" ]
	run --separate-stderr -0 swrap tee seen < <(printf '#fields\tt\ta\tb\n1\tx\\ty\\n\\\\\t\\N\n2\t\t\n#end\n')
	[ "$output" = "$(printf '#fields\tt\ta\tb\n1\tx\\ty\\n\\\\\t\\N\n2\t\t\n#end')" ]
	[ "$(cat seen)" = "$(printf 'x\\ty\\n\\\\\t\\N\n\t')" ]
}

@test "swrap: marks come behind the records that they cover" {
	wraps 0 '#restore 1.x' "$fields" '#hue' '#watermark -5' '1 x 5' '#watermark 1' '2 y 6' '#mood' '#watermark 2' '#watermark 3' '#idle' \
	    '#barrier 1.x committed=0.x' '3 z 7' '#watermark 9' '#end 2.x' -- sed -u s/x/q/
	is '#restore 1.x' "$fields" '#hue' '#watermark -5' '1 q 5' '#watermark 1' '2 y 6' '#mood' '#watermark 3' '#idle' \
	    '#barrier 1.x committed=0.x' '3 z 7' '#watermark 9' '#end 2.x'
	# also when the command answers at its end only
	wraps 0 "$fields" '1 x 5' '#watermark 1' '2 y 6' '#watermark 2' '3 z 7' '#idle' '#watermark 4' '#end' -- sed s/x/q/
	is "$fields" '1 q 5' '#watermark 1' '2 y 6' '#watermark 2' '3 z 7' '#idle' '#watermark 4' '#end'
}

@test "swrap -f: what goes in, in that order" {
	wraps 0 "$fields" '1 x 5' '2 y 6' '#end' -- -f n,a cat
	is '#fields t n:int a' '1 5 x' '2 6 y' '#end'
	wraps 0 "$fields" '1 x 5' '#end' -- -f t,n -o x:int awk '{ print $1 + $2 }'
	is '#fields t x:int' '1 6' '#end'
	wraps 0 "$fields" '1 x 5' '#end' -- -f t cat
	is '#fields t t_2:time' '1 1' '#end'
}

@test "swrap -o: names and types of the answers" {
	wraps 0 "$fields" '1 x 5' '2 yy 6' '#end' -- -f a -o len:int,up awk '{ print length($1) "\t" toupper($1) }'
	is '#fields t len:int up' '1 1 X' '2 2 YY' '#end'
	wraps 0 "$fields" '1 x 5' '#end' -- -f a,a -o one,two cat
	is '#fields t one two' '1 x x' '#end'
}

@test "swrap: answers are checked as sread checks its input" {
	wraps 1 "$fields" '1 x 5' '2 y 6' '#end' -- sed 's/6/six/'
	[ "$output" = "$(feed "$fields" '1 x 5')" ]
	[ "$stderr" = 'swrap: sed: answer 2: field n is not an int: "six"' ]
	wraps 1 "$fields" '1 x 5' '#end' -- cut -f 1
	[ "$stderr" = "swrap: cut: answer 1: 1 field, 2 wanted" ]
	wraps 1 "$fields" '1 x 5' '#end' -- -f a -o v printf 'a\\x\n'
	[ "$stderr" = 'swrap: printf: answer 1: field v has a broken escape: "a\x"' ]
	wraps 1 "$fields" '1 x 5' '#end' -- -f a -o v printf 'a\0b\n'
	[ "$stderr" = 'swrap: printf: answer 1: a NUL byte, which no stream can hold' ]
	printf 'a\\\\N\\tb\r\t\\N\n' >answer
	run --separate-stderr -0 swrap -o v,w:float -- sh -c 'cat >/dev/null; cat answer' < <(feed "$fields" '1 x 5' '#end')
	[ "$output" = "$(printf '#fields\tt\tv\tw:float\n1\ta\\\\N\\tb\\r\t\\N\n#end')" ]
}

@test "swrap: a last answer without LF counts" {
	wraps 0 "$fields" '1 x 5' '#end' -- -f a -o v sh -c 'cat >/dev/null; printf hello'
	is '#fields t v' '1 hello' '#end'
}

@test "swrap: more and fewer answers than records are bad data" {
	wraps 1 "$fields" '1 x 5' '#end' -- sed p
	[ "$stderr" = 'swrap: sed: more answers than records: "x\t5"' ]
	[[ "$output" != *'#end'* ]]
	wraps 1 "$fields" '1 x 5' '2 y 6' '3 z 7' '#end' -- grep x
	[ "$output" = "$(feed "$fields" '1 x 5')" ]
	[ "$stderr" = "swrap: grep: fewer answers than records: 2 are missing" ]
	wraps 1 "$fields" '#end' -- -o v echo hello
	[ "$stderr" = 'swrap: echo: more answers than records: "hello"' ]
}

@test "swrap: a command that fails" {
	wraps 1 "$fields" '1 x 5' '#end' -- sh -c 'cat; exit 3'
	[ "$stderr" = "swrap: sh: exit status 3" ]
	[[ "$output" != *'#end'* ]]
	wraps 1 "$fields" '1 x 5' '#end' -- sh -c 'kill -9 $$'
	[ "$stderr" = "swrap: sh: killed by signal 9, Killed" ]
	wraps 1 "$fields" '1 x 5' '#end' -- ./none
	[ "$stderr" = "swrap: ./none: No such file or directory" ]
	wraps 1 "$fields" '1 x 5' '#barrier 1.r' '#stop' -- sh -c 'while read -r l; do echo "$l"; done; exit 4'
	[ "$stderr" = "swrap: sh: exit status 4" ]
	[[ "$output" != *'#stop'* ]]
}

@test "swrap: a command that ends before its input" {
	{ feed "$fields"; seq 1 100000 | sed 's/$/	x	1/'; feed '#barrier 1.r' '#end'; } >in
	run --separate-stderr -1 swrap head -n 3 <in
	[ "$stderr" = "swrap: head: it ended before its input did" ]
	[ "$output" = "$(feed "$fields" '1 x 1' '2 x 1' '3 x 1')" ]
	run --separate-stderr -1 swrap sh -c 'exit 9' <in
	[ "$stderr" = "swrap: sh: exit status 9" ]
}

@test "swrap: whatever the command buffers, nothing gets stuck" {
	perl -e 'print "#fields\tt\ta\n"; for (1..200000) { print "$_\t", "x" x ($_ % 97), "$_\n"; print "#watermark\t$_\n" if $_ % 7 == 0 } print "#end\n"' >in
	# all before the first answer; a line at a time; output far ahead of input, and behind
	for c in cat 'sort -s -k 9' 'sed -u s/z/z/' 'perl -e "print reverse reverse <STDIN>"' 'dd bs=7 status=none' 'dd bs=1000000 iflag=fullblock status=none'; do
		timeout 60 swrap sh -c "$c" <in >out
		cmp in out
	done
	# one long record
	perl -e 'print "#fields\tt\ta\n1\t", "x" x 3000000, "\n#end\n"' >in
	timeout 60 swrap cat <in | cmp in -
}

@test "swrap: an answer goes on as soon as it comes" {
	mkfifo p out
	swrap stdbuf -oL tr a-z A-Z <p >out 3>&- &
	pid=$!
	exec 4>p 5<out
	feed '#fields t a' '1 x' >&4
	IFS= read -r -t 5 a <&5
	IFS= read -r -t 5 b <&5
	[ "$a" = "#fields	t	a" ]
	[ "$b" = "1	X" ]
	feed '#watermark 1' '2 y' '#barrier 1.r' >&4
	for want in '#watermark	1' '2	Y' '#barrier	1.r'; do
		IFS= read -r -t 5 b <&5
		[ "$b" = "$want" ]
	done
	echo '#end' >&4
	exec 4>&-
	IFS= read -r -t 5 b <&5
	[ "$b" = '#end' ]
	wait "$pid"
}

@test "swrap: no answer 5 s after a barrier names stdbuf" {
	wraps 1 "$fields" '1 x 5' '2 y 6' '#watermark 2' '#barrier 1.r' '#end' -- tr x y
	[ "$output" = "$(feed "$fields")" ]
	[ "$stderr" = "swrap: tr: no answer to 2 records 5 s after a barrier; if it keeps them in a buffer, try stdbuf -oL tr" ]
}

@test "swrap: #stop" {
	wraps 0 "$fields" '1 x 5' '#barrier 1.r' '#stop' -- sed -u s/x/q/
	is "$fields" '1 q 5' '#barrier 1.r' '#stop'
	wraps 1 "$fields" '1 x 5' '#barrier 1.r' '#stop' -- sh -c 'cat; echo more'
	[[ "$stderr" = 'swrap: sh: more answers than records: '* ]]
}

@test "swrap -E runs the command for each epoch" {
	wraps 0 "$fields" '9 b 1' '#watermark 3' '5 a 1' '#watermark 4' '#idle' '#barrier 1.r' '#watermark 6' '2 c 1' '1 d 1' '#end' -- -E -- sort
	is "$fields" '9 a 1' '9 b 1' '#watermark 4' '#idle' '#barrier 1.r' '2 c 1' '2 d 1' '#watermark 6' '#end'
}

@test "swrap -E: the answers may be fewer and more, of other columns" {
	wraps 0 "$fields" '-3 b 1' '-4 a 1' '-5 b 2' '#end' -- -E -f a -o n:int,a -- sh -c 'sort | uniq -c | sed "s/^ *//; s/ /\t/"'
	is '#fields t n:int a' '-3 1 a' '-3 2 b' '#end'
	wraps 0 "$fields" '1 x 5' '2 y 6' '#barrier 1.r' '3 z 7' '#end' -- -E sed 'p;/y/d'
	is "$fields" '2 x 5' '2 x 5' '2 y 6' '#barrier 1.r' '3 z 7' '3 z 7' '#end'
	wraps 0 "$fields" '1 x 5' '#watermark 1' '#barrier 1.r' '#end' -- -E true
	is "$fields" '#watermark 1' '#barrier 1.r' '#end'
}

@test "swrap -E: nothing is run for an epoch without records, or one that was cut off" {
	wraps 0 "$fields" '#barrier 1.r' '#watermark 1' '#barrier 2.r' '#stop' -- -E sh -c 'echo ran >>ran'
	is "$fields" '#barrier 1.r' '#watermark 1' '#barrier 2.r' '#stop'
	[ ! -e ran ]
	wraps 111 "$fields" '1 x 5' '#watermark 1' -- -E sh -c 'echo ran >>ran'
	[ "$output" = "$(feed "$fields")" ]
	[ "$stderr" = "swrap: $cut_off" ]
	[ ! -e ran ]
}

@test "swrap -E: a command that fails" {
	wraps 1 "$fields" '1 x 5' '#barrier 1.r' '#end' -- -E sh -c 'exit 7'
	[ "$output" = "$(feed "$fields")" ]
	[ "$stderr" = "swrap: sh: exit status 7" ]
	wraps 1 "$fields" '1 x 5' '#barrier 1.r' '#end' -- -E ./none
	[ "$stderr" = "swrap: ./none: No such file or directory" ]
}

@test "swrap: streams whose rows change" {
	for m in update revise; do
		wraps 1 "$fields" "#mode $m key=a" '1 x 5' '#end' -- cat
		[ "$output" = "" ]
		[ "$stderr" = "swrap: the stream is in $m mode: a command could change the keys by which rows are replaced" ]
	done
	wraps 0 "$fields" '#mode complete key=a' '1 x 5' '#end' -- cat
	is "$fields" '#mode complete key=a' '1 x 5' '#end'
	wraps 0 "$fields" '#mode complete key=a' '1 x 5' '#end' -- -f n cat
	is '#fields t n:int' '#mode complete' '1 5' '#end'
	wraps 1 "$fields" '#mode complete key=a' '1 x 5' '#barrier 1.r' '1 y 5' '#end' -- -E grep -s 'x' /dev/stdin
	[ "$stderr" = "swrap: grep: exit status 1" ]
	wraps 1 "$fields" '#mode complete key=a' '1 x 5' '#barrier 1.r' '1 y 5' '#end' -- -E sed -n '/x/p'
	[ "$stderr" = "swrap: sed: no answer for a whole table: a stream of mode complete cannot say that it is empty" ]
}

@test "swrap: an input that was cut off or wrong, a write error" {
	wraps 111 "$fields" '1 x 5' -- cat
	[ "$stderr" = "swrap: $cut_off" ]
	wraps 1 "$fields" '1x x 5' '#end' -- cat
	[ "$stderr" = 'swrap: line 2: not a record: the time is "1x"' ]
	run --separate-stderr -111 sh -c 'swrap cat >/dev/full' < <(feed "$fields" '1 x 5' '#end')
	[ "$stderr" = "swrap: standard output: write: No space left on device" ]
}

@test "swrap: starts as the filters that read no other format do, without what these need" {
	[ -z "${WEIR_SAN-}" ] || skip "the sanitizer needs it"
	[ "$(ldd "$(command -v swrap)" | grep -cE 'stdc\+\+|simdjson')" = 0 ]
}

@test "swrap: bad usage" {
	for o in '' '--' '-E' '-q cat' '-o a: cat' '-o a,a cat' '-o , cat' '-o a=b cat'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -2 swrap $o </dev/null
		[ "$output" = "" ]
		[ "$stderr" != "" ]
	done
	run --separate-stderr -2 swrap -o a:foo cat </dev/null
	[ "$stderr" = "swrap: -o: the types are str int float bool time: a:foo" ]
	wraps 1 '#fields t' '1' '#end' -- cat
	[ "$stderr" = "swrap: there is no column besides the time: if that is to go in, name it by -f" ]
	wraps 1 "$fields" '#end' -- -f q cat
	[ "$stderr" = "swrap: no field q, there are: t a n" ]
	wraps 1 "$fields" '#end' -- -f a,a cat
	[ "$stderr" = "swrap: -f names a twice: -o is needed to tell them apart" ]
}

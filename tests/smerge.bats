load lib

use='usage: smerge [-hVv] [-a field] [-S dir] file ...'

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# start ARG ... - smerge in the background, its inputs the FIFOs a (7) and b (8), its output 9
start() {
	mkfifo a b out
	smerge "$@" >out 2>err 3>&- &
	pid=$!
	exec 9<out 7>a 8>b
}

# say FD LINE ... - lines to an input
say() {
	local fd=$1
	shift
	feed "$@" >&"$fd"
}

# expect LINE ... - what comes out next
expect() {
	local line want
	for want; do
		IFS= read -r -t 30 line <&9
		[ "$line" = "$(feed "$want")" ]
	done
}

# exits STATUS - that of the tool in the background
exits() {
	local got=0
	wait "$pid" || got=$?
	[ "$got" = "$1" ]
}

# finish [STATUS] - closes the inputs; nothing more comes out
finish() {
	exec 7>&- 8>&-
	[ "$(cat <&9)" = "" ]
	exits "${1:-0}"
	exec 9<&-
}

@test "smerge passes records as they come, the watermark is the smallest" {
	start a b
	say 7 '#fields t k' '5 a' '#watermark 4'
	say 8 '#fields t k' '1 b' '#watermark 1'
	expect '#fields t k' '5 a' '1 b' '#watermark 1'
	say 8 '9 b' '#watermark 9'
	expect '9 b' '#watermark 4'
	say 7 '7 a' '#watermark 7'
	expect '7 a' '#watermark 7'
	say 7 '#watermark 20' '#end'
	exec 7>&-
	expect '#watermark 9'
	say 8 '#watermark 11' '#end'
	expect '#watermark 11'
	exec 8>&-
	expect '#end'
	finish
	[ ! -s err ]
}

@test "smerge -a names the input, escaped; standard input is -" {
	feed '#fields t k' '1 a' '#end' >'x\y'
	run --separate-stderr -0 smerge -a from 'x\y' - < <(feed '#fields t k' '2 b' '#end')
	[ "$(sort <<<"$output")" = "$(feed '#end' '#fields t k from' '1 a x\\y' '2 b -' | sort)" ]
	run --separate-stderr -0 smerge -a k 'x\y'
	[ "$output" = "$(feed '#fields t k k_2' '1 a x\\y' '#end')" ]
	[ "$stderr" = "" ]
}

@test "smerge aligns barriers by SEQ: what is behind one waits" {
	start a b
	say 7 '#fields t k' '1 a' '#barrier 1.x' '2 a' '#barrier 2.x committed=1.x' '3 a'
	say 8 '#fields t k' '4 b'
	expect '#fields t k' '1 a' '4 b'
	say 8 '#watermark 3'
	say 8 '#barrier 1.x committed=0.x' '5 b'
	expect '#barrier 1.x committed=0.x'
	sorted=$(for _ in 1 2; do IFS= read -r -t 30 line <&9; echo "$line"; done | sort)
	[ "$sorted" = "$(feed '2 a' '5 b')" ]
	say 8 '#barrier 2.x'
	expect '#barrier 2.x committed=1.x' '3 a'
	say 7 '#end'
	exec 7>&-
	expect '#watermark 3'
	say 8 '#barrier 3.x'
	expect '#barrier 3.x committed=1.x'
	say 8 '#end 4.x'
	exec 8>&-
	expect '#end 4.x'
	finish
}

@test "smerge: an input whose barrier is later than the others' waits for theirs" {
	feed '#fields t k' '#barrier 1.x' '#barrier 2.x' '#barrier 3.x' '1 a' '#end' >a
	feed '#fields t k' '#barrier 2.x' '2 b' '#barrier 3.x' '#end' >b
	run --separate-stderr -0 smerge a b
	[ "$output" = "$(feed '#fields t k' '#barrier 1.x' '#barrier 2.x' '2 b' '#barrier 3.x' '1 a' '#end')" ]
}

@test "smerge: between two barriers is the same set, whichever is faster" {
	for f in a b; do
		awk -v f=$f 'BEGIN {
			print "#fields\tt\tk"
			for (i = 1; i <= 20000; i++) {
				print i "\t" f
				if (i % 1000 == 0)
					print "#barrier\t" i / 1000 ".0"
			}
			print "#end"
		}' >"$f.in"
	done
	mkfifo a b
	sets() { awk '/^#barrier/ { close("sort"); print; next } /^#end/ { close("sort") } { print | "sort" }'; }
	for order in 'a b' 'b a'; do
		# shellcheck disable=SC2086 # two names
		smerge $order | sets >"out.${order% *}" &
		for f in $order; do cat "$f.in" >"$f"; done
		wait $!
		[ "$(wc -l <"out.${order% *}")" = 40022 ]
	done
	cmp out.a out.b
}

@test "smerge: a watermark has the same records behind it that are older, whichever is faster" {
	for f in a b; do
		awk -v f=$f 'BEGIN {
			srand(f == "a" ? 1 : 2)
			print "#fields\tt\tk"
			for (i = 1; i <= 5000; i++) {
				now += int(rand() * 20)
				print now - int(rand() * 30) "\t" f i
				if (i % 10 == 0)
					print "#watermark\t" now - 30
			}
			print "#end"
		}' >"$f.in"
	done
	# record and last watermark before it; a record that the watermark has passed shows
	late() { awk -F'\t' '/^#watermark/ { T = $2; n++ } !/^#/ && n && $1 < T { print $0, T } END { print (n > 400) }'; }
	mkfifo a b
	for order in 'a b' 'b a'; do
		# shellcheck disable=SC2086 # two names
		smerge $order >"out.${order% *}" &
		for f in $order; do cat "$f.in" >"$f"; done
		wait $!
		[ "$(late <"out.${order% *}")" = 1 ]
		[ "$(grep -v '^#' "out.${order% *}" | sort)" = "$(grep -hv '^#' a.in b.in | sort)" ]
	done
}

@test "smerge leaves an idle input out, and says idle when all are" {
	start a b
	say 7 '#fields t k' '#watermark 5'
	say 8 '#fields t k' '#watermark 2'
	expect '#fields t k' '#watermark 2'
	say 8 '#idle'
	expect '#watermark 5'
	say 7 '#watermark 6'
	expect '#watermark 6'
	say 7 '#watermark 7' '#idle' '#idle'
	expect '#watermark 7' '#idle'
	say 8 '3 b'
	expect '3 b'
	# it is behind: it counts again when it has caught up
	say 7 '8 a' '#watermark 8'
	expect '8 a' '#watermark 8'
	say 8 '#watermark 8'
	say 7 '#watermark 9' '9 a'
	expect '9 a'
	say 8 '#watermark 10'
	expect '#watermark 9'
	say 7 '#end'
	exec 7>&-
	expect '#watermark 10'
	say 8 '#end'
	exec 8>&-
	expect '#end'
	finish
	[ ! -s err ]
}

@test "smerge: all idle gives the largest watermark" {
	start a b
	say 7 '#fields t k' '#watermark 3'
	say 8 '#fields t k' '#watermark 9'
	expect '#fields t k' '#watermark 3'
	say 8 '#idle'
	say 7 '#idle'
	expect '#watermark 9' '#idle'
	finish 111
}

@test "smerge stops when all inputs stopped or ended" {
	feed '#fields t k' '1 a' '#barrier 1.x' '#stop' >a
	feed '#fields t k' '2 b' '#barrier 1.x' '#stop' >b
	feed '#fields t k' '3 c' '#end' >c
	run --separate-stderr -0 smerge a b c
	[ "$(sort <<<"$output")" = "$(feed '#barrier 1.x' '#fields t k' '#stop' '1 a' '2 b' '3 c' | sort)" ]
	[ "$(tail -2 <<<"$output")" = "$(feed '#barrier 1.x' '#stop')" ]
	run --separate-stderr -0 smerge a
	[ "$output" = "$(cat a)" ]
}

@test "smerge: #stop always stands right behind a barrier" {
	feed '#fields t k' '#barrier 1.x' '#stop' >a
	feed '#fields t k' '#barrier 1.x' '2 b' '#barrier 2.x' '3 b' '#end 3.x' >b
	run --separate-stderr -0 smerge a b
	[ "$output" = "$(feed '#fields t k' '#barrier 1.x' '2 b' '#barrier 2.x' '3 b' '#barrier 3.x' '#stop')" ]
	sed -i 's/ *3.x$//; s/^#end.*/#end/' b
	run --separate-stderr -0 smerge a b
	[ "$output" = "$(feed '#fields t k' '#barrier 1.x' '2 b' '#barrier 2.x' '3 b' '#barrier 3.x' '#stop')" ]
}

@test "smerge: an input that dies is status 111, named" {
	feed '#fields t k' '1 a' >a
	feed '#fields t k' '2 b' '#end' >b
	run --separate-stderr -111 smerge a b
	[ "$stderr" = 'smerge: a: the input ended without #end or #stop: the program before this one died' ]
	[[ "$output" != *'#end'* ]]
	printf '#end' >>a
	run --separate-stderr -111 smerge b a
	[ "$stderr" = 'smerge: a: the input ended without #end or #stop: the program before this one died' ]
	run --separate-stderr -111 smerge b - <a
	[ "$stderr" = 'smerge: the input ended without #end or #stop: the program before this one died' ]
}

@test "smerge names file and line of what is wrong" {
	feed '#fields t k' '1 a' 'x a' '#end' >a
	feed '#fields t k' '#end' >b
	run --separate-stderr -1 smerge b a
	[ "$stderr" = 'smerge: a: line 3: not a record: "x\ta"' ]
	feed '#fields t k' '1 a' '#end' '2 a' >a
	run --separate-stderr -1 smerge b a
	[ "$stderr" = 'smerge: a: line 4: something follows #end: a program in the pipe, such as sort(1), moved lines' ]
	feed '#fields t k' '1 a' '#barrier x' '#end' >a
	run --separate-stderr -1 smerge b a
	[ "$stderr" = 'smerge: a: line 3: #barrier: not an ID such as 17.0: "x"' ]
	feed '#fields t k' '#barrier 2.0' '#barrier 2.0' '#end' >a
	run --separate-stderr -1 smerge b a
	[ "$stderr" = 'smerge: a: line 3: #barrier 2.0 comes behind 2.0' ]
}

@test "smerge refuses streams that differ, naming in what" {
	feed '#fields t k v:int' '#end' >a
	feed '#fields t k v' '#end' >b
	run --separate-stderr -1 smerge a b
	[ "$output" = "" ]
	[ "$stderr" = 'smerge: column 3 is v:int in a, v:str in b' ]
	feed '#fields time k v:int' '#end' >b
	run --separate-stderr -1 smerge a b
	[ "$stderr" = 'smerge: column 1 is t:time in a, time:time in b' ]
	feed '#fields t k' '#end' >b
	run --separate-stderr -1 smerge a - <b
	[ "$stderr" = 'smerge: a has 3 columns, standard input has 2' ]
	feed '#fields t k v:int' '#window tumbling size=5 offset=0' '#end' >b
	run --separate-stderr -1 smerge a b
	[ "$stderr" = 'smerge: a and b differ in #window' ]
	feed '#fields t k v:int' '#mode update key=k' '#end' >b
	run --separate-stderr -1 smerge b a
	[ "$stderr" = 'smerge: b and a differ in #mode' ]
	run --separate-stderr -0 smerge b b
	[ "$output" = "$(cat b)" ]
	feed '#restore 1.x' '#fields t k v:int' '#end' >a
	feed '#restore 2.x' '#fields t k v:int' '#end' >b
	run --separate-stderr -1 smerge a b
	[ "$stderr" = 'smerge: the inputs resume at different epochs, 1.x and 2.x' ]
	run --separate-stderr -0 smerge a a
	[ "$output" = "$(cat a)" ]
}

@test "smerge refuses several tables of which an epoch might hold only some" {
	feed '#fields t k v:int' '#mode complete key=k' '1 a 1' '#barrier 1.x' '#end' >a
	feed '#fields t k v:int' '#mode complete key=k' '#barrier 1.x' '2 b 1' '#end' >b
	run --separate-stderr -1 smerge a b
	[ "$output" = "" ]
	[ "$stderr" = 'smerge: the streams are in complete mode: an epoch in which only some have rows would not be the whole table' ]
	run --separate-stderr -0 smerge b
	[ "$output" = "$(cat b)" ]
}

@test "smerge: control lines that no one knows go on" {
	feed '#fields t k' '#colour red' '1 a' '#mood good' '#end' >a
	run --separate-stderr -0 smerge a
	[ "$output" = "$(cat a)" ]
}

@test "smerge opens FIFOs in any order" {
	for order in 'a b' 'b a'; do
		mkfifo a b
		# shellcheck disable=SC2086 # two names
		smerge $order >out 2>err 3>&- &
		pid=$!
		{ feed '#fields t k' '1 a' '#end' >a; feed '#fields t k' '2 b' '#end' >b; } 3>&-
		exits 0
		[ "$(sort out)" = "$(feed '#end' '#fields t k' '1 a' '2 b')" ]
		[ ! -s err ]
		rm a b out
	done
}

@test "smerge says which input it waits for, once" {
	mkfifo err
	exec 6<>err
	start a b
	say 7 '#fields t k' '1 a'
	IFS= read -r -t 30 line <&6
	[ "$line" = 'smerge: b: nothing came for 10 s, and what other inputs have waits for it' ]
	say 8 '#fields t k' '#end'
	exec 8>&-
	expect '#fields t k' '1 a'
	say 7 '#end'
	exec 7>&-
	expect '#end'
	finish
	run ! read -r -t 0 line <&6
	exec 6>&-
}

@test "smerge -v counts records" {
	feed '#fields t k' '1 a' '2 a' '#watermark 2' '#end' >a
	run --separate-stderr -0 smerge -v a a
	[ "$stderr" = 'smerge: 4 in, 4 out, 0 rejected, 0 late, watermark 1970-01-01T00:00:00.002Z' ]
}

@test "smerge: bad usage" {
	run --separate-stderr -2 smerge </dev/null
	[ "$stderr" = "$use" ]
	run --separate-stderr -2 smerge -a 'a:b' a
	[ "$stderr" = "smerge: -a: not a name for a field: \"a:b\"$(printf '\n%s' "$use")" ]
	run --separate-stderr -2 smerge -a '' a
	run --separate-stderr -2 smerge - - </dev/null
	[ "$stderr" = "smerge: standard input can be read only once$(printf '\n%s' "$use")" ]
	run --separate-stderr -1 smerge nowhere
	[ "$stderr" = 'smerge: nowhere: No such file or directory' ]
	run --separate-stderr -1 smerge .
	[ "$stderr" = 'smerge: .: is a directory' ]
}

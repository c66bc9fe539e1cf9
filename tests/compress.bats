# Compressed files, both ways.  Those of swrite are read by the codecs' own programs, and theirs by sread.
# shellcheck disable=SC2030,SC2031,SC2094,SC2154
load lib

codecs='gzip zstd lz4 lzop xz'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	seq 20000 | awk '{ print $1 ",x" $1 * 7 % 1000 }' >in.csv
}

# records ARG... - sread without its marks
records() { set -o pipefail; sread "$@" | { grep -v "^#" || :; }; }

@test "compress: swrite -z writes what the programs read, and sread" {
	sread -T c1 in.csv >stream
	for z in $codecs; do
		run --separate-stderr -0 sh -c "swrite -z $z <stream >out.$z"
		[ "$output$stderr" = "" ]
		$z -dc <"out.$z" | cmp - in.csv
		[ "$(wc -c <"out.$z")" -lt "$(wc -c <in.csv)" ]
		sread -T c1 "out.$z" | cmp - stream
	done
	run --separate-stderr -0 swrite -z none <stream
	[ "$output" = "$(cat in.csv)" ]
	[ "$stderr" = "" ]
}

@test "compress: sread knows what is compressed, file or pipe, mixed with others" {
	for z in $codecs; do
		$z -kc in.csv >"in.$z"
		run --separate-stderr -0 sread -T c1 "in.$z"
		[ "$output" = "$(sread -T c1 in.csv)" ]
		[ "$stderr" = "" ]
		# in pieces of one byte, and then the rest
		(head -c 1; sleep 0.1; cat) <"in.$z" | records -T c1 >got
		cmp got <(records -T c1 in.csv)
	done
	run --separate-stderr -0 records -T c1 in.gzip in.csv - <in.xz
	[ "$output" = "$(records -T c1 in.csv in.csv in.csv)" ]
	[ "$stderr" = "" ]
}

@test "compress: members behind each other are one file" {
	for z in gzip zstd lz4 xz; do
		{ $z -c <in.csv; echo 20001,y | $z -c; } >"two.$z"
		[ "$(records -T c1 "two.$z" | tail -n 1)" = "$(feed '20001 y')" ]
		[ "$(records -T c1 "two.$z" | wc -l)" = 20001 ]
	done
}

@test "compress: nothing in it is nothing" {
	for z in $codecs; do
		$z -c </dev/null >"empty.$z"
		run --separate-stderr -0 sread -f t,a -T t "empty.$z"
		[ "$output" = "$(feed '#fields t a' '#end')" ]
		[ "$stderr" = "" ]
		feed '#fields t a' '#end' | swrite -z "$z" >"made.$z"
		[ "$($z -dc <"made.$z")" = "" ]
		run --separate-stderr -0 sread -f t,a -T t "made.$z"
		[ "$output" = "$(feed '#fields t a' '#end')" ]
	done
}

@test "compress: the place is the line of what is in the file" {
	printf '1,5\n2,x\n' | gzip >in.gz
	run --separate-stderr -1 sread -f t,n:int -T t in.gz
	[ "${stderr_lines[0]}" = 'sread: in.gz: line 2: field n is not an int: "x"' ]
	run --separate-stderr -0 sread -D dead -f t,n:int -T t in.gz
	[ "$(cut -d , -f 1,2 dead)" = '{"file":"in.gz","line":2' ]
}

@test "compress: a file that is cut off ends without #end, its torn line left out" {
	for z in $codecs; do
		$z -c <in.csv >"in.$z"
		head -c $(($(wc -c <"in.$z") - 5)) "in.$z" >"cut.$z"
		run --separate-stderr -1 sread -T c1 "cut.$z"
		[ "${stderr_lines[-1]}" != "${stderr_lines[-1]#sread: cut."$z": $z: }" ]
		grep -q '^#end' <<<"$output" && return 1
		# all that came is whole
		grep '^[0-9]' <<<"$output" | tr '\t' , >got
		cmp got <(head -n "$(wc -l <got)" in.csv)
		# in its first bytes
		head -c 9 "in.$z" >"cut.$z"
		run --separate-stderr -1 sread -T c1 "cut.$z"
		[ "$output" = "" ]
		[ "${stderr_lines[-1]}" != "${stderr_lines[-1]#sread: cut."$z": $z: }" ]
	done
}

@test "compress: a damaged file" {
	for z in $codecs; do
		$z -c <in.csv >"in.$z"
		perl -e 'local $/; $_ = <STDIN>; substr($_, length() / 2, 9) ^= "\x55" x 9; print' \
		    <"in.$z" >"bad.$z"
		run --separate-stderr -1 sread -s line -T @now "bad.$z"
		[[ "${stderr_lines[-1]}" = "sread: bad.$z: "* ]]
		grep -q '^#end' <<<"$output" && return 1
		[ "$(grep -c '^[0-9]' <<<"$output")" -le 20000 ]
	done
}

@test "compress: what follows the compressed data is not lost without a word" {
	for z in $codecs; do
		{ $z -c <in.csv; echo 'x,y'; } >"more.$z"
		run --separate-stderr -1 sread -T c1 "more.$z"
		[[ "${stderr_lines[-1]}" = "sread: more.$z: $z: "* ]]
		grep -q '^#end' <<<"$output" && return 1
		true
	done
	{ gzip -c <in.csv; echo 'x,y'; } >more.gzip
	run --separate-stderr -1 sread -T c1 more.gzip
	[ "$stderr" = "sread: more.gzip: gzip: incorrect header check" ]
}

@test "compress: sread -c and a signal leave the rest of a file" {
	for z in $codecs; do
		seq 300000 | $z -c >"large.$z"
		run --separate-stderr -0 records -c 2 -T c1 "large.$z"
		[ "$output" = "$(feed 1 2)" ]
		# the program lzop speaks of what it sees
		[ "$(grep -v '^lzop: ' <<<"$stderr")" = "" ]
	done
	mkfifo p
	env -u WEIR_RUN sread -s line -T @now <p >out 2>err 3>&- &
	pid=$!
	exec 4>p
	cat large.gzip >&4
	for ((i = 0; i < 200; i++)); do
		grep -q . out && break
		sleep 0.05
	done
	kill "$pid"
	wait "$pid"
	exec 4>&-
	[ "$(tail -n 1 out)" = '#stop' ]
	[ ! -s err ]
}

@test "compress: sread -F refuses a compressed file" {
	gzip -c <in.csv >log
	run --separate-stderr -1 sread -F -T c1 log
	[ "$output" = "" ]
	[ "$stderr" = "sread: log: is compressed: only plain text can be followed" ]
}

@test "compress: codecs that swrite does not know, and one whose program is not there" {
	run --separate-stderr -2 swrite -z bzip2 </dev/null
	[ "$output" = "" ]
	[ "$stderr" = "swrite: -z: not gzip, zstd, lz4, lzop, xz or none: bzip2" ]
	mkdir bin
	ln -s "$(command -v sread)" "$(command -v swrite)" bin
	feed '#fields t a' '1 x' '#end' >stream
	run --separate-stderr -1 env PATH="$PWD/bin" swrite -z lzop <stream
	[ "$output" = "" ]
	[[ "$stderr" = "swrite: -z lzop: "*"lzop"* ]]
	lzop -c <in.csv >in.lzop
	run --separate-stderr -1 env PATH="$PWD/bin" sread -T c1 in.lzop
	[ "$output" = "" ]
	[[ "$stderr" = "sread: in.lzop: lzop: "*"lzop -d"* ]]
}

@test "compress: libarchive is loaded when it is needed, and not before" {
	sread -T c1 in.csv >stream
	xz -kc in.csv >in.xz
	mkdir broken
	echo none >broken/libarchive.so.13
	export LD_LIBRARY_PATH=$PWD/broken
	run --separate-stderr -0 sread -T c1 in.csv
	[ "$output" = "$(cat stream)" ]
	[ "$stderr" = "" ]
	run --separate-stderr -0 swrite <stream
	[ "$output" = "$(cat in.csv)" ]
	run --separate-stderr -1 swrite -z xz <stream
	[ "$output" = "" ]
	[[ "$stderr" = "swrite: -z xz: "*"libarchive.so.13"* ]]
	run --separate-stderr -1 sread -T c1 in.xz
	[ "$output" = "" ]
	[[ "$stderr" = "sread: in.xz: xz: "*"libarchive.so.13"* ]]
}

@test "compress: what was written before a failure can be read" {
	for z in $codecs; do
		feed '#fields t n:int' '1 5' '2 x' '#end' |
		    run --separate-stderr -1 bash -c "swrite -s json -z $z >out.$z"
		[ "$($z -dc <"out.$z")" = '{"t":1,"n":5}' ]
		feed '#fields t n:int' '1 5' |
		    run --separate-stderr -111 bash -c "swrite -s json -z $z >out.$z"
		[ "$($z -dc <"out.$z")" = '{"t":1,"n":5}' ]
	done
}

@test "compress: the same stream makes the same bytes at any time" {
	sread -T c1 in.csv >stream
	swrite -z gzip <stream >a
	sleep 1.1
	swrite -z gzip <stream | cmp a -
}

@test "compress: output that cannot be written is temporary" {
	for z in $codecs; do
		run --separate-stderr -111 sh -c "sread -T c1 in.csv | swrite -z $z >/dev/full"
		[[ "$stderr" = *"swrite: standard output: write: No space left on device" ]]
	done
}

@test "compress: a run goes on in a file that has got more, by what comes out of it" {
	for z in gzip zstd lz4 xz; do
		rm -rf state
		printf 't,a\n1,x\n2,y\n' | $z -c >log
		WEIR_ONCE=1 run --separate-stderr -0 records -S state -H -T t log
		[ "$output" = "$(feed '1 x' '2 y')" ]
		[ "$stderr" = "" ]
		printf '3,z\n' | $z -c >>log
		WEIR_ONCE=1 run --separate-stderr -0 records -S state -H -T t log
		[ "$output" = "3	z" ]
		[ "$stderr" = "" ]
		# the place goes on too
		printf '4\n' | $z -c >>log
		WEIR_ONCE=1 run --separate-stderr -1 records -S state -H -T t log
		[ "${stderr_lines[0]}" = "sread: log: line 5: 1 field, 2 wanted" ]
		printf 't,a\n1,x\n2,q\n3,z\n' | $z -c >log
		WEIR_ONCE=1 run --separate-stderr -1 records -S state -H -T t log
		[[ "${stderr_lines[0]}" = "sread: log: is not the file that was read before: "* ]]
	done
}

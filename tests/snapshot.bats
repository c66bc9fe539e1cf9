load lib

# State directories and snapshots, seen with saggregate: what is kept, refused
# and detected, and that a barrier costs what has changed.

fields='#fields t k v:int'

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# agg STATUS LINE ... -- ARG ... - with the state directory st
agg() { given "$1" saggregate "${@:2}"; }

# stopped - a small state in st, at 1.a
stopped() {
	rm -rf st
	agg 0 "$fields" '1 a 1' '2 b 2' '#barrier 1.a' '#stop' -- -S st -k k sum:v
}

# resumed STATUS - goes on from 1.a
resumed() { agg "$1" '#restore 1.a' "$fields" '#end' -- -S st -k k sum:v; }

snaps() { (cd st && printf '%s\n' *.snap | sort -V | tr '\n' ' '); }

# keyed N EPOCHS CHANGED - N keys, then epochs that change some of them; each of a barrier and one more
keyed() {
	awk -v n="$1" -v epochs="$2" -v changed="$3" 'BEGIN {
		print "#fields\tt\tk\tv:int"
		for (i = 0; i < n; i++)
			printf "%d\tuser%07d\t%d\n", i, i * 7919 % n, i % 97
		print "#barrier\t1.a"
		for (e = 2; e < epochs + 2; e++) {
			for (i = 0; i < changed; i++)
				printf "%d\tuser%07d\t1\n", n + e, (e * 104729 + i * 15485863) % n
			printf "#barrier\t%d.a\n", e
		}
		print "#stop"
	}'
}

# reads ID - bytes of the files that make up a snapshot
reads() {
	{
		awk -F'\t' '$1 == "#builds" { print $3 } !/^#/ { exit }' "st/$1.snap"
		stat -c %s "st/$1.snap"
	} | awk '{ n += $1 } END { print n }'
}

# each_byte - the state of stopped is refused with any of its bytes altered or cut off, and loaded as it was
each_byte() {
	cp -r st good
	n=$(stat -c %s good/1.a.snap)
	python3 - <<-'END'
		import os, subprocess
		good = open("good/1.a.snap", "rb").read()
		stream = b"#restore\t1.a\n#fields\tt\tk\tv:int\n#end\n"
		def refused(what, data):
		    with open("st/1.a.snap", "wb") as f:
		        f.write(data)
		    done = subprocess.run(["saggregate", "-S", "st", "-k", "k", "sum:v"], input=stream, capture_output=True)
		    want = b"saggregate: st/1.a.snap: the snapshot is damaged: it is not as it was written\n"
		    assert (done.returncode, done.stdout, done.stderr) == (1, b"", want), (what, done)
		for i in range(len(good)):
		    refused(f"cut at {i}", good[:i])
		    for bit in (1, 4, 128):
		        refused(f"byte {i}, bit {bit}", good[:i] + bytes([good[i] ^ bit]) + good[i + 1:])
		refused("a line more", good + b"row\tc\t3\t3\t1\n")
		refused("twice", good + good)
	END
	cp good/1.a.snap st
	resumed 0
	is '#restore 1.a' '#fields t k sum_v:int' '1 a 1' '2 b 2' '#end'
	[ "$n" -gt 100 ]
}

@test "a directory is made for its owner only, a snapshot too" {
	umask 0
	stopped
	[ "$(stat -c %a st)" = 700 ]
	[ "$(stat -c %a st/1.a.snap)" = 600 ]
}

@test "a directory that cannot be made: exit 1" {
	: >file
	agg 1 "$fields" '#end' -- -S file/st count
	[ "$stderr" = "saggregate: file/st: Not a directory" ]
	agg 1 "$fields" '#end' -- -S file count
	[ "$stderr" = "saggregate: file: Not a directory" ]
}

@test "a directory that is in use is refused, and by whom is said" {
	mkfifo in
	saggregate -S st count <in >/dev/null 2>&1 &
	pid=$!
	exec 9>in
	until grep -q saggregate st/lock 2>/dev/null; do :; done
	agg 111 "$fields" '#end' -- -S st count
	[ "$stderr" = "saggregate: st: in use by saggregate, process $pid" ]
	kill "$pid"
	wait "$pid" || true
	exec 9>&-
	agg 0 "$fields" '#end' -- -S st count
}

@test "a snapshot with any byte altered or cut off is never loaded" {
	stopped
	resumed 0
	each_byte
}

@test "WEIR_STATE_ZSTD: snapshots are compressed; any byte altered or cut off is found out" {
	export WEIR_STATE_ZSTD=1
	stopped
	resumed 0
	[ "$(zstdcat st/1.a.snap | head -n 1 | cut -f 1,2)" = "$(printf '#snapshot\tsaggregate')" ]
	each_byte
	# one that is not compressed is read all the same, and the other way round
	keyed 4000 3 1 >in
	unset WEIR_STATE_ZSTD
	saggregate -S plain -k k count <in >/dev/null
	WEIR_STATE_ZSTD=1 saggregate -S packed -k k count <in >/dev/null
	[ $(($(cat packed/*.snap | wc -c) * 2)) -lt "$(cat plain/*.snap | wc -c)" ]
	feed "#restore 4.a" "$fields" "#end" >rest.in
	saggregate -S packed -k k count <rest.in >got
	WEIR_STATE_ZSTD=1 saggregate -S plain -k k count <rest.in | cmp - got
}

@test "a file under another one's name is never loaded" {
	keyed 4000 3 1 >in
	saggregate -S st -k k count <in >/dev/null
	mv st/4.a.snap st/5.a.snap
	agg 1 '#restore 5.a' "$fields" '#end' -- -S st -k k count
	[ "$stderr" = "saggregate: st/5.a.snap: the snapshot is damaged: it is not the file that was written for epoch 5.a" ]
	mv st/5.a.snap st/4.a.snap
	# of the same epoch, and whole, but of another run
	keyed 4001 3 1 >in
	saggregate -S third -k k count <in >/dev/null
	cp third/1.a.snap st
	agg 1 '#restore 4.a' "$fields" '#end' -- -S st -k k count
	[ "$output" = "" ]
	[ "$stderr" = "saggregate: st/1.a.snap: the snapshot is damaged: it is not the file that was written for epoch 1.a" ]
}

@test "a snapshot that is not there, or one that it builds on" {
	stopped
	agg 1 '#restore 2.a' "$fields" '#end' -- -S st -k k sum:v
	[ "$output" = "" ]
	[ "$stderr" = "saggregate: st: no snapshot of epoch 2.a" ]
	keyed 4000 3 1 >in
	saggregate -S st -k k count <in >/dev/null
	rm st/1.a.snap
	agg 1 '#restore 4.a' "$fields" '#end' -- -S st -k k count
	[ "$output" = "" ]
	[ "$stderr" = "saggregate: st: no snapshot of epoch 1.a" ]
}

@test "an ID that is no file's name" {
	for id in ../1 .x a/b; do
		agg 1 "$fields" "#barrier $id" '#stop' -- -S st count
		[ "$stderr" = "saggregate: not an epoch's ID that a snapshot can have: \"$id\"" ]
	done
}

@test "an epoch's ID is used once" {
	agg 1 "$fields" '#barrier 1.a' '#barrier 1.a' '#stop' -- -S st count
	[ "$stderr" = "saggregate: st: the epoch 1.a is there already: an ID is used once" ]
}

@test "what is older than committed= is removed; without it the last ten are kept" {
	epochs() { seq "$1" "$2" | sed "s/.*/#barrier &.a$3/"; }
	mapfile -t lines < <(epochs 1 15)
	agg 111 "$fields" "${lines[@]}" -- -S st count
	[ "$(snaps)" = "$(seq -f %g.a.snap 6 15 | tr '\n' ' ')" ]
	agg 111 '#restore 7.a' "$fields" '#barrier 16.b' -- -S st count
	[ "$(snaps)" = "7.a.snap 16.b.snap " ]
	# the one that the run started from stays
	mapfile -t lines < <(epochs 17 30)
	agg 111 '#restore 7.a' "$fields" "${lines[@]}" -- -S st count
	[ "$(snaps)" = "7.a.snap $(seq -f %g.a.snap 21 30 | tr '\n' ' ')" ]
	agg 111 '#restore 7.a' "$fields" '#barrier 31.c' '#barrier 32.c committed=31.c' '#barrier 33.c committed=31.c' \
	    '#barrier 34.c committed=1.x' -- -S st count
	[ "$(snaps)" = "31.c.snap 32.c.snap 33.c.snap 34.c.snap " ]
	# more than ten, when it is told what is committed
	mapfile -t lines < <(epochs 40 60 ' committed=33.c')
	agg 111 '#restore 33.c' "$fields" "${lines[@]}" -- -S st count
	[ "$(snaps)" = "33.c.snap $(seq -f %g.a.snap 40 60 | tr '\n' ' ')" ]
	agg 0 '#restore 60.a' "$fields" '#barrier 61.a' '#barrier 62.a' '#stop' -- -S st count
	[ "$(snaps)" = "62.a.snap " ]
}

@test "a file is removed when no snapshot that is kept builds on it" {
	keyed 4000 30 1 | sed 's/^#barrier.\([0-9]*\)\.a$/&\tcommitted=\1.a/' >in
	saggregate -S st -k k count <in >/dev/null
	[ "$(snaps)" = "1.a.snap 31.a.snap " ]
	grep -q '^#builds.1\.a' st/31.a.snap
}

@test "what a run left half written is written over" {
	stopped
	resumed 0
	echo rubbish >st/new.tmp
	agg 0 '#restore 1.a' "$fields" '3 a 4' '#barrier 2.a' '#stop' -- -S st -k k sum:v
	agg 0 '#restore 2.a' "$fields" '#end' -- -S st -k k sum:v
	is '#restore 2.a' '#fields t k sum_v:int' '3 a 5' '2 b 2' '#end'
}

@test "a full disk: exit 111, the snapshots that are there stay good, and it goes on when there is room" {
	stopped
	cp -r st before
	ln -s /dev/full st/new.tmp
	agg 111 '#restore 1.a' "$fields" '3 a 4' '#barrier 2.a' '#stop' -- -S st -k k sum:v
	[ "$output" = "$(feed '#restore 1.a' '#fields t k sum_v:int')" ]
	[ "$stderr" = "saggregate: st/new.tmp: write: No space left on device" ]
	cmp st/1.a.snap before/1.a.snap
	rm st/new.tmp
	agg 0 '#restore 1.a' "$fields" '3 a 4' '#barrier 2.a' '#stop' -- -S st -k k sum:v
	agg 0 '#restore 2.a' "$fields" '#end' -- -S st -k k sum:v
	is '#restore 2.a' '#fields t k sum_v:int' '3 a 5' '2 b 2' '#end'
}

@test "a directory that can no longer be written: exit 111" {
	stopped
	mkfifo in
	saggregate -S st -k k sum:v <in >out 2>err &
	pid=$!
	exec 9>in
	feed '#restore 1.a' "$fields" '3 a 4' '#barrier 2.a' >&9
	until grep -q barrier out; do kill -0 "$pid"; done
	mv st away
	mkdir away/new.tmp
	feed '4 a 8' '#barrier 3.a' '#stop' >&9
	exec 9>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" = 111 ]
	[ "$(cat err)" = "saggregate: st/new.tmp: Is a directory" ]
	rmdir away/new.tmp
	agg 0 '#restore 2.a' "$fields" '4 a 8' '#end' -- -S away -k k sum:v
	is '#restore 2.a' '#fields t k sum_v:int' '4 a 13' '2 b 2' '#end'
}

# barriers FILE - its epochs go through a saggregate that is timed from each barrier's coming to its going on
barriers() {
	python3 - "$1" <<-'END'
		import statistics, subprocess, sys, time
		p = subprocess.Popen(["saggregate", "-S", "st", "-k", "k", "count", "sum:v"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		def wait(word):
		    p.stdin.flush()
		    while not p.stdout.readline().startswith(word):
		        pass
		took = []
		for line in open(sys.argv[1], "rb"):
		    if line.startswith(b"#barrier"):
		        p.stdin.write(b"#here\n")
		        wait(b"#here")
		        start = time.monotonic()
		        p.stdin.write(line)
		        wait(b"#barrier")
		        took.append(time.monotonic() - start)
		    else:
		        p.stdin.write(line)
		p.stdin.close()
		whole, part = took[0], statistics.median(took[1:])
		print(f"whole {whole * 1000:.0f} ms, then {part * 1000:.1f} ms, {part / whole * 100:.2f}%")
		sys.exit(p.wait() != 0 or part > whole * 0.05)
	END
}

# WEIR_KEYS=5000000 is the long form, which looks at the time too
@test "a barrier costs what has changed, and a restart reads at most twice the state" {
	n=${WEIR_KEYS:-500000}
	keyed "$n" 90 $((n / 100)) >in
	if [ -n "${WEIR_KEYS-}" ]; then
		barriers in
	else
		saggregate -S st -k k count sum:v <in >/dev/null
	fi
	# no epoch since the first one was a whole snapshot
	bytes=$(stat -c %s st/1.a.snap)
	new=$(($(reads 91.a) - bytes))
	echo "whole: $bytes bytes; 90 times 1%: $new bytes"
	[ "$new" -gt $((bytes * 85 / 100)) ]
	[ "$new" -lt $((bytes * 95 / 100)) ]
	saggregate -S st -k k count sum:v < <(feed '#restore 91.a' "$fields" '#end') | grep -v '^#' >out
	sed '$s/.*/#end/' in | saggregate -k k count sum:v | grep -v '^#' | cmp - out
	# now the changes outgrow the whole
	{
		feed '#restore 91.a'
		keyed "$n" 110 $((n / 100)) | sed "2,$((n + 1))d" | awk -v n="$n" '/^#barrier/ && !after { split($2, id, "."); after = id[1] == 91; next }
			/^#fields/ || after'
	} | saggregate -S st -k k count sum:v >/dev/null
	awk -F'\t' '$1 == "#builds" { print $2 } !/^#/ { exit }' st/111.a.snap >builds
	[ "$(reads 111.a)" -lt $((bytes * 3 / 2)) ]
	[ "$(head -1 builds)" != 1.a ]
}

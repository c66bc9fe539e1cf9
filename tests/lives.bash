# Committing sinks that are killed and started again; `load lives` behind `load lib`.
# shellcheck disable=SC2154

# shim - compiles what makes a tool die at a point; see crash.c
shim() {
	SHIM=$BATS_FILE_TMPDIR/crash.so
	export SHIM
	"${CC:-cc}" -shared -fPIC -O1 -o "$SHIM" "$BATS_TEST_DIRNAME/crash.c" -ldl
}

# crashing COMMAND ... - with CRASH, CRASH_FULL and the like as they are set
crashing() {
	LD_PRELOAD=$SHIM ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 "$@"
}

# rows EPOCH - its records: the second one has none
rows() {
	[ "$1" = 2 ] || printf '170000000000%s\t%s.%s\n' "$1" "$1" a "$1" "$1" b
}

# epochs ID RUN - the rest of a stream of 3 epochs, behind the one of that ID; the ID is empty at its beginning
epochs() {
	local e=1
	if [ -n "$1" ]; then
		printf '#restore\t%s\n' "$1"
		e=$((${1%%.*} + 1))
	fi
	printf '#fields\tt\tn\n'
	for (( ; e < 3; e++)); do
		rows $e
		printf '#barrier\t%s.%s\n' $e "$2"
	done
	[ $e -gt 3 ] || rows 3
	printf '#end\t%s.%s\n' $e "$2"
}

# life RUN COMMAND ... - one start of the sink, in the run directory ./run; its status
life() {
	local run=$1 pid status=0 lock
	shift
	# what the one before started may outlive it for a moment
	for lock in */lock; do
		[ ! -e "$lock" ] || flock -w 20 "$lock" true
	done
	rm -f in
	mkfifo in
	WEIR_RUNDIR=$PWD/run WEIR_RUN=$run "$@" <in 3>&- &
	pid=$!
	echo "$pid" >pid
	exec 9>in
	until [ "$(cut -f 1 run/start 2>/dev/null)" = "$run" ] || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.01
	done
	(epochs "$(cut -s -f 2 run/start 2>/dev/null)" "$run" >&9) 2>/dev/null || true
	exec 9>&-
	# the shell would say that it was killed
	wait "$pid" 2>/dev/null || status=$?
	return $status
}

# ended_well STATUS CHECK WHEN - it is 0, and the check holds
ended_well() {
	if [ "$1" != 0 ] || ! $2; then
		echo "$3: in the end status $1" >&2
		return 1
	fi
}

# each_call VAR DEATH SAID POINT ... -- FRESH CHECK COMMAND ... - at each call
# of each point it ends as crash.c has it by VAR: with the status DEATH, SAID
# within what it says.  Started again it comes through, and so it does when no
# call is left; the check holds.  FRESH makes all anew.
each_call() {
	local var=$1 death=$2 said=$3 points=() p n status calls=0 fresh check
	local -x "$var="
	shift 3
	while [ "$1" != -- ]; do points+=("$1"); shift; done
	fresh=$2 check=$3
	shift 3
	for p in "${points[@]}"; do
		for ((n = 1; ; n++)); do
			$fresh
			status=0
			printf -v "$var" %s "$p:$n"
			life "1-$n" crashing "$@" 2>err || status=$?
			if [ "$status" != "$death" ] || [[ $(cat err) != *"$said"* ]]; then
				break
			fi
			calls=$((calls + 1))
			status=0
			life "2-$n" "$@" || status=$?
			ended_well "$status" "$check" "$var=$p:$n" || return
		done
		ended_well "$status" "$check" "$var=$p:$n" || { cat err >&2; return 1; }
		[ "$n" -gt 1 ] || { echo "no call of $p" >&2; return 1; }
	done
	echo "$calls times"
}

# each_point POINT ... -- FRESH CHECK COMMAND ... - kills it there
each_point() { each_call CRASH 137 '' "$@"; }

# each_full POINT ... -- FRESH CHECK COMMAND ... - the disk is full from there
# on; then there is room again
each_full() { each_call CRASH_FULL 111 'No space left on device' "$@"; }

# many_lives TIMES CHANCES FRESH CHECK COMMAND ... - killed by chance, again and again, until it comes through
many_lives() {
	local times=$1 chances=$2 fresh=$3 check=$4 i n status kills=0
	shift 4
	for ((i = 0; i < times; i++)); do
		$fresh
		for ((n = 0; ; n++)); do
			status=0
			CRASH=$chances life "$i-$n" crashing "$@" || status=$?
			[ "$status" = 137 ] || break
			kills=$((kills + 1))
			[ "$n" -lt 100 ] || break
		done
		ended_well "$status" "$check" "life $n" || return
	done
	echo "$kills kills"
	[ "$kills" -gt 0 ]
}

# all_rows - those of the whole stream
all_rows() { for e in 1 2 3; do rows $e; done | tr '\t' ,; }

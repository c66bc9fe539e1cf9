# shellcheck disable=SC2016,SC2154
# The examples for systemd and cron, run as those would.
load lib

examples=$BATS_TEST_DIRNAME/../examples

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# value NAME - of the unit, as systemd would expand it
value() {
	sed -n "s|^$1=||p" "$examples/weir@.service" |
		sed -e "s|%S|$BATS_TEST_TMPDIR|g" -e 's|%i|flights|g' -e 's|/usr/local/bin/||'
}

@test "weir@.service: a start, signs of life, a stop that commits, and no restart for what a person must mend" {
	local pid status=0
	listen
	mkdir -p "$(value WorkingDirectory)"
	cp "$examples/flights-2013-01.csv" "$(value WorkingDirectory)"
	cd "$(value WorkingDirectory)" || return
	[ "$(value Type)" = notify ]
	start=$(value ExecStart)
	# systemd makes one word of ${PIPELINE}
	export PIPELINE="sread -F -B 100ms -H -f scheduled,carrier,dep_delay:int -T scheduled -w 1d flights-2013-01.csv |
	    swindow 1d | saggregate -k carrier sum:dep_delay | swrite -d out"
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify WATCHDOG_USEC=600000000 bash -c "exec ${start/'${PIPELINE}'/'"$PIPELINE"'}" 2>err 3>&- &
	pid=$!
	while ! grep -qs WATCHDOG=1 "$BATS_TEST_TMPDIR/told" || ! compgen -G 'out/part-*' >/dev/null; do
		kill -0 $pid
		sleep 0.05
	done
	[ "$(value KillMode)" = mixed ]	# the main process alone hears of the stop
	kill -TERM $pid
	wait $pid || status=$?
	[ $status = 0 ]
	listened "$BATS_TEST_TMPDIR"
	[ ! -s err ]
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/told")" != "" ]
	grep -qx READY=1 "$BATS_TEST_TMPDIR/told"
	grep -q '^STATUS=epoch ' "$BATS_TEST_TMPDIR/told"
	[ "$(value RestartPreventExitStatus)" = '1 2' ]
	# it is complete: what stands there is what one plain run gives
	sread -H -f scheduled,carrier,dep_delay:int -T scheduled -w 1d flights-2013-01.csv |
		swindow 1d | saggregate -k carrier sum:dep_delay | swrite >want
	cat out/part-* >got
	[ -s got ]
	head -c "$(stat -c %s got)" want | cmp - got
}

@test "the crontab: run after run, what one long run gives" {
	local i command pipeline
	pipeline=$(sed -n 's/^PIPELINE="\(.*\)"$/\1/p' "$examples/crontab")
	command=$(sed -n 's/^\*\/5 \* \* \* \* //p' "$examples/crontab")
	for i in 0 1 2 3 4; do
		awk -v i="$i" 'BEGIN { for (k = i * 40; k < i * 40 + 40; k++) printf "%d,u%d,%d\n", k * 1500, k % 3, k }' >>hits.csv
		# cron runs each line with sh
		run -0 --separate-stderr env PIPELINE="$pipeline" sh -c "$command"
		[ "$output$stderr" = "" ]
	done
	cat out/part-* >got
	sread -f ts,user,ms:int -T ts hits.csv | swindow 1m | saggregate -k user sum:ms | swrite >want
	head -c "$(stat -c %s got)" want | cmp - got
	[ "$(wc -l <got)" = 12 ]
}

# shellcheck disable=SC2154
load lib

# A server of Debian's package, as a user without rights, on a socket of its own.

setup() {
	bin=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | tail -n 1)
	{ [ -x "$bin" ] && command -v psql >/dev/null; } || skip 'no PostgreSQL server: apt-get install postgresql'
	bin=${bin%/initdb}
	as=()
	# a socket's path must be short
	dir=$(mktemp -d /tmp/weir-pg.XXXXXX)
	if [ "$(id -u)" = 0 ]; then
		id nobody >/dev/null 2>&1 || skip 'a PostgreSQL server does not run as root, and there is no user nobody'
		chown nobody "$dir"
		as=(setpriv --reuid nobody --clear-groups --)
	fi
	cd "$dir" || exit
	"${as[@]}" "$bin/initdb" -D "$dir/data" -U weir -A trust -E UTF8 --no-sync >"$BATS_TEST_TMPDIR/log" 2>&1 ||
		skip "initdb failed: $(tail -n 1 "$BATS_TEST_TMPDIR/log")"
	"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
	    -o "-F -c listen_addresses= -k $dir" start >/dev/null 3>&- ||
		skip "the PostgreSQL server did not start: $(tail -n 1 "$dir/log")"
	export PGHOST=$dir PGUSER=weir PGDATABASE=postgres
}

teardown() {
	cd /
	[ -z "${PGHOST-}" ] || "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null
	[ -z "${dir-}" ] || rm -rf "$dir"
}

@test "sbatch loads PostgreSQL, an epoch a transaction" {
	flights=$BATS_TEST_DIRNAME/../examples/flights-2013-01.csv
	run --separate-stderr -0 "$BATS_TEST_DIRNAME/../examples/postgres"
	[ "$output" = "" ]
	[ "$stderr" = "" ]
	psql -qXAt -F, -c "SELECT to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD'), origin, flights FROM departures" |
		sort >"$BATS_TEST_TMPDIR/got"
	sqlite3 -csv :memory: ".import --csv $flights f" \
	    'SELECT substr(scheduled, 1, 10), origin, count(*) FROM f GROUP BY 1, 2' | tr -d '"\r' | sort >"$BATS_TEST_TMPDIR/want"
	[ -s "$BATS_TEST_TMPDIR/want" ]
	diff "$BATS_TEST_TMPDIR/got" "$BATS_TEST_TMPDIR/want"

	# an epoch that PostgreSQL refuses leaves nothing, and those before stay
	psql -qX -c 'CREATE TABLE t (ts bigint, n int CHECK (n > 0))'
	run --separate-stderr -1 sbatch -- psql -qX -v ON_ERROR_STOP=1 -c 'COPY t FROM STDIN (FORMAT csv)' < <(
		feed '#fields t n:int' '1 5' '#barrier 1.r' '2 6' '3 -1' '#barrier 2.r' '#end')
	[[ "$stderr" = *"sbatch: epoch 2.r: psql: exit status 1" ]]
	[ "$(psql -qXAt -c 'SELECT * FROM t')" = '1|5' ]
}

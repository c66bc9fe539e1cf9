# Log lines: -s re:PATTERN and -s combined.
# shellcheck disable=SC2016,SC2154
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# records ARG... - sread without its marks
records() { set -o pipefail; sread "$@" | { grep -av '^#[web]' || :; }; }

@test "re: named groups are columns, in their order" {
	printf '%s\n' '7 ann: hi there' '8 bob: ' >in
	run --separate-stderr -0 records -s 're:^(?<t>\d+) (?P<who>\w+): (.)?(?<text>.*)$' -T t in
	[ "$output" = "$(feed '#fields t who text' '7 ann i_there' '8 bob ' | tr _ ' ')" ]
	[ "$stderr" = "" ]
}

@test "re: -f picks groups by name or number, types them, orders them" {
	printf '%s\n' '7 ann 12.50 true 2013-01-01T10:15:00Z' >in
	run --separate-stderr -0 records -s 're:(?<t>\d+) (\w+) (?<n>\S+) (\w+) (\S+)' -T t \
	    -f 'ok:bool=4,who=2,n:float,t,at:time=5,again=n' in
	[ "$output" = "$(feed '#fields t ok:bool who n:float at:time again' \
	    '7 true ann 12.50 1357035300000 12.50')" ]
}

@test "re: a group that took no part is null, an empty one the empty text" {
	printf '%s\n' '1 a-5 x' '2 a- ' '3 b ' '4 a ' >in
	run --separate-stderr -0 records -s 're:^(?<t>\d) (?:a(?:-(?<n>\d*))?|(?<b>b)) (?<x>.*)' -f t,n:int,s=n,b,x -T t in
	[ "$output" = "$(printf '%s\n' '#fields	t	n:int	s	b	x' '1	5	5	\N	x' '2	\N		\N	' '3	\N	\N	b	' '4	\N	\N	\N	')" ]
}

@test "re: what a line has stays, escaped as a stream wants it" {
	printf 'a\tb\\c\rd\r\n\\N\nno end' >in
	run --separate-stderr -0 records -s 're:^(?<x>(?s).*)$' -T @now in
	[ "$(cut -f 2 <<<"$output")" = "$(printf '%s\n' time 'a\tb\\c\rd' '\\N' 'no end')" ]
	# with a BOM before it
	printf '\357\273\2771 a\n' >in
	run --separate-stderr -0 records -s 're:^(?<t>\d) (?<x>.)$' -T t in
	[ "${lines[1]}" = "1	a" ]
}

@test "re: characters, not bytes; but a line that is not UTF-8 is bytes" {
	printf '1 \303\251x\n2 \377\303\251\n' >in
	run --separate-stderr -0 records -s 're:^(?<t>\d) (?<c>.)(?<d>.*)' -T t in
	[ "$output" = "$(printf '#fields\tt\tc\td\n1\t\303\251\tx\n2\t\377\t\303\251')" ]
	[ "$stderr" = "" ]
	printf '1 \303\251x\n' >in
	run --separate-stderr -0 records -s 're:^(?<t>\d) (?<c>\p{Ll})x' -T t in
	[ "${lines[1]}" = "$(printf '1\t\303\251')" ]
	printf '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /\344 HTTP/1.0" 200 1\n' >in
	run --separate-stderr -0 records -s combined -f time,path -T time in
	[ "${lines[1]}" = "$(printf '971211336000\t/\344')" ]
}

@test "re: a line that does not match is bad, and may go to -D" {
	printf '%s\n' '1 a' '' 'x b' '2 c' >in
	run --separate-stderr -1 sread -s 're:^(?<t>\d+) (?<x>\w)$' -T t in
	[ "$output" = "$(feed '#fields t x' '1 a' '#watermark 1')" ]
	[ "$stderr" = "sread: in: line 2: the pattern does not match" ]
	run --separate-stderr -0 records -s 're:^(?<t>\d+) (?<x>\w)$' -T t -D dead in
	[ "$output" = "$(feed '#fields t x' '1 a' '2 c')" ]
	[ "$stderr" = "sread: 2 bad records written to dead" ]
	[ "$(cat dead)" = '{"file":"in","line":2,"reason":"the pattern does not match","payload":""}
{"file":"in","line":3,"reason":"the pattern does not match","payload":"x b"}' ]
	printf '1 \0\n' >in
	run --separate-stderr -1 sread -s 're:^(?<t>\d)' -T t in
	[ "${stderr_lines[0]}" = "sread: in: line 1: a NUL byte, which no stream can hold" ]
	printf '1 x\n' >in
	run --separate-stderr -1 sread -s 're:^(?<t>\d) (?<n>.*)' -f t,n:int -T t in
	[ "${stderr_lines[0]}" = 'sread: in: line 1: field n is not an int: "x"' ]
}

@test "re: a pattern that would take for ever is a bad record" {
	printf '1 %s!\n2 a\n' "$(printf 'a%.0s' $(seq 40))" >in
	run --separate-stderr -0 records -s 're:^(?<t>\d) (?<x>(a+)+)$' -T t -D dead in
	[ "$output" = "$(feed '#fields t x' '2 a')" ]
	grep -q '"reason":"the pattern: match limit exceeded"' dead ||
	    grep -q '"reason":"the pattern does not match"' dead
	# much to remember is no reason to crash
	printf '1 %s\n' "$(printf 'ab%.0s' $(seq 500000))" >in
	run --separate-stderr -0 records -s 're:^(?<t>\d) (?<x>(?:(a)(b)|c)*)$' -T t -D dead in
	[ "$status" = 0 ]
}

@test "re: patterns that are none" {
	run --separate-stderr -2 sread -s 're:(?<a>x' -T @now </dev/null
	[ "$stderr" = "sread: -s re: character 7: missing closing parenthesis: (?<a>x" ]
	run --separate-stderr -2 sread -s 're:(a) b' -T @now </dev/null
	[ "$stderr" = "sread: -s re: no group with a name, as (?<name>...), in the pattern: (a) b" ]
	run --separate-stderr -2 sread -s 're:(?<a>.)(?<b>.)' -f a,c -T @now </dev/null
	[ "$stderr" = "sread: -f: no group c in the pattern, there are: a b" ]
	run --separate-stderr -2 sread -s 're:(?<a>.)' -f x=2 -T @now </dev/null
	[ "$stderr" = "sread: -f: no group 2 in the pattern, there are: a" ]
	run --separate-stderr -2 sread -s re -T @now </dev/null
	[ "$stderr" = "sread: -s: re:PATTERN is wanted: re" ]
	run --separate-stderr -2 sread -s re: -T @now </dev/null
	[ "$stderr" = "sread: -s: re:PATTERN is wanted: re:" ]
	run --separate-stderr -2 sread -s combined:x -T time </dev/null
	[ "$stderr" = "sread: -s: nothing follows combined: combined:x" ]
	run --separate-stderr -2 sread -s 're:(?<a>.)' -H -T a </dev/null
	[ "$stderr" = "sread: -H: only csv and tsv have a header line" ]
}

@test "re: numbers without names" {
	printf '5 x\n' >in
	run --separate-stderr -0 records -s 're:(\d) (.)' -f 't=1,x=2' -T t in
	[ "$output" = "$(feed '#fields t x' '5 x')" ]
}

log() {
	cat <<-'E'
	127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"
	::1 - - [10/Oct/2000:20:55:37 +0000] "-" 408 - "-" "-"
	1.2.3.4 - a b [29/Feb/2024:23:59:59 +0530] "POST /a\"b?q=\\ HTTP/2.0" 404 0
	x - - [31/Dec/1999:00:00:00 +0000] "\x16\x03 \"" 400 226 "a	b" "say \"hi\""
	E
}

@test "combined: Apache's log, its columns and their types" {
	log >in
	run --separate-stderr -0 records -s combined -T time in
	[ "$stderr" = "" ]
	[ "$output" = "$(printf '%s\n' \
	    '#fields	time	host	ident	user	request	status:int	bytes:int	referer	agent' \
	    '971211336000	127.0.0.1	\N	frank	GET /apache_pb.gif HTTP/1.0	200	2326	http://www.example.com/start.html	Mozilla/4.08 [en] (Win98; I ;Nav)' \
	    '971211337000	::1	\N	\N	\N	408	\N	\N	\N' \
	    '1709231399000	1.2.3.4	\N	a b	POST /a\\"b?q=\\\\ HTTP/2.0	404	0	\N	\N' \
	    '946598400000	x	\N	\N	\\x16\\x03 \\"	400	226	a\tb	say \\"hi\\"')" ]
}

@test "combined: the request in parts, the time as a column of any type" {
	log >in
	run --separate-stderr -0 records -s combined -T time -f 'time,method,path,proto=protocol,s=status' in
	[ "$output" = "$(printf '%s\n' '#fields	time	method	path	proto	s' \
	    '971211336000	GET	/apache_pb.gif	HTTP/1.0	200' \
	    '971211337000	\N	\N	\N	408' \
	    '1709231399000	POST	/a\\"b?q=\\\\	HTTP/2.0	404' \
	    '946598400000	\N	\N	\N	400')" ]
	run --separate-stderr -0 sh -c 'sread -s combined -T @now -f a=time,b:time=time in | grep ^[0-9] | cut -f 2,3'
	[ "${lines[0]}" = "2000-10-10T13:55:36-07:00	971211336000" ]
	[ "${lines[2]}" = "2024-02-29T23:59:59+05:30	1709231399000" ]
}

@test "combined: lines that are none" {
	for line in '' 'x' '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1 "a"' \
	    '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0 200 1' \
	    '1.2.3.4 - - [10/Okt/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1' \
	    '1.2.3.4 - - [10/Oct/2000:13:55:36] "GET / HTTP/1.0" 200 1'; do
		printf '%s\n' "$line" >in
		run --separate-stderr -1 sread -s combined -T time in
		[ "${stderr_lines[0]}" = "sread: in: line 1: not a line of the combined log format" ]
	done
	printf '%s\n' '1.2.3.4 - - [31/Feb/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1' >in
	run --separate-stderr -1 sread -s combined -T time in
	[ "${stderr_lines[0]}" = 'sread: in: line 1: field time is not a time: "2000-02-31T13:55:36-07:00"' ]
}

@test "re: groups of one name are one column, that which took part" {
	printf '%s\n' '1 A 5 x' '2 B 6' '3 C' >in
	p='re:(?J)^(?<t>\d) (?:A (?<n>\d) (?<o>.)|B (?<n>\d)|C)'
	run --separate-stderr -0 records -s "$p" -T t in
	is '#fields t n o' '1 5 x' '2 6 \N' '3 \N \N'
	run --separate-stderr -0 records -s "$p" -T t -f t,a=2,b=4,n:int in
	is '#fields t a b n:int' '1 5 \N 5' '2 \N 6 6' '3 \N \N \N'
	run --separate-stderr -2 sread -s "$p" -T t -f t,x=5 in
	[ "$stderr" = "sread: -f: no group 5 in the pattern, there are: t n o" ]
}

@test "combined: against a reading of another hand, over random lines" {
	seed=$RANDOM
	echo "seed $seed"
	python3 - $seed >in 2>want <<'E'
import random, sys, datetime
r = random.Random(int(sys.argv[1]))
def text(chars, n=12): return ''.join(r.choice(chars) for _ in range(r.randint(1, n)))
def quoted():
    s = ''.join(r.choice(['a', 'Z', '/', ' ', '\\"', '\\\\', '\\x01', '[', ']', '-', '"'.replace('"', '\\"'), 'é']) for _ in range(r.randint(0, 20)))
    return s
def esc(s): return s.replace('\\', '\\\\') if s != '-' else '\\N'
for i in range(3000):
    zone = r.choice([0, 60, -420, 330, 845, -30])
    t = datetime.datetime.fromtimestamp(r.randint(0, 4 * 10**9), datetime.timezone(datetime.timedelta(minutes=zone)))
    host, user = text('0123456789abcdef.:'), r.choice(['-', text('abc'), 'a b'])
    req, ref, agent = r.choice(['-', quoted(), 'GET /' + text('ab%?=&') + ' HTTP/1.1']), r.choice(['-', quoted()]), quoted()
    status, size = r.randint(100, 599), r.choice(['-', str(r.randint(0, 10**12))])
    print(f'{host} - {user} [{t:%d/%b/%Y:%H:%M:%S %z}] "{req}" {status} {size} "{ref}" "{agent}"')
    print(int(t.timestamp() * 1000), host if host != '-' else '\\N', '\\N', esc(user), esc(req), status, esc(size), esc(ref), esc(agent), sep='\t', file=sys.stderr)
E
	sread -s combined -T time in | grep -v '^#' >got
	diff want got
	[ "$(wc -l <got)" = 3000 ]
}

"""The bench's tasks over files, as data.

A command reads $IN, which gen has made, and writes standard output, or $OUT.
What it writes, by way of `normal`, is the same for all of a task, except of a
floor, a program that does less.  `slow` peers get so many times less of it;
`needs` is what peers-up keeps; `ours` are programs of this checkout.  `cpu` and `wall` are the ratios of weir to the
peer that weir must not exceed; `more` are those it would like to reach.

A peer that is a program is used when it is on PATH, under the first word of its
name; make bench-deps installs all but tsv-filter, which eBay's tsv-utils has:
its makefile builds it, with LTO only where the D compiler's libraries are made for it.
"""
import collections

Peer = collections.namedtuple(
    "Peer", "name command form normal needs slow floor ours cpu wall more_cpu more_wall",
    defaults=(None, None, None, 1, False, False, None, None, None, None))
Task = collections.namedtuple(
    "Task", "name what form weir normal peers share", defaults=(1,))

ROWS = 'sed /^#/d "$OUT"'               # a stream's records
ALL = 'cat "$OUT"'
SORTED = 'sort "$OUT"'
# The engines write directories.
ENGINES = ("flink", "spark")
PARTS = 'cat "$OUT"/* | sort'

FIELDS = "-T ts -f ts:int,key,v:int -w 1s"
JOB = "sfilter 'v > 10' | swindow 5m | saggregate -k key sum:v count"
RESULT = "swrite -f key,window_start,sum_v,count"
AWK_JOB = ("'$3 > 10 { k = sprintf(\"%s,%.0f\", $2, $1 - $1 % 300000); s[k] += $3; n[k]++ } "
           "END { for (k in n) print k \",\" s[k] \",\" n[k] }' \"$IN\"")


def engine(name, words, cpu):
    return Peer(name, f'engine {name} {words} "$IN" "$OUT"', None, PARTS, name, cpu=cpu)


def python(name, task, form=None, normal=None, **limits):
    return Peer(name, f'"$PEERS" "$HERE/peers.py" {name} {task}', form, normal, "python", **limits)


SFILTER = Task(
    "sfilter", "keep the records with v > 10", "stream",
    "sfilter 'v > 10' <\"$IN\"", ROWS, [
        Peer("wc -l", 'wc -l <"$IN"', floor=True, cpu=5, more_cpu=3.5),
        Peer("tsv-filter", 'tsv-filter --gt 3:10 "$IN"', "tsv", ALL, cpu=0.3),
        Peer("mawk", "mawk -F'\\t' '$3 > 10' \"$IN\"", "tsv", ALL, cpu=0.1),
        Peer("gawk", "gawk -F'\\t' '$3 > 10' \"$IN\"", "tsv", ALL),
        python("polars", "filter", "tsv", ALL),
        python("duckdb", "filter", "tsv", ALL),
        Peer("mlr", "mlr --tsv --implicit-tsv-header --headerless-tsv-output filter '$3 > 10' \"$IN\"",
             "tsv", ALL, slow=10),
    ])

SMAP = Task(
    "smap", "add a column, w=v*2", "stream",
    "smap 'w=v*2' <\"$IN\"", ROWS, [
        Peer("mawk", "mawk 'BEGIN { FS = OFS = \"\\t\" } { print $0, $3 * 2 }' \"$IN\"", "tsv", ALL, cpu=0.12),
        Peer("gawk", "gawk 'BEGIN { FS = OFS = \"\\t\" } { print $0, $3 * 2 }' \"$IN\"", "tsv", ALL),
    ])

SREAD = f'sread {FIELDS} "$IN"'

CSV = Task(
    "csv", "CSV to a stream, no quotes", "csv", SREAD, ROWS, [
        Peer("libcsv", 'csvtsv <"$IN"', normal=ALL, ours=True, cpu=0.25),
        python("duckdb", "csv", normal=ALL),
    ])

QUOTED = Task(
    "csv-quoted", "CSV to a stream, one row in 8 quoted", "csvq", SREAD, ROWS, [
        Peer("libcsv", 'csvtsv <"$IN"', normal=ALL, ours=True, cpu=0.33),
        python("duckdb", "csv", normal=ALL),
    ])

JSON = Task(
    "json", "JSON to a stream, 3 of 8 fields", "json",
    'sread -s json -T ts -f ts:int,user,n:int -w 1s "$IN"', ROWS, [
        python("duckdb", "json", normal=ALL, cpu=0.5, more_cpu=0.2),
        Peer("jq", "jq -r '[.ts, .user, .n] | @tsv' \"$IN\"", normal=ALL, slow=5, cpu=0.06),
        Peer("mlr", "mlr --ijsonl --otsv --headerless-tsv-output cut -of ts,user,n \"$IN\"", normal=ALL, slow=5),
    ], share=0.2)

CHAIN = Task(
    "job", "CSV, v > 10, sum and count per (5 min, key), in one process", "csv",
    f"schain \"sread {FIELDS} '$IN' | {JOB} | {RESULT}\"", SORTED, [
        python("duckdb", "job", cpu=0.35, more_cpu=0.25),
        python("polars", "job", cpu=0.5),
        engine("flink", "file", 0.04),
        engine("spark", "", 0.025),
        Peer("mawk", "mawk -F, " + AWK_JOB, slow=10),
        Peer("gawk", "gawk -F, " + AWK_JOB, slow=10),
        Peer("datamash", "awk -F, '$3 > 10 { print $2 \",\" $1 - $1 % 300000 \",\" $3 }' OFMT=%.0f CONVFMT=%.0f \"$IN\" |"
             " datamash -t, -s -g 1,2 sum 3 count 3", slow=10),
    ])

PIPE = Task(
    "pipe", "the same as a pipe of four", "csv",
    f'{SREAD} | {JOB}', ROWS + ' | cut -f 2,3,5,6 | tr "\\t" , | sort', [
        python("polars", "job", normal=SORTED, wall=1, more_wall=0.6),
        python("duckdb", "job", normal=SORTED, cpu=0.8),
    ])

SLIDING = Task(
    "sliding", "swindow 1h 1m against swindow 1m: sum, count, min, max, avg per key", "-k 100 -t 100 stream",
    "swindow 1h 1m <\"$IN\" | saggregate -k key sum:v count min:v max:v avg:v", None, [
        Peer("swindow 1m", "swindow 1m <\"$IN\" | saggregate -k key sum:v count min:v max:v avg:v",
             floor=True, ours=True, cpu=2),
    ], share=0.2)

TASKS = [SFILTER, SMAP, CSV, QUOTED, JSON, CHAIN, PIPE, SLIDING]

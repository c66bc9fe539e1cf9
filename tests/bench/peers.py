"""peers.py ENGINE TASK - a task of the bench in duckdb or polars: $IN to $OUT."""
import os
import sys

SOURCE, SINK = os.environ["IN"], os.environ["OUT"]

DUCKDB = {
    "filter": "COPY (SELECT * FROM read_csv($src, delim='\t', header=false, columns="
              "{ts: 'BIGINT', key: 'VARCHAR', v: 'BIGINT'}) WHERE v > 10) "
              "TO $dst (FORMAT csv, DELIMITER '\t', HEADER false)",
    "csv": "COPY (SELECT * FROM read_csv($src, header=false, quote='\"', escape='\"', columns="
           "{ts: 'BIGINT', key: 'VARCHAR', v: 'BIGINT'})) "
           "TO $dst (FORMAT csv, DELIMITER '\t', HEADER false, QUOTE '')",
    "json": "COPY (SELECT ts, \"user\", n FROM read_json($src, format='newline_delimited', "
            "columns={ts: 'BIGINT', user: 'VARCHAR', n: 'BIGINT'})) "
            "TO $dst (FORMAT csv, DELIMITER '\t', HEADER false)",
    "job": "COPY (SELECT key, ts // 300000 * 300000, sum(v), count(*) "
           "FROM read_csv($src, header=false, columns="
           "{ts: 'BIGINT', key: 'VARCHAR', v: 'BIGINT'}) WHERE v > 10 GROUP BY ALL) "
           "TO $dst (FORMAT csv, HEADER false)",
}


def duckdb(task):
    import duckdb as d
    quote = "'{}'".format
    d.sql(DUCKDB[task].replace("$src", quote(SOURCE)).replace("$dst", quote(SINK)))


def polars(task):
    import polars as pl
    schema = {"ts": pl.Int64, "key": pl.String, "v": pl.Int64}
    scan = pl.scan_csv(SOURCE, has_header=False, schema=schema,
                       separator="\t" if task == "filter" else ",")
    if task == "filter":
        scan.filter(pl.col("v") > 10).sink_csv(SINK, include_header=False, separator="\t")
    elif task == "job":
        scan.filter(pl.col("v") > 10).group_by(
            "key", pl.col("ts") // 300000 * 300000).agg(
            pl.col("v").sum(), pl.len()).sink_csv(SINK, include_header=False)


{"duckdb": duckdb, "polars": polars}[sys.argv[1]](sys.argv[2])

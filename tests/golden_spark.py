"""Golden cases of Spark Structured Streaming: batch by batch."""
import csv
import os
import re

from golden_batches import (Case, by_time, by_window, by_window_at_once,
                            merged, plain, sided)
from golden_console import compare_console
from golden_lib import (NUMERIC, Fail, Stream, Table, line, mark, ms,
                        number_type, pipeline, span_ms)
from golden_sql import aggregates, expression

HOW = {'inner': 'inner', 'left': 'left', 'left_outer': 'left',
       'right': 'right', 'right_outer': 'right', 'full_outer': 'full',
       'left_semi': 'semi', 'left_anti': 'anti'}
STATEFUL = ('saggregate', 'ssort', 'sdedup', 'sjoin')


# --- the output -----------------------------------------------------------

def epochs(case, stages, texts):
    """The rows of each epoch, through however many runs; and the types."""
    if len(texts) > 1:
        stages = [with_state(stage, i) for i, stage in enumerate(stages)]
    out, types = [], {}
    for text in texts:
        got = Stream(pipeline(stages, text, case.scratch)[0], 'output')
        done, left = got.epochs()
        if left:
            raise Fail(f'rows behind the last barrier: {left}')
        out += done
        types = got.types
    return out, types


def with_state(stage, i):
    state = ['-S', f'state-{i}'] if stage[0] in STATEFUL else []
    return stage[:1] + state + stage[1:]


def compare(case, got, types, change=None, aggs=None, order=None):
    """Batch by batch.  change(row) gives the row Spark's columns; order says
    which rows follow one another, if that is known."""
    if len(got) != len(case.batches):
        raise Fail(f'{len(got)} epochs, not {len(case.batches)}')
    columns = case.spec['columns']
    numeric = [c for c in columns if c.endswith('_ms')
               or types.get(c) in NUMERIC or types.get(c[2:]) in NUMERIC]
    table = Table(columns, numeric, aggs and aggs.within)
    before, faults = [], []
    for batch, rows in zip(case.batches, got):
        where, wanted = f'batch {batch.number}', case.expected(batch)
        wanted = [aggs.expect(r) for r in wanted] if aggs else wanted
        rows = [change(dict(r)) if change else r for r in rows]
        if case.spec['output_mode'] == 'complete':
            rows = before = rows or before
        try:
            table.differ(where, wanted, rows)
            if order:
                table.differ_in_order(where, order(wanted), order(rows))
        except Fail as fault:
            faults.append(str(fault))
    if faults:
        raise Fail('\n'.join(faults))


def window_columns(row):
    row['window_start_ms'] = row.pop('window_start')
    row['window_end_ms'] = row.pop('window_end')
    return row


# --- aggregates -----------------------------------------------------------

def swindow(size, slide=None, offset=None):
    return ['swindow'] + (['-o', ms(span_ms(offset))] if offset else []) \
        + [ms(span_ms(size))] + ([ms(span_ms(slide))] if slide else [])


def windows(p):
    if 'gap' in p:
        return [['swindow', '-g', ms(span_ms(p['gap']))]]
    if 'window' not in p:
        return []
    return [swindow(p['window'], None if p.get('slide') == p['window']
                    else p.get('slide'), p.get('offset'))]


def filters(p):
    return [['sfilter', expression(p[f])]
            for f in ('filter', 'filter_after_watermark') if p.get(f)]


def sorting(p):
    """ssort, and how to compare what it leaves open."""
    by = p.get('order_by')
    if not by:
        return [], None
    if isinstance(by, str):
        way = ':desc' if by == 'desc(window)' else ''
        return [['ssort', 'window_start' + way]], by_window_cells
    return [['ssort'] + [c + {'desc': ':desc', 'asc': ''}[way]
                         for c, way in by]], lambda rows: rows


def by_window_cells(rows):
    """Rows of one window have no order among them."""
    out, i = [], 0
    while i < len(rows):
        j = i
        while j < len(rows) and rows[j]['window_start_ms'] == \
                rows[i]['window_start_ms']:
            j += 1
        out += sorted(rows[i:j], key=lambda r: sorted(map(str, r.values())))
        i = j
    return out


def rule_of(case):
    legacy = case.conf.get('spark.sql.streaming.statefulOperator.allowMultiple')
    return by_window_at_once if legacy == 'false' else by_window


def key_options(p):
    return ['-k', ','.join(p['keys'])] if p.get('keys') else []


def group_agg(case, texts=None):
    p = case.params
    aggs = aggregates(p['aggs'], case.type)
    mode = case.spec['output_mode']
    sort, order = sorting(p)
    query = filters(p) + aggs.before + windows(p) \
        + [['saggregate', *key_options(p), '-m', mode, *aggs.specs]] \
        + aggs.after + sort
    texts = texts or plain(case, rule_of(case),
                           ['n:int'] if aggs.numbered else [])
    if os.path.exists(os.path.join(case.directory, 'error.txt')):
        return must_fail(case, query, texts)
    got, types = epochs(case, query, texts)

    def change(row):
        if 'window_start' in row:
            window_columns(row)
        return aggs.finish(row)

    compare(case, got, types, change, aggs, order)
    if case.spec.get('console'):
        compare_console(case, query, texts[0])


def must_fail(case, query, texts):
    """Spark's query failed; so must the pipeline, for good and saying why."""
    with open(os.path.join(case.directory, 'error.txt'), encoding='utf-8') as f:
        if 'OVERFLOW' not in f.read():
            raise Fail('the driver knows no such failure')
    said = pipeline(query, texts[0], case.scratch, status=1)[1]
    if 'leaves the range' not in said:
        raise Fail(f'it fails with another message: {said}')


def chained_window(case):
    p = case.params
    aggs = aggregates(p['aggs'], case.type)
    keys = key_options(p)
    got, types = epochs(case, [swindow(p['window']),
                               ['saggregate', *keys, 's=sum:value'],
                               swindow(p['window2']),
                               ['saggregate', *keys, *aggs.specs]], plain(case))
    compare(case, got, types, window_columns)


def sql_union_watermark(case):
    group_agg(case, [merged(case)])


# --- joins, duplicates, no state ------------------------------------------

def time_column(row):
    row['ts_ms'] = row.pop('ts')
    return row


def dedup(case):
    p = case.params
    horizon = []
    if p.get('within_watermark'):
        horizon = ['-W', ms(span_ms(p['watermark']))]
    elif 'ts' in p['cols'] and case.clocked:
        horizon = ['-W', '0']
    got, types = epochs(case, [['sdedup', *horizon, *p['cols']]],
                        plain(case, by_time))
    compare(case, got, types, time_column)


def join_static(case):
    names = [c for c in case.spec['columns']
             if c not in ('ts_ms', 'key', 'value')]
    with open(os.path.join(case.directory, 'static.csv'), encoding='utf-8',
              newline='') as f:
        body = f.read()
    cells = list(zip(*csv.reader(body.splitlines())))[1:]
    kinds = [number_type(c or None for c in column) if re.search(
        r'\d', ''.join(column)) else 'str' for column in cells]
    with open(os.path.join(case.scratch, 'static.csv'), 'w',
              encoding='utf-8') as f:
        f.write(','.join(['key'] + [f'{n}:{k}' for n, k in zip(names, kinds)])
                + '\n' + body)
    got, types = epochs(case, [['sjoin', '-k', 'key', '-j',
                                HOW[case.params['how']], '-t', 'static.csv']],
                        plain(case))
    compare(case, got, types, time_column)


BOUND = re.compile(r'r\.ts\s*(<=|>=|<|>|=)\s*l\.ts'
                   r"(?:\s*([+-])\s*INTERVAL\s+'?(\d+)'?\s+(\w+))?", re.I)


def bounds(condition):
    """LOWER and UPPER of sjoin -r for a condition on r.ts and l.ts."""
    lower = upper = None
    for op, sign, n, unit in BOUND.findall(condition):
        off = span_ms(f'{n} {unit}') * (-1 if sign == '-' else 1) if n else 0
        if op in ('>', '>=', '='):
            lower = off + (op == '>')
        if op in ('<', '<=', '='):
            upper = off - (op == '<')
    if lower is None or upper is None:
        raise Fail(f'the driver finds no range in {condition}')
    return lower, upper


def join_stream(case):
    p = case.params
    lower, upper = bounds(p['condition'])
    join = [['sjoin', '-a', 'side', '-k', 'key', '-j', HOW[p['how']],
             '-r', f'{ms(lower)},{ms(upper)}']]
    texts = sided(case, by_time)
    if 'then_window' in p:
        return join_then_window(case, join, texts, upper)
    got, types = epochs(case, join, texts)

    def change(row):
        for side, value in (('l', 'value'), ('r', 'right_value')):
            time = row.get({'l': 'left_time', 'r': 'right_time'}[side])
            row[f'{side}_ts_ms'] = time
            row[f'{side}_key'] = row['key'] if time is not None else None
            row[f'{side}_value'] = row.get(value)
        return row

    compare(case, got, types, change)


def join_then_window(case, join, texts, upper):
    """Windows by the left time: Spark's watermark there is the bound of what
    the join keeps, W - UPPER - 1, and T = W + 1."""
    out, _ = pipeline(join, texts[0], case.scratch)
    behind = max(upper, 0) + 2
    text, count = [], 0
    for word, value in Stream(out, 'output of the join').lines:
        if word == 'row':
            text.append(line(value['left_time'], value['key'],
                             value['right_value']))
        elif word == 'watermark':
            text.append(mark(word, int(value[0]) - behind))
        elif word != 'fields':
            text.append(mark(word, *value))
    got, types = epochs(case, [
        swindow(case.params['then_window']),
        ['saggregate', '-k', 'key', 'count', 'sum=sum:value']],
        [mark('fields', 'ts', 'key', f'value:{case.type}') + ''.join(text)])
    compare(case, got, types, window_columns)


def stateless(case):
    """select EXPR AS NAME, ... where FILTER"""
    p, made, kept = case.params, [], []
    for item in p['select']:
        sql, _, name = item.rpartition(' AS ')
        if sql:
            made.append(f'{name}={expression(sql)}')
        if name != 'ts_ms':
            kept.append(name)
    stages = filters(p) + [['smap', '-p', ','.join(kept), *made]]
    got, types = epochs(case, stages, plain(case))
    compare(case, got, types, time_column)


OPERATORS = {'window_agg': group_agg, 'session_agg': group_agg,
             'group_agg': group_agg, 'chained_window': chained_window,
             'sql_union_watermark': sql_union_watermark, 'dedup': dedup,
             'join_static': join_static, 'join_stream': join_stream,
             'stateless': stateless}


def check(directory, spec, scratch):
    operator = OPERATORS.get(spec['operator'])
    if operator is None:
        raise Fail(f"the driver knows no operator {spec['operator']}")
    operator(Case(directory, spec, scratch))

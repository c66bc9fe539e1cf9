"""Golden cases of Spark Structured Streaming: batch by batch, each ended by a
barrier, the watermarks those that Spark itself wrote down.

In batch n Spark judges lateness by the watermark of batch n - 1 and closes by
its own, so records stand between the two."""
import csv
import os
import re
from decimal import ROUND_HALF_UP, Decimal

from golden_lib import (NUMERIC, Fail, Merge, Stream, Table, json_cells, line,
                        mark, ms, number_type, pipeline, read_csv, span_ms)
from golden_sql import aggregates, expression

TYPES = {'bigint': 'int', 'int': 'int', 'smallint': 'int', 'double': 'float',
         'float': 'float', 'string': 'str', 'boolean': 'bool'}
HOW = {'inner': 'inner', 'left': 'left', 'left_outer': 'left',
       'right': 'right', 'right_outer': 'right', 'full_outer': 'full',
       'left_semi': 'semi', 'left_anti': 'anti'}
STATEFUL = ('saggregate', 'ssort', 'sdedup', 'sjoin')


# --- the input ------------------------------------------------------------

class Batch:
    def __init__(self, number, watermark, rows):
        self.number, self.watermark, self.rows = number, watermark, rows


class Case:
    def __init__(self, directory, spec, scratch):
        self.directory, self.spec, self.scratch = directory, spec, scratch
        self.params = spec['params']
        self.conf = spec.get('spark_conf', {})
        self.type = weir_type(spec['value_type'])
        self.clocked = self.params.get('watermark') is not None
        self.batches, self.kinds = self.read_batches()

    def read_batches(self):
        made = read_csv(self.directory, 'batches_map.csv')
        if not made:            # a query that failed: all that it was given
            made = [{'batch_id': str(n), 'kind': 'data', 'watermark_ms': None,
                     'files': f'batches/{f}'} for n, f in enumerate(sorted(
                         os.listdir(os.path.join(self.directory, 'batches'))))]
        batches = [Batch(int(b['batch_id']),
                         int(b['watermark_ms'] or 0) if self.clocked else None,
                         [row for f in (b['files'] or '').split()
                          for row in self.records(f)]) for b in made]
        return batches, [b['kind'] for b in made]

    def records(self, file):
        """(side, [time, key, value]); one without a time is no record."""
        side = 'R' if file.startswith('batches_right') else 'L'
        with open(os.path.join(self.directory, file), encoding='utf-8',
                  newline='') as f:
            for cells in csv.reader(f):
                cells = [c if c != '' else None for c in cells]
                if cells and cells[0] is not None:
                    yield side, cells[:2] + [self.value(c) for c in cells[2:]]

    def value(self, text):
        """As the reader of its type leaves it: spelt as weir spells it."""
        kind = self.spec['value_type']
        if text is not None and kind.startswith('decimal'):
            return decimal(text, kind)
        if text is not None and self.type == 'float':
            return re.sub(r'Inf$', 'Infinity', text)
        return text

    def expected(self, batch):
        return read_csv(self.directory, 'expected', f'{batch.number:03d}.csv')


def weir_type(spark):
    return 'float' if spark.startswith('decimal') else TYPES[spark]


def decimal(text, kind):
    precision, scale = map(int, re.findall(r'\d+', kind))
    value = Decimal(text).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    return str(value) if len(value.as_tuple().digits) <= precision else None


class Clock:
    """Writes watermarks that never go back."""

    def __init__(self, text):
        self.text, self.now = text, None

    def to(self, t):
        if t is not None and (self.now is None or t > self.now):
            self.now = t
            self.text.append(mark('watermark', t))


def by_window(clock, before, batch, records):
    """Late and complete by window end <= W."""
    clock.to(before)
    clock.text += records
    clock.to(batch.watermark)


def by_window_at_once(clock, before, batch, records):
    """Before Spark 3.4: late by this batch's watermark, not the last one's."""
    clock.to(batch.watermark)
    clock.text += records


def by_time(clock, before, batch, records):
    """Late and forgotten by time <= W: T = W + 1."""
    clock.to(plus_one(before))
    clock.text += records
    clock.to(plus_one(batch.watermark))


def by_pair(clock, before, batch, records):
    """Late by time <= W, but a row leaves the join when its range ends < W:
    T is W, and goes on to W + 1 where a record's time is W."""
    if any(int(r.split('\t', 1)[0]) == before for r in records):
        clock.to(plus_one(before))
    clock.text += records
    clock.to(batch.watermark)


def plus_one(watermark):
    return None if watermark is None else watermark + 1


def runs(case, heading, record, rule):
    """The input as one stream; as one per start where Spark was restarted."""
    texts, text, run = [], [mark('fields', *heading)], 1
    clock, before = Clock(text), 0 if case.clocked else None
    for i, (batch, kind) in enumerate(zip(case.batches, case.kinds)):
        if i and kind == 'data' and case.spec['trigger'] == 'restart_each':
            texts.append(''.join(text) + mark('stop'))
            clock.text = text = [mark('restore', f'{batch.number - 1}.{run}'),
                                 mark('fields', *heading)]
            run += 1
        rule(clock, before, batch, [record(*r) for r in batch.rows])
        text.append(mark('barrier', f'{batch.number}.{run}'))
        before = batch.watermark
    return texts + [''.join(text) + mark('stop')]


def plain(case, rule=by_window, extra=()):
    """`extra`: a column that numbers the records, where a case asks for it."""
    count = iter(range(1 << 62))
    return runs(case, ['ts', 'key', f'value:{case.type}', *extra],
                lambda _, r: line(*r, *[next(count) for _ in extra]), rule)


def sided(case, rule):
    return runs(case, ['ts', 'side', 'key', f'value:{case.type}'],
                lambda side, r: line(r[0], side, *r[1:]), rule)


def merged(case):
    """Two inputs, each with its own watermark, through smerge."""
    if case.conf.get('spark.sql.streaming.multipleWatermarkPolicy') == 'max':
        raise Fail('smerge has no policy max: its watermark is the smallest')
    delay = {'L': span_ms(case.params['watermark']),
             'R': span_ms(case.params['watermark_right'])}
    tops, due = {'L': [], 'R': []}, {'L': 0, 'R': 0}
    merge = Merge(case.scratch,
                  mark('fields', 'ts', 'key', f'value:{case.type}'))
    try:
        for side in 'LR':
            merge.feed(side, mark('watermark', 0))
        for batch in case.batches:
            if batch.watermark != min(due.values()):
                raise Fail(f'batch {batch.number}: Spark has watermark '
                           f'{batch.watermark}, the rule {min(due.values())}')
            for side in 'LR':
                rows = [r for s, r in batch.rows if s == side]
                merge.feed(side, ''.join(line(*r) for r in rows))
                tops[side] += [int(r[0]) - delay[side] for r in rows]
            for side in 'LR':
                merge.feed(side, mark('watermark', due[side]))
            for side in 'LR':
                merge.send(side, mark('barrier', f'{batch.number}.1'))
            due = {s: max([due[s]] + tops[s]) for s in 'LR'}
        return merge.finish(L=mark('stop'), R=mark('stop'))
    finally:
        merge.close()


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


def compare(case, got, types, change=None, within=None, order=None):
    """Batch by batch.  change(row) gives the row Spark's columns; order says
    which rows follow one another, if that is known."""
    if len(got) != len(case.batches):
        raise Fail(f'{len(got)} epochs, not {len(case.batches)}')
    columns = case.spec['columns']
    numeric = [c for c in columns if c.endswith('_ms')
               or types.get(c) in NUMERIC or types.get(c[2:]) in NUMERIC]
    table, before, faults = Table(columns, numeric, within), [], []
    for batch, rows in zip(case.batches, got):
        where, wanted = f'batch {batch.number}', case.expected(batch)
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

    case_lists(case, aggs)
    compare(case, got, types, change, aggs.within, order)
    if case.spec.get('console'):
        compare_console(case, query, texts[0])


def case_lists(case, aggs):
    """Lists as text, written the same way on both sides."""
    read = case.expected

    def expected(batch):
        return [{c: json_cells(spark_list(v)) if c in aggs.lists else v
                 for c, v in row.items()} for row in read(batch)]
    if aggs.lists:
        case.expected = expected


def spark_list(text):
    return text if text is None or text.startswith('[') else f'[{text}]'


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
    texts = sided(case, by_pair)
    if 'then_window' in p:
        return join_then_window(case, join, texts, lower, upper)
    got, types = epochs(case, join, texts)

    def change(row):
        for side, value in (('l', 'value'), ('r', 'right_value')):
            time = row[{'l': 'left_time', 'r': 'right_time'}[side]]
            row[f'{side}_ts_ms'] = time
            row[f'{side}_key'] = row['key'] if time is not None else None
            row[f'{side}_value'] = row[value]
        return row

    compare(case, got, types, change)


def join_then_window(case, join, texts, lower, upper):
    """Windows by the left time: its watermark is behind the join's by as much
    as a left row may be older than T, and the millisecond of its bound."""
    out, _ = pipeline(join, texts[0], case.scratch)
    behind = max(upper, 0) + 1
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


# --- the console ----------------------------------------------------------

def tables(text):
    """[(header, [cells, ...], whether rows are left out)] of a console."""
    out = []
    for part in re.split(r'^-+\nBatch: \d+\n-+\n', text, flags=re.M)[1:]:
        rows = [l[1:-1].split('|') for l in part.splitlines()
                if l.startswith('|')]
        cells = [[c.strip() for c in r] for r in rows]
        out.append((cells[0], cells[1:], 'only showing top' in part))
    return out


def batch_numbers(text):
    return re.findall(r'^Batch: (\d+)$', text, re.M)


def one_window_cell(header, cells, width):
    """Spark shows a window as one cell, {start, end}."""
    row = dict(zip(header, cells))
    cell = f"{{{row.pop('window_start')}, {row.pop('window_end')}}}"
    if width and len(cell) > width:
        cell = cell[:width - 3] + '...'
    return {'window': cell, **row}


def compare_console(case, query, text):
    """The same tables; rows of one window as a set."""
    options = case.spec.get('console_options', {})
    width = 0 if options.get('truncate') == 'false' else 20
    show = ['sshow', '-w', str(width), '-n', options.get('numRows', '20')]
    got = pipeline(query + [show], text, case.scratch)[0]
    console = os.path.join(case.directory, 'console.txt')
    with open(console, encoding='utf-8') as f:
        wanted = f.read()
    if batch_numbers(got) != batch_numbers(wanted):
        raise Fail(f'console: tables {batch_numbers(got)}, '
                   f'not {batch_numbers(wanted)}')
    for n, (a, b) in enumerate(zip(tables(wanted), tables(got))):
        compare_shown(f'console, table {n}', a, b, width)


def compare_shown(where, wanted, got, width):
    if wanted[2] != got[2]:
        raise Fail(f"{where}: 'only showing top' on one side")
    header = wanted[0]
    rows = [dict(zip(header, r)) for r in wanted[1]]
    mine = [one_window_cell(got[0], r, width) for r in got[1]]
    Table(['window'], []).differ_in_order(where, rows, mine)
    if wanted[2]:                       # which rows of the last window: open
        cut = rows[-1]['window']
        rows = [r for r in rows if r['window'] != cut]
        mine = [r for r in mine if r['window'] != cut]
    Table(header, []).differ(where, rows, mine)


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

"""Golden cases of Apache Flink: event by event, a watermark after each.

Between the lines that an operator acts on stand lines `#golden`, which tools
forward in place like any control line that they do not know.  They split the
output into what one record and what one watermark caused."""
import math
import os
import re

from golden_lib import (Fail, Merge, Stream, Table, json_cells, line, mark, ms,
                        number, number_type, pipeline, read_csv, tool)

AGGS = ['count', 'sum=sum:value', 'min=min:value', 'max=max:value',
        'avg=avg:value']
AGGREGATES = ['count', 'sum', 'min', 'max', 'avg']
MIN = -1 << 62          # the watermark that says nothing


# --- the input ------------------------------------------------------------

class Case:
    def __init__(self, directory, spec, scratch):
        self.directory, self.scratch = directory, scratch
        self.params = spec['params']
        self.delay = self.params.get('delay_ms', 0)
        self.two = os.path.exists(os.path.join(directory, 'order.csv'))
        self.events = self.both() if self.two else \
            [('L', r) for r in self.csv('input.csv')]
        self.type = number_type(r['value'] for _, r in self.events if r)

    def csv(self, name):
        return read_csv(self.directory, name)

    def both(self):
        """(side, record) as they arrive; at an input's end without record."""
        sides = {'L': self.csv('left.csv'), 'R': self.csv('right.csv')}
        return [(o['side'], None if o['row'] == 'end'
                 else sides[o['side']][int(o['row'])])
                for o in self.csv('order.csv')]

    def numeric(self):
        return {'ts_ms', 'value', 'window_start', 'window_end', 'count', 'sum',
                'min', 'max', 'avg', 'seq'}


def watermarks(case):
    """Flink's watermark after each event, None for MIN; 'MAX' for an end."""
    now = {'L': None, 'R': None if case.two else 'MAX'}
    out = []
    for side, record in case.events:
        if record is None:
            now[side] = 'MAX'
        else:
            mine = int(record['ts_ms']) - case.delay - 1
            now[side] = mine if now[side] is None else max(now[side], mine)
        out.append(least(now.values()))
    return out


def least(marks):
    """The smallest watermark: MIN is None and MAX is 'MAX'."""
    marks = list(marks)
    if None in marks:
        return None
    return min((m for m in marks if m != 'MAX'), default='MAX')


def side_watermark(case, side, at):
    """That of one side after event `at`."""
    return max(int(r['ts_ms']) - case.delay - 1
               for s, r in case.events[:at + 1] if s == side and r)


def stream(case, heading, record, plus):
    """The whole input as one stream; T = watermark + plus."""
    text, before = [mark('fields', *heading)], None
    for i, ((side, r), wm) in enumerate(zip(case.events, watermarks(case))):
        if r is not None:
            text.append(record(side, r))
        text.append(mark('golden', 'record', i))
        if wm not in (before, 'MAX'):   # Flink sends none that does not advance
            text.append(mark('watermark', wm + plus))
            before = wm
        text.append(mark('golden', 'watermark', i))
    text.append(mark('end'))
    return ''.join(text)


def plain(case):
    return stream(case, ['ts', 'key', f'value:{case.type}'],
                  lambda _, r: line(r['ts_ms'], r['key'], r['value']), 1)


def sided(case, plus):
    """Both inputs in one stream, with a field that says which."""
    return stream(case, ['time', 'side', 'key', 'ts:int', f'value:{case.type}'],
                  lambda side, r: line(r['ts_ms'], side, r['key'], r['ts_ms'],
                                       r['value']), plus)


def merged(case, *options):
    """Both inputs through smerge, in the order of arrival."""
    merge = Merge(case.scratch,
                  mark('fields', 'ts', 'key', f'value:{case.type}'),
                  mark('watermark', MIN), *options)
    marks = watermarks(case)
    try:
        for i, (side, r) in enumerate(case.events):
            if r is None:
                merge.end(side, mark('end'))
                if marks[i] not in (None, 'MAX', marks[i - 1] if i else None):
                    merge.until(mark('watermark', marks[i] + 1).encode())
                continue
            merge.feed(side, line(r['ts_ms'], r['key'], r['value'])
                       + mark('golden', 'record', i)
                       + mark('watermark', side_watermark(case, side, i) + 1)
                       + mark('golden', 'watermark', i))
        return merge.finish(mark('end'))
    finally:
        merge.close()


# --- the output -----------------------------------------------------------

def steps(case, out):
    """(what Flink's watermark was, rows) for each record and each watermark
    that caused rows, in order."""
    marks = watermarks(case)
    found, rows = [], []
    for word, value in out.lines:
        if word == 'row':
            rows.append(value)
        elif word == 'golden' and rows:
            i = int(value[1]) - (value[0] == 'record')
            found.append((marks[i] if i >= 0 else None, rows))
            rows = []
    return found + ([('MAX', rows)] if rows else [])


def compare_steps(table, case, out, wanted):
    """Rows of one step as a set, the steps in order."""
    found, at = steps(case, out), 0
    table.differ('all rows', wanted, [r for _, rows in found for r in rows])
    for wm, rows in found:
        part = wanted[at:at + len(rows)]
        at += len(rows)
        table.differ(f'at watermark {wm}', part, rows)
        for row in part:
            if 'wm' in row and row['wm'] != str(wm):
                raise Fail(f"fired at watermark {wm}, not {row['wm']}: "
                           f'{table.row(row)}')


def compare_late(case, columns=('ts_ms', 'key', 'value'), rename=None):
    """The late output, in order of arrival."""
    with open(os.path.join(case.scratch, 'late'), encoding='utf-8') as f:
        out = Stream(f.read(), 'late output')
    if not out.lines or out.lines[-1][0] != 'end':
        raise Fail('the late output does not end with #end')
    got = [renamed(r, rename or {out.columns[0]: 'ts_ms'}) for r in out.rows()]
    Table(columns, ['ts_ms', 'value']).differ_in_order(
        'late output', case.csv('late.csv'), got)


def nothing_late(case):
    """Of an operator that takes records whenever they come."""
    if case.csv('late.csv'):
        raise Fail('the case has late records, the operator knows none')


def renamed(row, names):
    return {names.get(n, n): v for n, v in row.items()}


def rename(out, names):
    out.lines = [(word, renamed(value, names) if word == 'row' else value)
                 for word, value in out.lines]


def filtered(case, stages, text):
    out, _ = pipeline(stages, text, case.scratch)
    return Stream(out, 'output')


# --- windows --------------------------------------------------------------

def swindow(p):
    kind = p.get('window', 'tumbling')
    if kind == 'session':
        return ['swindow', '-g', ms(p['gap_ms'])]
    if kind.startswith('count'):
        slide = [str(p['slide_count'])] if 'slide_count' in p else []
        return ['swindow', '-r', str(p['count'])] + slide
    slide = [ms(p['slide_ms'])] if 'slide_ms' in p else []
    offset = ['-o', ms(p['offset_ms'])] if p.get('offset_ms') else []
    return ['swindow'] + offset + [ms(p['size_ms'])] + slide


def window(case, text=None):
    p = case.params
    counting = p['window'].startswith('count')
    late = [] if counting else ['-L', 'late']
    if p.get('allowed_lateness_ms'):
        late += ['-l', ms(p['allowed_lateness_ms'])]
    stages = [swindow(p), ['saggregate', '-k', 'key', *late, *AGGS]]
    out = filtered(case, stages, text or plain(case))
    columns = ([] if counting else ['window_start', 'window_end']) + ['key']
    table = Table(columns + AGGREGATES, case.numeric())
    compare_steps(table, case, out, case.csv('expected.csv'))
    if counting:
        nothing_late(case)
    else:
        compare_late(case)


def union_window(case):
    window(case, merged(case))


def connect_watermark_trace(case):
    """The watermark that stands before each record of the merged stream."""
    out = Stream(merged(case, '-a', 'side'), 'output')
    got, now = [], 'MIN'
    for word, value in out.lines:
        if word == 'watermark' and value[0] != str(MIN):
            now = str(int(value[0]) - 1)
        elif word == 'row':
            got.append({**value, 'ts_ms': value['ts'], 'wm_at_element': now})
    Table(['side', 'ts_ms', 'key', 'value', 'wm_at_element'],
          case.numeric()).differ_in_order('rows', case.csv('expected.csv'), got)


# --- joins ----------------------------------------------------------------

def interval_join(case):
    p = case.params
    lower = p['lower_ms'] + bool(p.get('lower_exclusive'))
    upper = p['upper_ms'] - bool(p.get('upper_exclusive'))
    out = filtered(case, [['sjoin', '-a', 'side', '-k', 'key', '-L', 'late',
                           '-r', f'{ms(lower)},{ms(upper)}']], sided(case, 0))
    names = {'time': 'out_ts', 'left_time': 'left_ts', 'value': 'left_value',
             'right_time': 'right_ts'}
    rename(out, names)
    columns = ['key', 'left_ts', 'left_value', 'right_ts', 'right_value',
               'out_ts']
    compare_steps(Table(columns, columns[1:]), case, out,
                  case.csv('expected.csv'))
    compare_late(case, ('side', 'ts_ms', 'key', 'value'), {'time': 'ts_ms'})


def joined_windows(case, how):
    return filtered(case, [swindow(case.params),
                           ['sjoin', '-a', 'side', '-k', 'key', '-j', how]],
                    sided(case, 1))


def compare_pairs(case, out, wanted):
    rename(out, {'ts': 'left_ts', 'value': 'left_value'})
    columns = ['window_start', 'window_end', 'key', 'left_ts', 'left_value',
               'right_ts', 'right_value']
    compare_steps(Table(columns, [c for c in columns if c != 'key']), case, out,
                  wanted)


def window_join(case):
    compare_pairs(case, joined_windows(case, 'inner'), case.csv('expected.csv'))


def window_cogroup(case):
    """A full join gives the pairs of what Flink hands over as two lists."""
    wanted = []
    for row in case.csv('expected.csv'):
        for a in listed(row['left_list']):
            for b in listed(row['right_list']):
                wanted.append({**row, 'left_ts': a[0], 'left_value': a[1],
                               'right_ts': b[0], 'right_value': b[1]})
    compare_pairs(case, joined_windows(case, 'full'), wanted)


def listed(cell):
    return [tuple(x.split(':')) for x in cell.split(';')] if cell \
        else [(None, None)]


# --- per key --------------------------------------------------------------

def in_arrival_order(case, stages, columns):
    nothing_late(case)
    out = filtered(case, stages, plain(case))
    got = [renamed(r, {out.columns[0]: 'ts_ms'}) for r in out.rows()]
    Table(columns, set(columns) - {'key', 'last_values'}).differ_in_order(
        'rows', case.csv('expected.csv'), got)


def dedup(case):
    keys = case.params['by'].split('_')
    in_arrival_order(case, [['sdedup', *keys]], ['ts_ms', 'key', 'value'])


def running_sum(case):
    in_arrival_order(case, [['saggregate', '-k', 'key', '-m', 'each',
                             'running_count=count', 'running_sum=sum:value',
                             'value=last:value']],
                     ['ts_ms', 'key', 'value', 'running_count', 'running_sum'])


def last_n(case):
    """A count window that slides by one record."""
    nothing_late(case)
    out = filtered(case, [['swindow', '-r', str(case.params['n']), '1'],
                          ['saggregate', '-k', 'key', 'value=last:value',
                           'last_values=list:value']], plain(case))
    wanted = case.csv('expected.csv')
    for row in wanted:
        row['last_values'] = json_cells(
            '[' + ','.join(row['last_values'].split(';')) + ']')
    got = [{**r, 'ts_ms': r['ts'], 'last_values': json_cells(r['last_values'])}
           for r in out.rows()]
    columns = ['ts_ms', 'key', 'value', 'last_values']
    Table(columns, ['ts_ms', 'value']).differ_in_order('rows', wanted, got)


def inactivity(case):
    """A row has the time of its timer, or of the last watermark if later."""
    nothing_late(case)
    timeout = case.params['timeout_ms']
    out = filtered(case, [['sgap', '-k', 'key', ms(timeout)]], plain(case))
    now = None
    for word, value in out.lines:
        if word == 'watermark':
            now = int(value[0])
        elif word == 'row':
            due = number(value['last']) + timeout
            time = due if now is None else max(due, now)
            if number(value[out.columns[0]]) != time:
                raise Fail(f'a row of another time than {time}: {value}')
            value.update(alert_ts=due, last_ts=value['last'])
    columns = ['alert_ts', 'key', 'last_ts', 'count']
    compare_steps(Table(columns, ['alert_ts', 'last_ts', 'count']), case, out,
                  case.csv('expected.csv'))


def cep(case):
    """Rows of different keys have no order among them."""
    tool('smatch')
    from golden_cep import cep_pattern, cep_rows    # which comes with it
    argv = cep_pattern(case.params)
    text, _ = pipeline([argv[:1] + ['-L', 'late'] + argv[1:]], plain(case),
                       case.scratch)
    wanted = case.csv('expected.csv')
    for row in wanted:
        row['out_ts'] = found_at(row, case.params)
        row['match'] = records(row['match'])
    got = [{'kind': kind, 'key': key, 'match': records(match), 'out_ts': time}
           for kind, key, match, time in cep_rows(
               text.splitlines(), case.params, 'ts')]
    Table(['kind', 'key', 'match', 'out_ts'], ['out_ts']).differ(
        'rows', wanted, got)
    in_time(case, Stream(text, 'output'))
    compare_late(case)


def in_time(case, out):
    """A row comes with the watermark that reaches its time, not later."""
    marks = [-math.inf if m is None else math.inf if m == 'MAX' else m
             for m in [None] + watermarks(case) + ['MAX']]
    rows, time = [], out.columns[0]
    for word, value in out.lines + [('golden', ['watermark', len(marks) - 2])]:
        if word == 'row':
            rows.append(int(value[time]))
        elif word == 'golden' and value[0] == 'watermark':
            i = int(value[1])
            for t in rows:
                if not marks[i] < t <= marks[i + 1]:
                    raise Fail(f'a row of time {t} came when the watermark '
                               f'went from {marks[i]} to {marks[i + 1]}')
            rows = []


def records(match):
    """stage=ts:value+...|... with the numbers as numbers"""
    return '|'.join(re.sub(r'[^=+:]+', lambda m: str(number(m.group())), stage)
                    for stage in match.split('|'))


def found_at(row, params):
    """The time of a match.  That of something which did not follow is when it
    could no longer; Flink's is the time of what made it look."""
    if row['kind'] == 'match' and \
            params['pattern'][-1]['contiguity'] == 'notFollowedBy':
        return int(re.search(r'=(-?\d+):', row['match']).group(1)) \
            + params['within_ms']
    return row['out_ts']


OPERATORS = {f.__name__: f for f in (
    window, union_window, connect_watermark_trace, interval_join, window_join,
    window_cogroup, dedup, running_sum, last_n, inactivity, cep)}


def check(directory, spec, scratch):
    operator = OPERATORS.get(spec['operator'])
    if operator is None:
        raise Fail(f"the driver knows no operator {spec['operator']}")
    operator(Case(directory, spec, scratch))

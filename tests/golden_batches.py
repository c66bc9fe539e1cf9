"""Spark's batches as streams: where the records, watermarks and barriers stand.

In batch n Spark judges lateness by the watermark of batch n - 1 and closes by
its own, so the records of a batch stand between the two.  The watermarks are
those that Spark itself wrote down."""
import csv
import os
import re
from decimal import ROUND_HALF_UP, Decimal

from golden_lib import Fail, Merge, line, mark, read_csv, span_ms

TYPES = {'bigint': 'int', 'int': 'int', 'smallint': 'int', 'double': 'float',
         'float': 'float', 'string': 'str', 'boolean': 'bool'}


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
                  mark('fields', 'ts', 'key', f'value:{case.type}'),
                  mark('watermark', 0))
    try:
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
        return merge.finish(mark('stop'))
    finally:
        merge.close()

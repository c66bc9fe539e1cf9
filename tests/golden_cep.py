"""Golden cases of Flink CEP: what a case means to smatch, and its rows compared."""
import json
from collections import Counter

from golden_lib import SHOWN, Fail, ms, number

NEAR = {'begin': '', 'next': ', ', 'followedBy': '; ', 'followedByAny': ';; ',
        'notNext': ', !', 'notFollowedBy': '; !'}
INNER = {'consecutive': ',', 'combinations': ';;', 'allowCombinations': ';;'}
SKIP = {'skipToNext': 'next', 'skipPastLastEvent': 'past',
        'skipToFirst': 'first', 'skipToLast': 'last'}


def quantifier(stage):
    """oneOrMore, zeroOrMore, optional, times:N, times:N:M, timesOrMore:N"""
    kind, _, rest = stage.get('quantifier', '').partition(':')
    counts = rest.replace(':', ',')
    text = {'': '', 'oneOrMore': '+', 'zeroOrMore': '*', 'optional': '?',
            'times': '{%s}' % counts, 'timesOrMore': '{%s,}' % counts}[kind]
    if stage.get('greedy'):
        text += '+'
    if stage.get('optional') and '?' not in text and '*' not in text:
        text += '?'
    return text + INNER.get(stage.get('inner'), '')


def stage_text(stage, field):
    text = NEAR[stage['contiguity']] + stage['name'] + quantifier(stage)
    if stage.get('where'):
        text += f":{field} {stage['where']}"
    if stage.get('until'):
        text += f" until {field} {stage['until']}"
    return text


def cep_pattern(params, field='value'):
    """The arguments of smatch, but for -k."""
    argv = []
    if params.get('within_ms'):
        argv += ['-W', ms(params['within_ms'])]
    skip = params.get('after_match_skip', 'noSkip')
    name, _, stage = skip.replace('[', ':').replace('(', ':').rstrip(')]').partition(':')
    if name != 'noSkip':
        argv += ['-A', SKIP[name] + (':' + stage if stage else '')]
    return argv + [''.join(stage_text(s, field) for s in params['pattern'])]


def expected_match(text):
    """a=1000:1+2000:2|b=3000:0.5 as ((a, ((1000, 1), (2000, 2))), ...)."""
    stages = (s.partition('=') for s in text.split('|'))
    return tuple((name, tuple(tuple(number(x) for x in r.split(':'))
                              for r in records.split('+')))
                 for name, _, records in stages)


def got_match(row, names, time, field='value'):
    match = []
    for name in names:
        t, v = (row.get(f'{name}_{c}') for c in (time, field))
        if t is None:
            continue
        t, v = (json.loads(t), json.loads(v)) if t.startswith('[') else ([t], [v])
        records = tuple((number(a), number(b)) for a, b in zip(t, v))
        if records:
            match.append((name, records))
    return tuple(match)


def passed(case, key, limit):
    """When Flink sees that the limit has passed: the time of the key's next
    record or, where the watermark gets there first, of that; None: at the end."""
    now, records = None, []
    for _, record in case.events:
        t = int(record['ts_ms'])
        if record['key'] == key and (now is None or t > now):
            records.append(t)
        mark = t - case.delay - 1
        now = mark if now is None else max(now, mark)
        if now >= limit:
            return min([t for t in records if limit <= t <= now], default=now)
    return min([t for t in records if limit <= t], default=None)


def flink_time(case, kind, key, time):
    """A match that time completed has its limit as time; in Flink when that was seen."""
    if kind != 'match' or any(int(r['ts_ms']) == time and r['key'] == key
                              for _, r in case.events):
        return time
    seen = passed(case, key, time)
    return (1 << 63) - 1 if seen is None else seen


def compare(case, out):
    """Rows of different keys have no order among them."""
    names = [s['name'] for s in case.params['pattern']]
    time = out.columns[0]
    got = Counter()
    for r in out.rows():
        t = flink_time(case, r['kind'], r['key'], number(r[time]))
        got[r['kind'], r['key'], got_match(r, names, time), t] += 1
    want = Counter((r['kind'], r['key'], expected_match(r['match']), number(r['out_ts']))
                   for r in case.csv('expected.csv'))
    differ = [f'missing {r}' for r in (want - got).elements()]
    differ += [f'too much {r}' for r in (got - want).elements()]
    if differ:
        raise Fail('\n'.join(differ[:SHOWN]))

"""Golden cases of Flink CEP: what a case means to smatch, and its rows as Flink's."""
import json
import re

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


def cep_pattern(params, field='value', key='key'):
    """The command for the params of a case."""
    argv = ['smatch', '-k', key]
    if params.get('within_ms'):
        argv += ['-W', f"{params['within_ms']}ms"]
    name, stage = re.fullmatch(r'(\w+)(?:\W(\w+)\W?)?', params.get(
        'after_match_skip', 'noSkip')).groups()
    if name != 'noSkip':
        argv += ['-A', SKIP[name] + (':' + stage if stage else '')]
    return argv + [''.join(stage_text(s, field) for s in params['pattern'])]


def records(row, name, time, field):
    """The records of a stage as time:value+time:value; empty: none."""
    t, v = row.get(f'{name}_{time}', '\\N'), row.get(f'{name}_{field}')
    if t == '\\N':
        return ''
    if not t.startswith('['):
        return f'{t}:{v}'
    return '+'.join(f'{a}:{b}' for a, b in zip(json.loads(t), json.loads(v)))


def cep_rows(lines, params, time='ts_ms', field='value', key='key'):
    """Rows of smatch's output as (kind, key, match, time), the match as in expected.csv."""
    rows, columns = [], []
    for line in lines:
        cells = line.rstrip('\n').split('\t')
        if cells[0] == '#fields':
            columns = [c.partition(':')[0] for c in cells[1:]]
        if cells[0].startswith('#'):
            continue
        row = dict(zip(columns[1:], cells[1:]))
        match = ((s['name'], records(row, s['name'], time, field))
                 for s in params['pattern'])
        rows.append((row['kind'], row[key],
                     '|'.join(f'{n}={r}' for n, r in match if r), cells[0]))
    return rows


def cep_time(events, delay, row):
    """The time that Flink gives a row of cep_rows.  A match that time completed
    has its limit as time; Flink's is when it saw that: the time of the key's
    next record or, if that came first, the watermark.  None, any: Flink sets
    a timer only for a start after 1970, else looks when something else makes it.
    events: (time, key) in order of arrival, a watermark after each."""
    kind, key, match, limit = row[:3] + (int(row[3]),)
    if kind != 'match' or (limit, key) in events:
        return limit
    if int(re.match(r'\w+=(-?\d+)', match).group(1)) <= 0:
        return None
    now, own = None, []
    for t, k in events:
        if k == key and (now is None or t > now):
            own.append(t)
        now = t - delay - 1 if now is None else max(now, t - delay - 1)
        if now >= limit:
            return min((t for t in own if limit <= t <= now), default=now)
    return min((t for t in own if limit <= t), default=(1 << 63) - 1)

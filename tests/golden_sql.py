"""Spark's SQL expressions and aggregates, said in weir's words."""
import json
import re
from datetime import datetime, timezone

from golden_lib import Fail, json_cells, number

# Spark's function: weir's, where it takes one field and nothing else.
PLAIN = {'sum': 'sum', 'try_sum': 'sum', 'min': 'min', 'max': 'max',
         'avg': 'avg', 'mean': 'avg', 'stddev': 'stddev',
         'stddev_samp': 'stddev', 'variance': 'var', 'var_samp': 'var',
         'first': 'first', 'any_value': 'first', 'last': 'last',
         'collect_list': 'list', 'collect_set': 'set',
         'every': 'min', 'bool_and': 'min', 'some': 'max', 'any': 'max',
         'bool_or': 'max', 'count': 'count'}
TRUTH = ('every', 'bool_and', 'some', 'any', 'bool_or')
LISTS = ('collect_list', 'collect_set')
FLOAT = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$'
PART = 0.01             # of a percentile: weir's error.  Spark's is one in its
                        # accuracy of the records, some times that of the value
RSD = 0.05              # of approx_count_distinct, unless it is given


def timestamp(match):
    """Milliseconds of timestamp'2024-01-01 00:20:00', UTC."""
    moment = datetime.fromisoformat(match.group(1)).replace(tzinfo=timezone.utc)
    return str(int(moment.timestamp() * 1000))


def expression(sql):
    """What sfilter and smap write for it."""
    sql = re.sub(r"timestamp\s*'([^']*)'", timestamp, sql, flags=re.I)
    if re.search(r'\bCASE\b', sql):
        return case_when(sql)
    return ''.join(p if p.startswith("'") else outside_quotes(p)
                   for p in re.split(r"('[^']*')", sql))


def case_when(sql):
    """A condition that is null counts as false."""
    m = re.fullmatch(r'CASE WHEN (.*) THEN (.*) ELSE (.*) END', sql.strip())
    if m is None:
        raise Fail(f'the driver cannot say {sql}')
    when, then, other = map(expression, m.groups())
    return f'coalesce({when}, false) ? {then} : {other}'


def outside_quotes(sql):
    for pattern, weir in ((r'\bIS\s+NOT\s+NULL\b', '!= null'),
                          (r'\bIS\s+NULL\b', '== null'), (r'\bAND\b', '&&'),
                          (r'\bOR\b', '||'), (r'\bNOT\b', '!'),
                          (r'\bdiv\b', '//'), (r'<>', '!='),
                          (r'(?<![<>=!])=(?!=)', '=='), (r'\bts_ms\b', 'ts')):
        sql = re.sub(pattern, weir, sql, flags=re.I)
    return sql


class Aggregates:
    """Stages before and after saggregate, its specifications, and how to
    compare what comes out."""

    def __init__(self, value_type):
        self.type = value_type
        self.maps, self.specs, self.derived = [], [], []
        self.within, self.lists, self.truth = {}, [], []
        self.arrays = {}
        self.numbered = False

    @property
    def before(self):
        return [['smap', *self.maps]] if self.maps else []

    @property
    def after(self):
        return [['smap', *self.derived]] if self.derived else []

    def column(self, sql):
        """A column that holds an expression."""
        sql = sql.strip()
        if re.fullmatch(r'\w+', sql):
            return 'ts' if sql == 'ts_ms' else sql
        return self.made(expression(sql))

    def made(self, weir):
        """A column that smap makes."""
        name = f'x{len(self.maps)}'
        self.maps.append(f'{name}={weir}')
        return name

    def spec(self, name, function, *fields):
        self.specs.append(f'{name}=' + ':'.join((function, *fields)))

    def finish(self, row):
        for name in self.truth:
            row[name] = {None: None, '0': 'false', '1': 'true'}[row[name]]
        for name, parts in self.arrays.items():
            row[name] = tuple(number(row[p]) for p in parts)
        for name in self.lists:
            row[name] = json_cells(row[name] or '[]')
        return row

    def expect(self, row):
        """Spark's row in the same form."""
        for name in self.arrays:
            row[name] = tuple(json.loads(row[name]))
        for name in self.lists:
            text = row[name] or '[]'
            row[name] = json_cells(text if text[0] == '[' else f'[{text}]')
        return row

    def add(self, name, sql):
        m = re.fullmatch(r'(\w+)\((.*)\)', sql.strip())
        function, args = m.group(1).lower(), split(m.group(2))
        special = getattr(self, 'add_' + function, None)
        if special:
            special(name, args)
        elif function in PLAIN and len(args) == 1:
            self.add_plain(name, function, args[0])
        else:
            raise Fail(f'weir has no aggregate for {sql}')

    def add_plain(self, name, function, arg):
        if function == 'count' and arg in ('1', '*'):
            return self.specs.append(f'{name}=count')
        if function in TRUTH:
            self.truth.append(name)
            arg = self.made(f'({expression(arg)}) ? 1 : 0')
        elif function in ('sum', 'avg') and self.type == 'str':
            arg = self.made(f"{arg} =~ '{FLOAT}' ? float({arg}) : null")
        if function in LISTS:
            self.lists.append(name)
        self.spec(name, PLAIN[function], self.column(arg))

    def add_sort_array(self, name, args):
        """weir's sets are sorted."""
        self.add(name, args[0])

    def add_first(self, name, args, function='first', among='argmin'):
        """The first that is not null: that with the smallest number."""
        if args[1:] == ['true']:
            self.numbered = True
            by = self.made(f'{self.column(args[0])} == null ? null : n')
            self.spec(name, among, self.column(args[0]), by)
        else:
            self.spec(name, function, self.column(args[0]))

    def add_last(self, name, args):
        self.add_first(name, args, 'last', 'argmax')

    def add_max_by(self, name, args):
        self.spec(name, 'argmax', *map(self.column, args))

    def add_min_by(self, name, args):
        self.spec(name, 'argmin', *map(self.column, args))

    def add_approx_count_distinct(self, name, args):
        """Another estimator: as far off as three of its deviations."""
        self.within[name] = 3 * float(args[1] if args[1:] else RSD)
        self.spec(name, 'hll', self.column(args[0]))

    def add_percentile_approx(self, name, args):
        field, wanted = self.column(args[0]), args[1]
        self.within[name] = PART + 5 / float(args[2] if args[2:] else 10000)
        if not wanted.startswith('array'):
            return self.percentile(name, field, wanted)
        parts = [f'{name}_{i}' for i, _ in enumerate(split(wanted[6:-1]))]
        for part, p in zip(parts, split(wanted[6:-1])):
            self.percentile(part, field, p)
        self.arrays[name] = parts

    def percentile(self, name, field, p):
        p = float(p)
        self.spec(name, 'min' if p == 0 else 'max' if p == 1
                  else f'p{round(p * 100):02d}', field)

    def add_stddev_pop(self, name, args, root=True):
        """Out of the sample's variance."""
        field = self.column(args[0])
        self.spec(f'{name}_v', 'var', field)
        self.spec(f'{name}_n', 'count', field)
        value = f'{name}_n == 1 ? 0.0 : {name}_v * ({name}_n - 1) / {name}_n'
        self.derived.append(f'{name}=' + (f'sqrt({value})' if root else value))

    def moments(self, name, arg):
        """Columns with the number of values and the means of their powers, for
        the moments about the mean; what to write for the k-th of those."""
        field = self.column(arg)
        self.spec(f'{name}_n', 'count', field)
        for k in range(1, 5):
            power = self.made('*'.join([f'float({field})'] * k))
            self.spec(f'{name}_{k}', 'avg', power)
        a, b, c, d = (f'{name}_{k}' for k in range(1, 5))
        return {2: f'({b} - {a}*{a})',
                3: f'({c} - 3*{a}*{b} + 2*{a}*{a}*{a})',
                4: f'({d} - 4*{a}*{c} + 6*{a}*{a}*{b} - 3*{a}*{a}*{a}*{a})'}

    def add_skewness(self, name, args):
        about = self.moments(name, args[0])
        self.derived.append(f'{name}={about[3]} / pow({about[2]}, 1.5)')

    def add_kurtosis(self, name, args):
        about = self.moments(name, args[0])
        self.derived.append(f'{name}={about[4]} / pow({about[2]}, 2) - 3')

    def add_var_pop(self, name, args):
        self.add_stddev_pop(name, args, False)


def split(text):
    """At the commas that are in no parentheses."""
    out, depth = [''], 0
    for c in text:
        depth += (c == '(') - (c == ')')
        if c == ',' and depth == 0:
            out.append('')
        else:
            out[-1] += c
    return [p.strip() for p in out]


def aggregates(pairs, value_type):
    out = Aggregates(value_type)
    for name, sql in pairs:
        out.add(name, sql)
    return out

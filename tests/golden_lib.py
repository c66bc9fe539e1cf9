"""What the golden tests of both engines share: streams as text, running a
pipeline of this checkout's tools, and comparing rows."""
import csv
import json
import math
import os
import re
import select
import subprocess
import tempfile
import time
from collections import Counter

TESTS = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(os.path.dirname(TESTS), 'cmd')
SECONDS = 60            # a pipeline that takes longer hangs
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith('WEIR_')}
SHOWN = 12              # lines of a difference

NUMERIC = ('int', 'float', 'time')
UNITS = {'millisecond': 1, 'second': 1000, 'minute': 60_000,
         'hour': 3_600_000, 'day': 86_400_000, 'week': 604_800_000}


class Fail(Exception):
    """A case does not pass; the text says why."""


class Missing(Fail):
    """A tool that the case needs is not there."""


# --- text of a stream -----------------------------------------------------

ESCAPES = {'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r'}
BACK = {'\\': '\\', 't': '\t', 'n': '\n', 'r': '\r'}


def escape(value):
    if value is None:
        return '\\N'
    return re.sub(r'[\\\t\n\r]', lambda m: ESCAPES[m.group()], str(value))


def unescape(text):
    if text == '\\N':
        return None
    return re.sub(r'\\(.)', lambda m: BACK[m.group(1)], text)


def line(*fields):
    return '\t'.join(escape(f) for f in fields) + '\n'


def mark(word, *arguments):
    return line('#' + word, *arguments)


class Stream:
    """A stream read back: its columns, and its lines in order as
    ('row', {name: value}) and (word, [argument, ...])."""

    def __init__(self, text, what):
        self.columns, self.types, self.lines = [], {}, []
        if text and not text.endswith('\n'):
            raise Fail(f'{what}: the last line is torn')
        for raw in text.split('\n')[:-1]:
            self.take([unescape(f) for f in raw.split('\t')])

    def take(self, fields):
        if not fields[0].startswith('#'):
            if len(fields) != len(self.columns):
                raise Fail(f'not of columns {self.columns}: {fields}')
            self.lines.append(('row', dict(zip(self.columns, fields))))
        elif fields[0] == '#fields':
            for i, field in enumerate(fields[1:]):
                name, _, kind = field.rpartition(':') if ':' in field \
                    else (field, '', 'time' if i == 0 else 'str')
                self.columns.append(name)
                self.types[name] = kind
        else:
            self.lines.append((fields[0][1:], fields[1:]))

    def rows(self):
        return [row for word, row in self.lines if word == 'row']

    def epochs(self):
        """The rows before each #barrier, and what is left behind the last."""
        out = [[]]
        for word, value in self.lines:
            if word == 'row':
                out[-1].append(value)
            elif word == 'barrier':
                out.append([])
        return out[:-1], out[-1]


# --- running --------------------------------------------------------------

def tool(name):
    path = os.path.join(TOOLS, name)
    if not os.access(path, os.X_OK):
        raise Missing(f'tool missing: {name}')
    return path


def words(stages):
    return ' | '.join(' '.join(re.sub(r'''.*[^\w:=.,/+-].*''', r"'\g<0>'", w)
                               for w in stage) for stage in stages)


def pipeline(stages, text, directory, status=0):
    """What the stages, [[tool, argument, ...], ...], make of a stream."""
    paths = [tool(stage[0]) for stage in stages]
    errors = [tempfile.TemporaryFile() for _ in stages]
    procs, before = [], tempfile.TemporaryFile()
    before.write(text.encode())
    before.seek(0)
    try:
        for stage, path, err in zip(stages, paths, errors):
            procs.append(subprocess.Popen(
                stage, executable=path, cwd=directory, stdin=before,
                stdout=subprocess.PIPE, stderr=err, env=ENVIRONMENT))
            before.close()
            before = procs[-1].stdout
        out = read_all(before, stages)
        codes = [p.wait(SECONDS) for p in procs]
    finally:
        for p in procs:
            if p.poll() is None:
                p.kill()
                p.wait()
            p.stdout.close()
    said = ''.join(said_by(e) for e in errors)
    if (status == 0) != (codes == [0] * len(codes)):
        raise Fail(f'{words(stages)}\nexit status {codes}\n{said}')
    return out.decode(), said


def readable(pipe, seconds):
    return bool(select.select([pipe], [], [], max(0, seconds))[0])


def read_all(pipe, stages):
    chunks, deadline = [], time.monotonic() + SECONDS
    while True:
        if not readable(pipe, deadline - time.monotonic()):
            raise Fail(f'{words(stages)}\nstill running after {SECONDS} s')
        chunk = os.read(pipe.fileno(), 1 << 16)
        if not chunk:
            return b''.join(chunks)
        chunks.append(chunk)


def said_by(file):
    with file:
        file.seek(0)
        return file.read().decode(errors='replace')


class Merge:
    """smerge with two inputs, fed in a fixed order: a line goes to one of
    them only when what went to the other before has come out."""

    def __init__(self, directory, heading, first, *options):
        """`first`: the watermark with which both inputs begin, so that both
        headings are complete."""
        path = tool('smerge')
        stage = ['smerge', *options, 'L', 'R']
        self.ends, self.text, self.ticks = {}, b'', 0
        for side in 'LR':
            fifo = os.path.join(directory, side)
            os.mkfifo(fifo)
            self.ends[side] = os.open(fifo, os.O_RDWR)
        self.err = tempfile.TemporaryFile()
        self.proc = subprocess.Popen(stage, executable=path, cwd=directory,
                                     stdout=subprocess.PIPE, stderr=self.err,
                                     env=ENVIRONMENT)
        for side in 'LR':
            self.send(side, heading + first)
        self.until(first.encode())

    def send(self, side, text):
        os.write(self.ends[side], text.encode())

    def feed(self, side, text):
        """Sends lines and waits until they have gone through."""
        self.ticks += 1
        tick = mark('golden', 'tick', self.ticks)
        self.send(side, text + tick)
        self.until(tick.encode())

    def until(self, wanted):
        deadline, start = time.monotonic() + 10, max(0, len(self.text) - 256)
        while wanted not in self.text[start:]:
            wait = deadline - time.monotonic()
            if wait <= 0 or not readable(self.proc.stdout, wait):
                raise self.failed(f'no {wanted.decode().strip()!r} came out')
            chunk = os.read(self.proc.stdout.fileno(), 1 << 16)
            if not chunk:
                raise self.failed('it ended early')
            self.text += chunk

    def end(self, side, text):
        """The last line of one side."""
        self.send(side, text)
        os.close(self.ends.pop(side))

    def finish(self, text):
        """The last line of those that have not ended; the whole output."""
        for side in list(self.ends):
            self.end(side, text)
        self.text += read_all(self.proc.stdout, [['smerge']])
        if self.proc.wait(SECONDS) != 0:
            raise self.failed(f'exit status {self.proc.returncode}')
        return ''.join(raw for raw in self.text.decode().splitlines(True)
                       if not raw.startswith('#golden\ttick\t'))

    def failed(self, why):
        self.proc.kill()
        self.proc.wait()
        return Fail(f'smerge: {why}\n{said_by(self.err)}')

    def close(self):
        if self.proc.poll() is None:
            self.proc.kill()
            self.proc.wait()
        self.proc.stdout.close()
        for end in self.ends.values():
            os.close(end)


# --- reading cases --------------------------------------------------------

def read_case(directory):
    with open(os.path.join(directory, 'case.json'), encoding='utf-8') as f:
        return json.load(f)


def read_csv(*path):
    """Rows of a CSV file with a header; an empty cell is None."""
    with open(os.path.join(*path), encoding='utf-8', newline='') as f:
        rows = csv.reader(f)
        header = next(rows)
        return [{n: c if c != '' else None for n, c in zip(header, row)}
                for row in rows]


def number_type(texts):
    """int if all of them are whole, else float."""
    return 'int' if all(t is None or re.fullmatch(r'-?\d+', t) for t in texts) \
        else 'float'


def span_ms(text):
    """Milliseconds of '5 minutes'."""
    return sum(int(n) * UNITS[unit.lower().rstrip('s')]
               for n, unit in re.findall(r'(-?\d+)\s*([a-zA-Z]+)', text))


def ms(n):
    return f'{n}ms'


# --- comparing ------------------------------------------------------------

def number(text):
    if text is None or isinstance(text, (int, float)):
        return text
    if re.fullmatch(r'[+-]?\d+', text):
        return int(text)
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() and abs(value) < 1 << 53 else value


def same(a, b, within=0.0):
    """Equal as numbers, if they are; exact between integers."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b, [within] * len(a)))
    if not (isinstance(a, (int, float)) and isinstance(b, (int, float))):
        return a == b
    if isinstance(a, int) and isinstance(b, int) and not within:
        return a == b
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=max(within, 1e-9), abs_tol=1e-12)


class Table:
    """How rows of a case are compared: the columns, which of them are numbers,
    and how far a number may be off, as a part of it (an estimate)."""

    def __init__(self, columns, numeric, within=None):
        self.columns, self.numeric = columns, set(numeric)
        self.within = within or {}

    def row(self, cells):
        out = []
        for name in self.columns:
            if name not in cells:
                raise Fail(f'no column {name} in {sorted(cells)}')
            value = cells[name]
            out.append(number(value) if name in self.numeric else value)
        return tuple('NaN' if isinstance(v, float) and math.isnan(v) else v
                     for v in out)

    def same_row(self, a, b):
        return all(same(x, y, self.within.get(n, 0.0))
                   for n, x, y in zip(self.columns, a, b))

    def minus(self, some, others):
        """The rows of a multiset that have no partner in another."""
        left = Counter(self.row(r) for r in some)
        right = Counter(self.row(r) for r in others)
        left, right = left - right, right - left
        right, rest = list(right.elements()), []
        for row in left.elements():
            for i, other in enumerate(right):
                if self.same_row(row, other):
                    del right[i]
                    break
            else:
                rest.append(row)
        return rest, right

    def differ(self, where, wanted, got):
        """Compares as multisets; a Fail shows what is missing and too much."""
        lost, extra = self.minus(wanted, got)
        if lost or extra:
            raise Fail('\n'.join([f'{where}: (' + ','.join(self.columns) + ')']
                                 + shown('- ', sorted(lost, key=str))
                           + shown('+ ', sorted(extra, key=str))))

    def differ_in_order(self, where, wanted, got):
        self.differ(where, wanted, got)
        for i, (a, b) in enumerate(zip(wanted, got)):
            if not self.same_row(self.row(a), self.row(b)):
                raise Fail('\n'.join(
                    [f'{where}: another order from row {i} on']
                    + shown('- ', [self.row(r) for r in wanted[i:]])
                    + shown('+ ', [self.row(r) for r in got[i:]])))


def shown(sign, rows):
    lines = [sign + ','.join('null' if c is None else str(c) for c in row)
             for row in rows]
    if len(lines) > SHOWN:
        lines[SHOWN:] = [f'{sign}... {len(lines) - SHOWN} more']
    return lines


def json_cells(value):
    """A list as text, whoever wrote it: the values as numbers or text."""
    if value is None:
        return None
    return json.dumps([number(v) if isinstance(v, str) else v
                       for v in json.loads(value)])

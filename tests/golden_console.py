"""The tables that Spark's console sink prints, against sshow's."""
import os
import re

from golden_lib import Fail, Table, pipeline


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
    if 'window_start' not in row:
        return {'window': '', **row}
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
    rows = [{'window': '', **dict(zip(header, r))} for r in wanted[1]]
    mine = [one_window_cell(got[0], r, width) for r in got[1]]
    Table(['window'], []).differ_in_order(where, rows, mine)
    if wanted[2]:                       # which rows of the last window: open
        cut = rows[-1]['window']
        rows = [r for r in rows if r['window'] != cut]
        mine = [r for r in mine if r['window'] != cut]
    Table(header, []).differ(where, rows, mine)

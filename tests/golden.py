#!/usr/bin/env python3
"""golden.py [--tap] [CASE ...] - what the real engines did, against weir.

A case is a directory of tests/golden/flink or tests/golden/spark, or its name.
Without one all cases run.  A case that rightly cannot pass stands in
tests/golden/skip with its reason; it runs, must fail, and is not counted as
passed."""
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

import golden_flink
import golden_spark
from golden_lib import TESTS, Fail, Missing, read_case

GOLDEN = os.path.join(TESTS, 'golden')
ENGINES = {'flink': golden_flink.check, 'spark': golden_spark.check}
AT_ONCE = 2
MOST = 25               # cases on the list


def all_cases():
    return [f'{engine}/{name}' for engine in ENGINES
            for name in sorted(os.listdir(os.path.join(GOLDEN, engine)))
            if os.path.exists(os.path.join(GOLDEN, engine, name, 'case.json'))]


def chosen(arguments):
    """The cases meant by names, engine/name or directories."""
    cases = all_cases()
    if not arguments:
        return cases
    out = []
    for a in arguments:
        a = a.rstrip('/')
        found = [c for c in cases if c == a or c.endswith('/' + a)
                 or a.endswith('/' + c)]
        if not found:
            sys.exit(f'golden.py: no case {a}')
        out += found
    return out


def read_skip():
    """{case: reason}"""
    with open(os.path.join(GOLDEN, 'skip'), encoding='utf-8') as f:
        return dict(l.rstrip('\n').split('\t', 1) for l in f if l.strip())


def skip_faults(skip):
    known = set(all_cases())
    faults = [f'{c} is no case' for c in skip if c not in known]
    faults += [f'{c} has no reason' for c, why in skip.items() if not why]
    if len(skip) > MOST:
        faults.append(f'{len(skip)} cases, at most {MOST} may stand there')
    return faults


def check(case):
    """None, or the Fail."""
    directory = os.path.join(GOLDEN, case)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            engine = ENGINES[case.split('/')[0]]
            engine(directory, read_case(directory), scratch)
    except Fail as fail:
        return fail
    except Exception as error:
        fail = Fail(f'the driver: {type(error).__name__}: {error}')
        fail.__cause__ = error
        return fail
    return None


def judge(case, fail, skip):
    """(ok, what to say behind the name, explanation)"""
    if case not in skip or isinstance(fail, Missing):
        return fail is None, '', str(fail or '')
    if fail is None:
        return False, '', 'it passes: take it off tests/golden/skip'
    return True, f' # SKIP {skip[case]}', str(fail)


def report(n, case, verdict, loud):
    """TAP; why a case on the list fails only when cases were named."""
    ok, behind, why = verdict
    print(f"{'ok' if ok else 'not ok'} {n} - golden {case}{behind}")
    for l in why.splitlines() if loud or not ok else ():
        print(f'# {l}')
    sys.stdout.flush()


def run(cases, skip, loud):
    """Runs them, two at a time; how many passed, were skipped, failed."""
    passed = skipped = failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for n, (case, fail) in enumerate(zip(cases, pool.map(check, cases)), 1):
            verdict = judge(case, fail, skip)
            report(n, case, verdict, loud)
            failed += not verdict[0]
            skipped += verdict[1] != ''
            passed += verdict[0] and verdict[1] == ''
    return passed, skipped, failed


def main(arguments):
    skip = read_skip()
    faults = skip_faults(skip)
    names = [a for a in arguments if a != '--tap']
    cases = chosen(names)
    print(f'1..{len(cases) + bool(faults)}')
    passed, skipped, failed = run(cases, skip, bool(names))
    if faults:
        report(len(cases) + 1, 'the list tests/golden/skip',
               (False, '', '\n'.join(faults)), True)
    print(f'# golden: {passed} passed, {skipped} on the list, {failed} failed')
    return 1 if failed or faults else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""bench.py [-l] [-n records] [-o dir] [-p pairs] [-w peers] [TASK ...] - weir's speed beside its peers'.

Runs each task with weir and with the peers that are installed, on data that is
the same every time, checks that all results are equal, and prints what weir
costs as ratios: medians of so many pairs, in each of which all run once.  Peers
are looked for on PATH; those that are missing are named.  The report, with the plots of the growth, goes to
a directory.  WEIR_BENCH_DIR is where it works, /var/tmp/weir-bench.
"""
import argparse
import os
import signal
import sys

import report
from figures import FIGURES
from files import run_files
from measure import Bench, Failure, say
from tasks import TASKS


def where():
    return os.environ.get("WEIR_BENCH_DIR") or os.path.join(
        os.environ.get("TMPDIR") or "/var/tmp", "weir-bench")


def number(text):
    """12, 500k, 10M"""
    units = {"k": 10 ** 3, "M": 10 ** 6}
    return int(float(text[:-1]) * units[text[-1]]) if text[-1:] in units else int(text)


def jobs():
    """name -> what it is, and the function that adds its rows to a report."""
    all_of = {t.name: (t.what, lambda b, r, t=t: run_files(t, b, r)) for t in TASKS}
    all_of.update(FIGURES)
    return all_of


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[1],
                                usage=__doc__.split(" - ")[0])
    p.add_argument("-l", action="store_true", help="list the tasks")
    p.add_argument("-n", type=number, default=10 ** 7, metavar="records",
                   help="how many, such as 500k; the default is 10M")
    p.add_argument("-o", metavar="dir", help="the report's directory")
    p.add_argument("-p", type=int, default=5, metavar="pairs", help="how many rounds; the default is 5")
    p.add_argument("-w", metavar="peers", help="with these only, separated by commas")
    p.add_argument("tasks", nargs="*", metavar="TASK")
    args = p.parse_args()
    all_of = jobs()
    if args.l:
        for name, (what, _) in all_of.items():
            print(f"{name}\t{what}")
        return 0
    unknown = [t for t in args.tasks if t not in all_of]
    if unknown or args.n < 1 or args.p < 1:
        p.error(f"no task {unknown[0]}" if unknown else "-n and -p are positive")
    try:
        bench = Bench(where(), args.n, args.p, args.w and args.w.split(","))
    except Failure as e:
        sys.exit(f"bench.py: {e}")
    result = report.Report(args.o or os.path.join(bench.where, "report"), bench)
    for name in args.tasks or all_of:
        say(f"{name}: {all_of[name][0]}")
        try:
            all_of[name][1](bench, result)
        except Failure as e:
            result.fail(name, str(e))
    result.write()
    return 1 if result.failures else 0


if __name__ == "__main__":
    # what runs is stopped, and the broker too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

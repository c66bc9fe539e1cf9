#!/usr/bin/env python3
"""chaos.py [--long] [--seed N] [SCENARIO ...] - runs that are killed give what undisturbed ones give.

Pipelines under srun over files, into a command and on a real Kafka, of which one
process, all, srun or a broker is killed at times by chance and at each point of
the protocol, whose disk runs full, and of which an old one wakes up beside a new
one.  In the end rows, late records and the order per key are exactly those of a
pipeline that nothing disturbed.  --long has at least 100 kills a scenario; its
seed, which is printed, fixes what is done, but not when.  Prints TAP.
"""
import argparse
import collections
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import chaos_files
import chaos_kafka
from chaos_lib import Fault, Shim, Skip, running

Size = collections.namedtuple("Size", "kills points overlaps cron brokers")
SHORT = Size(kills=5, points=4, overlaps=2, cron=36, brokers=False)
LONG = Size(kills=100, points=100, overlaps=12, cron=288, brokers=True)


def attempt(scenario, seed, size, keep):
    """ok, and the lines to be told."""
    where = tempfile.mkdtemp(prefix=f"weir-chaos-{scenario.__name__}-")
    begun = time.monotonic()
    try:
        told = scenario(random.Random(f"{seed} {scenario.__name__}"), where, Shim(where), size)
        return True, "", f"{told}, {time.monotonic() - begun:.0f} s"
    except Skip as e:
        return True, f" # SKIP {e}", ""
    except (Fault, OSError) as e:
        return False, "", f"seed {seed}: {e}" + (f"\nin {where}" if keep else "")
    finally:
        if not keep:
            shutil.rmtree(where, ignore_errors=True)


def broken_off(sig, frame):
    """Nothing is left running."""
    for run in list(running):
        run.kill()
    chaos_kafka.down()
    os._exit(128 + sig)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--long", action="store_true")
    p.add_argument("--seed", type=int, default=random.randrange(10**9))
    p.add_argument("--keep", action="store_true", help="the working directories")
    p.add_argument("scenario", nargs="*")
    a = p.parse_args()
    for sig in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, broken_off)
    size = LONG if a.long else SHORT
    every = chaos_files.SCENARIOS + chaos_kafka.SCENARIOS
    if unknown := set(a.scenario) - {s.__name__ for s in every}:
        p.error(f"no scenario {', '.join(sorted(unknown))}")
    todo = [s for s in every if not a.scenario or s.__name__ in a.scenario]
    print(f"1..{len(todo)}\n# chaos: seed {a.seed}", flush=True)
    bad = 0
    # Kafka's need one broker, the others little: two at a time
    with ThreadPoolExecutor(max_workers=2) as pool:
        lanes = [[s for s in todo if s in chaos_kafka.SCENARIOS], [s for s in todo if s in chaos_files.SCENARIOS]]
        futures = {}
        for lane in lanes:
            previous = None
            for s in lane:
                futures[s] = pool.submit(after, previous, attempt, s, a.seed, size, a.keep)
                previous = futures[s]
        for i, s in enumerate(todo):
            ok, word, told = futures[s].result()
            bad += not ok
            print(f"{'' if ok else 'not '}ok {i + 1} chaos {s.__name__}: {s.__doc__}{word}")
            for line in told.splitlines():
                print("#", line)
            sys.stdout.flush()
    chaos_kafka.down()
    return 1 if bad else 0


def after(previous, f, *arguments):
    if previous is not None:
        previous.result()
    return f(*arguments)


if __name__ == "__main__":
    sys.exit(main())

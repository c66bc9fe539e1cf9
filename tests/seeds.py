"""The command line and the loop of a property test that checks one seed at a time; for prop_*.py."""
import argparse
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor

NAME = os.path.basename(sys.argv[0]).removesuffix(".py")


def parser(streams):
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=random.randrange(10**9))
    p.add_argument("--streams", type=int, default=streams)
    return p


def run(check, a):
    """The exit status: 1 if check(seed) raised AssertionError for any; each that did is printed with what repeats it."""
    print(f"{NAME}: seed {a.seed}, {a.streams} streams", flush=True)

    def one(seed):
        try:
            check(seed)
        except AssertionError as e:
            return f"--seed {seed} --streams 1: {e}"
        return None

    with ThreadPoolExecutor(max_workers=2) as pool:
        bad = [r for r in pool.map(one, range(a.seed, a.seed + a.streams)) if r]
    for r in bad[:10]:
        print(f"{NAME}:", r, file=sys.stderr)
    return 1 if bad else 0

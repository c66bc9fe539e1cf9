#!/usr/bin/env python3
"""prop_torn.py [--seed N] [--all] [TOOL ...] - a snapshot that was altered or cut off is never loaded.

Each tool that keeps a state writes a small snapshot.  A bit of a byte is turned,
and the file is cut off there, at every position; of kcat-in, which takes long to
start, at some by chance, and at every one with --all.  Each time the tool says
which file is damaged, writes nothing and exits 1; the whole file it loads.
Prints TAP, and its seed.
"""
import argparse
import glob
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("WEIR_")}
FIRST = "#fields\tt\tk\tv:int\n1\ta\t1\n#watermark\t1\n2\tb\t2\n#barrier\t1.x\n#stop\n"
AGAIN = "#restore\t1.x\n#fields\tt\tk\tv:int\n3\ta\t3\n#end\n"
FILTERS = {
    "saggregate": "-L late -k k count sum:v",
    "sdedup": "-L late -W 1s k",
    "sgap": "-k k 1s",
    "sjoin": "-L late -j full -k k -r -1s,1s right",
    "smatch": "-L late -k k -W 1s 'A: v > 0 ; B: v > 1'",
    "smerge": "- right",
    "ssort": "-L late",
    "stime": "-w 5ms",
}
FILE = "-D dead -f t:int,k -T t -w 1s"
SOME = 15  # positions of kcat-in's


class Filter:
    """A tool that is told by its input where it goes on from."""

    def __init__(self, tool, where):
        self.tool, self.where = tool, where
        self.command = f"{tool} -S st {FILTERS[tool]}"
        self.given(FIRST)

    def given(self, text):
        with open(os.path.join(self.where, "right"), "w", encoding="ascii") as f:
            f.write(text)
        return text

    def first(self):
        return run(self.command, self.where, FIRST)

    def again(self):
        return run(self.command, self.where, self.given(AGAIN))


class File:
    """sread: outside a run it goes on from where it stopped."""
    command = f"sread -S st {FILE} in.csv"

    def __init__(self, tool, where):
        self.tool, self.where = tool, where
        self.more("1,a\n2,b\n")

    def more(self, text):
        with open(os.path.join(self.where, "in.csv"), "a", encoding="ascii") as f:
            f.write(text)

    def first(self):
        return run(self.command, self.where, once="1")

    def again(self):
        return run(self.command, self.where, once="1")


class Topic(File):
    """kcat-in, on the embedded broker."""

    def __init__(self, tool, where):
        self.tool, self.where = tool, where
        self.kmock = subprocess.Popen(["kmock", "-t", "in"], stdout=subprocess.PIPE, text=True)
        brokers = f"-b {self.kmock.stdout.readline().strip()}"
        self.command = f"kcat-in {brokers} -S st -t in -s csv {FILE}"
        done = run(f"kout {brokers} -t in -s csv", where, FIRST)
        assert done[0] == 0, done


TOOLS = {**{t: Filter for t in FILTERS}, "sread": File, "kcat-in": Topic}


def run(command, where, text="", once=None):
    env = {**CLEAN, "WEIR_ONCE": once} if once else CLEAN
    done = subprocess.run(["sh", "-c", "exec " + command], cwd=where, env=env, input=text, capture_output=True,
                          text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def damaged(good, rng, positions):
    for i in positions:
        yield f"cut at {i}", good[:i]
        yield f"byte {i}", good[:i] + bytes([good[i] ^ 1 << rng.randrange(8)]) + good[i + 1:]
    yield "a line more", good + b"row\tc\n"
    yield "twice", good + good


def check(tool, seed, every):
    rng = random.Random(f"{seed} {tool}")
    with tempfile.TemporaryDirectory() as where:
        t = TOOLS[tool](tool, where)
        try:
            return attempt(t, rng, every, where)
        finally:
            if "kmock" in t.__dict__:
                t.kmock.terminate()
                t.kmock.wait()


def attempt(t, rng, every, where):
    done = t.first()
    assert done[0] == 0, f"the first run: {done}"
    path, = glob.glob(os.path.join(where, "st", "*.snap"))
    with open(path, "rb") as f:
        good = f.read()
    name = f"st/{os.path.basename(path)}"
    want = (1, "", f"{t.tool}: {name}: the snapshot is damaged: it is not as it was written\n")
    positions = range(len(good))
    if t.tool == "kcat-in" and not every:
        positions = rng.sample(positions, SOME)
    n = 0
    for what, data in damaged(good, rng, positions):
        with open(path, "wb") as f:
            f.write(data)
        done = t.again()
        assert done == want, f"{what}: {done}"
        n += 1
    with open(path, "wb") as f:
        f.write(good)
    done = t.again()
    assert done[0] == 0 and f"#restore\t{os.path.basename(path)[:-5]}\n" in done[1], f"the whole one: {done}"
    return f"{n} times, of a snapshot of {len(good)} bytes"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=random.randrange(10**9))
    p.add_argument("--all", action="store_true")
    p.add_argument("tool", nargs="*", choices=[[], *TOOLS])
    a = p.parse_args()
    tools = a.tool or list(TOOLS)
    print(f"1..{len(tools)}\n# prop_torn: seed {a.seed}", flush=True)

    def one(tool):
        try:
            return True, check(tool, a.seed, a.all)
        except AssertionError as e:
            return False, f"seed {a.seed}: {e}"

    bad = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for i, (tool, (ok, told)) in enumerate(zip(tools, pool.map(one, tools))):
            bad += not ok
            print(f"{'' if ok else 'not '}ok {i + 1} {tool}: an altered or torn snapshot is never loaded\n# {told}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

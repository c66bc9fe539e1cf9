#!/usr/bin/env python3
"""prop_slide.py [--seed N] [--streams N] - sliding windows are what they say.

saggregate puts sliding windows together from panes.  A model that keeps every
window's records by themselves says what comes out of random streams: records
out of order, late for some of their windows, within a lateness or without one,
in every mode.  Prints its seed.
"""
import random
import subprocess
import sys

sys.dont_write_bytecode = True

import seeds

END = 1 << 62
FUNCTIONS = {
    "count": len,
    "sum:n": lambda v: some(v, sum),
    "min:n": lambda v: some(v, min),
    "max:n": lambda v: some(v, max),
    "avg:n": lambda v: some(v, lambda w: number(sum(w) / len(w))),
    # quarters: their sums are exact, in whatever order
    "sum:x": lambda v: some(v, lambda w: number(sum(i / 4 for i in w))),
    "first:n": lambda v: null(v[0]),
    "last:n": lambda v: null(v[-1]),
    "distinct:n": lambda v: len(set(v) - {None}),
    "list:n": lambda v: some(v, lambda w: "[" + ",".join(map(str, w)) + "]"),
}


def null(v):
    return "\\N" if v is None else v


def some(values, f):
    values = [v for v in values if v is not None]
    return f(values) if values else "\\N"


def number(x):
    return str(int(x)) if x == int(x) else repr(x)


class Model:
    """mode, lateness, size, slide, offset, functions; what comes out, in `out`."""

    def __init__(self, mode, lateness, window, functions):
        self.mode, self.lateness, self.window, self.functions = mode, lateness, window, functions
        self.windows, self.T, self.touched, self.news, self.late = {}, -END, set(), False, 0
        self.out = []

    def row(self, w, key, time=None):
        values = self.windows[w][key]
        cells = [FUNCTIONS[f](values) for f in self.functions]
        self.out.append("\t".join(map(str, [w[1] - 1 if time is None else time, key, *w, *cells])))

    def record(self, t, key, n):
        size, slide, offset = self.window
        start = (t - offset) // slide * slide + offset
        start -= (size - 1 - (t - start)) // slide * slide
        self.news, late = True, True
        while start <= t:
            w = (start, start + size)
            start += slide
            if self.mode in ("append", "update") and w[1] + self.lateness <= self.T:
                continue
            late = False
            self.windows.setdefault(w, {}).setdefault(key, []).append(n)
            self.touched.add((w, key))
            if self.mode == "each":
                self.row(w, key, t)
            elif self.mode == "append" and w[1] <= self.T:
                self.row(w, key)
        self.late += late

    def mark(self, T):
        before, self.T = self.T, T
        if self.mode == "append":
            for w in sorted(self.windows):
                if before < w[1] <= T:
                    for key in self.windows[w]:
                        self.row(w, key)

    def barrier(self):
        if self.mode == "update" or (self.mode == "complete" and self.news):
            for w in sorted(self.windows):
                for key in self.windows[w]:
                    if self.mode == "complete" or (w, key) in self.touched:
                        self.row(w, key)
        self.touched, self.news = set(), False


def check(seed):
    rng = random.Random(seed)
    size = rng.randint(2, 60)
    window = (size, rng.randint(1, size - 1), rng.randint(-30, 30))
    mode = rng.choice(["append", "append", "update", "complete", "each"])
    lateness = rng.choice([0, 0, 5, 50, 400]) if mode in ("append", "update") else 0
    model = Model(mode, lateness, window, rng.sample(list(FUNCTIONS), rng.randint(1, 4)))
    keys = [f"k{i}" for i in range(rng.choice([1, 3, 30]))]
    speed, backs = rng.choice([1, 5, 40]), rng.choice([[0, 0, 7, 70, 500], range(100)])
    delay, t, mark = rng.choice([0, 10, 300]), rng.choice([-300, 0, 10**12]), -END
    text = ["#fields\tt\tk\tn:int\tx:float",
            "#window\tsliding\tsize=%d\tslide=%d\toffset=%d" % window]
    for epoch in range(rng.randint(1, 6)):
        for _ in range(rng.choice([0, 1, 10, 80])):
            t += rng.choice([0, 0, 0, 1000]) if rng.random() < 0.02 else rng.randint(0, speed)
            at, key = t - rng.choice(backs), rng.choice(keys)
            n = None if rng.random() < 0.1 else rng.randint(-50, 3000)
            text.append(f"{at}\t{key}\t{null(n)}\t{null(n) if n is None else n / 4}")
            model.record(at, key, n)
            if rng.random() < 0.2 and t - delay > mark:
                mark = t - delay
                text.append(f"#watermark\t{mark}")
                model.mark(mark)
        text.append(f"#barrier\t{epoch}.0")
        model.barrier()
    text.append("#end")
    model.mark(END)
    model.barrier()
    args = ["-m", mode, "-k", "k"] + (["-l", f"{lateness}ms"] if lateness else []) + model.functions
    done = subprocess.run(["saggregate"] + args, input="\n".join(text) + "\n", capture_output=True, text=True)
    got = [line for line in done.stdout.splitlines() if line[0] != "#"]
    late = f"saggregate: {model.late} late records dropped\n" if model.late else ""
    assert (done.returncode, done.stderr) == (0, late), f"{args}: status {done.returncode}: {done.stderr}"
    assert got == model.out, f"{args} {text[1]}: " + next(
        (f"row {i}: {a}, not {b}" for i, (a, b) in enumerate(zip(got, model.out)) if a != b),
        f"{len(got)} rows, not {len(model.out)}")


sys.exit(seeds.run(check, seeds.parser(400).parse_args()))

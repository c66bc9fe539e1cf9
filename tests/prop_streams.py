#!/usr/bin/env python3
"""prop_streams.py [--seed N] [--streams N] - final rows do not depend on how a stream came.

For each random stream: permuting it within the allowed disorder, splitting it
in two and merging it with smerge, and (tumbling windows) going on with a
window of a window give the same rows as the plain run.  Prints its seed.
"""
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import seeds

HEAD = "#fields\tt\tk\tv:int\n"
AGGS = "-k k count sum:v min:v max:v"


def run(command, stdin=None):
    done = subprocess.run(["sh", "-c", command], input=stdin, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{command}: status {done.returncode}: {done.stderr}")
    return done.stdout


def rows(text):
    return sorted(line for line in text.splitlines() if not line.startswith("#"))


def stream(records, delay, rng):
    """The records with watermarks that make none of them late, at random places."""
    lines, top, mark = [HEAD], None, None
    for t, k, v in records:
        lines.append(f"{t}\t{k}\t{v}\n")
        top = t if top is None or t > top else top
        if rng.random() < 0.4 and (mark is None or top - delay > mark):
            mark = top - delay
            lines.append(f"#watermark\t{mark}\n")
        if rng.random() < 0.05:
            lines.append("#idle\n")
    lines.append("#end\n")
    return "".join(lines)


def shuffled(records, disorder, rng):
    """In an order in which no record comes more than disorder behind a later time."""
    return sorted(records, key=lambda r: r[0] + rng.uniform(0, disorder))


def window(rng):
    size = rng.randint(1, 40)
    kind = rng.choice(["tumbling", "offset", "sliding", "session"])
    if kind == "tumbling":
        return kind, size, f"swindow {size}ms"
    if kind == "offset":
        return kind, size, f"swindow -o {rng.randint(-50, 50)}ms {size}ms"
    if kind == "sliding":
        return kind, size, f"swindow {size}ms {rng.randint(1, size)}ms"
    return kind, size, f"swindow -g {size}ms"


def model(records, kind, size):
    """Tumbling windows, counted here."""
    out = {}
    for t, k, v in records:
        start = t // size * size
        n, s, lo, hi = out.get((start, k), (0, 0, v, v))
        out[start, k] = (n + 1, s + v, min(lo, v), max(hi, v))
    return sorted(f"{w + size - 1}\t{k}\t{w}\t{w + size}\t{n}\t{s}\t{lo}\t{hi}"
                  for (w, k), (n, s, lo, hi) in out.items())


def check(seed):
    rng = random.Random(seed)
    disorder = rng.choice([0, 1, 5, 20, 100])
    base = rng.choice([-200, 0, 10**12])
    records = [(base + rng.randint(0, 300), rng.choice("abcd"), rng.randint(-9, 9))
               for _ in range(rng.randint(0, 60))]
    kind, size, swindow = window(rng)
    # Sessions that touch merge, as in Flink, only while the first is open; one
    # more ms of delay keeps it open until nothing that touches it can come.
    delay = disorder + (kind == "session")
    job = f"{swindow} | saggregate {AGGS}"
    want = rows(run(job, stream(shuffled(records, disorder, rng), delay, rng)))
    if kind == "tumbling":
        assert want == model(records, kind, size), "plain run"
    assert rows(run(job, stream(shuffled(records, disorder, rng), delay, rng))) == want, "permuted"
    with tempfile.TemporaryDirectory() as d:
        side = [rng.random() < 0.5 for _ in records]
        for name, which in (("a", True), ("b", False)):
            part = [r for r, s in zip(records, side) if s == which]
            with open(os.path.join(d, name), "w", encoding="ascii") as f:
                f.write(stream(shuffled(part, disorder, rng), delay, rng).replace("#idle\n", ""))
        assert rows(run(f"smerge {d}/a {d}/b | {job}")) == want, "split and merged"
    if kind == "tumbling":
        wide = size * rng.randint(1, 4)
        text = stream(shuffled(records, disorder, rng), delay, rng)
        once = rows(run(f"swindow {wide}ms | saggregate -k k n=count s=sum:v", text))
        twice = rows(run(f"swindow {size}ms | saggregate -k k n=count s=sum:v |"
                         f" swindow {wide}ms | saggregate -k k n=sum:n s=sum:s", text))
        assert once == twice, "a window of a window"


sys.exit(seeds.run(check, seeds.parser(1000).parse_args()))

#!/usr/bin/env python3
"""prop_saggregate.py [--seed N] [--streams N] - a stop and a new start leave no trace.

Random streams go through saggregate once undisturbed, and once in pieces: a run
ends at a random barrier with #stop, or is cut off somewhere behind it, and the
next one goes on from there with #restore.  The bytes that come out are the same,
for every kind of window, mode and function.  Prints its seed.
"""
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import seeds

FIELDS = ("#fields\tt\tk\tn:int\tx:float\ts\tb:bool\tw:time\n")
CUT_OFF = "saggregate: the input ended without #end or #stop: the program before this one died"
FUNCTIONS = (
    ["count", "list:s", "list:x", "set:s", "set:w", "distinct:s", "distinct:x", "hll:n", "hll:s"]
    + [f"count:{f}" for f in "nxsbw"]
    + [f"{a}:{f}" for a in ("sum", "avg", "var", "stddev", "p50", "p99.9") for f in "nx"]
    + [f"{a}:{f}" for a in ("min", "max", "first", "last") for f in "nxsbw"]
    + [f"{a}:{f}:{by}" for a in ("argmin", "argmax") for f in "ns" for by in "nxsbw"]
    + ["argmin:t:x", "argmax:x:t", "max:t"])
FLOATS = ["0", "-0", "NaN", "Infinity", "-Infinity", "0.1", "1e300", "-1e-300", "3", "2.5", "1e16"]
TEXTS = ["", "a", "b", "ab", "\\\\", "x\\ty", "\\n", "é", "long" * 20]


def record(rng, t, key):
    def null(text):
        return "\\N" if rng.random() < 0.1 else text
    x = rng.choice(FLOATS) if rng.random() < 0.3 else repr(rng.uniform(-5, 5))
    s = rng.choice(TEXTS) if rng.random() < 0.7 else f"s{rng.randint(0, 2000)}"
    return "\t".join([str(t), null(key), null(str(rng.randint(-50, 3000))), null(x), null(s),
                      null(rng.choice(["true", "false"])), null(str(rng.randint(-9, 99)))]) + "\n"


def window(rng):
    """The heading's line, and whether lateness and which modes are possible."""
    n = rng.randint(1, 60)
    kind = rng.choice(["none", "tumbling", "sliding", "session", "count"])
    if kind == "none":
        return kind, ""
    if kind == "tumbling":
        return kind, f"#window\ttumbling\tsize={n}\toffset={rng.randint(-30, 30)}\n"
    if kind == "sliding":
        slide = rng.randint(1, 40)
        return kind, f"#window\tsliding\tsize={n}\tslide={slide}\toffset={rng.randint(-30, 30)}\n"
    if kind == "session":
        return kind, f"#window\tsession\tgap={n}\n"
    return kind, f"#window\tcount\tsize={rng.randint(1, 9)}\tslide={rng.randint(1, 9)}\n"


def options(rng, kind):
    modes = {"count": ["append"], "session": ["append", "append", "complete", "each"]}
    mode = rng.choice(modes.get(kind, ["append", "append", "update", "complete", "each"]))
    out = ["-m", mode]
    if rng.random() < 0.85:
        out += ["-k", rng.choice(["k", "k", "k,b", "n", "x"])]
    if mode in ("append", "update") and kind in ("tumbling", "sliding", "session") and rng.random() < 0.6:
        out += ["-l", f"{rng.choice([0, 5, 50, 400])}ms"]
    return out + rng.sample(FUNCTIONS, rng.randint(1, 6))


def epochs(rng):
    """The lines of each epoch, without its barrier; the last one ends the input."""
    out, t, mark = [], rng.choice([-300, 0, 10**12]), None
    keys = [f"k{i}" for i in range(rng.choice([1, 3, 30]))]
    speed = rng.choice([1, 5, 40])
    backs = rng.choice([[0, 0, 7, 70, 500], range(1000)])
    delay = rng.choice([10, 10, 300, 2000])
    for e in range(rng.randint(2, 9)):
        lines = []
        if e == 0 and rng.random() < 0.5:
            # so much that is there for long that epochs write what has changed
            lines = [record(rng, t + rng.randint(3000, 5000), f"many{i}") for i in range(2500)]
        for _ in range(rng.choice([0, 1, 10, 80])):
            t += rng.randint(0, speed)
            lines.append(record(rng, t - rng.choice(backs), rng.choice(keys)))
            if rng.random() < 0.2 and (mark is None or t - delay > mark):
                mark = t - delay
                lines.append(f"#watermark\t{mark}\n")
        out.append(lines)
    return out


def run(args, text, cut=False):
    done = subprocess.run(["saggregate"] + args, input=text, capture_output=True, text=True)
    err = [line for line in done.stderr.splitlines() if not line.endswith(" late records dropped")]
    if (done.returncode, err) != ((111, [CUT_OFF]) if cut else (0, [])):
        raise AssertionError(f"saggregate {' '.join(args)}: status {done.returncode}: {done.stderr}")
    return done.stdout


def text_of(lines, first, last):
    return "".join("".join(lines[i]) + f"#barrier\t{i + 1}.0\n" for i in range(first, last))


def body(out):
    """What follows the heading."""
    lines = out.splitlines(keepends=True)
    while lines and lines[0].split("\t")[0].rstrip() in ("#restore", "#fields", "#mode"):
        lines.pop(0)
    return "".join(lines)


def check(seed):
    rng = random.Random(seed)
    kind, head = window(rng)
    head = FIELDS + head
    args = options(rng, kind)
    lines = epochs(rng)
    # with an ID the end is an epoch of its own
    last, end = len(lines) - 1, rng.choice(["#end\n", "#end\t99.0\n"])
    tail = "".join(lines[last]) + end
    want = body(run(args, head + text_of(lines, 0, last) + tail))
    got, at = "", 0
    with tempfile.TemporaryDirectory(dir=TMP) as d:
        args = ["-S", os.path.join(d, "state")] + args
        while at < last and rng.random() < 0.8:
            to = rng.randint(at + 1, last)
            text = (f"#restore\t{at}.0\n" if at else "") + head + text_of(lines, at, to)
            if rng.random() < 0.5:
                out = run(args, text + "#stop\n").removesuffix("#stop\n")
            else:
                # it goes on past what is committed, to where it dies
                past = rng.randint(to, last)
                text += text_of(lines, to, past) + "".join(lines[past][:rng.randint(0, 5)])
                out = run(args, text, cut=True)
                mark = f"#barrier\t{to}.0\n"
                out = out[:out.index(mark) + len(mark)]
            got += body(out)
            at = to
        got += body(run(args, (f"#restore\t{at}.0\n" if at else "") + head + text_of(lines, at, last) + tail))
        if end != "#end\n":
            # nothing is left
            again = body(run(args, "#restore\t99.0\n" + head + "#end\n"))
            assert again == "#end\n", f"{' '.join(args)}: behind the end: {again}"
    assert got == want, f"saggregate {' '.join(args)}: {head}"


# many small durable files: in memory, where there is such a place
TMP = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
sys.exit(seeds.run(check, seeds.parser(400).parse_args()))

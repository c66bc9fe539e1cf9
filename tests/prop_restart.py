#!/usr/bin/env python3
"""prop_restart.py [--seed N] [--streams N] - a run that was stopped, or died, and went on gives what an undisturbed one does.

For each random stream and tool: the stream is cut at random barriers, where
the tool is told to stop or dies somewhere behind, and goes on from that
barrier with its state.  Output and late output are those of the undisturbed
run, byte for byte, but for the headings and the IDs of the barriers.  Prints
its seed.
"""
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import seeds

HEADING = ("#restore\t", "#fields\t", "#mode\t", "#window\t")
CUT_OFF = "the input ended without #end or #stop"
BARRIER = re.compile(r"(?m)^#(barrier|end)\t(\d+)\..*")


class Input:
    """One input of the tool: a heading, and the lines of each epoch."""

    def __init__(self, heading, epochs, end=None):
        self.heading = heading
        self.epochs = epochs
        self.end = len(epochs) if end is None else end  # the epoch that #end ends

    def text(self, run, start, stop, torn=None, restore=None):
        """Epochs [start, stop): then #end, #stop or, torn, a part of the next one."""
        lines = [f"#restore\t{restore}"] if restore else []
        lines += self.heading
        for i in range(start, min(stop, self.end)):
            lines += self.epochs[i]
            if i + 1 < self.end:
                lines.append(f"#barrier\t{i + 1}.{run}" + (f"\tcommitted={restore}" if restore else ""))
        if stop >= self.end:
            lines.append(f"#end\t{self.end}.{run}")
        elif torn is None:
            lines.append("#stop")
        else:
            lines += self.epochs[stop][:torn]
        return "".join(line + "\n" for line in lines)


def marks(rng, records, spread):
    """Lines of records with watermarks between that make some of them late."""
    lines, top, mark = [], None, None
    back = rng.choice([0, spread // 2, spread])
    often = rng.choice([0.1, 0.4, 0.9])
    for time, rest in records:
        lines.append(f"{time}\t{rest}")
        top = time if top is None or time > top else top
        if rng.random() < often and (mark is None or top - back > mark):
            mark = top - back
            lines.append(f"#watermark\t{mark}")
        if rng.random() < 0.03:
            lines.append("#idle")
    return lines


def cut(rng, lines, n):
    """Into n epochs, some of them empty."""
    at = sorted(rng.randint(0, len(lines)) for _ in range(n - 1))
    return [lines[a:b] for a, b in zip([0] + at, at + [len(lines)])]


def make(rng, n, nkeys, side=False, long=False):
    """Lines of n records (time, key, text, number) that are somewhat out of order."""
    spread = rng.choice([0, 5, 30, 200])
    span = rng.choice([100, 500, 3000])
    base = rng.choice([-200, 0, 10**12])
    nkeys = rng.choice(nkeys)
    pad = "x" * 5000 if long else ""  # a small state is always written whole
    records = []
    for i in range(n):
        time = base + i * span // n + rng.randint(-spread, 0)
        key = rng.choice(["\\N", "a\\tb", ""]) if rng.random() < 0.03 else f"k{rng.randrange(nkeys)}{pad}"
        text = rng.choice(["A", "B", "C", "A", "B", "\\N", "x\\\\y"])
        rest = f"{key}\t{text}\t{rng.randint(0, 9)}"
        records.append((time, rest + ("\t" + rng.choice("LR") if side else "")))
    return marks(rng, records, spread)


FIELDS = ["#fields\tt\tk\ts\tv:int"]
SIDED = ["#fields\tt\tk\ts\tv:int\tside"]


def ms(rng, most):
    return f"{rng.randint(1, most)}ms"


def sdedup(rng):
    keys = rng.choice(["k", "s v", "k v", "t k"])
    return f"sdedup {rng.choice(['', f'-W {ms(rng, 300)}'])} {keys}"


def sgap(rng):
    return f"sgap {rng.choice(['', '-k k', '-k k', '-k k,s'])} {ms(rng, 200)}"


def ssort(rng):
    return "ssort " + rng.choice(["", "", "v:desc", "-n 2 v", "-k k -n 1 s v"])


ONE = [sdedup, sgap, ssort]


def sided(rng):
    kind = rng.choice(["inner", "left", "right", "full", "semi", "anti"])
    if rng.random() < 0.5:
        low = rng.randint(-150, 100)
        return FIELDS, f"sjoin -j {kind} -k k -r {low}ms,{low + rng.randint(0, 150)}ms"
    size = rng.randint(1, 200)
    if rng.random() < 0.5:
        return FIELDS + [f"#window\ttumbling\tsize={size}\toffset=0"], f"sjoin -j {kind} -k k"
    slide = rng.randint(max(1, size // 4), size * 2)
    return FIELDS + [f"#window\tsliding\tsize={size}\tslide={slide}\toffset=3"], f"sjoin -j {kind} -k k"


def sjoin_one(rng):
    heading, command = sided(rng)
    return SIDED + heading[1:], command + " -a side"


PATTERNS = ["A: s == 'A' ; B: s == 'B'", "A: s == 'A' , B", "A ;; B: v > 4",
            "A: s == 'A' ; B+: v > 3 ; C: s == 'B'", "A: v > 2 ; B{1,3} ; C: v == 9",
            "A: s == 'A' ; !N: s == 'C' ; B: s == 'B'", "A: s == 'A' ; B*+ : v < 5 ; C: s == 'C'",
            "A: s == 'A' ; B? : v == 3 ; C: v > 6", "A: v > 5 ; B+ : v > 2 until v == 9 ; C"]
SHORT = ["A: s == 'A' ; !N: s == 'C'", "A: v > 3 , B: v > 3 ; !N: s == 'B'"]


def smatch(rng):
    within = rng.random() < 0.8
    pattern = rng.choice(PATTERNS + SHORT if within else PATTERNS)
    skip = rng.choice(["", "-A next", "-A past", "-A first:B", "-A last:A"])
    if ":B" in skip and not re.search(r"\bB\b", pattern):
        skip = ""
    limit = f"-W {ms(rng, 30)}" if within else ""
    return f'smatch {skip} {limit} {rng.choice(["", "-k k", "-k k,v"])} "{pattern}"'


def schain(rng):
    """Tools in one process, each with a directory of its own; only the first one's late records are looked at."""
    stages = [sdedup(rng)] if rng.random() < 0.5 else [ssort(rng), sdedup(rng)]
    stages += rng.choices(["smap w=v", "sfilter 'v > 1'", "swindow 20ms"], k=rng.randint(0, 2))
    stages.append(rng.choice(ONE)(rng))
    options = ["-S s0 -L late"] + [f"-S s{i}" for i in range(1, len(stages))]
    stages = [s if s.startswith(("smap", "sfilter", "swindow")) else s.replace(" ", f" {o} ", 1)
              for s, o in zip(stages, options)]
    return f"schain {shlex.quote(' | '.join(stages))}"


def scenario(rng):
    """The tool's command line, and its inputs."""
    nepochs = rng.randint(2, 8)
    long = rng.random() < 0.5
    nkeys = [10, 40, 200] if long else [1, 3, 10, 200]
    count = rng.choice([0, 10, 60, 200])
    kind = rng.choice(TOOLS)
    if kind in ("side", "sjoin"):
        nkeys = [1, 5, 20, 100]
    if kind == "smatch":
        nkeys = [1, 2, 5]
        count = min(count, 100)  # the number of matches grows fast
    if kind in ("smerge", "sjoin"):
        heading, command = sided(rng) if kind == "sjoin" else (FIELDS, "smerge" + rng.choice(["", " -a from"]))
        inputs = []
        # smerge takes what comes in turn, so each input is to be there at once
        long = long and kind == "sjoin"
        for _ in range(2):
            lines = make(rng, count, nkeys, long=long)
            if long:  # nobody waits for an input that is idle: what is taken then is a matter of what has been read
                lines = [line for line in lines if line != "#idle"]
            epochs = cut(rng, lines, nepochs)
            end = rng.randint(1, nepochs) if rng.random() < 0.3 else nepochs
            inputs.append(Input(heading, epochs, end))
        inputs[rng.randrange(2)].end = nepochs
        return command + (" -L late right" if kind == "sjoin" else " - right"), inputs
    if kind == "side":
        heading, command = sjoin_one(rng)
        return command + " -L late", [Input(heading, cut(rng, make(rng, count, nkeys, True, long), nepochs))]
    if kind == "schain":
        return schain(rng), [Input(FIELDS, cut(rng, make(rng, count, nkeys, long=long), nepochs))]
    command = {"sdedup": sdedup, "sgap": sgap, "ssort": ssort, "smatch": smatch}[kind](rng)
    tool, options = command.split(" ", 1)
    late = "" if tool == "sgap" else "-L late "
    return f"{tool} {late}{options}", [Input(FIELDS, cut(rng, make(rng, count, nkeys, long=long), nepochs))]


TOOLS = ["sdedup", "sgap", "ssort", "side", "smerge", "sjoin", "smatch", "schain"]


def run(command, where, texts, env):
    """From plain files, in which all is there at once: what smerge takes first is then no matter of time."""
    for name, text in zip(("left", "right"), texts):
        with open(os.path.join(where, name), "w", encoding="ascii") as f:
            f.write(text)
    done = subprocess.run(["sh", "-c", command + " <left"], capture_output=True, text=True, cwd=where, env=env)
    return done.returncode, done.stdout, done.stderr


def late_of(where):
    path = os.path.join(where, "late")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="ascii") as f:
        return f.read()


def plain(text):
    """Without the headings, the barriers with their numbers alone."""
    lines = text.splitlines(keepends=True)
    i = 0
    while i < len(lines) and lines[i].startswith(HEADING):
        i += 1
    return BARRIER.sub(r"#\1\t\2", "".join(lines[i:]))


def want(command, inputs, env):
    n = max(i.end for i in inputs)
    with tempfile.TemporaryDirectory() as d:
        code, out, err = run(command, d, [i.text("x", 0, n) for i in inputs], env)
        assert code == 0, f"undisturbed: status {code}: {err}"
        return plain(out), late_of(d)


def attempt(rng, command, inputs, d, env, place):
    """One run from place, (start, ID): where the next one goes on, and what came out up to there."""
    start, restore, number = place
    name = f"r{number}"
    n = max(i.end for i in inputs)
    stop = rng.randint(start + 1, n) if rng.random() < 0.8 else n
    if stop == n:
        code, out, err = run(command, d, [i.text(name, start, n, None, restore) for i in inputs], env)
        assert code == 0, f"{place}: status {code}: {err}"
        return None, plain(out)
    if rng.random() < 0.5:
        code, out, err = run(command, d, [i.text(name, start, stop, None, restore) for i in inputs], env)
        assert code == 0, f"{place}: stopped at {stop}: status {code}: {err}"
        assert out.endswith("#stop\n"), f"{place}: no #stop"
        kept = stop
    else:
        code, out, err = run(command, d, [i.text(name, start, stop, rng.randint(0, 3), restore) for i in inputs], env)
        assert code == 111 and CUT_OFF in err, f"{place}: cut off behind {stop}: status {code}: {err}"
        kept = rng.randint(start, stop)
    if kept == start:
        return (start, restore, number + 1), ""
    text = plain(out)
    mark = f"#barrier\t{kept}\n"
    at = text.find(mark)
    assert at >= 0, f"{place}: no barrier {kept} in {text!r}"
    return (kept, f"{kept}.{name}", number + 1), text[:at + len(mark)]


def same(what, got, out):
    if got == out:
        return
    a, b = got.splitlines(), out.splitlines()
    i = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    raise AssertionError(f"{what}: line {i + 1} of {len(b)}: {a[i:i + 1]} is not {b[i:i + 1]}")


def check(seed):
    rng = random.Random(seed)
    command, inputs = scenario(rng)
    env = {k: v for k, v in os.environ.items() if not k.startswith("WEIR_")}
    out, late = want(command, inputs, env)
    got = ""
    with tempfile.TemporaryDirectory() as d:
        env["WEIR_STATE"] = os.path.join(d, "state")
        place = (0, None, 0)
        while place is not None:
            place, text = attempt(rng, command, inputs, d, env, place)
            got += text
        same(command, got, out)
        same(command + ": late", late_of(d), late)


def main():
    p = seeds.parser(1000)
    p.add_argument("--tool", choices=TOOLS, action="append")
    a = p.parse_args()
    TOOLS[:] = a.tool or TOOLS
    return seeds.run(check, a)


if __name__ == "__main__":
    sys.exit(main())

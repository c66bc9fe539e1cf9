#!/usr/bin/env python3
"""prop_csv.py [--seed N] [--streams N] - what python's csv writes sread reads, whatever is in quotes and however.  Prints its seed."""
import csv
import io
import random
import subprocess
import sys

sys.dont_write_bytecode = True

import seeds

ESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def field(s):
    """A stream's column; python's csv does not know null."""
    if s == "\\N":
        return ""
    out, i = "", 0
    while i < len(s):
        n = 2 if s[i] == "\\" else 1
        out += ESCAPED.get(s[i:i + n], s[i:i + n])
        i += n
    return out


def check(seed):
    rng = random.Random(seed)
    columns = rng.randint(1, 6)
    signs = rng.choice(['a"', 'a",\n', 'ab ",\n\t\\', 'aé漢",\r\n\\N'])
    rows = [["".join(rng.choice(signs) for _ in range(rng.choice([0, 1, 2, 5, 40, 300])))
             for _ in range(columns)] for _ in range(rng.choice([1, 10, 60]))]
    text = io.StringIO(newline="")
    out = csv.writer(text, quoting=rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
                     # a CR that is not in quotes belongs to the line's end
                     lineterminator="\r\n" if "\r" in signs else rng.choice(["\n", "\r\n"]))
    for i, row in enumerate(rows):
        out.writerow([i, *row])
    done = subprocess.run(["sread", "-f", "t:int," + ",".join(f"c{i}" for i in range(columns)), "-T", "t"],
                          input=text.getvalue().encode(), capture_output=True)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"status {done.returncode}: {done.stderr.decode()}")
    got = [line.split("\t")[1:] for line in done.stdout.decode().split("\n") if line and line[0] != "#"]
    for i, (want, have) in enumerate(zip(rows, got, strict=True)):
        if [field(s) for s in have] != want:
            raise AssertionError(f"row {i}: {want} is {have}")


if __name__ == "__main__":
    sys.exit(seeds.run(check, seeds.parser(100).parse_args()))

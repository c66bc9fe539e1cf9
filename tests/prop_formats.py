#!/usr/bin/env python3
"""prop_formats.py [--seed N] [--streams N] - records come back equal out of every format and of chains of them.

Random columns and values are written and read back in one to three formats
after each other, some of them compressed.  Strings, ints, bools, times and
nulls are the same bytes then, floats the same number.  Prints its seed.
"""
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import seeds

TYPES = ["str", "int", "float", "bool", "time"]
PROTO = {"str": "string", "int": "int64", "float": "double", "bool": "bool", "time": "int64"}
FORMATS = ["csv", "tsv", "json", "avro", "proto", "thrift:binary", "thrift:compact"]
PACKED = ["none", "gzip", "zstd", "lz4", "lzop", "xz"]
CODECS = ["null", "deflate", "snappy"]
TEXT = "aZ09 \t\n\r\\\"'`{}[],:;=#N$éß漢😀\x01\x7f"
TOP = 2**63


def pipe(argv, data, env):
    done = subprocess.run(argv, input=data, capture_output=True, env=env)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{' '.join(argv)}: status {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def value(rng, kind):
    """As it stands in a stream."""
    if rng.random() < 0.15:
        return "\\N"
    if kind == "str":
        s = "".join(rng.choice(TEXT) for _ in range(rng.choice([0, 1, 2, 9, 70])))
        for c, e in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            s = s.replace(c, e)
        return s
    if kind == "bool":
        return rng.choice(["true", "false"])
    if kind == "float":
        return repr(rng.choice([0.0, 0.1, -2.5, 1e300, 5e-324, rng.uniform(-1e6, 1e6), rng.gauss(0, 1) * 1e-9]))
    if kind == "time":
        return str(rng.randrange(-(10**12), 3 * 10**12))
    return str(rng.choice([0, 1, -1, TOP - 1, -TOP, rng.randrange(-TOP, TOP), rng.randrange(-99, 99)]))


def options(rng, form, cols, where):
    """What swrite has, and what sread."""
    named = ",".join(f"{n}:{t}" for n, t in cols)
    if form == "proto":
        with open(f"{where}/m.proto", "w") as f:
            f.write('syntax = "proto3";\nmessage M {\n')
            f.writelines(f"  optional {PROTO[t]} {n} = {i};\n" for i, (n, t) in enumerate(cols, 1))
            f.write("}\n")
        pipe(["protoc", f"-I{where}", f"--descriptor_set_out={where}/m.desc", f"{where}/m.proto"], b"", None)
        form = f"proto:{where}/m.desc:M"
    elif form.startswith("thrift"):
        named = ",".join(f"{n}:{t}={i}" for i, (n, t) in enumerate(cols, 1))
        return ["-s", form, "-f", named, "-z", rng.choice(PACKED)], ["-s", form, "-f", named]
    # its codecs are the container's own
    packed = rng.choice(CODECS if form == "avro" else PACKED)
    return ["-s", form, "-z", packed], ["-s", form, "-f", named]


def same(kind, a, b):
    return a == b or (kind == "float" and "\\N" not in (a, b) and float(a) == float(b))


def check(seed):
    rng = random.Random(seed)
    cols = [("t", "time")] + [(f"c{i}", rng.choice(TYPES)) for i in range(rng.randint(1, 8))]
    rows, t = [], rng.randrange(-(10**12), 2 * 10**12)
    for _ in range(rng.choice([0, 1, 5, 60])):
        t += rng.randrange(1000)
        rows.append([str(t)] + [value(rng, kind) for _, kind in cols[1:]])
    heading = "\t".join(["#fields", "t"] + [f"{n}:{k}" for n, k in cols[1:]])
    text = "\n".join([heading] + ["\t".join(r) for r in rows] + ["#end", ""]).encode()
    chain = [rng.choice(FORMATS) for _ in range(rng.randint(1, 3))]
    with tempfile.TemporaryDirectory() as where:
        # a long time zone or another locale changes nothing
        env = dict(os.environ, TZ=rng.choice(["UTC", "Asia/Kathmandu"]))
        for form in chain:
            write, read = options(rng, form, cols, where)
            text = pipe(["sread", *read, "-T", "t"], pipe(["swrite", *write], text, env), env)
    lines = text.decode().removesuffix("\n").split("\n")
    got = [line.split("\t") for line in lines if not line.startswith("#")]
    if len(got) != len(rows) or lines[-1] != "#end":
        raise AssertionError(f"{chain}: {len(got)} records of {len(rows)}")
    for want, have in zip(rows, got):
        for (name, kind), a, b in zip(cols, want, have, strict=True):
            if not same(kind, a, b):
                raise AssertionError(f"{chain}: {name}:{kind} {a!r} is {b!r}")


if __name__ == "__main__":
    sys.exit(seeds.run(check, seeds.parser(60).parse_args()))

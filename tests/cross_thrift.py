#!/usr/bin/env python3
"""cross_thrift.py [--seed N] [--rounds N] [--structs N] - thrift against python-thrift.

Random structs, in the binary and the compact protocol: what python writes
sread reads to the same values, by any path; what swrite writes python reads
as the same values and types.  Bytes that are changed or cut off never do
more than make a record bad.  Prints its seed.
"""
import argparse
import base64
import json
import math
import os
import random
import sys
import tempfile

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType as T
from thrift.transport.TTransport import TMemoryBuffer

from cross_lib import CHARS, delimited, escape, rows, run, undelimited, unescape

PROTOCOLS = {"binary": TBinaryProtocol, "compact": TCompactProtocol}
BITS = {T.BYTE: 8, T.I16: 16, T.I32: 32, T.I64: 64}
SINGLE = [T.BOOL, T.BYTE, T.I16, T.I32, T.I64, T.DOUBLE, T.STRING]
NAMES = {T.BOOL: "bool", T.BYTE: "byte", T.I16: "i16", T.I32: "i32", T.I64: "i64", T.DOUBLE: "double",
         T.STRING: "string"}
BINARY = "binary"       # a string that is any bytes
# A value is (type, payload): a struct's {id: value}, a list's or set's (type, [value]), a map's
# (key type, value type, [(key, value)]), else the value itself.

def single(rng, t):
    if t == T.BOOL:
        return rng.random() < 0.5
    if t in BITS:
        top = 1 << (BITS[t] - 1)
        return rng.choice([0, 1, -1, top - 1, -top, rng.randint(-top, top - 1)])
    if t == T.DOUBLE:
        return rng.choice([0.0, -0.0, 0.1, 1e300, 5e-324, math.inf, -math.inf, rng.random()])
    if t == BINARY:
        return bytes(rng.randrange(256) for _ in range(rng.choice([0, 1, 2, 3, 50])))
    return "".join(rng.choice(CHARS) for _ in range(rng.choice([0, 1, 5, 20, 200])))


def kind(rng, depth, typed=False):
    """A type: T, or (T.LIST, kind), (T.SET, kind), (T.MAP, T, kind), (T.STRUCT,).

    typed: the fields of a struct are known, (T.STRUCT, {id: kind}), and BINARY is a type.
    """
    x = rng.random()
    if depth == 0 or x < 0.6:
        return rng.choice(SINGLE + [BINARY] * typed)
    if x < 0.7:
        ids = rng.sample([1, 2, 3, 15, 16, 17, 40, 32767], rng.randint(1, 4))
        return (T.STRUCT, {i: kind(rng, depth - 1, True) for i in ids}) if typed else (T.STRUCT,)
    if x < 0.9:
        return (rng.choice([T.LIST, T.SET]), kind(rng, depth - 1, typed))
    key = rng.choice([T.STRING, T.I32, T.BYTE, T.BOOL, T.I64] + [BINARY] * typed)
    return (T.MAP, key, kind(rng, depth - 1, typed))


def ttype(k):
    return T.STRING if k == BINARY else k if isinstance(k, int) else k[0]


def fill(rng, k, depth):
    if isinstance(k, (int, str)):
        return ttype(k), single(rng, k)
    n = rng.choice([0, 1, 2, 3, 14, 15, 16])
    if k[0] == T.STRUCT:
        return k[0], struct(rng, depth - 1) if len(k) == 1 else {
            i: fill(rng, x, depth - 1) for i, x in k[1].items() if rng.random() < 0.8}
    if k[0] == T.MAP:
        keys = {single(rng, k[1]) for _ in range(min(n, 3))}
        return k[0], (ttype(k[1]), ttype(k[2]), [((ttype(k[1]), x), fill(rng, k[2], depth - 1)) for x in keys])
    return k[0], (ttype(k[1]), [fill(rng, k[1], depth - 1) for _ in range(n)])


def struct(rng, depth):
    ids = rng.sample(list(range(1, 30)) + [100, 1000, 32767], rng.randint(0, 6))
    if rng.random() < 0.7:
        ids.sort()
    return {i: fill(rng, kind(rng, max(depth, 0)), depth) for i in ids}


def write(p, t, v):
    if t == T.STRUCT:
        p.writeStructBegin("")
        for i, (ft, fv) in v.items():
            p.writeFieldBegin("", ft, i)
            write(p, ft, fv)
            p.writeFieldEnd()
        p.writeFieldStop()
        p.writeStructEnd()
    elif t == T.MAP:
        p.writeMapBegin(v[0], v[1], len(v[2]))
        for (kt, kv), (vt, vv) in v[2]:
            write(p, kt, kv)
            write(p, vt, vv)
        p.writeMapEnd()
    elif t == T.LIST:
        p.writeListBegin(v[0], len(v[1]))
        for et, ev in v[1]:
            write(p, et, ev)
        p.writeListEnd()
    elif t == T.SET:
        p.writeSetBegin(v[0], len(v[1]))
        for et, ev in v[1]:
            write(p, et, ev)
        p.writeSetEnd()
    else:
        {T.BOOL: p.writeBool, T.BYTE: p.writeByte, T.I16: p.writeI16, T.I32: p.writeI32, T.I64: p.writeI64,
         T.DOUBLE: p.writeDouble, T.STRING: p.writeString}[t](v)


def read(p, t):
    if t == T.STRUCT:
        out = {}
        p.readStructBegin()
        while True:
            _, ft, i = p.readFieldBegin()
            if ft == T.STOP:
                break
            out[i] = (ft, read(p, ft))
            p.readFieldEnd()
        p.readStructEnd()
        return out
    if t == T.MAP:
        kt, vt, n = p.readMapBegin()
        out = (kt, vt, [((kt, read(p, kt)), (vt, read(p, vt))) for _ in range(n)])
        p.readMapEnd()
        return out
    if t == T.LIST:
        et, n = p.readListBegin()
        out = (et, [(et, read(p, et)) for _ in range(n)])
        p.readListEnd()
        return out
    if t == T.SET:
        et, n = p.readSetBegin()
        out = (et, [(et, read(p, et)) for _ in range(n)])
        p.readSetEnd()
        return out
    v = {T.BOOL: p.readBool, T.BYTE: p.readByte, T.I16: p.readI16, T.I32: p.readI32, T.I64: p.readI64,
         T.DOUBLE: p.readDouble, T.STRING: p.readBinary}[t]()
    return bool(v) if t == T.BOOL else word(v) if t == T.STRING else v


def word(b):
    """Text if it can be: on the wire nothing tells it from bytes."""
    try:
        return b.decode()
    except UnicodeDecodeError:
        return b


def encode(protocol, v):
    buf = TMemoryBuffer()
    write(PROTOCOLS[protocol](buf), T.STRUCT, v)
    return buf.getvalue()


def decode(protocol, data):
    return read(PROTOCOLS[protocol](TMemoryBuffer(data)), T.STRUCT)


def text(t, v):
    if isinstance(v, bytes):
        return base64.b64encode(v).decode()
    return ("true" if v else "false") if t == T.BOOL else str(v)


def plain(t, v):
    """As JSON has it."""
    if t == T.STRUCT:
        return {str(i): plain(*f) for i, f in v.items()}
    if t == T.MAP:
        return {text(*k): plain(*x) for k, x in v[2]}
    if t in (T.LIST, T.SET):
        return [plain(*x) for x in v[1]]
    if t == T.DOUBLE and math.isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    return text(t, v) if isinstance(v, bytes) else v


def same(got, t, v):
    """A column's text, unescaped, None for null."""
    if t in (T.STRUCT, T.MAP, T.LIST, T.SET):
        return json.loads(got) == plain(t, v)
    if t == T.DOUBLE:
        return float(got) == v
    return got == text(t, v)


def paths(t, v, prefix, out):
    """All places in a value, but for map keys that a path cannot have."""
    if prefix:
        out.append((prefix, (t, v)))
    if t == T.STRUCT:
        for i, f in v.items():
            paths(*f, f"{prefix}.{i}" if prefix else str(i), out)
    elif t == T.MAP:
        for k, x in v[2]:
            key = text(*k)
            if not set(key) & set(",\"]\t\n\r"):
                paths(*x, f"{prefix}[\"{key}\"]", out)
    elif t in (T.LIST, T.SET):
        for i, x in enumerate(v[1]):
            paths(*x, f"{prefix}[{i}]", out)


def check_read(rng, protocol, structs):
    data = delimited(encode(protocol, v) for v in structs)
    base = ["sread", "-s", f"thrift:{protocol}", "-T", "@now"]
    got = rows(run(base, data))
    assert len(got) == len(structs)
    for (_, row), v in zip(got, structs):
        assert same(unescape(row), T.STRUCT, v), f"{protocol}: {row}: {v}"
    for v in structs:
        places = []
        paths(T.STRUCT, v, "", places)
        places = rng.sample(places, min(len(places), 8))
        if not places:
            continue
        fields = ",".join(f"p{i}={p}" for i, (p, _) in enumerate(places)) + ",none=31000"
        (row,) = rows(run(base + ["-f", fields], delimited([encode(protocol, v)])))
        assert unescape(row[-1]) is None
        for col, (path, (t, x)) in zip(row[1:], places):
            assert same(unescape(col), t, x), f"{protocol}: {path}: {col}: {v}"


def spelled(k):
    if isinstance(k, (int, str)):
        return NAMES.get(k, k)
    if k[0] == T.MAP:
        return f"map<{spelled(k[1])},{spelled(k[2])}>"
    if k[0] == T.STRUCT:
        return "struct<" + ",".join(f"{i}:{spelled(x)}" for i, x in k[1].items()) + ">"
    return ("list" if k[0] == T.LIST else "set") + f"<{spelled(k[1])}>"


def nest(v, path, x):
    for i in path[:-1]:
        v = v.setdefault(i, (T.STRUCT, {}))[1]
    v[path[-1]] = x


def compact(t, v):
    """What python reads back: of an empty map the compact protocol does not know the types."""
    if t == T.STRUCT:
        return t, {i: compact(*f) for i, f in v.items()}
    if t == T.MAP:
        return t, (v[2] and v[:2], sorted(((compact(*k), compact(*x)) for k, x in v[2]), key=str))
    if t in (T.LIST, T.SET):
        return t, (v[0], [compact(*x) for x in v[1]])
    return t, word(v) if isinstance(v, bytes) else v


def check_write(rng, protocol, n):
    paths_ = [(i,) for i in rng.sample(range(1, 40), rng.randint(1, 6))]
    paths_ += [(50, i) for i in rng.sample(range(1, 300), rng.randint(0, 3))]
    paths_ += [(50, 1000, i) for i in rng.sample(range(1, 9), rng.randint(0, 2))]
    kinds = [kind(rng, 2, True) for _ in paths_]
    want, given, lines = [], [], ["#fields\tt\t" + "\t".join(f"c{i}" for i in range(len(kinds)))]
    for _ in range(n):
        v, cols = {}, []
        given.append([None] * len(kinds))
        for path, k in zip(paths_, kinds):
            if rng.random() < 0.2:
                cols.append("\\N")
                continue
            x = fill(rng, k, 2)
            nest(v, path, x)
            col = text(*x) if isinstance(k, (int, str)) else json.dumps(plain(*x))
            col = {"inf": "Infinity", "-inf": "-Infinity"}.get(col, col) if k == T.DOUBLE else col
            cols.append(escape(col))
            given[-1][len(cols) - 1] = x
        want.append(v)
        lines.append("1\t" + "\t".join(cols))
    fields = ",".join(f"c{i}:{spelled(k)}=" + ".".join(map(str, p)) for i, (k, p) in enumerate(zip(kinds, paths_)))
    out = run(["swrite", "-s", f"thrift:{protocol}", "-f", fields], ("\n".join(lines) + "\n#end\n").encode())
    got = [decode(protocol, r) for r in undelimited(out)]
    assert len(got) == n
    for g, w in zip(got, want):
        assert compact(T.STRUCT, g) == compact(T.STRUCT, w), f"{protocol}: {fields}:\n{g}\n{w}"
    # the same types read it again
    back = rows(run(["sread", "-s", f"thrift:{protocol}", "-T", "@now", "-f", fields], out))
    assert len(back) == n
    for row, values in zip(back, given):
        for col, x in zip(row[1:], values):
            assert unescape(col) is None if x is None else same(unescape(col), *x), f"{protocol}: {fields}:\n{col}\n{x}"


def check_changed(rng, protocol, structs, tmp):
    changed = []
    for v in structs:
        b = bytearray(encode(protocol, v))
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(b)) if b else 0
            if rng.random() < 0.3:
                del b[at:]
            elif b:
                b[at] = rng.randrange(256)
        changed.append(bytes(b))
    dead = os.path.join(tmp, "dead")
    command = ["sread", "-s", f"thrift:{protocol}", "-T", "@now", "-D", dead]
    good = rows(run(command, delimited(changed), says=True))
    with open(dead, encoding="utf-8") as f:
        letters = len(f.readlines())
    assert len(good) + letters == len(changed), f"{len(good)} + {letters} of {len(changed)}"
    os.unlink(dead)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    args.add_argument("--rounds", type=int, default=20)
    args.add_argument("--structs", type=int, default=10)
    args = args.parse_args()
    print(f"seed {args.seed}")
    for i in range(args.rounds):
        rng = random.Random(args.seed + i)
        try:
            for protocol in PROTOCOLS:
                structs = [struct(rng, 3) for _ in range(args.structs)]
                check_read(rng, protocol, structs)
                check_write(rng, protocol, args.structs)
                with tempfile.TemporaryDirectory() as tmp:
                    check_changed(rng, protocol, structs, tmp)
        except AssertionError as e:
            sys.exit(f"seed {args.seed + i} --rounds 1: {e}")


main()

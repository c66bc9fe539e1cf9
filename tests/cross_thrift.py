#!/usr/bin/env python3
"""cross_thrift.py [--seed N] [--rounds N] [--structs N] - thrift against python-thrift.

Random structs, in the binary and the compact protocol: what python writes
sread reads to the same values, by any path; what swrite writes python reads
as the same values and types.  Bytes that are changed or cut off never do
more than make a record bad.  Prints its seed.
"""
import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType as T
from thrift.transport.TTransport import TMemoryBuffer

PROTOCOLS = {"binary": TBinaryProtocol, "compact": TCompactProtocol}
BITS = {T.BYTE: 8, T.I16: 16, T.I32: 32, T.I64: 64}
SINGLE = [T.BOOL, T.BYTE, T.I16, T.I32, T.I64, T.DOUBLE, T.STRING]
NAMES = {T.BOOL: "bool", T.BYTE: "byte", T.I16: "i16", T.I32: "i32", T.I64: "i64", T.DOUBLE: "double",
         T.STRING: "string"}
CHARS = "aZ09 ,;:'\"\\\t\n\r{}[]\u00e4\u20ac\U0001f600\x01"


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def delimited(records):
    return b"".join(varint(len(r)) + r for r in records)


def undelimited(data):
    at, out = 0, []
    while at < len(data):
        n = shift = 0
        while True:
            b = data[at]
            at += 1
            n |= (b & 127) << shift
            shift += 7
            if b < 128:
                break
        out.append(data[at:at + n])
        at += n
    return out


def run(command, stdin=b"", says=False):
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    if done.returncode != 0 or (done.stderr and not says):
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}: {done.stderr.decode()}")
    return done.stdout


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
    return "".join(rng.choice(CHARS) for _ in range(rng.choice([0, 1, 5, 20, 200])))


def kind(rng, depth):
    """A type: T, or (T.LIST, kind), (T.SET, kind), (T.MAP, T, kind), (T.STRUCT,)."""
    x = rng.random()
    if depth == 0 or x < 0.6:
        return rng.choice(SINGLE)
    if x < 0.7:
        return (T.STRUCT,)
    if x < 0.9:
        return (rng.choice([T.LIST, T.SET]), kind(rng, depth - 1))
    return (T.MAP, rng.choice([T.STRING, T.I32, T.BYTE, T.BOOL, T.I64]), kind(rng, depth - 1))


def ttype(k):
    return k if isinstance(k, int) else k[0]


def fill(rng, k, depth):
    if isinstance(k, int):
        return k, single(rng, k)
    n = rng.choice([0, 1, 2, 3, 14, 15, 16])
    if k[0] == T.STRUCT:
        return k[0], struct(rng, depth - 1)
    if k[0] == T.MAP:
        keys = {single(rng, k[1]) for _ in range(min(n, 3))}
        return k[0], (k[1], ttype(k[2]), [((k[1], x), fill(rng, k[2], depth - 1)) for x in keys])
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
         T.DOUBLE: p.readDouble, T.STRING: p.readString}[t]()
    return bool(v) if t == T.BOOL else v


def encode(protocol, v):
    buf = TMemoryBuffer()
    write(PROTOCOLS[protocol](buf), T.STRUCT, v)
    return buf.getvalue()


def decode(protocol, data):
    return read(PROTOCOLS[protocol](TMemoryBuffer(data)), T.STRUCT)


def text(t, v):
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
    return v


def same(got, t, v):
    """A column's text, unescaped, None for null."""
    if t in (T.STRUCT, T.MAP, T.LIST, T.SET):
        return json.loads(got) == plain(t, v)
    if t == T.DOUBLE:
        return float(got) == v
    return got == text(t, v)


def unescape(s):
    if s == "\\N":
        return None
    out, i = [], 0
    while i < len(s):
        if s[i] == "\\":
            i += 1
            out.append({"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[s[i]])
        else:
            out.append(s[i])
        i += 1
    return "".join(out)


def rows(stream):
    return [line.split("\t")[1:] for line in stream.decode().split("\n") if line and not line.startswith("#")]


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
    for (row,), v in zip(got, structs):
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
        for col, (path, (t, x)) in zip(row, places):
            assert same(unescape(col), t, x), f"{protocol}: {path}: {col}: {v}"


def spelled(k):
    if isinstance(k, int):
        return NAMES[k]
    if k[0] == T.MAP:
        return f"map<{NAMES[k[1]]},{spelled(k[2])}>"
    return ("list" if k[0] == T.LIST else "set") + f"<{spelled(k[1])}>"


def has_struct(k):
    return not isinstance(k, int) and (k[0] == T.STRUCT or has_struct(k[-1]))


def nest(v, path, x):
    for i in path[:-1]:
        v = v.setdefault(i, (T.STRUCT, {}))[1]
    v[path[-1]] = x


def compact(t, v):
    """What python reads back: of an empty map the compact protocol does not know the types."""
    if t == T.STRUCT:
        return t, {i: compact(*f) for i, f in v.items()}
    if t == T.MAP:
        return t, (v[2] and v[:2], sorted((k, compact(*x)) for k, x in v[2]))
    if t in (T.LIST, T.SET):
        return t, (v[0], [compact(*x) for x in v[1]])
    return t, v


def check_write(rng, protocol, n):
    paths_ = [(i,) for i in rng.sample(range(1, 40), rng.randint(1, 6))]
    paths_ += [(50, i) for i in rng.sample(range(1, 300), rng.randint(0, 3))]
    paths_ += [(50, 1000, i) for i in rng.sample(range(1, 9), rng.randint(0, 2))]
    kinds = []
    while len(kinds) < len(paths_):
        k = kind(rng, 2)
        if not has_struct(k):
            kinds.append(k)
    want, lines = [], ["#fields\tt\t" + "\t".join(f"c{i}" for i in range(len(kinds)))]
    for _ in range(n):
        v, cols = {}, []
        for path, k in zip(paths_, kinds):
            if rng.random() < 0.2:
                cols.append("\\N")
                continue
            x = fill(rng, k, 2)
            nest(v, path, x)
            col = text(*x) if isinstance(k, int) else json.dumps(plain(*x))
            col = {"inf": "Infinity", "-inf": "-Infinity"}.get(col, col) if k == T.DOUBLE else col
            cols.append(col.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r"))
        want.append(v)
        lines.append("1\t" + "\t".join(cols))
    fields = ",".join(f"c{i}:{spelled(k)}=" + ".".join(map(str, p)) for i, (k, p) in enumerate(zip(kinds, paths_)))
    out = run(["swrite", "-s", f"thrift:{protocol}", "-f", fields], ("\n".join(lines) + "\n#end\n").encode())
    got = [decode(protocol, r) for r in undelimited(out)]
    assert len(got) == n
    for g, w in zip(got, want):
        assert compact(T.STRUCT, g) == compact(T.STRUCT, w), f"{protocol}: {fields}:\n{g}\n{w}"


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

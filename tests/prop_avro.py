#!/usr/bin/env python3
"""prop_avro.py [SEED [N]] - Avro against fastavro: random schemas and values, both ways"""
import base64
import datetime
import decimal
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))

try:
    import fastavro
except ImportError:
    if os.environ.get("WEIR_PROP_AVRO"):
        raise
    up = subprocess.run([HERE + "/formats-up"], capture_output=True, text=True)
    if up.returncode != 0:
        print("prop_avro: skipped: " + up.stderr.strip())
        sys.exit(os.environ.get("WEIR_NEED_FORMATS") == "1")
    os.environ["WEIR_PROP_AVRO"] = "1"
    os.execv(up.stdout.strip(), [up.stdout.strip(), *sys.argv])

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 31)
N = int(sys.argv[2]) if len(sys.argv) > 2 else 40
rnd = random.Random(SEED)
decimal.getcontext().prec = 100
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
CODECS = ["null", "deflate", "snappy"]


def fail(what, **more):
    print(f"prop_avro: seed {SEED}: {what}")
    for k, v in more.items():
        print(f"  {k}: {v!r}"[:3000])
    sys.exit(1)


def tool(*argv, data=b""):
    p = subprocess.run(argv, input=data, capture_output=True)
    if p.returncode != 0 or p.stderr:
        fail("status %d of %s: %s" % (p.returncode, argv, p.stderr.decode()))
    return p.stdout


# -- random schemas and values ----------------------------------------------

class Names:
    def __init__(self):
        self.n = 0

    def new(self, prefix):
        self.n += 1
        return f"{prefix}{self.n}"


SIMPLE = ["boolean", "int", "long", "float", "double", "string", "bytes"]
LOGICAL = [
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "long", "logicalType": "time-micros"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "long", "logicalType": "local-timestamp-millis"},
    {"type": "long", "logicalType": "local-timestamp-micros"},
    {"type": "string", "logicalType": "uuid"},
]


def schema(names, depth):
    """A random type; not a union."""
    kind = rnd.random()
    if kind < .4 or depth > 3:
        return rnd.choice(SIMPLE)
    if kind < .55:
        return dict(rnd.choice(LOGICAL))
    if kind < .62:
        p = rnd.randint(1, 30)
        d = {"logicalType": "decimal", "precision": p, "scale": rnd.randint(0, p)}
        if rnd.random() < .5:
            return {"type": "bytes", **d}
        return {"type": "fixed", "name": names.new("D"), "size": 13, **d}
    if kind < .68:
        return {"type": "enum", "name": names.new("E"),
                "symbols": [f"s{i}" for i in range(rnd.randint(1, 5))]}
    if kind < .72:
        return {"type": "fixed", "name": names.new("F"), "size": rnd.randint(0, 5)}
    if kind < .82:
        return {"type": "array", "items": nullable(schema(names, depth + 1))}
    if kind < .9:
        return {"type": "map", "values": nullable(schema(names, depth + 1))}
    return record(names, depth + 1)


def nullable(t):
    return t if rnd.random() < .6 else rnd.choice([["null", t], [t, "null"]])


def record(names, depth):
    return {"type": "record", "name": names.new("R"), "fields": [
        {"name": names.new("f"), "type": nullable(schema(names, depth))}
        for _ in range(rnd.randint(1, 5))]}


TEXT = "aZ09 \t\n\r\\\"'{}[],:éß漢😀"


def text():
    return "".join(rnd.choice(TEXT) for _ in range(rnd.choice([0, 1, 3, 20, 70])))


def octets(n):
    return bytes(rnd.randrange(256) for _ in range(n))


def number(bits):
    return rnd.choice([0, 1, -1, 2 ** (bits - 1) - 1, -2 ** (bits - 1),
                       rnd.randint(-2 ** (bits - 1), 2 ** (bits - 1) - 1), rnd.randint(-99, 99)])


def single(v):
    import struct
    return struct.unpack("<f", struct.pack("<f", v))[0]


def real():
    return rnd.choice([0.0, 1.0, -1.5, 0.1, rnd.uniform(-1e6, 1e6), rnd.uniform(-1, 1) * 1e-9,
                       1e300 * rnd.random(), float(rnd.randint(-2**53, 2**53))])


def value(t):
    if isinstance(t, list):
        return value(rnd.choice(t))
    kind = t if isinstance(t, str) else t["type"]
    logical = None if isinstance(t, str) else t.get("logicalType")
    micro = rnd.choice([0, rnd.randrange(10 ** 6), rnd.randrange(1000) * 1000])
    when = EPOCH + datetime.timedelta(seconds=rnd.randint(-10 ** 9, 4 * 10 ** 9), microseconds=micro)
    ms = when.replace(microsecond=micro // 1000 * 1000)
    match logical:
        case "date":
            return when.date()
        case "time-millis":
            return ms.time()
        case "time-micros":
            return when.time()
        case "timestamp-millis":
            return ms
        case "timestamp-micros":
            return when
        case "local-timestamp-millis":
            return ms.replace(tzinfo=None)
        case "local-timestamp-micros":
            return when.replace(tzinfo=None)
        case "uuid":
            return uuid.UUID(int=rnd.getrandbits(128))
        case "decimal":
            digits = rnd.randint(1, t["precision"])
            return decimal.Decimal(rnd.randint(-10 ** digits + 1, 10 ** digits - 1)).scaleb(-t["scale"])
    match kind:
        case "null":
            return None
        case "boolean":
            return rnd.random() < .5
        case "int":
            return number(32)
        case "long":
            return number(64)
        case "float":
            return single(rnd.uniform(-1e6, 1e6))
        case "double":
            return real()
        case "string":
            return text()
        case "bytes":
            return octets(rnd.choice([0, 1, 9]))
        case "fixed":
            return octets(t["size"])
        case "enum":
            return rnd.choice(t["symbols"])
        case "array":
            return [value(t["items"]) for _ in range(rnd.choice([0, 1, 4]))]
        case "map":
            return {text(): value(t["values"]) for _ in range(rnd.choice([0, 1, 4]))}
        case "record":
            return {f["name"]: value(f["type"]) for f in t["fields"]}
    raise AssertionError(t)


def strip(t):
    return t[0] if isinstance(t, list) and t[1] == "null" else t[1] if isinstance(t, list) else t


# -- what weir says of a value ----------------------------------------------

def stamp(v, local):
    s = v.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + fraction(v)
    return s + ("" if local else "Z")


def fraction(v):
    if v.microsecond % 1000:
        return ".%06d" % v.microsecond
    return ".%03d" % (v.microsecond // 1000) if v.microsecond else ""


def plain(t, v):
    """A value as JSON's parser would give it, of weir's JSON text."""
    if v is None:
        return None
    t = strip(t)
    kind = t if isinstance(t, str) else t["type"]
    logical = None if isinstance(t, str) else t.get("logicalType")
    if logical == "decimal":
        return decimal.Decimal(v)
    if logical == "uuid" or logical == "date":
        return str(v)
    if logical in ("time-millis", "time-micros"):
        return v.strftime("%H:%M:%S") + fraction(v)
    if logical:
        return stamp(v, logical.startswith("local"))
    if kind in ("bytes", "fixed"):
        return base64.b64encode(v).decode()
    if kind == "array":
        return [plain(t["items"], x) for x in v]
    if kind == "map":
        return {k: plain(t["values"], x) for k, x in v.items()}
    if kind == "record":
        return {f["name"]: plain(f["type"], v[f["name"]]) for f in t["fields"]}
    return v


def unescape(s):
    out, i = [], 0
    while i < len(s):
        if s[i:i + 1] == b"\\":
            out.append({b"t": b"\t", b"n": b"\n", b"r": b"\r", b"\\": b"\\"}[s[i + 1:i + 2]])
            i += 2
        else:
            out.append(s[i:i + 1])
            i += 1
    return b"".join(out)


def same(t, got, want):
    """Whether a field of type str holds the value."""
    if want is None:
        return got == b"\\N"
    if got == b"\\N":
        return False
    t = strip(t)
    kind = t if isinstance(t, str) else t["type"]
    logical = None if isinstance(t, str) else t.get("logicalType")
    got = unescape(got).decode()
    want = plain(t, want)
    if kind in ("array", "map", "record"):
        return json.loads(got, parse_float=decimal.Decimal) == exact(want)
    if logical == "decimal":
        return decimal.Decimal(got) == want and len(got.partition(".")[2]) == t["scale"]
    if kind == "boolean":
        return got == ("true" if want else "false")
    if kind == "float":
        # fastavro keeps a long that is promoted whole
        return single(float(got)) == single(want)
    if kind == "double":
        return float(got) == want
    return got == str(want)


def exact(v):
    """Floats as the shortest text that is that double says them."""
    if isinstance(v, float):
        return Close(v)
    if isinstance(v, list):
        return [exact(x) for x in v]
    if isinstance(v, dict):
        return {k: exact(x) for k, x in v.items()}
    return v


class Close:
    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        return float(other) == self.v or single(float(other)) == self.v

    def __repr__(self):
        return repr(self.v)


def rows(stream):
    lines = stream.split(b"\n")
    assert lines[-1] == b"" and lines[-2].startswith(b"#end"), stream[-100:]
    return [ln.split(b"\t") for ln in lines[:-1] if not ln.startswith(b"#")]


# -- the properties ---------------------------------------------------------

def write(path, t, records, codec):
    with open(path, "wb") as f:
        fastavro.writer(f, fastavro.parse_schema(json.loads(json.dumps(t))), records, codec=codec,
                        sync_interval=rnd.choice([1, 100, 16000]))


def both_ways(tmp):
    """fastavro writes, sread reads; swrite writes it with the same schema, fastavro reads."""
    names = Names()
    t = record(names, 0)
    t["fields"].insert(rnd.randint(0, len(t["fields"])), {
        "name": "ts", "type": {"type": "long", "logicalType": "timestamp-millis"}})
    records = [value(t) for _ in range(rnd.choice([0, 1, 30]))]
    path, avsc, back = tmp + "/a.avro", tmp + "/a.avsc", tmp + "/b.avro"
    codec = rnd.choice(CODECS)
    write(path, t, records, codec)
    with open(avsc, "w") as f:
        json.dump(t, f, indent=rnd.choice([None, 2]))
    order = [f for f in t["fields"] if f["name"] != "ts"]
    stream = tool("sread", "-s", "avro", "-T", "ts", "-f", ",".join(f["name"] for f in t["fields"]), path)
    got = rows(stream)
    if len(got) != len(records):
        fail("records", got=len(got), want=len(records))
    for g, r in zip(got, records):
        if int(g[0]) != (r["ts"] - EPOCH) // datetime.timedelta(milliseconds=1):
            fail("time", got=g[0], want=r["ts"])
        for f, x in zip(order, g[1:]):
            if not same(f["type"], x, r[f["name"]]):
                fail("read", type=f["type"], got=x, want=r[f["name"]])
    # a datum read as its own schema, given, is the same
    again = tool("sread", "-s", "avro:" + avsc, "-T", "ts", "-f",
                 ",".join(f["name"] for f in t["fields"]), path)
    if again != stream:
        fail("resolved with itself", got=again, want=stream)
    # typed as the schema says, it is a stream that says the same
    tool("swrite", "-s", "tsv", data=tool("sread", "-s", "avro", "-T", "ts", path))
    with open(back, "wb") as f:
        f.write(tool("swrite", "-s", "avro:" + avsc, "-z", rnd.choice(CODECS), data=stream))
    with open(back, "rb") as f:
        written = list(fastavro.reader(f))
    if written != records:
        for w, r in zip(written, records):
            for f in t["fields"]:
                if w[f["name"]] != r[f["name"]]:
                    fail("written", type=f["type"], got=w[f["name"]], want=r[f["name"]])
        fail("written", got=len(written), want=len(records))


def derived(tmp):
    """A stream's own types: fastavro reads what they say, sread gives the stream back."""
    kinds = [rnd.choice(["str", "int", "float", "bool", "time"]) for _ in range(rnd.randint(0, 6))]
    make = {
        "str": text, "int": lambda: number(64), "bool": lambda: rnd.random() < .5,
        "float": real, "time": lambda: rnd.randint(-10 ** 12, 10 ** 13)}
    records = [(rnd.randint(-10 ** 12, 10 ** 13), [None if rnd.random() < .2 else make[k]() for k in kinds])
               for _ in range(rnd.choice([0, 1, 50]))]

    def field(v):
        if v is None:
            return "\\N"
        if isinstance(v, bool):
            return "true" if v else "false"
        if isinstance(v, float):
            return repr(v) if v != int(v) or abs(v) >= 2 ** 53 else str(int(v))
        return str(v).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    head = "\t".join(["#fields", "t"] + [f"c{i}:{k}" if k != "str" else f"c{i}" for i, k in enumerate(kinds)])
    body = ["\t".join([str(t)] + [field(v) for v in r]) for t, r in records]
    stream = "\n".join([head, *body, "#end", ""])
    data = tool("swrite", "-s", "avro", "-z", rnd.choice(CODECS), data=stream.encode())
    got = list(fastavro.reader(io.BytesIO(data)))
    for g, (t, r) in zip(got, records, strict=True):
        if g["t"] != EPOCH + datetime.timedelta(milliseconds=t):
            fail("derived time", got=g["t"], want=t)
        for i, v in enumerate(r):
            if kinds[i] == "time" and v is not None:
                v = EPOCH + datetime.timedelta(milliseconds=v)
            if g[f"c{i}"] != v:
                fail("derived", kind=kinds[i], got=g[f"c{i}"], want=v)
    path = tmp + "/d.avro"
    with open(path, "wb") as f:
        f.write(data)
    back = b"".join(ln for ln in tool("sread", "-s", "avro", "-T", "t", path).splitlines(True)
                    if not ln.startswith(b"#watermark")).decode()
    if back != stream:
        fail("derived, back", got=back, want=stream)


WIDER = {"int": ["long", "float", "double"], "long": ["float", "double"], "float": ["double"],
         "string": ["bytes"], "bytes": ["string"]}


def evolve(t, names):
    """A reader's schema for a record's fields, as people change them."""
    fields = []
    for f in t["fields"]:
        f = json.loads(json.dumps(f))
        what = rnd.random()
        if f["name"] != "ts" and what < .15:
            continue
        if f["name"] != "ts" and what < .3:
            f["aliases"] = [f["name"]]
            f["name"] = names.new("n")
        kind = strip(f["type"])
        if isinstance(kind, str) and rnd.random() < .5 and kind in WIDER and kind != "bytes":
            wide = rnd.choice(WIDER[kind])
            f["type"] = [x if x == "null" else wide for x in f["type"]] \
                if isinstance(f["type"], list) else wide
        if isinstance(kind, dict) and kind["type"] == "enum" and rnd.random() < .5:
            kind = dict(kind, symbols=kind["symbols"][:1] + ["other"], default="other")
            f["type"] = [x if x == "null" else kind for x in f["type"]] \
                if isinstance(f["type"], list) else kind
        if not isinstance(f["type"], list) and rnd.random() < .3:
            f["type"] = ["null", f["type"]]
        fields.append(f)
    for name, kind, default in (("dl", "long", 7), ("ds", "string", "x\n"), ("dn", ["null", "int"], None),
                                ("da", {"type": "array", "items": "int"}, [1, 2]),
                                ("dr", {"type": "record", "name": "Dr", "fields": [
                                    {"name": "a", "type": "double", "default": 1.5}]}, {})):
        if rnd.random() < .4:
            fields.append({"name": name, "type": kind, "default": default})
    rnd.shuffle(fields)
    return dict(t, fields=fields)


def resolved(tmp):
    """What fastavro makes of a writer's and a reader's schema, sread makes of it, too."""
    names = Names()
    t = record(names, 0)
    t["fields"].append({"name": "ts", "type": {"type": "long", "logicalType": "timestamp-millis"}})
    reader = evolve(t, names)
    path, avsc = tmp + "/w.avro", tmp + "/r.avsc"
    records = [value(t) for _ in range(10)]
    write(path, t, records, rnd.choice(CODECS))
    with open(avsc, "w") as f:
        json.dump(reader, f)
    with open(path, "rb") as f:
        want = list(fastavro.reader(f, fastavro.parse_schema(json.loads(json.dumps(reader)))))
    fields = [f for f in reader["fields"] if f["name"] != "ts"]
    got = rows(tool("sread", "-s", "avro:" + avsc, "-T", "ts", "-f",
                    ",".join(["ts"] + [f["name"] for f in fields]), path))
    for g, w in zip(got, want, strict=True):
        for f, x in zip(fields, g[1:], strict=True):
            v = w[f["name"]]
            # fastavro fills a record that a default leaves empty as we do
            if f["name"] == "dr" and v == {}:
                v = {"a": 1.5}
            if not same(f["type"], x, v):
                fail("resolved", type=f["type"], writer=t, got=x, want=v)


def main():
    with tempfile.TemporaryDirectory() as tmp:
        for i in range(N):
            both_ways(tmp)
            derived(tmp)
            resolved(tmp)
    print(f"prop_avro: seed {SEED}: {N} rounds as fastavro has it")


main()

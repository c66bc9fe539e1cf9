#!/usr/bin/env python3
"""cross_proto.py [--seed N] [--schemas N] [--messages N] - proto against python-protobuf.

Random schemas and messages: what python writes sread reads to the same
values, also when messages come in parts or with bytes changed; what swrite
writes from that python reads as the same messages, also with the stream
gone through json and thrift.  Prints its seed.
"""
import argparse
import base64
import json
import math
import os
import random
import struct
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, text_format
from google.protobuf import duration_pb2, timestamp_pb2, wrappers_pb2

from cross_lib import CHARS, delimited, rows, run, undelimited, unescape

F = descriptor_pb2.FieldDescriptorProto
SCALARS = [F.TYPE_DOUBLE, F.TYPE_FLOAT, F.TYPE_INT64, F.TYPE_UINT64, F.TYPE_INT32, F.TYPE_FIXED64,
           F.TYPE_FIXED32, F.TYPE_BOOL, F.TYPE_STRING, F.TYPE_BYTES, F.TYPE_UINT32, F.TYPE_ENUM,
           F.TYPE_SFIXED32, F.TYPE_SFIXED64, F.TYPE_SINT32, F.TYPE_SINT64]
KEYS = [F.TYPE_STRING, F.TYPE_INT32, F.TYPE_INT64, F.TYPE_BOOL, F.TYPE_UINT32]
KNOWN = [".google.protobuf.Timestamp", ".google.protobuf.Duration", ".google.protobuf.Int64Value",
         ".google.protobuf.StringValue", ".google.protobuf.FloatValue"]
RANGES = {F.TYPE_INT64: (-2**63, 2**63 - 1), F.TYPE_SINT64: (-2**63, 2**63 - 1),
          F.TYPE_SFIXED64: (-2**63, 2**63 - 1), F.TYPE_UINT64: (0, 2**64 - 1),
          F.TYPE_FIXED64: (0, 2**64 - 1), F.TYPE_INT32: (-2**31, 2**31 - 1),
          F.TYPE_SINT32: (-2**31, 2**31 - 1), F.TYPE_SFIXED32: (-2**31, 2**31 - 1),
          F.TYPE_UINT32: (0, 2**32 - 1), F.TYPE_FIXED32: (0, 2**32 - 1)}

class Schema:
    """Messages M0 ... of one file, each with fields that may be of the ones behind it."""

    def __init__(self, rng, proto3):
        self.rng = rng
        file = descriptor_pb2.FileDescriptorProto(
            name="r.proto", package="r", syntax="proto3" if proto3 else "proto2",
            dependency=["google/protobuf/timestamp.proto", "google/protobuf/duration.proto",
                        "google/protobuf/wrappers.proto"])
        enum = file.enum_type.add(name="E")
        for name, number in (("ZERO", 0), ("ONE", 1), ("FAR", 70000), ("BELOW", -2)):
            enum.value.add(name=name, number=number)
        self.proto3 = proto3
        count = rng.randint(1, 3)
        for i in range(count):
            self.message(file, i, count)
        known = [descriptor_pb2.FileDescriptorProto() for _ in range(3)]
        for f, module in zip(known, (timestamp_pb2, duration_pb2, wrappers_pb2)):
            module.DESCRIPTOR.CopyToProto(f)
        self.set = descriptor_pb2.FileDescriptorSet(file=known + [file])
        pool = descriptor_pool.DescriptorPool()
        for f in self.set.file:
            pool.Add(f)
        self.type = message_factory.GetMessageClass(pool.FindMessageTypeByName("r.M0"))

    def message(self, file, i, count):
        rng = self.rng
        m = file.message_type.add(name=f"M{i}")
        numbers = rng.sample(list(range(1, 40)) + [1000, 70000, 536870911], rng.randint(2, 10))
        fields = []
        for k, number in enumerate(numbers):
            f = m.field.add(name=f"some_f{k}", number=number, label=F.LABEL_OPTIONAL)
            kind = rng.random()
            if kind < 0.15 and i + 1 < count:
                f.type, f.type_name = F.TYPE_MESSAGE, f".r.M{rng.randint(i + 1, count - 1)}"
            elif kind < 0.3:
                f.type, f.type_name = F.TYPE_MESSAGE, rng.choice(KNOWN)
            else:
                self.scalar(f)
            kind = rng.random()
            if kind < 0.2:
                f.label = F.LABEL_REPEATED
            elif kind < 0.35:
                self.map(m, f)
            else:
                fields.append(f)
        rows = [(a, b) for a in range(len(m.field)) for b in range(a + 2, len(m.field) + 1)
                if all(f.label == F.LABEL_OPTIONAL for f in m.field[a:b])]
        if rows and rng.random() < 0.6:
            m.oneof_decl.add(name="choice")
            for f in m.field[slice(*rng.choice(rows))]:
                f.oneof_index = 0
        for f in fields:
            if self.proto3 and not f.HasField("oneof_index") and f.type != F.TYPE_MESSAGE \
                    and rng.random() < 0.3:
                f.proto3_optional = True
                f.oneof_index = len(m.oneof_decl)
                m.oneof_decl.add(name="_" + f.name)

    def scalar(self, f):
        f.type = self.rng.choice(SCALARS)
        if f.type == F.TYPE_ENUM:
            f.type_name = ".r.E"

    def map(self, m, f):
        entry = m.nested_type.add(name=f.name.title().replace("_", "") + "Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, label=F.LABEL_OPTIONAL, type=self.rng.choice(KEYS))
        value = entry.field.add(name="value", number=2, label=F.LABEL_OPTIONAL)
        value.type = f.type
        if f.type_name:
            value.type_name = f.type_name
        f.label, f.type = F.LABEL_REPEATED, F.TYPE_MESSAGE
        f.type_name = f".r.{m.name}.{entry.name}"


def text(rng):
    return "".join(rng.choice(CHARS) for _ in range(rng.choice([0, 1, 3, 10, 200])))


def value(rng, f):
    if f.type in RANGES:
        low, high = RANGES[f.type]
        return rng.choice([0, 1, low, high, rng.randint(low, high), max(low, -1)])
    if f.type == F.TYPE_DOUBLE:
        return rng.choice([0.0, -0.0, 1.5, 1e300, 5e-324, math.inf, -math.inf, math.nan, rng.random(), 0.1])
    if f.type == F.TYPE_FLOAT:
        bits = rng.choice([0, 0x3dcccccd, 0x7f7fffff, 1, 0x7f800000, 0x7fc00000, rng.getrandbits(31)])
        x = struct.unpack("<f", struct.pack("<I", bits))[0]
        return math.nan if x != x else x
    if f.type == F.TYPE_BOOL:
        return rng.random() < 0.5
    if f.type == F.TYPE_STRING:
        return text(rng)
    if f.type == F.TYPE_BYTES:
        return rng.randbytes(rng.choice([0, 1, 2, 3, 50]))
    return rng.choice([0, 1, 70000, -2])        # the enum


def fill(rng, m):
    name = m.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        m.seconds, m.nanos = rng.randint(-62135596800, 253402300799), rng.choice([0, 5, 120000000, 123456000, 999999999])
        return m
    if name == "google.protobuf.Duration":
        m.seconds, m.nanos = rng.randint(0, 10**9), rng.choice([0, 1, 500000000])
        return m
    for f in m.DESCRIPTOR.fields:
        if rng.random() < 0.3:
            continue
        if f.message_type is not None and f.message_type.GetOptions().map_entry:
            key, val = f.message_type.fields_by_name["key"], f.message_type.fields_by_name["value"]
            for _ in range(rng.randint(0, 3)):
                if val.message_type is not None:
                    fill(rng, getattr(m, f.name)[value(rng, key)])
                else:
                    getattr(m, f.name)[value(rng, key)] = value(rng, val)
        elif f.label == F.LABEL_REPEATED:
            for _ in range(rng.randint(0, 3)):
                if f.message_type is not None:
                    fill(rng, getattr(m, f.name).add())
                else:
                    getattr(m, f.name).append(value(rng, f))
        elif f.message_type is not None:
            getattr(m, f.name).SetInParent()
            fill(rng, getattr(m, f.name))
        else:
            setattr(m, f.name, value(rng, f))
    return m


def number_text(v):
    return "true" if v is True else "false" if v is False else str(v)


def same_float(got, want):
    """Of the least floats python's text is not the shortest."""
    return got == want or (got != got and want != want) or \
        (0 < abs(want) < 1e-37 and struct.pack("<f", got) == struct.pack("<f", want))


def same_number(got, want):
    if isinstance(want, float):
        return same_float(float(got), want)
    return got == number_text(want)


def same_json(got, want):
    if isinstance(want, dict):
        return isinstance(got, dict) and got.keys() == want.keys() and \
            all(same_json(got[k], want[k]) for k in want)
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(same_json, got, want))
    if isinstance(want, float) and isinstance(got, (int, float)):
        return same_float(got, want)
    return got == want


def is_null(m, f):
    return f.has_presence and not m.HasField(f.name)


def same_field(m, f, got):
    """got: the column, unescaped, None for null."""
    if is_null(m, f) or got is None:
        return is_null(m, f) and got is None
    v = getattr(m, f.name)
    if f.label == F.LABEL_REPEATED:
        whole = type(m)()
        whole.CopyFrom(m)
        for other in m.DESCRIPTOR.fields:
            if other.name != f.name:
                whole.ClearField(other.name)
        empty = {} if f.message_type is not None and f.message_type.GetOptions().map_entry else []
        want = json_format.MessageToDict(whole).get(f.json_name, empty)
        return same_json(json.loads(got), want)
    if f.message_type is not None:
        name = f.message_type.full_name
        if name in ("google.protobuf.Timestamp", "google.protobuf.Duration"):
            return got == v.ToJsonString()
        if name.startswith("google.protobuf."):
            v = v.value
            return got == v if isinstance(v, str) else \
                same_number(got, json_format.MessageToDict(getattr(m, f.name)) if isinstance(v, float) and v == v and abs(v) < math.inf else v)
        return same_json(json.loads(got), json_format.MessageToDict(v))
    if f.type == F.TYPE_BYTES:
        return base64.b64decode(got) == v
    if f.type == F.TYPE_STRING:
        # of proto2 it may be any bytes, which python does not show
        return got == v or any("\udc80" <= c <= "\udcff" for c in got)
    if f.type == F.TYPE_ENUM:
        names = f.enum_type.values_by_number
        return got == (names[v].name if v in names else str(v))
    if f.type == F.TYPE_FLOAT:
        x = float(got)
        return (x != x and v != v) or struct.pack("<f", x) == struct.pack("<f", v)
    return same_number(got, v)


def has_nan(m):
    return "NaN" in json_format.MessageToJson(m)


def same_message(a, b):
    return a == b or (has_nan(a) and json_format.MessageToDict(a) == json_format.MessageToDict(b))


def check(schema, m, row):
    for f, got in zip(m.DESCRIPTOR.fields, row):
        if not same_field(m, f, unescape(got)):
            raise AssertionError(f"field {f.name}: {got}: {json_format.MessageToDict(m).get(f.json_name)} of {m}")


def parse(schema, record):
    try:
        return schema.type.FromString(record)
    except Exception:       # any kind of DecodeError
        return None


def agrees(schema, m, row):
    return all(same_field(m, f, unescape(got)) for f, got in zip(m.DESCRIPTOR.fields, row))


def check_edge(schema, m, row, desc, record):
    """Where python and C++ differ, such as at a map's entry with fields of no map, C++ is right, too."""
    try:
        if m is not None and agrees(schema, m, row):
            return
        seen = run(["protoc", f"--descriptor_set_in={desc}", "--decode=r.M0", "r.proto"], record, says=True)
        check(schema, text_format.Parse(seen, schema.type(), allow_unknown_field=True), row)
    except ValueError:
        pass                # a Duration that python does not show


def paths(rng, d, prefix, depth):
    """Paths to single values in single messages, as names or JSON names."""
    out = []
    for f in d.fields:
        if f.label == F.LABEL_REPEATED:
            continue
        name = prefix + rng.choice([f.name, f.json_name])
        if f.message_type is None:
            out.append((name, f.name))
        elif not f.message_type.full_name.startswith("google.") and depth > 0:
            out += [(n, f.name + "." + p) for n, p in paths(rng, f.message_type, name + ".", depth - 1)]
    return out


def follow(m, path):
    head, _, rest = path.partition(".")
    if not rest:
        return m, m.DESCRIPTOR.fields_by_name[head]
    return follow(getattr(m, head), rest) if m.HasField(head) else (None, None)


def one_schema(rng, nmessages, tmp):
    schema = Schema(rng, rng.random() < 0.7)
    desc = os.path.join(tmp, "r.desc")
    with open(desc, "wb") as out:
        out.write(schema.set.SerializeToString())
    spec = f"proto:{desc}:r.M0"
    names = ",".join(f.name for f in schema.type.DESCRIPTOR.fields)
    read = ["sread", "-s", spec, "-T", "@now", "-f", names]
    messages = [fill(rng, schema.type()) for _ in range(nmessages)]

    stream = run(read, delimited(m.SerializeToString() for m in messages))
    got = rows(stream)
    assert len(got) == len(messages), f"{len(got)} rows of {len(messages)}"
    for m, row in zip(messages, got):
        check(schema, m, row[1:])

    back = [schema.type.FromString(r) for r in undelimited(run(["swrite", "-s", spec, "-f", names], stream))]
    for m, b in zip(messages, back):
        assert same_message(m, b), f"written back:\n{m}\n---\n{b}"

    through = run(["swrite", "-s", "json"], stream)
    through = run(["sread", "-s", "json", "-T", "time", "-f", "time:time," + names], through)
    through = run(["swrite", "-s", "thrift:compact"], through)
    fields = ",".join(f"{f.name}={i}" for i, f in enumerate(schema.type.DESCRIPTOR.fields, 2))
    through = run(["sread", "-s", "thrift:compact", "-T", "time", "-f", "time:time=1," + fields], through)
    assert [r[1:] for r in rows(through)] == [r[1:] for r in got], "through json and thrift"

    # in parts: of single values the last counts, the rest is merged
    parts = [rng.choice(messages).SerializeToString() + rng.choice(messages).SerializeToString()
             for _ in messages]
    for part, row in zip(parts, rows(run(read, delimited(parts)))):
        check(schema, schema.type.FromString(part), row[1:])

    wanted = paths(rng, schema.type.DESCRIPTOR, "", 3)
    rng.shuffle(wanted)
    if wanted:
        wanted = wanted[:12]
        some = ["sread", "-s", spec, "-T", "@now", "-f", ",".join(f"p{i}={p}" for i, (p, _) in enumerate(wanted))]
        for part, row in zip(parts, rows(run(some, delimited(parts)))):
            for (path, real), col in zip(wanted, row[1:]):
                m, f = follow(schema.type.FromString(part), real)
                if m is None:
                    assert col == "\\N", f"{path}: {col}"
                else:
                    assert same_field(m, f, unescape(col)), f"{path} of {part.hex()}: {col}"

    # bytes changed: what is taken, and to which values
    bad = []
    for m in messages:
        b = bytearray(m.SerializeToString())
        for _ in range(rng.randint(1, 3)):
            if b:
                at = rng.randrange(len(b))
                if rng.random() < 0.3:
                    del b[at:]
                else:
                    b[at] = rng.randrange(256)
        bad.append(bytes(b))
    dead = os.path.join(tmp, "dead")
    for b in bad:
        if os.path.exists(dead):
            os.unlink(dead)
        row = rows(run(read + ["-D", dead], delimited([b]), fails=True))
        m = parse(schema, b)
        if row:
            check_edge(schema, m, row[0][1:], desc, b)
        elif m is not None:
            with open(dead, encoding="utf-8") as f:
                why = json.loads(f.readline())["reason"]
            # no message is bad for these alone: a stream cannot hold them
            assert "NUL" in why or (not schema.proto3 and "UTF-8" in why) or "Timestamp" in why or "JSON has no way" in why, \
                f"sread takes it for bad ({why}): {b.hex()}: {m}"


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    args.add_argument("--schemas", type=int, default=20)
    args.add_argument("--messages", type=int, default=20)
    args = args.parse_args()
    print(f"seed {args.seed}")
    for i in range(args.schemas):
        with tempfile.TemporaryDirectory() as tmp:
            try:
                one_schema(random.Random(args.seed + i), args.messages, tmp)
            except AssertionError as e:
                sys.exit(f"seed {args.seed + i} --schemas 1: {e}")


main()

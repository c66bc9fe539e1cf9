#!/usr/bin/env python3
"""cross_confluent.py [--seed N] [--records N] - kcat-in and kout against confluent-kafka's serializers.

Wants WEIR_BROKERS, with empty topics avro, avro-back, proto and proto-back of
one partition, and WEIR_REGISTRY.  Random records: what AvroSerializer and ProtobufSerializer write kcat-in reads to the same
values, what kout writes from that the deserializers read as the same records.
Prints its seed.
"""
import argparse
import base64
import decimal
import json
import os
import random
import subprocess
import sys
import tempfile

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from cross_lib import CHARS, rows, run, unescape

BROKERS = os.environ["WEIR_BROKERS"]
REGISTRY = SchemaRegistryClient({"url": os.environ["WEIR_REGISTRY"]})

AVRO = {"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "id", "type": "long"},
    {"name": "name", "type": ["null", "string"], "default": None},
    {"name": "raw", "type": "bytes"},
    {"name": "sum", "type": {"type": "fixed", "name": "Sum", "size": 4}},
    {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
    {"name": "rate", "type": "double"},
    {"name": "items", "type": {"type": "array", "items": {"type": "record", "name": "Item", "fields": [
        {"name": "n", "type": "int"}, {"name": "blob", "type": ["null", "bytes"]}]}}}]}

PROTO = """
syntax = "proto3";
package shop;
message Unused { int32 a = 1; }
message Order {
  message Item { int32 n = 1; bytes blob = 2; }
  int64 id = 1;
  optional string name = 2;
  bytes raw = 3;
  double rate = 4;
  repeated Item items = 5;
}
"""


def text(rng):
    return "".join(rng.choice(CHARS) for _ in range(rng.choice([0, 1, 5, 40])))


def octets(rng, n=None):
    return bytes(rng.randrange(256) for _ in range(rng.choice([0, 1, 2, 9]) if n is None else n))


def record(rng):
    return {"id": rng.randint(-2 ** 63, 2 ** 63 - 1), "name": rng.choice([None, text(rng)]), "raw": octets(rng),
            "rate": rng.choice([0.0, 0.1, -1e300, rng.random()]),
            "items": [{"n": rng.randint(-2 ** 31, 2 ** 31 - 1), "blob": octets(rng)}
                      for _ in range(rng.choice([0, 1, 3]))]}


def b64(b):
    return base64.b64encode(b).decode()


def produce(topic, payloads):
    failed = []
    p = Producer({"bootstrap.servers": BROKERS})
    for b in payloads:
        p.produce(topic, b, on_delivery=lambda e, _: failed.append(e) if e else None)
    assert p.flush(60) == 0 and not failed, failed


def consume(topic, n):
    c = Consumer({"bootstrap.servers": BROKERS, "group.id": "x", "enable.auto.commit": False})
    c.assign([TopicPartition(topic, 0, 0)])
    out = []
    while len(out) < n:
        m = c.poll(60)
        assert m is not None and m.error() is None, m and m.error()
        out.append(m.value())
    c.close()
    return out


def through(topic, fmt, fields, records, serialize, deserialize):
    """Their messages, as the rows of kcat-in; and those rows by kout, as they read them."""
    produce(topic, [serialize(r, SerializationContext(topic, MessageField.VALUE)) for r in records])
    stream = run(["kcat-in", "-t", topic, "-e", "-s", fmt, "-f", fields])
    back = topic + "-back"
    run(["kout", "-t", back, "-s", fmt, "-f", ",".join(f.split(":")[0] for f in fields.split(","))], stream)
    got = [deserialize(b, SerializationContext(back, MessageField.VALUE)) for b in consume(back, len(records))]
    return [[unescape(c) for c in row[1:]] for row in rows(stream)], got


def items(r):
    return [{"n": i["n"], "blob": b64(i["blob"])} for i in r["items"]]


def check_avro(rng, n, tmp):
    records = [dict(record(rng), sum=octets(rng, 4), price=decimal.Decimal(rng.randint(-10 ** 9, 10 ** 9)).scaleb(-2))
               for _ in range(n)]
    schema = json.dumps(AVRO)
    with open(tmp + "/order.avsc", "w", encoding="utf-8") as f:
        f.write(schema)
    seen, back = through("avro", f"avro:{tmp}/order.avsc", "id:int,name,raw,sum,price,rate:float,items", records,
                         AvroSerializer(REGISTRY, schema), AvroDeserializer(REGISTRY))
    for row, r in zip(seen, records, strict=True):
        assert row[:4] == [str(r["id"]), r["name"], b64(r["raw"]), b64(r["sum"])], f"{row}: {r}"
        assert decimal.Decimal(row[4]) == r["price"] and float(row[5]) == r["rate"], f"{row}: {r}"
        assert json.loads(row[6]) == items(r), f"{row}: {r}"
    assert back == records, f"{back}\n{records}"


def check_proto(rng, n, tmp):
    with open(tmp + "/order.proto", "w", encoding="utf-8") as f:
        f.write(PROTO)
    subprocess.run(["protoc", f"-I{tmp}", "--include_imports", f"--descriptor_set_out={tmp}/order.desc",
                    tmp + "/order.proto"], check=True)
    pool = descriptor_pool.DescriptorPool()
    with open(tmp + "/order.desc", "rb") as f:
        for file in descriptor_pb2.FileDescriptorSet.FromString(f.read()).file:
            pool.Add(file)
    order = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Order"))
    records = [record(rng) for _ in range(n)]
    messages = [order(**r) for r in records]
    new = {"use.deprecated.format": False}
    seen, back = through("proto", f"proto:{tmp}/order.desc:shop.Order", "id:int,name,raw,rate:float,items", messages,
                         ProtobufSerializer(order, REGISTRY, new), ProtobufDeserializer(order, new))
    for row, r in zip(seen, records, strict=True):
        assert row[:3] == [str(r["id"]), r["name"], b64(r["raw"])] and float(row[3]) == r["rate"], f"{row}: {r}"
        got = [{"n": i.get("n", 0), "blob": i.get("blob", "")} for i in json.loads(row[4])]
        assert got == items(r), f"{row}: {r}"
    assert back == messages, f"{back}\n{messages}"


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    args.add_argument("--records", type=int, default=50)
    args = args.parse_args()
    print(f"seed {args.seed}")
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as tmp:
        try:
            check_avro(rng, args.records, tmp)
            check_proto(rng, args.records, tmp)
        except AssertionError as e:
            sys.exit(f"seed {args.seed}: {e}")


main()

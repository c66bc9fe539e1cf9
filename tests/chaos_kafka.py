"""Disturbances of runs from Kafka to Kafka, on a real broker; for chaos.py."""
import collections
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from chaos_lib import (BASE, CLEAN, TESTS, Fault, Feed, Run, Skip, at_points, both, disturb, named, need, parts,
                       same, send, sh, slurp, until)

READ = "-s csv -f ts:int,k,n:int -T ts -w 300ms"
STAGES = "sfilter 'n >= 0' | swindow 200ms | saggregate -k k sum:n count min:n max:n"
SNAPSHOT = ["open", "write", "fsync", "snap", "snap+", "unlink"]
POINTS = ([(t, p) for t in ("kcat-in", "saggregate") for p in SNAPSHOT]
          + [(t, p) for t in ("kcat-in", "sfilter", "saggregate") for p in both(["barrier"])]
          + [("kcat-in", p) for p in both(["look"])])
SINK = [("kout", p) for p in both(["fence", "asked", "start", "begin", "offsets", "commit", "note"])]


clusters = {}


class Cluster:
    """One broker, or three; each can be killed and started again."""

    def __init__(self, brokers):
        self.where = tempfile.mkdtemp(prefix="weir-chaos-kafka-")
        self.dirs = [os.path.join(self.where, str(i + 1)) for i in range(brokers)]
        settings = [["num.partitions=3", "transaction.state.log.num.partitions=1", "offsets.topic.num.partitions=1",
                     "transaction.abort.timed.out.transaction.cleanup.interval.ms=1000"]] * brokers
        if brokers > 1:
            settings = self.quorum(settings)
        clusters[brokers] = self
        for p in [self.up(i, s) for i, s in enumerate(settings)]:
            out, _ = p.communicate()
            need(p.returncode == 0, f"kafka-up: {slurp(os.path.join(self.where, 'err'))}")
            self.brokers = out.strip() if brokers == 1 else self.brokers
        self.env = {**CLEAN, "WEIR_BROKERS": self.brokers}

    def quorum(self, settings):
        n = len(self.dirs)
        held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2 * n)]
        ports = [s.getsockname()[1] for s in held]
        for s in held:
            s.close()
        voters = ",".join(f"{i + 1}@127.0.0.1:{ports[n + i]}" for i in range(n))
        self.brokers = ",".join(f"127.0.0.1:{p}" for p in ports[:n])
        return [common + [f"node.id={i + 1}", f"controller.quorum.voters={voters}",
                          f"listeners=PLAINTEXT://127.0.0.1:{ports[i]},CONTROLLER://127.0.0.1:{ports[n + i]}",
                          "default.replication.factor=3", "min.insync.replicas=2",
                          "offsets.topic.replication.factor=3", "transaction.state.log.replication.factor=3",
                          "transaction.state.log.min.isr=2"] for i, common in enumerate(settings)]

    def up(self, i, settings=()):
        with open(os.path.join(self.where, "err"), "a", encoding="utf-8") as err:
            return subprocess.Popen([os.path.join(TESTS, "kafka-up"), self.dirs[i], *settings], stderr=err, text=True,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env={**os.environ})

    def kill(self, i):
        subprocess.run([os.path.join(TESTS, "kafka-down"), "-9", self.dirs[i]], check=True)

    def down(self):
        for i, d in enumerate(self.dirs):
            if os.path.isdir(d):
                self.kill(i)
        shutil.rmtree(self.where, ignore_errors=True)


def cluster(brokers=1):
    if brokers not in clusters:
        if shutil.which("java") is None:
            if os.environ.get("WEIR_NEED_KAFKA") == "1":
                raise Fault("no java: no real Kafka")
            raise Skip("no java: no real Kafka")
        Cluster(brokers)
    need("env" in clusters[brokers].__dict__, "the broker did not start")
    return clusters[brokers]


def down():
    for c in clusters.values():
        c.down()


class Producer:
    """Adds records to a topic as they come; those of a key in their order."""

    def __init__(self, where, env, topic, key):
        self.err = os.path.join(where, topic + ".err")
        self.kout = subprocess.Popen(["kout", "-t", topic, "-k", key, "-s", "csv", "-f", "ts,k,n", "-X", "linger.ms=2"],
                                     stdin=subprocess.PIPE, env=env, stderr=open(self.err, "w", encoding="utf-8"))
        self.kout.stdin.write(b"#fields\tt:time\tts:int\tk\tn:int\tone\n")

    def put(self, records):
        text = "".join(f"{t}\t{t}\t{k}\t{n}\tone\n" for t, k, n in records)
        self.kout.stdin.write(text.encode())
        self.kout.stdin.flush()

    def end(self):
        self.kout.stdin.write(b"#end\n")
        self.kout.stdin.close()
        need(self.kout.wait() == 0, f"producer: {slurp(self.err)}")

    def kill(self):
        if self.kout.poll() is None:
            self.kout.kill()
            self.kout.wait()


class Flow:
    """A topic that is filled, the run that reads it, and the topic that it writes."""

    def __init__(self, rng, where, c, partitions, name):
        # of one partition: all records have one key in Kafka
        self.c, self.where, self.partitions = c, where, partitions
        self.tin, self.tout = f"in-{name}", f"out-{name}"
        key = "k" if partitions == 3 else "one"
        self.producer = Producer(where, c.env, self.tin, key)
        # many partitions are read one ahead of the other: only what is in order is not late
        self.run = self.new = None
        self.feed = Feed(rng, self.producer.put, late=0, jitter=250 if partitions == 1 else 0)
        try:
            self.options = ""
            if partitions == 1:
                self.options = f"-p {self.lands()}"
        except BaseException:
            self.close()
            raise
        self.x = f"x-{name}"
        self.run = self.again("st")

    def again(self, state):
        return Run(self.where, [f"kcat-in -t {self.tin} {self.options} -B 100ms {READ} | {STAGES} | "
                                f"kout -t {self.tout} -x {self.x} -k k -s csv"], self.c.env, state)

    def lands(self):
        """The partition that the one key is of."""
        rows = []

        def found():
            done = subprocess.run(["kcat-in", "-e", "-t", self.tin, "-c", "1", "-f", "_partition,line"],
                                  env=self.c.env, capture_output=True, text=True)
            rows.extend(r for r in done.stdout.splitlines() if r[0] != "#")
            return rows
        until(found, "a record in the input", 30)
        return rows[0].split("\t")[1]

    def stop(self):
        self.feed.stop()
        self.producer.end()

    def close(self):
        self.feed.over.set()
        self.feed.thread.join()
        self.producer.kill()
        for run in (self.run, self.new):
            if run is not None:
                run.kill()

    def got(self):
        """What a reader of committed messages sees, by partition."""
        rows = collections.defaultdict(list)
        text = sh(f"kcat-in -e -t {self.tout} -f _partition:int,_offset:int,_key,line", self.where, self.c.env)
        for line in text.splitlines():
            if line[0] != "#":
                _, part, offset, key, row = line.split("\t", 4)
                need(row.split(",")[0] == key, f"a row of another key: {key}: {row}")
                rows[part].append((int(offset), row))
        return {p: [row for _, row in sorted(r)] for p, r in rows.items()}

    def check(self):
        """Nothing lost, nothing twice; of one input partition all rows, of three those of a key, in order."""
        text = sh(f"kcat-in -e -t {self.tin} {self.options} {READ} | {STAGES} | swrite", self.where, self.c.env)
        want = [line.split(",", 1)[1] for line in text.splitlines()]
        got = self.got()
        need(len(want) > 20, f"the undisturbed run has too little: {len(want)}")
        everything = [row for rows in got.values() for row in rows]
        same("rows, sorted", "\n".join(sorted(everything)), "\n".join(sorted(want)))
        for part, rows in got.items():
            keys = {r.split(",")[0] for r in rows}
            for group in ([keys] if self.partitions == 1 else [{k} for k in keys]):
                same(f"partition {part}, {sorted(group)}", "\n".join(r for r in rows if r.split(",")[0] in group),
                     "\n".join(r for r in want if r.split(",")[0] in group))
        return f"{len(want)} rows"


def flow(rng, where, shim, size, partitions, name):
    f = Flow(rng, where, cluster(), partitions, name)
    try:
        count = disturb(f.run, rng, size.kills)
        sink, others = list(SINK), list(POINTS)
        rng.shuffle(sink)
        rng.shuffle(others)
        points = sink[:size.points] + others[:size.points // 2]
        at_points(f.run, rng, shim, points)
        f.stop()
        f.run.finish()
        return f"{f.check()}, {count}, {len(points)} points"
    finally:
        f.close()


def kafka(rng, where, shim, size):
    """kcat-in | sfilter | swindow | saggregate | kout: killed by chance and at each point, exactly once"""
    return flow(rng, where, shim, size, 1, "one")


def kafka_three(rng, where, shim, size):
    """the same from three partitions"""
    return flow(rng, where, shim, size, 3, "three")


def sink_of(run):
    pids = named(run.stages(), "kout")
    return pids[0] if pids else None


# where the old sink sleeps when the new run fences it off
ASLEEP = ["", "begin", "begin+", "offsets", "offsets+", "commit", "note"]


def overlap(f, rng, shim, where, point):
    """The old run sleeps, a new one with a copy of its state goes on, and the old one wakes up: it commits nothing."""
    f.run.kill()
    if point:
        once = tempfile.mktemp(dir=where)
        env = shim.env(AT=f"{point}:2", TOOL="kout", ONCE=once, SIGNAL=signal.SIGSTOP)

        def asleep():
            f.run.go("-n", "-R", "0", env=env)
            return os.path.exists(once)
        until(asleep, f"kout at {point}: {f.run.said()[-1500:]}")
    else:
        f.run.moved("-n", "-R", "0")
        send([sink_of(f.run)], signal.SIGSTOP)
    # the others go on for a while: epochs wait in the sink's pipe
    time.sleep(rng.choice([0, 0.3]))
    old = [f.run.srun.pid] + f.run.stages()
    send(old, signal.SIGSTOP)
    copy = f"st-{f.run.note('start').split()[0]}"
    subprocess.run(["cp", "-r", os.path.join(where, f.run.state), os.path.join(where, copy)], check=True)
    f.new = f.again(copy)
    f.new.moved("-n")
    # the sink alone, or all of them
    if rng.random() < 0.5:
        send([p for p in old if slurp(f"/proc/{p}/comm").strip() == "kout"], signal.SIGCONT)
        time.sleep(0.2)
    send(old, signal.SIGCONT)
    status = f.run.end()
    need(status == 111 and "fenced off" in f.run.said(), f"the old one at {point}: {status}: {f.run.said()[-1500:]}")
    f.new.moved("-n")
    f.run = f.new


def kafka_zombies(rng, where, shim, size):
    """an old run wakes up beside a new one of a copy of its state: it is fenced off, exactly once"""
    f = Flow(rng, where, cluster(), 1, "zombie")
    try:
        points = list(ASLEEP)
        rng.shuffle(points)
        for i in range(size.overlaps):
            overlap(f, rng, shim, where, points[i % len(points)])
        f.stop()
        f.run.finish()
        return f"{f.check()}, {size.overlaps} overlaps"
    finally:
        f.close()


def kafka_unfenced(rng, where, shim, size):
    """a new run that sleeps before it fences off the old one, which goes on: it has not the state to go on from"""
    f = Flow(rng, where, cluster(), 1, "unfenced")
    try:
        f.run.moved("-n")
        subprocess.run(["cp", "-r", os.path.join(where, "st"), os.path.join(where, "copy")], check=True)
        once = tempfile.mktemp(dir=where)
        f.new = f.again("copy")
        f.new.start("-n", "-R", "0", env=shim.env(AT="fence:1", TOOL="kout", ONCE=once, SIGNAL=signal.SIGSTOP))
        until(lambda: os.path.exists(once), f"kout before it fences: {f.new.said()}")
        # snapshots of the epoch that the copy has are gone in the old one's directory, and its own are not in the copy
        f.run.moved("-n")
        f.run.moved("-n")
        send([sink_of(f.new)], signal.SIGCONT)
        status = f.new.end()
        need(status == 1 and "no snapshot of epoch" in f.new.said(), f"the new one: {status}: {f.new.said()}")
        f.run.moved("-n")
        need("fenced off" in f.run.said(), f"the old one was not fenced off: {f.run.said()}")
        f.stop()
        f.run.finish()
        return f.check()
    finally:
        f.close()


def kafka_broker(rng, where, shim, size):
    """the broker is killed and comes back; of a long run one of three: exactly once"""
    c = cluster(3 if size.brokers else 1)
    f = Flow(rng, where, c, 3, "broker")
    kills = max(2, size.kills // 10) if size.brokers else 1
    try:
        for _ in range(kills):
            f.run.moved()
            time.sleep(rng.uniform(0, 0.5))
            i = rng.randrange(len(c.dirs))
            c.kill(i)
            if size.brokers:
                f.run.moved()
                if rng.random() < 0.5:
                    send(f.run.stages()[:rng.randint(1, 3)], signal.SIGKILL)
            p = c.up(i)
            out, _ = p.communicate()
            need(p.returncode == 0, f"kafka-up: {slurp(os.path.join(c.where, 'err'))[-1500:]}")
        f.run.moved()
        f.stop()
        f.run.finish()
        return f"{f.check()}, {kills} times"
    finally:
        f.close()


def kafka_cron(rng, where, shim, size):
    """srun -1 every five minutes of a day on three partitions: the same rows as one long run"""
    c = cluster()
    stages = "swindow 7m | saggregate -k k sum:n count min:n max:n"
    read = "-s csv -f ts:int,k,n:int -T ts -w 2m"
    n, runs = 0, size.cron if size.cron > 100 else size.cron // 6
    run = Run(where, [f"kcat-in -t in-cron {read} | sfilter 'n >= 0' | {stages} | swrite -d out"], c.env)
    for i in range(runs):
        step = 86_400_000 // runs
        producer = Producer(where, c.env, "in-cron", "k")
        for j in range(rng.choice([0, 1, 10, 40]) if i else 40):
            # out of order by less than -w: what is late hangs on how partitions come
            ts = BASE + i * step + j * (step // 200) + rng.randrange(60_000)
            producer.put([(ts, f"k{rng.randrange(9)}", n)])
            n += 1
        if i == runs - 1:
            producer.put([(BASE + 2 * 86_400_000, f"k{k}", -1) for k in range(64)])
        producer.end()
        run.start(once=True)
        status = run.end()
        need(status == 0 and run.said() == "", f"run {i}: {status}: {run.said()}")
    rows = sh(f"kcat-in -e -t in-cron {read} | sfilter 'n >= 0' | {stages} | swrite", where, c.env)
    need(rows.count("\n") > 20, "too few rows")
    same("rows, sorted", "".join(sorted(parts(where).splitlines(True))), "".join(sorted(rows.splitlines(True))))
    return f"{rows.count(chr(10))} rows of {runs} runs"


SCENARIOS = [kafka, kafka_three, kafka_zombies, kafka_unfenced, kafka_cron, kafka_broker]

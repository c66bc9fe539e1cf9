"""Tasks over a real Kafka: what messages cost, and how long they are under way."""
import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import time

from files import available, present, run_pairs
from measure import HERE, Failure, say
from tasks import ROWS, Peer, Task

IN = "kcat-in -b $B -t $IN -s csv -f key,value:int"
OUT = "kout -b $B -t $TOPIC -s json -f key,value -k key"
AWK = "-F, '$2 > 10 { printf \"%s:{\\\"key\\\":\\\"%s\\\",\\\"value\\\":%s}\\n\", $1, $1, $2 }'"
KEYS = "kcat -C -b $B -t $TOPIC -o beginning -e -q -f '%k %s\\n'"
TIMES = "kcat -C -b $B -t $TOPIC -o beginning -e -q -f '%T %k %s\\n'"

READ = Task(
    "kcat-in", "Kafka to a stream, CSV parsed", None, f"{IN} -e",
    'cat "$OUT"', [Peer("kcat", "kcat -C -b $B -t $IN -o beginning -e -q", cpu=1, more_cpu=0.8)])

WRITE = Task(
    "kout", "a stream to Kafka, as JSON with key and timestamp", None, f"{OUT} <$STREAM",
    KEYS, [Peer("kcat", "kcat -P -b $B -t $TOPIC -K : <$LINES", cpu=1, more_cpu=0.8)])

HALF = Task(
    "half", "one topic to another: CSV, value > 10, JSON with key and timestamp", None,
    f"{IN} -e | sfilter 'value > 10' | {OUT}", KEYS, [
        Peer("C with librdkafka", "kceil $B $IN $TOPIC", None, TIMES, ours=True, cpu=1.5, more_cpu=1.2),
        Peer("kcat, mawk, kcat", "kcat -C -b $B -t $IN -o beginning -e -q | "
             f"mawk {AWK} | kcat -P -b $B -t $TOPIC -K :", wall=1),
        Peer("flink", "engine flink half $B $IN $TOPIC", None, TIMES, "flink", cpu=0.2),
    ])

# What runs while messages are sent: name, from where -> command, what it needs.
LIVE = {
    "weir": lambda at: f"{IN} -o {at} | sfilter 'value > 10' | {OUT}",
    "kcat, mawk, kcat": lambda at: f"kcat -C -b $B -t $IN -o {at} -u -q | "
                                   f"mawk -W interactive {AWK} | kcat -P -b $B -t $TOPIC -K :",
    "flink": lambda at: f"engine flink half $B $IN $TOPIC {'live' if at == 'end' else ''}",
}


@contextlib.contextmanager
def broker(bench):
    """The address of a broker that is ours alone."""
    where = os.path.join(bench.where, "kafka")
    up, down = (os.path.join(HERE, "..", f"kafka-{w}") for w in ("up", "down"))
    if os.path.exists(where):   # of a run that was killed
        subprocess.run([down, where], check=False)
        shutil.rmtree(where)
    try:
        p = subprocess.run([up, where], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if p.returncode != 0:
            raise Failure(p.stderr.strip())
        bench.env["B"] = p.stdout.strip()
        yield bench.env["B"]
    finally:
        if os.path.exists(where):
            subprocess.run([down, where], check=False)
            shutil.rmtree(where)


class Topics:
    """A new name for each output, and inputs that are written once."""

    def __init__(self, bench):
        self.bench = bench
        self.count = 0

    def fresh(self):
        self.count += 1
        return {"TOPIC": f"out-{self.count}"}

    def make(self, name, text):
        """A topic with these messages."""
        p = subprocess.run(["kcat", "-P", "-b", self.bench.env["B"], "-t", name],
                           input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if p.returncode != 0:
            raise Failure(f"topic {name}: {p.stdout.decode(errors='replace')}")


def usable(report, *tasks):
    """Whether there is what a broker needs; the report says what is missing."""
    missing = [c for c in ("java", "kcat", "mawk") if not shutil.which(c)]
    for t in tasks if missing else ():
        report.absent(t, "", f"no {', '.join(missing)}")
    return not missing


def run_throughput(bench, report):
    if not usable(report, READ.name, WRITE.name, HALF.name):
        return
    count = max(1, bench.records // 5)
    say("  starting a broker")
    with broker(bench):
        topics = Topics(bench)
        with open(bench.data("kafka", count), "rb") as f:
            topics.make("in", f.read())
        stream = bench.data("stream", count)
        env = {"IN": "in", "STREAM": stream + ".value", "LINES": stream + ".json"}
        bench.make(env["STREAM"], ["sed", "1s/v:int/value:int/", stream])
        bench.make(env["LINES"], [
            "awk", "-F\t", r'/^[0-9]/ { printf "%s:{\"key\":\"%s\",\"value\":%s}\n", $2, $2, $3 }', stream])
        for task in READ, WRITE, HALF:
            peers = present(task, bench, report)
            say(f" {task.name}: {task.what}")
            runs = {p.name: (p.command, False, env) for p in peers}
            runs["weir"] = (task.weir, False, env)
            # weir's answer is looked at in the way of the peer's
            run_pairs(task, peers, lambda p, t=task: ROWS + ' | cut -f 2,3 | tr "\\t" ,'
                      if t is READ else p.normal or t.normal, runs, bench, report, topics.fresh)


@contextlib.contextmanager
def live(bench, command, env):
    """Runs until the block is done."""
    with open(os.path.join(bench.where, "errors"), "wb") as err:
        p = subprocess.Popen(["sh", "-c", command], env=dict(bench.env, **env), stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=err, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(p.pid, signal.SIGTERM)
        try:
            p.wait(10)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(p.pid, signal.SIGKILL)
        p.wait()


def latency(bench, topics, name, rate):
    """p50, p99 and the longest, in ms."""
    env = {"IN": f"in-{topics.count}", **topics.fresh()}
    for t in env.values():
        topics.make(t, b"user0,0\n")
    with live(bench, LIVE[name]("end"), env):
        time.sleep(0.2)
        return bench.figures("klat", "-n", "5", "-r", str(rate), bench.env["B"], env["IN"], env["TOPIC"])


def cold(bench, topics, name):
    """From its start to its first message."""
    env = {"IN": f"in-{topics.count}", **topics.fresh()}
    # kcat -P waits for 1 KiB
    topics.make(env["IN"], b"user7,99\n" * 100)
    topics.make(env["TOPIC"], b"user0,0\n")
    command = LIVE[name]("beginning")
    for k, v in env.items():
        command = command.replace(f"${k}", v)
    return bench.figures("klat", "-1", bench.env["B"], env["TOPIC"], command)[0]


def run_latency(bench, report):
    if not usable(report, "latency", "cold start"):
        return
    flink = HALF.peers[-1]
    names = ["weir", *(p.name for p in HALF.peers if p.name in LIVE and bench.wanted(p))]
    if flink.name in names and not available(flink):
        names.remove(flink.name)
        report.absent("latency", flink.name, "not installed")
    say("  starting a broker")
    with broker(bench):
        topics = Topics(bench)
        for rate in 1000, 100000:
            got = {n: [] for n in names}
            for _ in range(bench.pairs):
                for n in names:
                    got[n].append(latency(bench, topics, n, rate))
                    say(f"  {n}, {rate:,} a second: {got[n][-1]} ms")
            # what else runs can only add to it
            p50, p99 = ({n: min(g[i] for g in got[n]) for n in names} for i in (0, 1))
            slow = rate == 1000
            for n in names:
                mine = slow and n == "weir"
                report.figure("latency", f"{n}, {rate:,} a second, p50 of the best run", p50[n], "ms",
                              p50.get("flink") if mine else None, 2 if mine else None)
                report.figure("latency", f"{n}, {rate:,} a second, p99 of the best run", p99[n], "ms", 40 if mine else None)
        for n in names:
            ms = statistics.median(cold(bench, topics, n) for _ in range(min(bench.pairs, 3)))
            report.figure("cold start", n, ms, "ms", 100 if n == "weir" else None)

"""Runs under srun, what disturbs them, and what is compared in the end; for chaos.py."""
import glob
import os
import shlex
import signal
import subprocess
import tempfile
import threading
import time

TESTS = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 120  # seconds until something must have moved
BASE = 1_700_000_000_000  # ms; where event time begins
LEAST = 6000  # records, so that some are late
FINAL = 3_600_000  # ms behind all others: the time of the records that close all windows
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("WEIR_", "CRASH", "NOTIFY_", "WATCHDOG_"))}


class Fault(Exception):
    """What the product did wrong."""


class Skip(Exception):
    """Why a scenario cannot be run here."""


def need(condition, text):
    if not condition:
        raise Fault(text)


def until(condition, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not condition():
        need(time.monotonic() < end, f"after {patience} s still not: {what}")
        time.sleep(0.005)


def slurp(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def sh(command, where, env=None):
    """A plain pipeline, undisturbed; what it writes."""
    done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], cwd=where, env=env or CLEAN,
                          capture_output=True, text=True, timeout=600)
    need(done.returncode == 0, f"{command}: status {done.returncode}: {done.stderr}")
    return done.stdout


class Shim:
    """What makes a tool die at a point, see crash.c."""

    def __init__(self, where):
        self.path = os.path.join(where, "crash.so")
        subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-shared", "-fPIC", "-O1", "-o", self.path,
                        os.path.join(TESTS, "crash.c"), "-ldl"], check=True)

    def env(self, **settings):
        asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return {"LD_PRELOAD": self.path, "ASAN_OPTIONS": asan,
                **{f"CRASH_{k}" if k != "AT" else "CRASH": str(v) for k, v in settings.items()}}


def tree(pid):
    """The process's children, theirs, and so on."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            children = [int(p) for p in f.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return children + [p for c in children for p in tree(c)]


def send(pids, sig):
    for pid in pids:
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            pass


def named(pids, name):
    return [p for p in pids if slurp(f"/proc/{p}/comm").strip() == name]


running = set()


class Run:
    """Pipelines with a state directory, and the srun that has it now."""

    def __init__(self, where, pipelines, env=None, state="st"):
        self.where, self.pipelines, self.state = where, pipelines, state
        self.env = {**CLEAN, **(env or {})}
        self.errors = os.path.join(where, state + ".err")
        self.srun = None
        self.told = False  # to stop

    def start(self, *options, env=None, once=False):
        """-1 if once."""
        command = ["srun", *(["-1"] if once else []), *options, "-S", self.state, *self.pipelines]
        self.told = False
        with open(self.errors, "a", encoding="utf-8") as err:
            self.srun = subprocess.Popen(command, cwd=self.where, env={**self.env, **(env or {})},
                                         stdin=subprocess.DEVNULL, stdout=err, stderr=err)
        running.add(self)

    def alive(self):
        return self.srun is not None and self.srun.poll() is None

    def said(self):
        return slurp(self.errors)

    def stages(self):
        return tree(self.srun.pid)

    def note(self, name="committed"):
        return slurp(os.path.join(self.where, self.state, name)).strip()

    def go(self, *options, env=None):
        """It goes on: started anew if it has ended for a reason that allows that."""
        if self.alive():
            return
        if self.srun is not None:
            status = self.srun.returncode
            # 111: its predecessor's last process has not gone yet, or a stage was killed while it stopped
            need(status in (111, -signal.SIGKILL) or (status == 0 and self.told),
                 f"srun: status {status}: {self.said()[-1500:]}")
            if status == 111:
                time.sleep(0.02)
        self.start(*options, env=env)

    def moved(self, *options, env=None):
        """An epoch more is committed."""
        old = self.note()

        def more():
            self.go(*options, env=env)
            return self.note() not in ("", old)
        until(more, f"a commit behind {old or 'nothing'}: {self.said()[-1500:]}")

    def term(self):
        if self.alive():
            self.told = True
            send([self.srun.pid], signal.SIGTERM)

    def end(self):
        """Its status, when it has ended by itself."""
        try:
            return self.srun.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Fault(f"srun did not end: {self.said()[-1500:]}") from None

    def kill(self):
        if self.srun is not None:
            pids = self.stages() if self.alive() else []
            send([self.srun.pid] if self.alive() else [], signal.SIGKILL)
            send(pids, signal.SIGCONT)  # one that is stopped has not died
            self.srun.wait()

    def finish(self):
        """What there is to the end, undisturbed."""
        self.term()
        if self.srun is not None:
            self.end()

        def done():
            self.start(once=True)
            status = self.end()
            need(status in (0, 111), f"srun -1: status {status}: {self.said()[-1500:]}")
            return status == 0
        until(done, "a last run that ends well")


class Feed:
    """Records that come in bit by bit, from a thread; the last ones close all windows."""

    def __init__(self, rng, put, pace=20, jitter=250, late=0.01, keys=7):
        self.rng, self.put, self.pace = rng, put, pace
        self.jitter, self.late, self.keys = jitter, late, keys
        self.n = 0
        self.over = threading.Event()
        self.fault = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def record(self):
        """Time, key, number.  Out of order within the delay, and some far too late for any window."""
        i = self.n
        self.n += 1
        back = self.rng.randint(0, self.jitter)
        if i > 4000 and self.rng.random() < self.late:
            back = 3500
        return BASE + i - back, f"k{self.rng.randrange(self.keys)}", i

    def run(self):
        try:
            while not self.over.is_set():
                self.put([self.record() for _ in range(self.rng.randint(1, 2 * self.pace))])
                time.sleep(0.01)
            while self.n < LEAST:
                self.put([self.record() for _ in range(500)])
            self.put([(BASE + self.n + FINAL, f"k{k}", -1) for k in range(64)])
        except OSError as e:
            self.fault = e

    def stop(self):
        self.over.set()
        self.thread.join()
        if self.fault is not None:
            raise self.fault


def appender(path):
    """Adds records to a CSV file, in two writes: between them there is half a line."""
    out = open(path, "ab", buffering=0)

    def put(records):
        data = "".join(f"{t},{k},{n}\n" for t, k, n in records).encode()
        half = len(data) * 2 // 3
        out.write(data[:half])
        out.write(data[half:])
    return put


def parts(where, name="out"):
    """What is committed in a directory of swrite -d."""
    return "".join(slurp(p) for p in sorted(glob.glob(os.path.join(where, name, "part-*"))))


def same(what, got, want):
    a, b = got.splitlines(), want.splitlines()
    if a == b:
        return
    i = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    raise Fault(f"{what}: {len(a)} lines, {len(b)} expected; line {i + 1} is {a[i:i + 1]}, not {b[i:i + 1]}")


def disturb(run, rng, kills):
    """Kills and stops one, all, or srun itself, so many times, at times by chance."""
    count = {}
    for _ in range(kills):
        options = ["-n"] if rng.random() < 0.5 else []
        run.go(*options)
        if rng.random() < 0.6:
            run.moved(*options)
        else:
            time.sleep(rng.uniform(0, 0.4))
        run.go(*options)
        # until there is somebody to be killed: srun may be waiting for its next start
        until(lambda: run.stages() or not run.alive(), "a stage of the run", 70)
        stages = run.stages()
        how = rng.choices(["one", "all", "srun", "everything", "term"], [5, 2, 2, 1, 2])[0]
        if how == "one":
            send(rng.sample(stages, min(1, len(stages))), signal.SIGKILL)
        elif how == "all":
            send(stages, signal.SIGKILL)
        elif how == "term":
            run.term()
        elif run.alive():
            send([run.srun.pid] + (stages if how == "everything" else []), signal.SIGKILL)
        if how in ("term", "srun", "everything"):
            run.end()
        count[how] = count.get(how, 0) + 1
    return count


def at_points(run, rng, shim, points):
    """Someone is killed once at each of these points of the protocol, (tool, point); the run goes on."""
    run.kill()
    for tool, point in points:
        once = tempfile.mktemp(dir=run.where)
        nth = 1 if point.rstrip("+") in FIRST else rng.randint(1, 3)
        env = shim.env(AT=f"{point}:{nth}", TOOL=tool, ONCE=once)

        def struck():
            run.go("-n", env=env)
            return os.path.exists(once)
        until(struck, f"{tool} at {point}:{nth}: {run.said()[-1500:]}")
        run.moved("-n", env=env)
        if rng.random() < 0.5:
            run.term()
        else:
            send([run.srun.pid], signal.SIGKILL)
        run.end()


# what there is only once in a start
FIRST = {"start", "look", "fence", "asked"}


def both(points):
    return [p + place for p in points for place in ("", "+")]

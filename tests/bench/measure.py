"""Running commands for the bench: what they cost, what they answer, on which data."""
import collections
import fcntl
import hashlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 900      # seconds for one command

Cost = collections.namedtuple("Cost", "wall cpu mib")
Ratio = collections.namedtuple("Ratio", "cpu wall mine other")  # mine, other: MiB


class Failure(Exception):
    """A command that failed, or that took too long; what it said."""


class Bench:
    """Where the bench works, and with how much."""

    def __init__(self, where, records, pairs, only):
        self.where = where
        self.only = only
        self.records = records
        self.pairs = pairs
        self.directory = os.path.join(where, "directory")   # an engine's output
        self.env = dict(os.environ, LC_ALL="C", TZ="UTC", HERE=HERE,
                        PATH=os.path.join(HERE, "../../cmd") + os.pathsep + HERE +
                        os.pathsep + os.environ["PATH"])
        self.env["PEERS"] = python_of_peers() or "python3"
        with open(os.path.join(HERE, "gen.c"), "rb") as f:
            self.kept = os.path.join(where, f"data-{zlib.crc32(f.read()):x}")
        os.makedirs(self.kept, exist_ok=True)
        self.lock = open(os.path.join(where, "lock"), "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"{where}: another bench is at work there")

    def wanted(self, peer):
        return not self.only or peer.name.split()[0].rstrip(",") in self.only

    def data(self, args, count):
        """The file that gen makes of args, kept for the next run."""
        path = os.path.join(self.kept, "-".join([*args.split(), str(count)]))
        if not os.path.exists(path):
            self.make(path, ["gen", *args.split(), str(count)])
        return path

    def make(self, path, command):
        """A file of what the command writes, whole or not at all."""
        with open(path + ".tmp", "wb") as f:
            p = subprocess.run(command, env=self.env, stdout=f)
        if p.returncode != 0:
            raise Failure(f"{path}: not made")
        os.rename(path + ".tmp", path)

    def run(self, command, out="/dev/null", feed=None, **env):
        """Runs it in sh; its Cost.  A Peer's `$OUT` may be a directory.

        feed: the arguments of a gen that writes its input and is not measured.
        """
        note = os.path.join(self.where, "cost")
        errors = os.path.join(self.where, "errors")
        with open(errors, "wb") as err:
            gen = feed and subprocess.Popen(
                [os.path.join(HERE, "gen"), *feed.split()], stdout=subprocess.PIPE)
            redirect = "" if out == self.directory else 'exec >"$OUT"; '
            p = subprocess.Popen(
                [os.path.join(HERE, "meter"), note, redirect + command],
                env=dict(self.env, OUT=out, **env), stderr=err, start_new_session=True,
                stdin=gen.stdout if gen else subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            if gen:
                gen.stdout.close()
            try:
                status = p.wait(PATIENCE)
            except BaseException as e:
                os.killpg(p.pid, signal.SIGKILL)
                p.wait()
                if isinstance(e, subprocess.TimeoutExpired):
                    raise Failure(f"{command}: not done within {PATIENCE} s")
                raise
            finally:
                fed = gen.wait() if gen else 0
        if status == 0:
            with open(note) as f:
                status, wall, cpu, kib = f.read().split()
        if int(status) != 0:
            with open(errors, errors="replace") as f:
                said = f.read().strip().splitlines()[-5:]
            raise Failure("\n".join([f"{command}: status {status}", *said]))
        if fed != 0:
            raise Failure(f"gen {feed}: status {fed}")
        return Cost(float(wall), float(cpu), int(kib) / 1024)

    def answer(self, command, normal, directory=False, **env):
        """A digest of what it writes, by way of the command normal."""
        out = self.directory if directory else os.path.join(self.where, "answer")
        self.clear(out)
        self.run(command, out, **env)
        p = subprocess.run(["sh", "-c", normal], env=dict(self.env, OUT=out, **env),
                           stdout=subprocess.PIPE)
        self.clear(out)
        if p.returncode != 0:
            raise Failure(f"{normal}: status {p.returncode}")
        return hashlib.sha256(p.stdout).hexdigest(), p.stdout.count(b"\n")

    @staticmethod
    def clear(path):
        """An engine's output is a directory."""
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.remove(path)

    def rounds(self, commands, fresh=dict):
        """name -> Costs of the rounds, in each of which every command runs once.

        commands: name -> command, directory, env; fresh: more env for each run.
        """
        costs = {name: [] for name in commands}
        for i in range(self.pairs):
            order = list(commands.items())
            for name, (command, directory, env) in order if i % 2 == 0 else reversed(order):
                out = self.directory if directory else "/dev/null"
                costs[name].append(self.run(command, out, **env, **fresh()))
                if directory:
                    self.clear(out)
        return costs

    def figures(self, *command):
        """The numbers that a helper of the bench prints."""
        try:
            p = subprocess.run(command, env=self.env, stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failure(f"{' '.join(command)}: not done within {PATIENCE} s")
        if p.returncode != 0:
            raise Failure(f"{' '.join(command)}: {p.stderr.strip()}")
        return [float(v) for v in p.stdout.split()]


def ratio(mine, others):
    """The medians of what was measured in pairs."""
    pairs = list(zip(mine, others))
    return Ratio(statistics.median(a.cpu / b.cpu for a, b in pairs),
                 statistics.median(a.wall / b.wall for a, b in pairs),
                 max(a.mib for a in mine), statistics.median(b.mib for b in others))


def kept(what):
    """The directory of what peers-up keeps, if it is there."""
    p = subprocess.run([os.path.join(HERE, "peers-up"), "-n", what],
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return p.stdout.strip() if p.returncode == 0 else None


def python_of_peers():
    """A python that has duckdb and polars, if there is one."""
    return kept("python")


def say(text):
    """Progress is no part of the report."""
    print(text, file=sys.stderr, flush=True)

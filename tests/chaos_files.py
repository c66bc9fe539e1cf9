"""Disturbances of runs over files, into part files and into a command; for chaos.py."""
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time

from chaos_lib import (BASE, FINAL, Feed, Run, Skip, appender, at_points, both, disturb, need, parts, same, send, sh,
                       slurp)

READ = "-f ts:int,k,n:int -T ts -w 300ms in.csv"
WINDOWS = ["swindow 200ms", "swindow 300ms 100ms", "swindow -g 40ms"]
SNAPSHOT = ["open", "open+", "write", "fsync", "fsync+", "snap", "snap+", "unlink", "unlink+"]
POINTS = ([(t, p) for t in ("sread", "saggregate") for p in SNAPSHOT]
          + [(t, p) for t in ("sread", "sfilter", "swindow", "saggregate") for p in both(["barrier"])]
          + [("sread", p) for p in both(["look"])])
SINKS = {"swrite": [("swrite", p) for p in both(["start", "fsync", "commit", "note"]) + ["open", "write", "rename+"]],
         "sbatch": [("sbatch", p) for p in both(["start", "fsync", "commit", "note", "spawn", "wait", "unlink"])]}


def middle(rng, late="late"):
    window = rng.choice(WINDOWS)
    return f"sfilter 'n >= 0' | {window} | saggregate -L {late} -k k sum:n count min:n max:n"


def want(where, stages):
    """What an undisturbed process gives: rows, late records."""
    rows = sh(f"sread {READ} | {stages.replace('-L late', '-L late.want')} | swrite", where)
    return rows, late(where, "late.want")


def late(where, name="late"):
    return "".join(line for line in open(os.path.join(where, name), encoding="utf-8") if line[0] != "#")


def chosen(rng, points, most):
    points = list(points)
    rng.shuffle(points)
    return points[:most]


def check(where, stages, got, disorder=True):
    rows, lates = want(where, stages)
    need(rows.count("\n") >= 5 and (lates != "") >= disorder, f"the undisturbed run has too little: {len(rows)}")
    same("rows", got, rows)
    same("late records", late(where), lates)
    return rows.count("\n")


def committing(rng, where, shim, sink, take, size):
    """Rows into that sink, under disturbances; take is what the sink has at the end."""
    stages = middle(rng)
    kind = sink.split()[0]
    open(os.path.join(where, "in.csv"), "wb").close()
    run = Run(where, [f"sread -F -B 30ms {READ} | {stages} | {sink}"])
    feed = Feed(rng, appender(os.path.join(where, "in.csv")))
    try:
        count = disturb(run, rng, size.kills)
        points = chosen(rng, POINTS, size.points) + chosen(rng, SINKS[kind], size.points)
        at_points(run, rng, shim, points)
        feed.stop()
        run.finish()
    finally:
        feed.over.set()
        run.kill()
    return f"{check(where, stages, take())} rows, {count}, {len(points)} points"


def files(rng, where, shim, size):
    """sread | sfilter | swindow | saggregate | swrite -d: killed by chance and at each point, exactly once"""
    return committing(rng, where, shim, "swrite -d out", lambda: parts(where), size)


def batches(where):
    names = os.listdir(os.path.join(where, "done"))
    return "".join(slurp(os.path.join(where, "done", n))
                   for n in sorted((n for n in names if not n.endswith(".tmp")), key=lambda n: int(n.split(".")[0])))


def sbatch_file(rng, where, shim, size):
    """sbatch, a file for each WEIR_EPOCH: the command is killed too, exactly once"""
    os.mkdir(os.path.join(where, "done"))
    command = 'cat >"done/$WEIR_EPOCH.tmp" && mv "done/$WEIR_EPOCH.tmp" "done/$WEIR_EPOCH"'
    return committing(rng, where, shim, f"sbatch sh -c '{command}'", lambda: batches(where), size)


APPEND = """
import csv, os, sqlite3, sys
db = sqlite3.connect('rows.db', timeout=60, isolation_level=None)
db.execute('begin immediate')
db.execute('create table if not exists epoch (id text primary key)')
db.execute('create table if not exists row (n integer primary key autoincrement, line text)')
if db.execute('insert or ignore into epoch values (?)', [os.environ['WEIR_EPOCH']]).rowcount:
    db.executemany('insert into row (line) values (?)', ((line,) for line in sys.stdin))
db.execute('commit')
"""


def sbatch_sqlite(rng, where, shim, size):
    """sbatch into SQLite, idempotent by WEIR_EPOCH: exactly once"""
    with open(os.path.join(where, "append.py"), "w", encoding="ascii") as f:
        f.write(APPEND)

    def take():
        db = sqlite3.connect(os.path.join(where, "rows.db"))
        return "".join(line for line, in db.execute("select line from row order by n"))
    return committing(rng, where, shim, f"sbatch {sys.executable} append.py", take, size)


def joined(rng, where, shim, size):
    """two sources, a FIFO, sjoin that aligns barriers: killed by chance, exactly once"""
    fields = "-f ts:int,k,n:int -T ts -w 300ms"
    stages = "sfilter 'n >= 0' | sjoin -j left -k k,n -r -400ms,400ms {} | sdedup -W 1h k n"
    feeds = []
    for name in ("in.csv", "right.csv"):
        open(os.path.join(where, name), "wb").close()
        feeds.append(Feed(random.Random(rng.random()), appender(os.path.join(where, name)), pace=5, keys=3, late=0))
    run = Run(where, [f"right=sread -F -B 30ms {fields} right.csv",
                      f"sread -F -B 30ms {fields} in.csv | {stages.format('right')} | ssort | swrite -d out"])
    try:
        count = disturb(run, rng, size.kills)
        for feed in feeds:
            feed.stop()
        run.finish()
    finally:
        for feed in feeds:
            feed.over.set()
        run.kill()
    rows = sh(f"sread {fields} in.csv | {stages.format('<(sread ' + fields + ' right.csv)')} | ssort | swrite", where)
    got = "".join(sorted(parts(where).splitlines(True)))
    # what is still open at the end of the last run comes only with #end
    rows = "".join(sorted(r for r in rows.splitlines(True) if int(r.split(",")[0]) < BASE + FINAL))
    need(rows.count("\n") > 20, "too few rows")
    same("rows, sorted", got, rows)
    return f"{rows.count(chr(10))} rows, {count}"


def refused(run, word, env=None, *options):
    """The run ends with 111 and says why."""
    at = len(run.said())
    run.start("-n", "-R", "0", *options, env=env)
    status = run.end()
    said = run.said()[at:]
    need(status == 111 and word in said, f"status {status}, and not '{word}' but: {said}")
    return said


FULL = ([(t, p) for t in ("sread", "saggregate", "swrite") for p in ("open", "write", "fsync", "rename")]
        + [("srun", "open")])


def failing(rng, where, shim, size, words):
    """From some call on a tool can write no more: 111, a clear word; then it goes on."""
    put = appender(os.path.join(where, "in.csv"))
    stages = middle(rng)
    run = Run(where, [f"sread -F -B 200r {READ} | {stages} | swrite -d out"])
    n, times = 0, 0
    for tool, point in chosen(rng, FULL, size.points):
        name, word = rng.choice(list(words.items()))
        put([(BASE + n + i, f"k{i % 7}", n + i) for i in range(500)])
        n += 500
        # srun makes its lock again at each start, a stage not until it has something to write
        nth = 1 if tool == "srun" else rng.randint(2, 4)
        said = refused(run, word, shim.env(FULL=f"{point}:{nth}", ERRNO=name, TOOL=tool), "-1")
        # where holds the directories and files that are new
        need(f"{tool}: " in said and (re.search(r"\b(st|out|late)\b", said) or where + "/:" in said),
             f"{tool} at {point}: no place: {said}")
        times += 1
    put([(BASE + n + i // 2 - 3500 * (i % 400 == 0), f"k{i % 7}", n + i) for i in range(9000)])
    put([(BASE + 2 * FINAL, "k", -1)])
    run.finish()
    return f"{check(where, stages, parts(where), disorder=False)} rows, {times} times"


def full(rng, where, shim, size):
    """no room on the disk at some call: 111 and a clear word, and on it goes when there is"""
    return failing(rng, where, shim, size, {"ENOSPC": "No space left on device"})


def unwritable(rng, where, shim, size):
    """a state directory that becomes unwritable: 111 and a clear word, and on it goes when it is not"""
    return failing(rng, where, shim, size, {"EACCES": "Permission denied", "EROFS": "Read-only file system"})


def mounted(where, size="1m"):
    path = os.path.join(where, "disk")
    os.mkdir(path)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", path], capture_output=True, text=True)
    if done.returncode != 0:
        raise Skip("no right to mount: " + done.stderr.strip())
    return path


def real_disk(rng, where, shim, size):
    """a real disk runs full in the middle, and is mounted read-only: 111, no damage, on it goes"""
    disk = mounted(where)
    try:
        return on_disk(rng, where, disk)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def on_disk(rng, where, disk):
    stages = middle(rng, "disk/late")
    open(os.path.join(where, "in.csv"), "wb").close()
    run = Run(where, [f"sread -F -B 20ms {READ} | {stages} | swrite -d disk/out"], state="disk/st")
    run.errors = os.path.join(where, "err")
    feed = Feed(rng, appender(os.path.join(where, "in.csv")), pace=10)
    times = 0
    try:
        for _ in range(3):
            run.moved("-R", "0")
            fill(disk, run)
            status = run.end()
            need(status == 111 and "No space left on device" in run.said(), f"status {status}: {run.said()}")
            os.unlink(os.path.join(disk, "filler"))
            open(run.errors, "w", encoding="ascii").close()
            times += 1
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        said = refused(run, "Read-only file system")
        need("disk/st/lock" in said, said)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        feed.stop()
        # the disk is small
        run.finish()
    finally:
        feed.over.set()
        run.kill()
    rows = sh(f"sread {READ} | {stages.replace('disk/late', 'late.want')} | swrite", where)
    need(rows.count("\n") > 20, "too few rows")
    same("rows", parts(where, "disk/out"), rows)
    same("late records", late(where, "disk/late"), late(where, "late.want"))
    return f"{rows.count(chr(10))} rows, {times} times full"


def fill(disk, run):
    """Until the run has ended: what it gives back is taken too."""
    fd = os.open(os.path.join(disk, "filler"), os.O_WRONLY | os.O_CREAT)
    end = time.monotonic() + 60
    while run.alive():
        need(time.monotonic() < end, "a full disk, and the run goes on")
        try:
            os.write(fd, b"\0" * 4096)
        except OSError:
            time.sleep(0.001)
    os.close(fd)


def zombies(rng, where, shim, size):
    """an old run that sleeps has its directories: a new one is refused, the old one goes on"""
    stages = middle(rng)
    open(os.path.join(where, "in.csv"), "wb").close()
    pipeline = [f"sread -F -B 30ms {READ} | {stages} | swrite -d out"]
    run, new, copy = Run(where, pipeline), Run(where, pipeline), Run(where, pipeline, state="copy")
    feed = Feed(rng, appender(os.path.join(where, "in.csv")))
    try:
        for i in range(size.overlaps):
            run.moved("-n")
            pids = [run.srun.pid] + run.stages()
            send(pids, signal.SIGSTOP)
            refused(new, "st: in use by srun")
            # of a copy only the sink's directory is known to be the same one
            subprocess.run(["rm", "-rf", os.path.join(where, "copy")], check=True)
            subprocess.run(["cp", "-r", os.path.join(where, "st"), os.path.join(where, "copy")], check=True)
            refused(copy, "out: in use by swrite")
            if i % 2 == 0:
                send(pids, signal.SIGCONT)
                run.moved("-n")
            else:
                # its stages still sleep when it is dead: then they are killed, asleep or not
                send(pids[:1], signal.SIGKILL)
                run.srun.wait()
        feed.stop()
        run.finish()
    finally:
        feed.over.set()
        run.kill()
        new.kill()
        copy.kill()
    return f"{check(where, stages, parts(where))} rows, {size.overlaps} overlaps"


def cron(rng, where, shim, size):
    """srun -1 every five minutes of a day: byte for byte what one long run gives"""
    path = os.path.join(where, "in.csv")
    open(path, "wb").close()
    put = appender(path)
    stages = "sfilter 'n >= 0' | swindow 7m | saggregate -L late -k k sum:n count min:n max:n"
    read = "-f ts:int,k,n:int -T ts -w 2m in.csv"
    run = Run(where, [f"sread -F {read} | {stages} | swrite -d out"])
    n = 0
    for i in range(size.cron):
        step = 86_400_000 // size.cron
        records = []
        for _ in range(rng.choice([0, 1, 10, 10, 30])):
            back = rng.randint(0, 120_000) if rng.random() < 0.98 or i < 9 else 3_600_000
            records.append((BASE + i * step + rng.randrange(step) - back, f"k{rng.randrange(5)}", n))
            n += 1
        records.sort(key=lambda r: r[0] + rng.randint(0, 60_000))
        if i == size.cron - 1:
            records.append((BASE + 2 * 86_400_000, "k", -1))
        if records:
            put(records)
        run.start(once=True)
        need(run.end() == 0, f"run {i}: {run.said()}")
    need(set(run.said().splitlines()) <= {f"saggregate: {k} late records written to late" for k in range(30)}, run.said())
    rows = sh(f"sread {read} | {stages.replace('-L late', '-L late.want')} | swrite", where)
    need(rows.count("\n") > 20, "too few rows")
    same("rows", parts(where), rows)
    same("late records", late(where), late(where, "late.want"))
    return f"{rows.count(chr(10))} rows of {size.cron} runs"


SCENARIOS = [files, sbatch_file, sbatch_sqlite, joined, full, unwritable, real_disk, zombies, cron]

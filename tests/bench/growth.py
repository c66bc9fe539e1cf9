"""Growth: processor time and memory against size, plotted by gnuplot."""
import collections
import os
import shutil
import statistics
import subprocess

from measure import HERE, Failure, say

# feed, command: of a size x; count: how many records there are then.
# flat: memory does not grow with x.
Series = collections.namedtuple("Series", "name label sizes feed count command flat")

CHAIN = "schain \"sread -T ts -f ts:int,key,v:int -w {w} | {rest} | swrite\""
JOB = "sfilter 'v > 10' | swindow 5m | saggregate -k key sum:v count"


def series(n):
    """For n records; those of the open windows always span more than 1,000 of them."""
    slower = max(1, 10 ** 8 // n)
    tenth = max(1, n // 10)
    return [
        Series("records", "records", [tenth, n, 10 * n], lambda x: "csv", lambda x: x,
               lambda x: CHAIN.format(w="1s", rest=JOB), True),
        Series("keys", "keys", [k for k in (10 ** 3, 10 ** 4, 10 ** 5, 10 ** 6, 10 ** 7) if k <= n],
               lambda x: f"-k {x} csv", lambda x: n,
               lambda x: CHAIN.format(w="1s", rest="saggregate -k key sum:v count"), False),
        Series("windows", "open windows of 1 min", [1, 10, 100, 1000],
               lambda x: f"-k 100 -t {slower} csv", lambda x: n,
               lambda x: CHAIN.format(w=f"{x}m", rest="swindow 1m | saggregate -k key sum:v count"), False),
        Series("sliding", "windows of 1 h that a record is in", [1, 6, 60, 360],
               lambda x: "-k 100 -t 10 csv", lambda x: tenth,
               lambda x: CHAIN.format(w="1s", rest=f"swindow 1h {3600 // x}s | saggregate -k key sum:v count"), False),
        Series("fields", "fields per record", [3, 10, 30, 100],
               lambda x: f"-f {x} stream", lambda x: tenth, lambda x: "sfilter 'v > 10'", True),
        Series("width", "bytes of a field", [10, 100, 1000, 10000],
               lambda x: f"-f 4 -w {x} stream", lambda x: max(1, n * 20 // (x + 100)),
               lambda x: "sfilter 'v > 10'", True),
    ]


def linear(points):
    """No step grows faster than the size, but for what was measured by chance."""
    return all(b[1] / a[1] <= 1.3 * b[0] / a[0] for a, b in zip(points, points[1:]))


def flat(points):
    values = [p[1] for p in points]
    return max(values) <= 1.3 * min(values) + 1     # MiB


def measure(s, bench):
    """(size, ns a record, MiB) of each size."""
    points = []
    for x in s.sizes:
        count = s.count(x)
        costs = [bench.run(s.command(x), feed=f"{s.feed(x)} {count}")
                 for _ in range(min(bench.pairs, 3))]
        points.append((x, statistics.median(c.cpu for c in costs) / count * 1e9,
                       max(c.mib for c in costs)))
        say(f"  {s.label} {x:,}: {points[-1][1]:.0f} ns a record, {points[-1][2]:.1f} MiB")
    return points


def plot(report, names):
    picture = "growth.png"
    p = subprocess.run(["gnuplot", "-e", f"dir='{report.where}'; series='{' '.join(names)}'; "
                        f"out='{os.path.join(report.where, picture)}'", os.path.join(HERE, "growth.gp")],
                       stderr=subprocess.PIPE, text=True)
    if p.returncode != 0:
        raise Failure(f"gnuplot: {p.stderr.strip()}")
    report.plots.append(picture)


def run_growth(bench, report):
    os.makedirs(report.where, exist_ok=True)
    names = []
    for s in series(bench.records):
        points = measure(s, bench)
        with open(os.path.join(report.where, f"{s.name}.dat"), "w") as f:
            f.write(f"# {s.label}\tns a record\tMiB\n")
            f.writelines(f"{x}\t{ns:.2f}\t{mib:.2f}\n" for x, ns, mib in points)
        names.append(s.name)
        time = [(x, ns * (x if s.name == "records" else 1)) for x, ns, _ in points]
        memory = [(x, mib) for x, _, mib in points]
        report.grown(s.label, points, linear(time), flat(memory) if s.flat else linear(memory),
                     "flat" if s.flat else "at most linear")
    if shutil.which("gnuplot"):
        plot(report, names)
    else:
        report.note("no plots: gnuplot is not installed (make bench-deps)")

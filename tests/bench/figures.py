"""Tasks that have no peer beside them: figures of weir alone, each with its limit."""
import statistics

import growth
import kafka
from measure import say

HEAD = r"#fields\tts\tkey\tv:int\n"
STATELESS = {
    "sfilter": ["sfilter", "v >= 0"],
    "smap": ["smap", "w=v*2"],
    "swindow": ["swindow", "1m"],
    "sflat": ["sflat", "-d", "|", "key"],
}


def quoted(command):
    return " ".join(f"'{w}'" for w in command)


def run_stateless(bench, report):
    """Each is one process: it starts at once, stays small and keeps nothing back."""
    data = {"IN": bench.data("stream", bench.records)}
    for name, command in STATELESS.items():
        peak = bench.run(f'{quoted(command)} <"$IN"', **data).mib
        first = [bench.figures("pace", "-1", HEAD + r"1\tuser1\t1\n", *command)[0] for _ in range(20)]
        steady = [bench.figures("pace", HEAD, *command)[1] for _ in range(bench.pairs)]
        report.figure(name, "peak", peak, "MiB", 4)
        report.figure(name, "exec to first record", statistics.median(first) / 1e3, "ms", 5)
        # what else runs can only add to it
        report.figure(name, "p99 through it at 1,000 a second, best run", min(steady) / 1e3, "ms", 1)
        say(f"  {name}: {peak:.1f} MiB, {statistics.median(first) / 1e3:.2f} ms")


def run_keys(bench, report):
    """As many keys as records."""
    path = bench.data("-s stream", bench.records)
    command = "saggregate -k key sum:v count"
    peaks, pauses = [], []
    for _ in range(min(bench.pairs, 3)):
        peaks.append(bench.run(f'{command} <"$IN"', IN=path).mib)
        # what else runs can only add to a pause
        pauses.append(bench.figures(
            "sh", "-c", f"saggregate -m each -k key sum:v count <'{path}' | pace -g")[0])
    report.figure("keys", f"saggregate, {bench.records:,} keys, peak", min(peaks), "MiB",
                  max(8, 1.2 * 1024 * bench.records / 1e7))
    report.figure("keys", "longest pause while its table grows, best run", min(pauses) / 1e3, "ms", 100)


FIGURES = {
    "stateless": ("memory, start and delay of the stateless filters", run_stateless),
    "keys": ("memory and pauses with as many keys as records", run_keys),
    "kafka": ("Kafka: kcat-in, kout, and the seed's first half", kafka.run_throughput),
    "latency": ("Kafka: from a message's arrival to its result", kafka.run_latency),
    "growth": ("time and memory against size, plotted", growth.run_growth),
}

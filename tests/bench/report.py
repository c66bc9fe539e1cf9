"""What the bench found: a table on standard output, Markdown in a directory."""
import os
import platform


def machine():
    model = "unknown CPU"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} core{'s' if cores > 1 else ''}, {platform.system()} {platform.machine()}"


def short(v):
    """Three digits, no exponent."""
    return "–" if v is None else f"{v:.0f}" if v >= 100 else f"{v:.3g}"


def verdict(pairs):
    """pairs: (value, at most, beyond) of one row."""
    pairs = [p for p in pairs if p[1] is not None or p[2] is not None]
    if not pairs:
        return ""
    if any(most is not None and v > most for v, most, _ in pairs):
        return "NO"
    better = [v <= more for v, _, more in pairs if more is not None]
    return "yes, beyond" if better and all(better) else "yes"


class Report:
    RATIOS = ("task", "peer", "CPU", "at most", "wall", "at most", "MiB", "its MiB", "holds")
    FIGURES = ("task", "figure", "measured", "at most", "holds")
    GROWTH = ("growth with", "at", "ns a record", "linear", "MiB", "memory", "holds")

    def __init__(self, where, bench):
        self.where = where
        self.bench = bench
        self.ratios = []
        self.figures = []
        self.growth = []
        self.failures = []
        self.notes = []
        self.plots = []

    def tables(self):
        return [(head, rows) for head, rows in ((self.RATIOS, self.ratios), (self.FIGURES, self.figures),
                                                (self.GROWTH, self.growth)) if rows]

    @staticmethod
    def limit(most, more):
        """0.3, or 5 (3.5) with the one beyond."""
        return "" if most is None else short(most) + (f" ({short(more)})" if more is not None else "")

    def ratio(self, task, peer, r):
        self.ratios.append((
            task.name, peer.name, short(r.cpu), self.limit(peer.cpu, peer.more_cpu),
            short(r.wall), self.limit(peer.wall, peer.more_wall), short(r.mine), short(r.other),
            verdict([(r.cpu, peer.cpu, peer.more_cpu), (r.wall, peer.wall, peer.more_wall)])))

    def missing(self, task, peer):
        self.ratios.append((task.name, peer.name, "–", self.limit(peer.cpu, peer.more_cpu), "–",
                            self.limit(peer.wall, peer.more_wall), "–", "–", "not installed"))

    def figure(self, task, name, value, unit, most=None, more=None):
        unit = " " + unit if unit else ""
        self.figures.append((task, name, short(value) + unit,
                             self.limit(most, more) + (unit if most is not None else ""),
                             "" if most is None else verdict([(value, most, more)])))

    def grown(self, label, points, time, memory, how):
        """A row of what was measured at each size."""
        self.growth.append((
            label, ", ".join(f"{x:,}" for x, _, _ in points),
            ", ".join(short(ns) for _, ns, _ in points), "yes" if time else "NO",
            ", ".join(short(mib) for _, _, mib in points), how, "yes" if memory else "NO"))

    def absent(self, task, name, why):
        self.figures.append((task, name, "–", "", why))

    def fail(self, what, why):
        self.failures.append(f"{what}: {why}")

    def note(self, text):
        self.notes.append(text)

    def head(self):
        b = self.bench
        return (f"{machine()}. {b.records:,} records, medians of {b.pairs} interleaved "
                f"pair{'s' if b.pairs > 1 else ''}; load {os.getloadavg()[0]:.1f}."
                + (f" Only with {', '.join(b.only)}." if b.only else ""))

    def foot(self):
        return [f"FAILED: {f}" for f in self.failures]

    def text(self):
        lines = [self.head()]
        for head, rows in self.tables():
            widths = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
            lines.append("")
            lines += ["  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in [head, *rows]]
        lines += ["", *self.notes] if self.notes else []
        return "\n".join([*lines, *self.foot()]) + "\n"

    def markdown(self):
        lines = [self.head()]
        for head, rows in self.tables():
            lines += ["", "| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
            lines += ["| " + " | ".join(r) + " |" for r in rows]
        lines += ["", *self.notes] if self.notes else []
        for p in self.plots:
            lines += ["", f"![{p}]({p})"]
        return "\n".join([*lines, *self.foot()]) + "\n"

    def write(self):
        os.makedirs(self.where, exist_ok=True)
        with open(os.path.join(self.where, "bench.md"), "w") as f:
            f.write(self.markdown())
        print(self.text(), end="")
        print(f"report: {self.where}")

"""Tasks over files: answers compared, then costs in interleaved pairs."""
import shutil

from measure import Failure, kept, ratio, say


def available(peer):
    if peer.needs:
        return kept(peer.needs) is not None
    return shutil.which(peer.command.split()[0]) is not None or peer.command.startswith(("swindow", "csvtsv"))


def run_files(task, bench, report):
    peers = []
    for p in task.peers:
        if available(p):
            peers.append(p)
        else:
            report.missing(task, p)
    for slow in sorted({p.slow for p in peers}):
        run_size(task, [p for p in peers if p.slow == slow],
                 max(1, int(bench.records * task.share) // slow), bench, report)


def run_size(task, peers, count, bench, report):
    """weir and the peers that take data of this size."""
    def env(form):
        return {"IN": bench.data(form or task.form, count)}

    def of(p):
        e = env(p.form)
        jars = kept(p.needs) if p.needs in ("flink", "spark") else None
        return dict(e, JARS=jars, OUT=bench.where + "/out") if jars else e

    compared = [p for p in peers if not p.floor]
    if compared:
        want = bench.answer(task.weir, task.normal, **env(None))
        for p in list(compared):
            e = of(p)
            e.pop("OUT", None)
            try:
                got = bench.answer(p.command, p.normal or task.normal, **e)
            except Failure as err:
                report.fail(f"{task.name}, {p.name}", str(err))
                peers = [q for q in peers if q is not p]
                continue
            if got != want:
                report.fail(f"{task.name}, {p.name}",
                            f"another result: {got[1]} lines, weir has {want[1]}")
    commands = {p.name: (p.command, of(p)) for p in peers}
    costs = bench.rounds({"weir": (task.weir, env(None)), **commands}, bench.pairs)
    for p in peers:
        r = ratio(costs["weir"], costs[p.name])
        report.ratio(task, p, r)
        say(f"  {p.name}: CPU {r.cpu:.3f}, wall {r.wall:.3f}")

"""Tasks over files: answers compared, then costs in interleaved pairs."""
import shutil

from measure import Failure, kept, ratio, say
from tasks import ENGINES


def available(peer):
    """Its program, unless it is one of weir's, or of the bench."""
    if peer.needs in ENGINES and not shutil.which("java"):
        return False
    if peer.needs:
        return kept(peer.needs) is not None
    return peer.ours or shutil.which(peer.name.split()[0].rstrip(",")) is not None


def present(task, bench, report):
    """The peers that are wanted and installed; the report names the others."""
    peers = []
    for p in filter(bench.wanted, task.peers):
        if available(p):
            peers.append(p)
        else:
            report.missing(task, p)
    return peers


def run_files(task, bench, report):
    peers = present(task, bench, report)
    for slow in sorted({p.slow for p in peers}):
        run_size(task, [p for p in peers if p.slow == slow],
                 max(1, int(bench.records * task.share) // slow), bench, report)


def same(task, peers, wants, runs, bench, report, fresh=dict):
    """Those of the peers that ran; another answer than weir's is a failure.

    wants: by way of what weir's answer is compared with a peer's.
    """
    ours, ran = {}, []
    for p in peers:
        try:
            if not p.floor:
                mine = wants(p)
                if mine not in ours:
                    command, directory, env = runs["weir"]
                    ours[mine] = bench.answer(command, mine, directory, **env, **fresh())
                command, directory, env = runs[p.name]
                got = bench.answer(command, p.normal or task.normal, directory, **env, **fresh())
                if got != ours[mine]:
                    report.fail(f"{task.name}, {p.name}", f"another result: "
                                f"{got[1]} lines, weir has {ours[mine][1]}")
            ran.append(p)
        except Failure as e:
            report.fail(f"{task.name}, {p.name}", str(e))
    return ran


def run_pairs(task, peers, wants, runs, bench, report, fresh=dict):
    ran = same(task, peers, wants, runs, bench, report, fresh)
    costs = bench.rounds({n: runs[n] for n in ["weir", *(p.name for p in ran)]}, fresh)
    for p in ran:
        r = ratio(costs["weir"], costs[p.name])
        report.ratio(task, p, r)
        say(f"  {p.name}: CPU {r.cpu:.3f}, wall {r.wall:.3f}")


def run_size(task, peers, count, bench, report):
    """weir and the peers that take data of this size."""
    def env(form):
        return {"IN": bench.data(form or task.form, count)}

    runs = {p.name: (p.command, p.needs in ENGINES, env(p.form)) for p in peers}
    runs["weir"] = (task.weir, False, env(None))
    run_pairs(task, peers, lambda p: task.normal, runs, bench, report)

"""cep_* golden cases: what a case.json means to smatch, and smatch's rows in the form of expected.csv."""
import json

NEAR = {"begin": "", "next": ", ", "followedBy": "; ", "followedByAny": ";; ",
        "notNext": ", !", "notFollowedBy": "; !"}
INNER = {"consecutive": ",", "combinations": ";;", "allowCombinations": ";;"}


def quantifier(stage):
    """oneOrMore, zeroOrMore, optional, times:N, times:N:M, times:N,M, timesOrMore:N"""
    q = stage.get("quantifier", "")
    kind, _, rest = q.partition(":")
    n = [x for x in rest.replace(",", ":").split(":") if x]
    text = {"oneOrMore": "+", "zeroOrMore": "*", "optional": "?",
            "timesOrMore": "{%s,}" % (n[0] if n else ""),
            "times": "{%s}" % ",".join(n)}.get(kind, "")
    if stage.get("greedy"):
        text += "+"
    if stage.get("optional") and "?" not in text and "*" not in text:
        text += "?"
    return text + INNER.get(stage.get("inner"), "")


def cep_stage(stage, field):
    text = NEAR[stage["contiguity"]] + stage["name"] + quantifier(stage)
    text += ":%s%s" % (field, stage["where"]) if stage.get("where") else ""
    if stage.get("until"):
        text += " until %s%s" % (field, stage["until"])
    return text


def cep_pattern(params, field="value", key="key"):
    """The arguments of smatch for the params of a case."""
    argv = ["smatch", "-k", key]
    if params.get("within_ms"):
        argv += ["-W", "%dms" % params["within_ms"]]
    skip = params.get("after_match_skip", "noSkip")
    name, _, stage = skip.replace("[", ":").replace("(", ":").rstrip("])").partition(":")
    if name != "noSkip":
        argv += ["-A", {"skipToNext": "next", "skipPastLastEvent": "past",
                        "skipToFirst": "first:" + stage,
                        "skipToLast": "last:" + stage}[name]]
    return argv + [" ".join(cep_stage(s, field) for s in params["pattern"])]


def cep_rows(lines, params, time="ts_ms", field="value"):
    """smatch's output as rows (kind, key, match, time), the match as in expected.csv."""
    rows, cols = [], None
    for line in lines:
        f = line.rstrip("\n").split("\t")
        if f[0] == "#fields":
            cols = [c.split(":")[0] for c in f[1:]]
        if f[0].startswith("#"):
            continue
        f = dict(zip(cols[1:], f[1:]), **{"": f[0]})
        match = []
        for s in params["pattern"]:
            t, v = f.get(s["name"] + "_" + time), f.get(s["name"] + "_" + field)
            if t is None or t == "\\N":
                continue
            if t.startswith("["):
                v = v[1:-1].split(",")
                t = [str(x) for x in json.loads(t)]
            else:
                t, v = [t], [v]
            if t:
                match.append(s["name"] + "=" + "+".join(map(":".join, zip(t, v))))
        rows.append((f["kind"], f["key"], "|".join(match), f[""]))
    return rows

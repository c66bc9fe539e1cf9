"""cross_lib - what the cross-checks of formats in delimited files share."""
import subprocess

CHARS = "aZ09 ,;:'\"\\\t\n\r{}[]\u00e4\u20ac\U0001f600\x01"


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def delimited(records):
    return b"".join(varint(len(r)) + r for r in records)


def undelimited(data):
    at, out = 0, []
    while at < len(data):
        n = shift = 0
        while True:
            b = data[at]
            at += 1
            n |= (b & 127) << shift
            shift += 7
            if b < 128:
                break
        out.append(data[at:at + n])
        at += n
    return out


def run(command, stdin=b"", says=False, fails=False):
    """Standard output; says: standard error need not be empty; fails: nor the status 0."""
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    if not fails and (done.returncode != 0 or (done.stderr and not says)):
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def rows(stream):
    """The columns of a stream's records, the time first."""
    return [line.split("\t") for line in stream.decode("utf-8", "surrogateescape").split("\n")
            if line and not line.startswith("#")]


def unescape(s):
    """A column's text; None for null."""
    if s == "\\N":
        return None
    out, i = [], 0
    while i < len(s):
        if s[i] == "\\":
            i += 1
            out.append({"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[s[i]])
        else:
            out.append(s[i])
        i += 1
    return "".join(out)


def escape(s):
    return s.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")

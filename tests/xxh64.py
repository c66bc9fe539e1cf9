"""xxh64.py <FILE - XXH64 of standard input with the seed 0, in hexadecimal; see xxHash's xxhash_spec.

A second opinion on the checksums of snapshots.
"""
import sys

M = 2**64 - 1
P = (0x9e3779b185ebca87, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9, 0x85ebca77c2b2ae63, 0x27d4eb2f165667c5)


def rol(x, n):
    return (x << n | x >> 64 - n) & M


def lane(acc, x):
    return rol((acc + x * P[1]) & M, 31) * P[0] & M


def xxh64(b):
    def word(i, k):
        return int.from_bytes(b[i:i + k], 'little')

    i, h = 0, P[4]
    if len(b) >= 32:
        v = [(P[0] + P[1]) & M, P[1], 0, -P[0] & M]
        while len(b) - i >= 32:
            v = [lane(v[j], word(i + 8 * j, 8)) for j in range(4)]
            i += 32
        h = sum(rol(x, n) for x, n in zip(v, (1, 7, 12, 18))) & M
        for x in v:
            h = ((h ^ lane(0, x)) * P[0] + P[3]) & M
    h = h + len(b) & M
    while len(b) - i >= 8:
        h = (rol(h ^ lane(0, word(i, 8)), 27) * P[0] + P[3]) & M
        i += 8
    if len(b) - i >= 4:
        h = (rol(h ^ word(i, 4) * P[0] & M, 23) * P[1] + P[2]) & M
        i += 4
    for x in b[i:]:
        h = rol(h ^ x * P[4] & M, 11) * P[0] & M
    h = (h ^ h >> 33) * P[1] & M
    h = (h ^ h >> 29) * P[2] & M
    return h ^ h >> 32


print(f'{xxh64(sys.stdin.buffer.read()):016x}')

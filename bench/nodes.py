"""Nodes as processes for measurements: the ones that the tests use, and what they cost (time on a core, memory)."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.nodes import RealNode, free_ports, pair

__all__ = ["RealNode", "cpu_seconds", "crypto_floor", "free_ports", "median", "memory_mb", "pair", "words"]

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the time that a process (all its threads) has spent on a core."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> float:
    """Return the proportional set size: memory that would come free if the process ended, shared pages in shares."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    message = "no Pss"
    raise RuntimeError(message)


def words(size: int, seed: int = 1) -> str:
    """Return made-up text of about this many bytes that compresses about as well as prose."""
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices("etaoinshrdlucmfw", k=chance.randint(2, 9))) for _ in range(900)]
    text = ""
    while len(text) < size:
        text += chance.choice(vocabulary) + " "
    return text[:size]


def median(work: Callable[[], object], rounds: int = 7, seconds: float = 0.25) -> float:
    """Return the median time of one call in milliseconds of CPU, over several hot rounds."""
    found = []
    for _ in range(rounds):
        count, start, ends = 0, time.process_time(), time.monotonic() + seconds
        while time.monotonic() < ends:
            work()
            count += 1
        found.append((time.process_time() - start) / count * 1000)
    return statistics.median(found)


def crypto_floor(text: str) -> float:
    """Return the CPU (ms) that one notice costs in cryptography alone, RSA-3072, at both ends together.

    Two signatures and two verifications (message, receipt), one key wrapped and opened, gzip and gunzip, AES-128-GCM
    both ways, SHA-256 on both sides. Everything else that a node does comes on top.
    """
    import gzip

    from somec.crypto import content, suites
    from somec.crypto.issuing import Subject, make_authority
    from somec.crypto.keys import make_rsa_key
    from somec.kernel import clock

    pair = make_authority(Subject("floor"), make_rsa_key(3072), at=clock.now())
    suite = suites.SUITES["edelivery-1.15"]
    data = text.encode()
    packed = gzip.compress(data, 1)
    digest_input = data[:2000]
    key = suites.new_content_key(suite.content)
    sealed = content.encrypt(suite.content, key, packed)
    wrapped = suites.transport_key(key, pair.certificate)
    signature = suites.sign(pair.private, suite.signature, digest_input)
    parts = {
        "sign": lambda: suites.sign(pair.private, suite.signature, digest_input),
        "verify": lambda: suites.verify(pair.certificate, suite.signature, signature, digest_input),
        "wrap": lambda: suites.transport_key(key, pair.certificate),
        "unwrap": lambda: suites.open_transported(pair.private, wrapped, suites.SHA256, suites.MGF1_SHA256),
        "gzip": lambda: gzip.compress(data, 1),
        "gunzip": lambda: gzip.decompress(packed),
        "encrypt": lambda: content.encrypt(suite.content, key, packed),
        "decrypt": lambda: content.decrypt(suite.content, key, sealed),
        "hash": lambda: suites.digest(suite.digest, packed),
    }
    cost = {name: median(work, rounds=3) for name, work in parts.items()}
    return sum(cost.values()) + cost["sign"] + cost["verify"] + cost["hash"]

"""Exchange messages with phase4, a peer that nobody here wrote, and print one line for each thing that is proven.

``make interop`` builds the peer (Java 17, Maven) and runs this: first with the AS4 part of somec alone, in both
generations of the eDelivery profile, then with a real node. Exit code 0 means that everything holds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import incoming
import outgoing
import through_node
from node import SUITES, Node
from peer import JAR, Peer
from realnode import RealNode
from stage import Failed, Stage

TO_THEM, TO_US = "somec -> phase4", "phase4 -> somec"
LOG_TAIL = 4000  # characters of phase4's log that are shown when something failed

Count = tuple[int, int]


def title(check: Callable[..., None]) -> str:
    """Return what a check proves: the first line of its docstring, as part of a line."""
    line = (check.__doc__ or "").splitlines()[0].rstrip(".")
    return line[0].lower() + line[1:]


def proven(check: Callable[..., None], stage: object) -> str:
    """Return what speaks against a check, or nothing."""
    try:
        check(stage)
    except Failed as failure:
        return str(failure)
    except Exception as error:  # noqa: BLE001 - a check that breaks has failed, the others still count
        return f"{type(error).__name__}: {error}"
    return ""


def walk(label: str, checks: Sequence[Callable[..., None]], stage: object) -> Count:
    """Run checks one by one, a line for each; return how many held and how many did not."""
    passed = 0
    for check in checks:
        started = time.perf_counter()
        trouble = proven(check, stage)
        took = (time.perf_counter() - started) * 1000
        print(f"{'FAIL' if trouble else 'ok  '} {label}: {title(check)} ({took:.0f} ms)", flush=True)
        if trouble:
            print(f"     {trouble}", flush=True)
        passed += not trouble
    return passed, len(checks) - passed


def messages(suite: str, folder: Path) -> Count:
    """Exchange messages of one generation of the profile, with the AS4 part alone."""
    with Peer("phase4", "somec", folder, suite) as peer:
        stage = Stage(suite, Node(suite), peer)
        counts = [
            walk(f"{suite:4} {TO_THEM}", outgoing.CHECKS, stage),
            walk(f"{suite:4} {TO_US}", incoming.CHECKS, stage),
        ]
        return _told(_sum(counts), peer.log)


def documents(folder: Path) -> Count:
    """Exchange documents between phase4 and a real node, over TLS."""
    folder.mkdir()
    try:
        with RealNode(folder) as stage:
            counts = [
                walk(f"node {TO_US}", through_node.INCOMING, stage),
                walk(f"node {TO_THEM}", through_node.OUTGOING, stage),
            ]
            return _told(_sum(counts), stage.them.log)
    except Exception as error:  # noqa: BLE001 - a node that cannot be made or started has failed all of its checks
        print(f"FAIL node: {type(error).__name__}: {error}", flush=True)
        return 0, len(through_node.INCOMING) + len(through_node.OUTGOING)


def _told(count: Count, log: Path) -> Count:
    if count[1]:
        print(f"     phase4's own log: {log.read_text(encoding='utf-8', errors='replace')[-LOG_TAIL:]}")
    return count


def _sum(counts: Sequence[Count]) -> Count:
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def main() -> int:
    """Run everything."""
    if not JAR.exists():
        print("the peer is not built: run `make interop`, or `mvn -q -B package` in interop/phase4", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="somec-interop-") as scratch:
        counts = [messages(suite, Path(scratch) / suite) for suite in SUITES]
        counts.append(documents(Path(scratch) / "real"))
    passed, failed = _sum(counts)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

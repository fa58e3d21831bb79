"""Exchange messages with phase4, a peer that nobody here wrote, and print one line for each thing that is proven.

``make interop`` builds the peer (Java 17, Maven) and runs this. Exit code 0 means that everything holds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import incoming
import outgoing
from node import SUITES, Node
from peer import JAR, Peer
from stage import Check, Failed, Stage

DIRECTIONS = (("somec -> phase4", outgoing.CHECKS), ("phase4 -> somec", incoming.CHECKS))


def title(check: Check) -> str:
    """Return what a check proves: the first line of its docstring, as part of a line."""
    line = (check.__doc__ or "").splitlines()[0].rstrip(".")
    return line[0].lower() + line[1:]


def proven(check: Check, stage: Stage) -> str:
    """Return what speaks against a check, or nothing."""
    try:
        check(stage)
    except Failed as failure:
        return str(failure)
    except Exception as error:  # noqa: BLE001 - a check that breaks has failed, the others still count
        return f"{type(error).__name__}: {error}"
    return ""


def run(suite: str, folder: Path) -> tuple[int, int]:
    """Run all checks of one generation of the profile; return how many held and how many did not."""
    passed = failed = 0
    with Peer("phase4", "somec", folder, suite) as peer:
        stage = Stage(suite, Node(suite), peer)
        for direction, checks in DIRECTIONS:
            for check in checks:
                started = time.perf_counter()
                trouble = proven(check, stage)
                took = (time.perf_counter() - started) * 1000
                mark = "FAIL" if trouble else "ok  "
                print(f"{mark} {suite:4} {direction}: {title(check)} ({took:.0f} ms)", flush=True)
                if trouble:
                    print(f"     {trouble}", flush=True)
                passed, failed = passed + (not trouble), failed + bool(trouble)
        if failed:
            print(f"     phase4's own log: {peer.log.read_text(encoding='utf-8', errors='replace')[-4000:]}")
    return passed, failed


def main() -> int:
    """Run both generations."""
    if not JAR.exists():
        print("the peer is not built: run `make interop`, or `mvn -q -B package` in interop/phase4", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="somec-interop-") as scratch:
        results = [run(suite, Path(scratch) / suite) for suite in SUITES]
    passed, failed = (sum(numbers) for numbers in zip(*results, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What a node costs that does nothing: time on a core and memory, with screens, listener, sending loop and two peers.

python -m bench.idle [--seconds 60]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.nodes import RealNode, cpu_seconds, memory_mb, pair

MOST_CORE = 0.01
MOST_MEMORY = 200.0


def run(seconds: float) -> dict[str, float]:
    """Measure and return the figures."""
    with tempfile.TemporaryDirectory(prefix="somec-bench-") as scratch:
        lv, nl = (RealNode.found(Path(scratch) / state, state) for state in ("LV", "NL"))
        pair(lv, nl)
        lv.start()
        nl.start()
        try:
            pid = lv.process.pid if lv.process else 0
            with urllib.request.urlopen(f"http://127.0.0.1:{lv.web_port}/account/login/", timeout=20) as page:
                page.read()  # a node whose screens were never asked for would look smaller than it is
            time.sleep(5)
            before, start = cpu_seconds(pid), time.monotonic()
            time.sleep(seconds)
            share = (cpu_seconds(pid) - before) / (time.monotonic() - start)
            return {"core": share, "memory_mb": memory_mb(pid)}
        finally:
            lv.stop()
            nl.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SOMEC_BENCH_IDLE", "30")))
    chosen, _ = parser.parse_known_args()
    found = run(chosen.seconds)
    print(
        f"idle: {found['core']:.2%} of a core (at most {MOST_CORE:.0%}),"
        f" {found['memory_mb']:.0f} MB (at most {MOST_MEMORY:.0f})"
    )
    print("holds" if found["core"] < MOST_CORE and found["memory_mb"] < MOST_MEMORY else "DOES NOT HOLD")


if __name__ == "__main__":
    main()

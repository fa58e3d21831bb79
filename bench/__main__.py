"""`make bench` runs every measurement; `make bench ONLY=as4` one of them."""

from __future__ import annotations

import importlib
import sys

MEASUREMENTS = (
    "as4",
    "exchange",
    "growth",
    "fanout",
    "attachment",
    "idle",
    "lists",
    "audit",
    "matching",
    "crossscript",
)


def main(only: str | None) -> int:
    chosen = [only] if only else MEASUREMENTS
    unknown = [name for name in chosen if name not in MEASUREMENTS]
    if unknown:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
        return 2
    for name in chosen:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))

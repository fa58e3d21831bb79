"""The log: how fast entries are appended and verified, beside the floor of hashing the same bytes."""

from __future__ import annotations

import hashlib
import time

from bench.surroundings import throw_away_node

ENTRIES = 20_000
BATCH = 500


def run() -> dict[str, float]:
    """Return entries a second: appended, verified, and hashed alone."""
    with throw_away_node():
        from django.db import transaction

        from somec.access.rules import node_actor
        from somec.audit import actions, verify
        from somec.audit.rules import Kind, new_entry

        node = node_actor("LV")
        begun = time.perf_counter()
        for start in range(0, ENTRIES, BATCH):
            with transaction.atomic():
                actions.record_many(
                    [
                        new_entry(
                            node, "document.receive", Kind.COLLECTION, f"doc-{start + number}", detail={"n": number}
                        )
                        for number in range(BATCH)
                    ]
                )
        appended = ENTRIES / (time.perf_counter() - begun)
        result = verify.verify()
        assert result.ok, result.finding
        block = b"x" * 300
        begun = time.perf_counter()
        for _ in range(ENTRIES * 3):
            hashlib.sha256(block).digest()
        hashed = ENTRIES / (time.perf_counter() - begun)
    return {"appended": appended, "verified": result.rate, "hashed": hashed}


def main() -> None:
    found = run()
    print(f"appended {found['appended']:>10,.0f} entries/s in transactions of {BATCH}")
    print(f"verified {found['verified']:>10,.0f} entries/s, whole log with its tree")
    print(f"floor    {found['hashed']:>10,.0f} entries/s: three SHA-256 of 300 bytes each and nothing else")
    print(f"ratio    {found['verified'] / found['hashed']:.1%} of the floor verified")


if __name__ == "__main__":
    main()

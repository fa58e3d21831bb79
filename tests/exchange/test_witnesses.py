"""Two real nodes sign each other's logs over the wire, and each proves its own with the other's key."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from exchange.nodes import RealNode, pair

WITHIN = 40.0
COUNTERSIGNED = """
from somec.audit import queries
print(json.dumps(queries.cosigned_size(DATA['by'])))
"""


@pytest.mark.slow
@pytest.mark.processes
def test_two_nodes_countersign(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    nodes = [RealNode.found(tmp_path / state, state, training=True) for state in ("LV", "NL")]
    for node in nodes:
        node.environment["SOMEC_TRAINING_CLOCK"] = str(clock)
    pair(*nodes)
    try:
        for node in nodes:
            node.start()
        sealed = [node.folder / "checkpoint.note" for node in nodes]
        ends = time.monotonic() + WITHIN
        while time.monotonic() < ends and not all(note.exists() for note in sealed):
            time.sleep(0.1)
        clock.write_text("1200", encoding="ascii")
        ends = time.monotonic() + WITHIN
        sizes: list[int] = []
        while time.monotonic() < ends and (not sizes or min(sizes) == 0):
            time.sleep(0.5)
            sizes = [
                node.ask(COUNTERSIGNED, by=by)
                for node, by in zip(nodes, ("nl.node.somec", "lv.node.somec"), strict=True)
            ]
        assert min(sizes) > 0
        for node in nodes:
            said = json.loads(node.somec("verify", "--json").stdout)
            assert said["ok"]
            assert said["signatures"] > said["checkpoints"]  # each has the node's own, one has the peer's too
    finally:
        assert [node.stop() for node in nodes] == [0, 0]

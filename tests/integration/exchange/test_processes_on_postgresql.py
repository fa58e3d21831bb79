"""A node in several processes, as on PostgreSQL: listeners and sending loop apart, a second loop that takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from exchange.nodes import SEND, STATE, RealNode, pair

ADDRESS = os.environ.get("SOMEC_DATABASE_URL", "")
NOTICES = 60

pytestmark = [
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.skipif(
        not ADDRESS.startswith("postgres"), reason="needs PostgreSQL: several processes share a node there"
    ),
]


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[RealNode, RealNode]]:
    import psycopg

    names = {state: f"somec_{state.lower()}_{os.getpid()}" for state in ("LV", "NL")}
    with psycopg.connect(ADDRESS, autocommit=True) as server:
        for name in names.values():
            server.execute(f'CREATE DATABASE "{name}"')
        parts = urlsplit(ADDRESS)
        addresses = {state: urlunsplit(parts._replace(path=f"/{name}")) for state, name in names.items()}
        made = [
            RealNode.found(tmp_path / state, state, environment={"SOMEC_DATABASE_URL": addresses[state]})
            for state in ("LV", "NL")
        ]
        yield made[0], made[1]
        for node in made:
            node.kill()
        for name in names.values():
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _work(node: RealNode) -> subprocess.Popen[bytes]:
    log = (node.folder / "log").open("ab")
    return subprocess.Popen([sys.executable, "-m", "somec.cli.main", "work"], env=node.env(), stdout=log, stderr=log)


def _receipted(node: RealNode) -> int:
    return int(node.ask(STATE)["outbox"].get("receipted", 0))


def test_a_second_sending_loop_takes_over_when_the_first_dies(nodes: tuple[RealNode, RealNode]) -> None:
    lv, nl = nodes
    pair(lv, nl)
    lv.start("--only", "exchange")
    nl.start("--only", "exchange")
    first, second = _work(lv), _work(lv)
    try:
        lv.ask(SEND, to="NL", numbers=list(range(NOTICES // 2)), per_transaction=5)
        ends = time.monotonic() + 120
        while _receipted(lv) == 0 and time.monotonic() < ends:
            time.sleep(0.1)
        first.send_signal(signal.SIGKILL)
        first.wait()
        lv.ask(SEND, to="NL", numbers=list(range(NOTICES // 2, NOTICES)), per_transaction=5)
        while _receipted(lv) < NOTICES and time.monotonic() < ends:
            time.sleep(0.3)
    finally:
        for process in (first, second):
            process.terminate()
            process.wait(timeout=30)
    assert lv.ask(STATE)["outbox"] == {"receipted": NOTICES}, lv.log()[-2000:]
    assert sorted(nl.ask(STATE)["effects"]) == list(range(NOTICES))
    assert (lv.stop(), nl.stop()) == (0, 0)
    for node in nodes:
        assert "whole and unchanged" in node.somec("verify").stdout

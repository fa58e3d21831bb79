"""Exactly once, shown by breaking it: two real nodes, killed again and again, on a bad line, with requests repeated.

500 movement notices are written, approved and transmitted at one node by three people while it lives and dies; test
documents, several in each conversation, go the other way, so that order is seen too. The seed is printed; ``SOMEC_CHAOS_SEED`` replays it (what is random here then is the same; the machine's timing is
not).
"""

from __future__ import annotations

import json
import os
import random
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from exchange.nodes import SEND, STATE, RealNode, pair
from exchange.relay import Relay
from exchange.story import NOTICES as NOTICES_SCRIPT
from exchange.story import STAFF

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(900)]

NOTICES = 500
PARCELS = 150
KILLS = 30
CONVERSATIONS = 20
BATCH = 5
QUIET_WITHIN = 240.0  # on a calm machine: a few seconds

SETTLED = """
from somec.exchange import queries
print(json.dumps(queries.outbox_counts()))
"""

TOLD = """
from somec.movements.models import Disclosure
print(json.dumps(sorted(Disclosure.objects.values_list('conversation', flat=True))))
"""

ARRIVED = """
from somec.movements.models import Incoming
print(json.dumps(sorted(Incoming.objects.values_list('conversation', flat=True))))
"""

ORDER = """
from somec.exchange.models import Document, InboundMessage
from exchange.parcel.models import Effect
place = dict(Effect.objects.values_list('document', 'id'))
rows = Document.objects.filter(direction='in').order_by('conversation', 'reference')
found = {}
for document in rows:
    found.setdefault(document.conversation, []).append([int(document.reference.split('-')[1]), place[document.id]])
print(json.dumps(found))
"""


class Feeder:
    """Hands documents over at one node, in a process that outlives the node's."""

    def __init__(self, node: RealNode, script: str, **data: object) -> None:
        text = f"import json, django; django.setup(); DATA = json.loads({json.dumps(json.dumps(data))})\n{script}"
        self.process = subprocess.Popen([sys.executable, "-c", text], env=node.env(), stderr=subprocess.PIPE)

    def finish(self) -> None:
        _, errors = self.process.communicate(timeout=300)
        assert self.process.returncode == 0, errors.decode()[-2000:]


class Repeater:
    """Posts messages that were sent before once more, in another order, as a network that repeats itself would."""

    def __init__(self, source: RealNode, target: RealNode, chance: random.Random) -> None:
        self.posted = 0
        self.answers: dict[str, set[bytes]] = {}
        self._source, self._target, self._chance = source, target, chance
        tls = str(source.folder / "keys" / "tls.pem")
        self._http = urllib3.PoolManager(cert_reqs="CERT_NONE", cert_file=tls, key_file=tls, retries=False, timeout=5)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        urllib3.disable_warnings()
        while not self._stopped.wait(self._chance.random()):
            messages = self._stored()
            self._chance.shuffle(messages)
            for message_id, content_type, body in messages[:4]:
                self._post(message_id, content_type, body)

    def _stored(self) -> list[tuple[str, str, bytes]]:
        file = f"file:{self._source.folder / 'somec.sqlite3'}?mode=ro"
        query = (
            "SELECT d.message_id, m.content_type, m.body FROM exchange_outboundmessage m"
            " JOIN exchange_delivery d ON d.id = m.delivery_id ORDER BY random() LIMIT 8"
        )
        with sqlite3.connect(file, uri=True, timeout=20) as rows:
            found = [(str(row[0]), str(row[1]), bytes(row[2])) for row in rows.execute(query)]
        rows.close()
        return found

    def _post(self, message_id: str, content_type: str, body: bytes) -> None:
        try:
            answer = self._http.request(
                "POST", f"https://127.0.0.1:{self._target.port}/as4", body=body, headers={"Content-Type": content_type}
            )
        except urllib3.exceptions.HTTPError:
            return  # the node is dead at the moment
        self.posted += 1
        self.answers.setdefault(message_id, set()).add(answer.data)


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("SOMEC_CHAOS_SEED") or secrets.randbelow(10**9))


@pytest.fixture
def nodes(tmp_path: Path, seed: int) -> Iterator[tuple[RealNode, RealNode, list[Relay]]]:
    chance = random.Random(seed)  # noqa: S311 - a seed that can be replayed
    relays = [Relay(0, random.Random(chance.random())) for _ in range(2)]  # noqa: S311 - a seed that can be replayed
    lv, nl = (
        RealNode.found(tmp_path / state, state, endpoint_port=relay.port)
        for state, relay in zip(("LV", "NL"), relays, strict=True)
    )
    relays[0].target, relays[1].target = lv.port, nl.port
    pair(lv, nl)
    yield lv, nl, relays
    for node in (lv, nl):
        node.kill()
    for relay in relays:
        relay.stop()


def test_every_notice_takes_effect_exactly_once(nodes: tuple[RealNode, RealNode, list[Relay]], seed: int) -> None:
    print(f"SOMEC_CHAOS_SEED={seed}")
    lv, nl, relays = nodes
    chance = random.Random(seed)  # noqa: S311 - a seed that can be replayed
    staff = {node.state: node.ask(STAFF) for node in (lv, nl)}
    for node in (lv, nl):
        node.start()
    parcels = {"to": "LV", "numbers": list(range(PARCELS)), "per_transaction": BATCH, "conversations": CONVERSATIONS}
    feeders = [
        Feeder(lv, NOTICES_SCRIPT, people=staff["LV"], to="NL", count=NOTICES, pause=0.02),
        Feeder(nl, SEND, **parcels, pause=1.0),
    ]
    repeaters = [Repeater(*way, random.Random(chance.random())) for way in ((lv, nl), (nl, lv))]  # noqa: S311
    for relay in relays:
        relay.cut, relay.hold = 0.02, 0.05
    kills = _torment((lv, nl), chance)
    for feeder in feeders:
        feeder.finish()
    for relay in relays:
        relay.cut = relay.hold = 0.0
    for node in (lv, nl):
        if node.process is None or node.process.poll() is not None:
            node.start()
    _wait_until_empty(lv, nl)
    for repeater in repeaters:
        repeater.stop()
    print(
        f"{kills} kills, {sum(relay.cuts for relay in relays)} cuts, {sum(relay.holds for relay in relays)} delays,"
        f" {sum(repeater.posted for repeater in repeaters)} repeats"
    )
    for repeater in repeaters:
        assert all(len(answers) == 1 for answers in repeater.answers.values()), "a repeat got another receipt"
    statuses = [node.stop() for node in (lv, nl)]
    assert statuses == [0, 0]
    _check(lv, nl)
    assert kills >= KILLS
    assert sum(repeater.posted for repeater in repeaters) > 0


def _torment(nodes: tuple[RealNode, RealNode], chance: random.Random) -> int:
    kills = 0
    while kills < KILLS:
        victim = nodes[chance.randrange(2)]
        if victim.process is None:
            victim.start(wait=chance.random() < 0.8)
        time.sleep(chance.random() * 1.2)
        victim.kill()
        kills += 1
        time.sleep(chance.random() * 0.2)
        victim.start(wait=chance.random() < 0.8)
    return kills


def _wait_until_empty(*nodes: RealNode) -> None:
    ends = time.monotonic() + QUIET_WITHIN
    counts: list[dict[str, int]] = []
    while time.monotonic() < ends:
        counts = [node.ask(SETTLED) for node in nodes]
        if all(set(count) == {"receipted"} for count in counts):
            return
        time.sleep(0.5)
    raise AssertionError(f"outboxes did not empty: {counts}\n{nodes[0].log()[-1500:]}\n{nodes[1].log()[-1500:]}")


def _check(lv: RealNode, nl: RealNode) -> None:
    at_lv, at_nl = lv.ask(STATE), nl.ask(STATE)
    approved, arrived = lv.ask(TOLD), nl.ask(ARRIVED)
    assert len(approved) == NOTICES
    assert arrived == approved, "not every approved notice stands at the receiver exactly once"
    assert sorted(at_lv["effects"]) == list(range(PARCELS))
    assert (at_lv["outbox"], at_nl["outbox"]) == ({"receipted": NOTICES}, {"receipted": PARCELS})
    assert at_lv["receipts"] == at_nl["messages"] == at_nl["in"] == NOTICES
    assert at_nl["receipts"] == at_lv["messages"] == at_lv["in"] == PARCELS
    assert at_lv["obligations"] == at_nl["obligations"]
    assert len(at_lv["obligations"]) >= NOTICES + PARCELS
    conversations = lv.ask(ORDER)
    assert sum(len(places) for places in conversations.values()) == PARCELS
    for places in conversations.values():
        by_number = [place for _, place in sorted(places)]
        assert by_number == sorted(by_number), "a conversation took effect out of order"
    for node in (lv, nl):
        assert json.loads(node.somec("verify", "--json").stdout)["ok"] is True

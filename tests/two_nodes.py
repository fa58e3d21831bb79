"""Two (or three) whole nodes in one process, each with a database of its own, and a wire in memory between them.

Everything runs as in production except AS4: what one node's outbox holds is taken as bytes, read, checked against its
schema, stored and handed to the handlers of the other, in the order and as often as a test wants. Databases are
SQLite files, whatever the rest of the suite runs on; the rows are real and committed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings

from somec.access import actions as access_actions
from somec.access import queries as access
from somec.access.rules import Actor, node_actor
from somec.crypto.signing import Signer, new_private_key
from somec.exchange import cards, founding, inbox, keyring, ledger, messages, registry
from somec.exchange.models import Delivery, Document, InboundMessage, Peer, PeerHealth
from somec.exchange.rules import DeliveryState, Direction
from somec.kernel import clock
from somec.node import database
from somec.simulation import cast


@dataclass
class Node:
    """One node; inside ``with node:`` the process is that node."""

    state: str
    file: Path
    people: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)
    _undo: list[Any] = field(default_factory=list)

    def __enter__(self) -> Self:
        config = replace(settings.CONFIG, state=self.state, name=self.state, folder=self.file.parent)
        override = override_settings(CONFIG=config)
        override.enable()
        before = connections.databases["default"]
        _close()
        connections.databases["default"] = _database(self.file)
        self._undo.append((override, before))
        return self

    def __exit__(self, *_: object) -> None:
        override, before = self._undo.pop()
        _close()
        connections.databases["default"] = before
        override.disable()

    def actor(self, key: str, purpose: str = "follow-notice") -> Actor:
        """Return a member of the staff; only inside ``with``."""
        return replace(access.actor_by_id(self.people[key]), purpose=purpose)


def _close() -> None:
    if "default" in {alias for alias in connections if hasattr(connections._connections, alias)}:
        connections["default"].close()
        del connections["default"]


def _database(file: Path) -> dict[str, Any]:
    made = database.sqlite(str(file))
    made["OPTIONS"]["init_command"] = made["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    for name, value in connections.databases["default"].items():
        if name not in {"ENGINE", "NAME", "OPTIONS", "TEST", "USER", "PASSWORD", "HOST", "PORT", "CONN_MAX_AGE"}:
            made.setdefault(name, value)
    return made


def template(folder: Path) -> Path:
    """Return a folder with a migrated database that has staff of each made-up state, and keys: copied for each test."""
    folder.mkdir(parents=True, exist_ok=True)
    founding.make_keys(folder / "keys", state="LV", name="LV", endpoint="https://127.0.0.1:1/as4")
    empty = Node("LV", folder / "empty.sqlite3")
    with empty:
        call_command("migrate", verbosity=0, skip_checks=True)
    for country in cast.COUNTRIES:
        file = folder / f"{country.state}.sqlite3"
        shutil.copy(empty.file, file)
        with Node(country.state, file) as node:
            settle_in(node, country, folder / "keys")
            (folder / f"{country.state}.people").write_text(
                "\n".join(
                    f"{key}={value}"
                    for key, value in (*node.people.items(), *(("@" + k, v) for k, v in node.offices.items()))
                )
            )
    return folder


def settle_in(node: Node, country: cast.Country, keys: Path) -> None:
    """Make the staff of a made-up state and its trusted peers in the present database."""
    actor = node_actor(node.state)
    for office in country.offices:
        node.offices[office.key] = access_actions.create_authority(
            actor=actor, name=office.name, kind=office.kind, state=node.state, parent=node.offices.get(office.parent)
        )
    for one in country.staff:
        node.people[one.key] = access_actions.create_user(
            actor=actor, email=one.email(node.state), name=one.name, authority=node.offices[one.office], roles=one.roles
        )
    ring = keyring.load(keys)
    now = clock.now()
    for peer in cast.COUNTRIES:
        if peer.state != node.state:
            signer = Signer(cards.log_name(peer.state), new_private_key())
            card = cards.Card(
                state=peer.state, name=peer.name, desk=peer.desk, endpoint="https://127.0.0.1:1/as4", made=now,
                signing=(ring.signing.certificate,), encryption=ring.decryption[0].certificate, tls=ring.tls_anchors,
                log_key=signer.verifier.public,
            )  # fmt: skip
            row = Peer.objects.create(
                state=peer.state, name=peer.name, desk=peer.desk, endpoint=card.endpoint,
                card=cards.write(card, signer),
                approved_at=now, status_since=now,
            )  # fmt: skip
            PeerHealth.objects.create(peer=row)


def copy(folder: Path, target: Path, state: str) -> Node:
    """Return a fresh node of this state in a folder of its own."""
    file = target / state / f"{state}.sqlite3"
    shutil.copytree(folder / "keys", file.parent / "keys")
    shutil.copy(folder / f"{state}.sqlite3", file)
    node = Node(state, file)
    for line in (folder / f"{state}.people").read_text().splitlines():
        key, _, value = line.partition("=")
        (node.offices if key.startswith("@") else node.people)[key.lstrip("@")] = value
    return node


# --- the wire -------------------------------------------------------------------------------------------------------


def outgoing(node: Node) -> list[bytes]:
    """Take what is queued, in order; each is thereby receipted by the other node."""
    with node:
        rows = list(Delivery.objects.filter(state=DeliveryState.QUEUED.value).select_related("document").order_by("id"))
        now = clock.now()
        Delivery.objects.filter(id__in=[row.id for row in rows]).update(
            state=DeliveryState.RECEIPTED.value, first_sent=now, last_sent=now, receipted=now
        )
        return [row.document.data for row in rows]


def receive(node: Node, parcels: list[bytes]) -> None:
    """Store these documents at a node in one transaction, as the inbox does after it has verified messages."""
    with node, transaction.atomic():
        known = set(Document.objects.values_list("id", flat=True))
        entries = []
        for data in parcels:
            body = messages.read(data)
            header = body["header"]
            if header["id"] in known:
                continue
            known.add(header["id"])
            document_type = registry.find(header["type"], header["version"])
            mistakes = registry.mistakes(document_type, body)
            assert not mistakes, mistakes
            entries.append(
                ledger.Entry(
                    body=body, type=document_type, row=ledger.new_row(
                        body, direction=Direction.IN, peer_state=header["from"]["state"], digest=messages.digest(data),
                        packed=data, gzipped=False, stored=clock.now(),
                    ),
                )
            )  # fmt: skip
        ledger.store(entries)
        InboundMessage.objects.bulk_create([
            InboundMessage(
                peer_state=entry.row.peer_state, message_id=entry.row.id, document_id=entry.row.id,
                references_digest=entry.row.digest, received=entry.row.stored, envelope=b"", receipt=b"",
            )
            for entry in entries
        ])  # fmt: skip
        inbox._hand_over(entries)


def deliver(*nodes: Node) -> int:
    """Carry everything that is queued anywhere to where it is addressed, until nothing is left; returns how many."""
    by_state = {node.state: node for node in nodes}
    carried = 0
    while parcels := [data for node in nodes for data in outgoing(node)]:
        carried += len(parcels)
        for state, node in by_state.items():
            mine = [data for data in parcels if messages.read(data)["header"]["to"]["state"] == state]
            if mine:
                receive(node, mine)
    return carried


@contextmanager
def at(moment: datetime) -> Iterator[SimpleNamespace]:
    """Hold the clock, and let a test step it: ``time.on(hours=1)``."""
    holder = SimpleNamespace(now=moment, _frozen=None)

    def enter() -> None:
        holder._frozen = clock.frozen(holder.now)
        holder._frozen.__enter__()

    def on(**delta: float) -> datetime:
        holder._frozen.__exit__(None, None, None)
        holder.now += timedelta(**delta)
        enter()
        return holder.now

    holder.on = on
    enter()
    try:
        yield holder
    finally:
        holder._frozen.__exit__(None, None, None)

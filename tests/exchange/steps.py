"""The exchange one step at a time and in one thread: what the tests of its parts share."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from exchange.twin import Twin
from somec.access import actions as access_actions
from somec.access import queries as access_queries
from somec.access.rules import Actor, Role, node_actor
from somec.as4.octets import Octets
from somec.exchange import actions, cards
from somec.exchange.cards import Card
from somec.exchange.directory import Directory
from somec.exchange.inbox import Arrival, Inbox
from somec.exchange.keyring import Keyring
from somec.exchange.outbox import NewDocument
from somec.exchange.problems import Refusal
from somec.exchange.sender import Sender, _Turn
from somec.exchange.transport import Response, Unreached
from somec.kernel.ids import new_id


@dataclass
class Desk:
    """People of this node."""

    one: Actor
    two: Actor
    officer: Actor

    @classmethod
    def open(cls) -> Desk:
        node = node_actor(settings.CONFIG.state)
        authority = access_actions.create_authority(actor=node, name="Desk", kind="police")
        people = [("one", Role.CONTACT_POINT), ("two", Role.CONTACT_POINT), ("officer", Role.PROBATION_OFFICER)]
        ids = [
            access_actions.create_user(
                actor=node, email=f"{name}@example.org", name=name, authority=authority, roles=[role]
            )
            for name, role in people
        ]
        return cls(*(access_queries.actor_by_id(number) for number in ids))

    def trust(self, twin: Twin) -> None:
        proposal = actions.propose_peer(actor=self.one, card=twin.card_text)
        actions.approve_peer(actor=self.two, proposal=proposal, fingerprint=cards.fingerprint(twin.card_text))


def parcel(to: str = "NL", number: int = 1, **changes: Any) -> NewDocument:
    """Return a test document to send."""
    item = {
        "id": new_id("itm"), "kind": "fact", "category": "movement", "data": {"number": number}, "source": "test",
        "as_of": "2026-11-21", "owner": settings.CONFIG.state,
    }  # fmt: skip
    values: dict[str, Any] = {
        "to": to, "type": "test-parcel", "conversation": new_id("cnv"), "reference": f"T-{number}",
        "sender_authority": {"id": "aut-x", "name": "Desk"},
        "legal_basis": {"mechanism": "test", "article": "1", "verified": False}, "purpose": "test",
        "handling_code": "H1",
        "language": "en", "items": [item],
    }  # fmt: skip
    return NewDocument(**{**values, **changes})


def send(number: int = 1, **changes: Any) -> str:
    """Put a test document into the outbox."""
    return actions.send_many(actor=node_actor(settings.CONFIG.state), documents=[parcel(number=number, **changes)])[0]


class DirectInbox(Inbox):
    """Writes in the caller's thread: the tests' database lives in one connection."""

    def take(self, arrival: Arrival) -> bytes:
        self._write([arrival])
        return arrival.answer.result(timeout=0)

    def refuse(self, refusal: Refusal) -> None:
        self._write([refusal])

    def take_all(self, arrivals: Sequence[Arrival]) -> list[bytes | BaseException]:
        self._write(list(arrivals))
        return [one.answer.exception(timeout=0) or one.answer.result(timeout=0) for one in arrivals]


class _Inline:
    """A pool of no threads."""

    def submit(self, work: Callable[..., object], *arguments: object) -> None:
        work(*arguments)


Answering = Callable[[Card, str, Octets], Response]


@dataclass
class Wire:
    """The line to the twins. ``fault`` stands in for a peer's answer; ``sent`` is every body that was posted."""

    sender: Sender
    twins: dict[str, Twin]
    own: Twin
    fault: dict[str, Answering | Unreached] = field(default_factory=dict)
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    @classmethod
    def between(cls, ring: Keyring, directory: Directory, own: Twin, twins: tuple[Twin, ...]) -> Wire:
        wire = cls(sender=None, twins={twin.state: twin for twin in twins}, own=own)  # type: ignore[arg-type]
        wire.sender = Sender(ring, directory, wire)  # type: ignore[arg-type]
        wire.sender._builders = wire.sender._posters = _Inline()  # type: ignore[assignment]
        wire.sender._reach.load()
        return wire

    def post(self, card: Card, content_type: str, body: Octets) -> Response:
        self.sent.append((card.state, body.read()))
        fault = self.fault.get(card.state)
        if isinstance(fault, Unreached):
            raise fault
        if fault is not None:
            return fault(self.own.card, content_type, body)
        return self.twins[card.state].answer(self.own.card, content_type, body)

    def close(self) -> None:
        return

    def turns(self, count: int = 4) -> None:
        """Let the loop turn so often: claim, build and store, post, record."""
        for _ in range(count):
            turn = _Turn()
            try:
                while True:
                    self.sender._sort(self.sender._events.get_nowait(), turn)
            except queue.Empty:
                self.sender._do(turn)

    def bodies(self, state: str) -> list[bytes]:
        return [body for to, body in self.sent if to == state]

"""Nodes sign each other's logs: who is asked and when, what is signed, and what a rewritten log meets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from somec.audit import actions, queries, rules
from somec.audit.models import Entry
from somec.audit.rules import Kind, NewEntry
from somec.audit.verify import verify
from somec.crypto import hashtree
from somec.crypto.signing import Signer, Verifier, new_private_key, sign_note
from somec.exchange import cards, keyring, registry, witnessing
from somec.exchange.messages import InboundDocument
from somec.exchange.models import Document, Peer
from somec.kernel import clock
from somec.kernel.errors import Conflict
from somec.node import wiring

pytestmark = pytest.mark.django_db

KEYS = {state: Signer(cards.log_name(state), new_private_key()) for state in ("LV", "NL", "ES")}
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two peers; one database plays both ends, since what a node remembers of others has tables of its own."""
    wiring.connect()
    for state, status in (("NL", "active"), ("ES", "suspended")):
        Peer.objects.create(
            state=state, name=state, desk="Desk", status=status, endpoint="https://made.example/as4", card="{}",
            approved_at=NOON, status_since=NOON,
        )  # fmt: skip
    monkeypatch.setattr(keyring, "node_signer", lambda: KEYS["LV"])
    monkeypatch.setattr(witnessing, "_verifier", _verifier)


def _verifier(state: str) -> Verifier:
    return KEYS[state].verifier


def grow(count: int = 3) -> None:
    with transaction.atomic():
        actions.record_many(
            [
                NewEntry("usr-1", "aut-1", "person.read", Kind.CONSULTATION, f"prs-{n}", case="prs-1")
                for n in range(count)
            ]
        )
        actions.checkpoint(signer=KEYS["LV"])


def sent(kind: str) -> list[Document]:
    return list(Document.objects.filter(direction="out", type=kind).order_by("stored"))


def arrived(document: Document, sender: str) -> InboundDocument:
    """Turn a document that went out into one that came in from ``sender``."""
    return InboundDocument(
        id=document.id, type=document.type, version="1.0", conversation=document.conversation,
        reference=document.reference, refers_to="", peer_state=sender, created=NOON, received=NOON, body=document.body,
    )  # fmt: skip


def as_peer(monkeypatch: pytest.MonkeyPatch, question: Document) -> Document:
    """Let the Netherlands take the question and return its answer."""
    monkeypatch.setattr(keyring, "node_signer", lambda: KEYS["NL"])
    monkeypatch.setattr(witnessing, "_verifier", lambda _state: KEYS["LV"].verifier)
    before = {one.id for one in sent(witnessing.COSIGNATURE)}
    registry.find(witnessing.CHECKPOINT, "1.0").on_receive([arrived(question, "NL")])  # type: ignore[misc]
    monkeypatch.setattr(keyring, "node_signer", lambda: KEYS["LV"])
    monkeypatch.setattr(witnessing, "_verifier", _verifier)
    (answer,) = [one for one in sent(witnessing.COSIGNATURE) if one.id not in before]
    return answer


def test_active_peers_are_asked_a_quarter_of_an_hour_after_the_first_seal() -> None:
    assert witnessing.ask() == 0
    with clock.frozen(NOON):
        grow()
        assert witnessing.ask() == 0
    with clock.frozen(NOON + QUARTER):
        assert witnessing.ask() == 1
        assert witnessing.ask() == 0
    (question,) = sent(witnessing.CHECKPOINT)
    assert (question.peer_state, question.reference) == ("NL", "log 3")
    assert question.body["items"][0]["data"]["old_size"] == 0


def test_asking_is_no_reason_to_ask_again() -> None:
    with clock.frozen(NOON):
        grow()
    with clock.frozen(NOON + QUARTER):
        witnessing.ask()
        actions.checkpoint(signer=KEYS["LV"])
    with clock.frozen(NOON + 2 * QUARTER):
        assert witnessing.ask() == 0
        grow(1)
        assert witnessing.ask() == 1


def test_a_peer_signs_and_signs_again_what_appends(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen(NOON):
        grow()
    for number in (1, 2):
        with clock.frozen(NOON + number * QUARTER):
            assert witnessing.ask() == 1
            answer = as_peer(monkeypatch, sent(witnessing.CHECKPOINT)[-1])
            registry.find(witnessing.COSIGNATURE, "1.0").on_receive([arrived(answer, "NL")])  # type: ignore[misc]
            grow(300)
    sealed = queries.cosigned_size(KEYS["NL"].name)
    assert sealed > 300
    shown = queries.checkpoint(at_least=sealed)
    assert shown is not None
    assert [name for name, _ in shown.witnesses] == ["nl.node.somec"]
    result = verify(verifiers=[KEYS["LV"].verifier, KEYS["NL"].verifier])
    assert result.ok
    assert result.signatures == result.checkpoints + 2


def test_a_rewritten_log_gets_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen(NOON):
        grow()
    with clock.frozen(NOON + QUARTER):
        witnessing.ask()
        answer = as_peer(monkeypatch, sent(witnessing.CHECKPOINT)[-1])
        registry.find(witnessing.COSIGNATURE, "1.0").on_receive([arrived(answer, "NL")])  # type: ignore[misc]
    with connection.cursor() as cursor:  # rebuild the whole log in the database with one name changed
        cursor.execute("UPDATE audit_entry SET actor = 'usr-2' WHERE seq = 2")
        rows = Entry.objects.order_by("seq")
        leaves = [hashtree.leaf_hash(rules.entry_bytes(queries.recorded(row))) for row in rows]
        growth = rules.grow(0, [], rules.EMPTY_LINK, leaves)
        for number, leaf in enumerate(leaves, start=1):
            cursor.execute(
                "UPDATE audit_entry SET leaf_hash = %s, link = %s WHERE seq = %s",
                [leaf, growth.links[number - 1], number],
            )
        cursor.execute(
            "UPDATE audit_tree SET frontier = %s, link = %s", [rules.join_frontier(growth.frontier), growth.link]
        )
    with clock.frozen(NOON + 2 * QUARTER):
        grow(1)
        witnessing.ask()
        with pytest.raises(Conflict, match=r"checkpoint\.rewritten"):
            as_peer(monkeypatch, sent(witnessing.CHECKPOINT)[-1])


def test_a_log_that_became_shorter_gets_no_signature() -> None:
    grow(5)
    note = queries.checkpoint()
    assert note is not None
    actions.witness(signer=KEYS["NL"], log=KEYS["LV"].verifier, note=note.note)
    shorter = rules.Checkpoint(KEYS["LV"].name, 3, bytes(32)).text()
    with pytest.raises(Conflict, match=r"checkpoint\.rewritten"):
        actions.witness(signer=KEYS["NL"], log=KEYS["LV"].verifier, note=sign_note(shorter, KEYS["LV"]), old_size=3)


def test_a_question_that_crossed_our_answer_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen(NOON):
        grow()
    with clock.frozen(NOON + QUARTER):
        witnessing.ask()
        as_peer(monkeypatch, sent(witnessing.CHECKPOINT)[-1])  # its answer does not arrive
        grow(1)
    with clock.frozen(NOON + 2 * QUARTER):
        witnessing.ask()
        answers = len(sent(witnessing.COSIGNATURE))
        with pytest.raises(ValueError, match="not enough values"):
            as_peer(monkeypatch, sent(witnessing.CHECKPOINT)[-1])
        assert len(sent(witnessing.COSIGNATURE)) == answers

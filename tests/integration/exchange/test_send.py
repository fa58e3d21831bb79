"""What leaves: in order, with the same bytes each time, until there is a receipt that holds or a person decides."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from exchange.steps import Desk, Wire, parcel, send
from exchange.twin import Twin
from somec.access.rules import node_actor
from somec.as4.errors import DELIVERY_FAILURE, FAILED_AUTHENTICATION, VALUE_INCONSISTENT, As4Error, EbmsError
from somec.as4.octets import Octets
from somec.as4.receiving import open_message
from somec.as4.signals import SIGNAL_TYPE, build_error, build_receipt
from somec.audit.models import Entry
from somec.exchange import actions, cards, clockback, journal, queries, signals
from somec.exchange.cards import Card
from somec.exchange.directory import Directory
from somec.exchange.keyring import Keyring
from somec.exchange.models import Delivery, Document, Obligation, OutboundMessage, PeerHealth, Problem, Receipt
from somec.exchange.rules import DeliveryState, Direction, Trouble
from somec.exchange.transport import Response, Unreached
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotAllowed, NotPossibleNow

pytestmark = pytest.mark.django_db


def delivery(document: str) -> Delivery:
    return Delivery.objects.get(document_id=document)


def refusing(ebms: EbmsError, reason: str, twin: Twin) -> object:
    def answer(_sender: Card, _content_type: str, _body: Octets) -> Response:
        return Response(200, SIGNAL_TYPE, build_error([As4Error(ebms, reason)], keys=twin.keys).body)

    return answer


def test_handing_over_is_one_transaction(wire: Wire) -> None:
    document = send(number=7, case="prs-1")
    row = Document.objects.get(id=document)
    assert row.body["items"][0]["data"]["number"] == 7
    assert row.direction == Direction.OUT.value
    assert delivery(document).state == DeliveryState.QUEUED.value
    duty = Obligation.objects.get()
    assert (duty.debtor_state, duty.due - duty.start) == ("NL", timedelta(hours=24))
    entry = Entry.objects.filter(action="document.send").get()
    assert (entry.subject, entry.recipient, entry.kind) == (document, "NL", "disclosure")


def test_what_the_caller_undoes_was_never_handed_over(wire: Wire) -> None:
    def undone() -> None:
        with transaction.atomic():
            send()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    for table in (Document, Delivery, Obligation):
        assert not table.objects.exists()
    assert not Entry.objects.filter(action="document.send").exists()


def test_a_document_that_breaks_its_schema_is_not_handed_over(wire: Wire) -> None:
    with pytest.raises(Invalid) as refused:
        send(number="seven")  # type: ignore[arg-type]
    assert refused.value.fields == {"/items/0/data/number": ["type"]}
    assert not Document.objects.exists()


def test_there_must_be_such_a_peer(wire: Wire) -> None:
    with pytest.raises(NotPossibleNow) as refused:
        send(to="FR")
    assert (refused.value.code, refused.value.parameters["state"]) == ("peer.unknown", "FR")


def test_the_preview_is_what_would_be_sent(wire: Wire) -> None:
    shown = actions.preview(document=parcel(number=3, conversation="cnv-" + "0" * 26))
    sent = Document.objects.get(id=send(number=3, conversation="cnv-" + "0" * 26)).body
    for body in (shown, sent):
        for name in ("id", "created"):
            body["header"].pop(name)
        body["items"][0].pop("id")
    assert shown == sent
    assert Document.objects.count() == 1


def test_a_document_is_delivered_and_its_receipt_kept(wire: Wire, nl: Twin) -> None:
    document = send()
    wire.turns()
    view = queries.deliveries([document])[document]
    assert (view.state, view.attempts) == (DeliveryState.RECEIPTED, 1)
    assert view.first_sent is not None
    assert Receipt.objects.get().delivery.document_id == document
    assert [received.message.message_id for received in nl.got] == [delivery(document).message_id]
    assert nl.got[0].parts[0].content.read() == Document.objects.get().data
    assert Entry.objects.filter(action="document.receipted", subject=document).exists()
    assert PeerHealth.objects.get(peer_id="NL").last_success is not None


def test_a_silent_peer_is_called_again_with_the_same_bytes(wire: Wire, nl: Twin) -> None:
    document = send()
    wire.fault["NL"] = Unreached("peer.timeout")
    start = clock.now()
    for later in (0, 5, 15, 60):
        with clock.frozen(start + timedelta(seconds=later)):
            wire.turns()
    row = delivery(document)
    assert (row.state, row.error_code) == ("queued", "peer.timeout")
    assert row.attempts == len(wire.bodies("NL")) >= 3
    assert len(set(wire.bodies("NL"))) == 1
    wire.fault.clear()
    with clock.frozen(start + timedelta(seconds=600)):
        wire.turns()
    assert delivery(document).state == "receipted"
    assert len(set(wire.bodies("NL"))) == 1
    assert PeerHealth.objects.get(peer_id="NL").failing_since is None


def test_a_dead_peer_is_called_ever_more_rarely_and_a_living_one_at_once(wire: Wire) -> None:
    for number in range(10):
        send(number=number)
    wire.fault["NL"] = Unreached("peer.connection_refused")
    start = clock.now()
    for second in range(120):
        with clock.frozen(start + timedelta(seconds=second)):
            wire.turns(3)
    assert 5 <= len(wire.bodies("NL")) <= 12
    with clock.frozen(start + timedelta(seconds=121)):
        living = send(to="ES")
        wire.turns()
    assert delivery(living).state == "receipted"
    assert queries.outbox_counts() == {"queued": 10, "receipted": 1}


def test_what_a_clock_that_ran_ahead_put_off_is_sent_once_it_is_right(wire: Wire, nl: Twin) -> None:
    """A machine woke up three years ahead, queued one document, failed to call a peer, and was set right."""
    begun = clock.now()
    with clock.frozen(begun + timedelta(days=1100)):
        document = send()
        wire.fault["NL"] = Unreached("peer.unreachable")
        wire.turns()
        assert delivery(document).next_try > begun + timedelta(days=1099)
    del wire.fault["NL"]
    with clock.frozen(begun + timedelta(minutes=1)):
        wire.turns()
        assert delivery(document).state == DeliveryState.QUEUED.value
        assert clockback.call_in_time() == 1
        assert clockback.call_in_time() == 0
        wire.turns()
        assert delivery(document).state == DeliveryState.RECEIPTED.value


def test_a_person_is_told_when_a_peer_stays_silent_and_again_when_it_answers(wire: Wire) -> None:
    send()
    wire.fault["NL"] = Unreached("peer.timeout")
    start = clock.now()
    for minute in range(25):
        with clock.frozen(start + timedelta(minutes=minute)):
            wire.turns()
    problem = Problem.objects.get()
    assert (problem.code, problem.ebms_code, problem.peer_state, problem.status) == (
        "delivery.no_receipt", "EBMS:0301", "NL", "open",
    )  # fmt: skip
    with clock.frozen(start + timedelta(minutes=25)):
        (nl,) = [peer for peer in queries.peer_troubles() if peer.state == "NL"]
        assert nl.troubles == (Trouble.SILENT,)
        assert nl.waiting == 1
    wire.fault.clear()
    with clock.frozen(start + timedelta(minutes=40)):
        wire.turns()
    problem.refresh_from_db()
    assert (problem.status, problem.settled_by) == ("settled", "node")


@pytest.mark.parametrize("which", ["signing", "encryption", "tls"])
def test_with_an_own_certificate_that_has_ended_everything_waits_and_goes_after_the_renewal(
    wire: Wire, ring: Keyring, which: str
) -> None:
    document = send()
    soon = clock.now() + timedelta(days=1)
    lasting = dict(ring.certificates)
    ended = {**lasting, which: replace(lasting[which], not_after=soon - timedelta(seconds=1))}
    with clock.frozen(soon), patch.object(Keyring, "certificates", ended):
        wire.turns()
        assert (wire.sent, delivery(document).state, delivery(document).attempts) == ([], "queued", 0)
        send(number=2)
        wire.turns()
        assert wire.sent == []
        assert Problem.objects.count() == 0
    with clock.frozen(soon):
        wire.turns(8)
    assert delivery(document).state == "receipted"
    assert queries.outbox_counts() == {"receipted": 2}


def test_order_is_kept_within_a_conversation(wire: Wire, nl: Twin) -> None:
    conversation = Document.objects.get(id=send(number=0)).conversation
    rest = [send(number=number, conversation=conversation) for number in range(1, 4)]
    wire.fault["NL"] = Unreached("peer.timeout")
    start = clock.now()
    with clock.frozen(start):
        wire.turns()
        assert len(wire.bodies("NL")) == 1
    wire.fault.clear()
    with clock.frozen(start + timedelta(minutes=10)):
        wire.turns(20)
    assert [delivery(document).state for document in rest] == ["receipted"] * 3
    arrived = [received.message.message_id for received in nl.got]
    assert arrived == [row.message_id for row in Delivery.objects.order_by("id")]


def test_a_refused_document_waits_for_a_person_and_frees_its_conversation(wire: Wire, nl: Twin, desk: Desk) -> None:
    first = send(number=1)
    second = send(number=2, conversation=Document.objects.get(id=first).conversation)
    wire.fault["NL"] = refusing(VALUE_INCONSISTENT, "document.schema", nl)  # type: ignore[assignment]
    wire.turns(3)
    assert delivery(first).state == "refused"
    assert delivery(first).error_code == "EBMS:0003 document.schema"
    problem = queries.problems(desk.one)[0]
    assert (problem.code, problem.ebms_code, problem.document_id) == ("delivery.refused", "EBMS:0003", first)
    wire.fault.clear()
    wire.turns()
    assert delivery(second).state == "receipted"
    actions.retry_delivery(actor=desk.one, document=first)
    wire.turns()
    assert delivery(first).state == "receipted"
    assert len(set(wire.bodies("NL"))) == 2


def test_a_peer_that_does_not_know_our_certificate_stops_everything_for_it(wire: Wire, nl: Twin) -> None:
    send(number=1)
    wire.fault["NL"] = refusing(FAILED_AUTHENTICATION, "signature.certificate-unknown", nl)  # type: ignore[assignment]
    wire.turns()
    send(number=2)
    wire.turns()
    assert len(wire.bodies("NL")) == 1
    assert queries.outbox_counts() == {"queued": 2}
    (view,) = [peer for peer in queries.peer_troubles() if peer.state == "NL"]
    assert view.troubles == (Trouble.REFUSES,)


def test_a_document_that_the_peer_fails_on_does_not_hold_up_others(wire: Wire, nl: Twin) -> None:
    bad = send(number=1)
    wire.fault["NL"] = refusing(DELIVERY_FAILURE, "node.failed", nl)  # type: ignore[assignment]
    wire.turns()
    wire.fault.clear()
    good = send(number=2)
    wire.turns()
    assert delivery(good).state == "receipted"
    assert delivery(bad).state == "queued"
    start = clock.now()
    wire.fault["NL"] = refusing(DELIVERY_FAILURE, "node.failed", nl)  # type: ignore[assignment]
    for minute in range(1, 8):
        with clock.frozen(start + timedelta(minutes=5 * minute)):
            wire.turns()
    assert Problem.objects.get().code == "delivery.keeps_failing"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(Response(200, "", b""), "EBMS:0301", id="nothing"),
        pytest.param(Response(204, "", b""), "EBMS:0301", id="no content"),
        pytest.param(Response(503, "text/html", b"<h1>busy</h1>"), "http.503", id="a proxy's page"),
        pytest.param(Response(200, SIGNAL_TYPE, b"<x/>"), "EBMS:0302", id="other XML"),
    ],
)
def test_an_answer_that_proves_nothing_is_no_receipt(wire: Wire, answer: Response, code: str) -> None:
    document = send()
    wire.fault["NL"] = lambda _sender, _type, _body: answer
    wire.turns()
    row = delivery(document)
    assert row.state == "queued"
    assert row.error_code.split()[0] == code
    assert not Receipt.objects.exists()


def test_a_receipt_for_another_message_is_none(wire: Wire, nl: Twin, own: Twin) -> None:
    first = send(number=1)
    wire.turns()
    stored = bytes(Receipt.objects.get(delivery__document_id=first).body)
    second = send(number=2)
    wire.fault["NL"] = lambda _sender, _type, _body: Response(200, SIGNAL_TYPE, stored)
    wire.turns()
    assert delivery(second).state == "queued"
    assert delivery(second).error_code.startswith("EBMS:0302")


def test_a_receipt_that_another_node_signed_is_none(wire: Wire, nl: Twin, es: Twin) -> None:
    document = send()
    forger = Twin("NL")
    forger.__dict__["keys"] = es.keys

    def forged(sender: Card, content_type: str, body: Octets) -> Response:
        honest = nl.keys
        terms = cards.terms(sender=sender, receiver=nl.card, keys=honest, peer=sender)
        received = open_message(content_type, body, resolve=lambda _message: terms)
        return Response(200, SIGNAL_TYPE, build_receipt(received, keys=es.keys).body)

    wire.fault["NL"] = forged
    wire.turns()
    assert delivery(document).state == "queued"
    assert not Receipt.objects.exists()


def test_nothing_is_sent_for_a_certificate_that_has_ended(wire: Wire, nl: Twin, own: Twin) -> None:
    document = send()
    with clock.frozen(nl.card.ends + timedelta(seconds=1)):
        wire.turns()
        (view,) = [peer for peer in queries.peer_troubles() if peer.state == "NL"]
        assert Trouble.CERTIFICATE_EXPIRED in view.troubles
    assert wire.bodies("NL") == []
    assert delivery(document).state == "queued"


def test_documents_for_a_suspended_peer_wait(wire: Wire, desk: Desk, peers: Directory) -> None:
    actions.suspend_peer(actor=desk.one, state="NL", reason="their key was stolen")
    peers.refresh()
    document = send()
    wire.turns()
    assert wire.bodies("NL") == []
    actions.resume_peer(actor=desk.two, state="NL", reason="they have a new one")
    peers.refresh()
    wire.turns()
    assert delivery(document).state == "receipted"


def test_a_document_can_be_withdrawn_before_it_is_receipted(wire: Wire, desk: Desk) -> None:
    document = send()
    wire.fault["NL"] = Unreached("peer.timeout")
    wire.turns()
    with pytest.raises(NotAllowed):
        actions.withdraw_delivery(actor=desk.officer, document=document, reason="no longer needed")
    with pytest.raises(Invalid):
        actions.withdraw_delivery(actor=desk.one, document=document, reason=" ")
    actions.withdraw_delivery(actor=desk.one, document=document, reason="no longer needed")
    wire.fault.clear()
    with clock.frozen(clock.now() + timedelta(hours=1)):
        wire.turns()
    assert [delivery(document).message_id.encode() in body for body in wire.bodies("NL")].count(True) == 1
    assert delivery(document).state == "withdrawn"
    with pytest.raises(NotPossibleNow):
        actions.retry_delivery(actor=desk.one, document=document)


def test_a_receipt_that_comes_after_the_withdrawal_still_counts(wire: Wire, desk: Desk, nl: Twin, own: Twin) -> None:
    document = send()

    def withdrawn_meanwhile(sender: Card, content_type: str, body: Octets) -> Response:
        actions.withdraw_delivery(actor=desk.one, document=document, reason="no longer needed")
        return nl.answer(sender, content_type, body)

    wire.fault["NL"] = withdrawn_meanwhile
    wire.turns()
    assert delivery(document).state == "receipted"


def test_after_a_crash_the_stored_bytes_are_posted_again(
    wire: Wire, ring: Keyring, peers: Directory, own: Twin, nl: Twin, es: Twin
) -> None:
    document = send()
    wire.turns(2)  # built and stored; the process dies before the answer is recorded
    stored = bytes(OutboundMessage.objects.get().body)
    assert delivery(document).state == "queued"
    reborn = Wire.between(ring, peers, own, (nl, es))
    reborn.turns()
    assert delivery(document).state == "receipted"
    assert reborn.bodies("NL") == wire.bodies("NL") == [stored]


def test_a_file_goes_with_its_document(wire: Wire, nl: Twin, tmp_path: object) -> None:
    content = bytes(range(256)) * 20_000  # 5 MB: beyond what is held in memory
    node = node_actor(settings.CONFIG.state)
    number = actions.store_attachment(
        actor=node, name="a.pdf", media_type="application/pdf", content=io.BytesIO(content)
    )
    document = send(attachments=[number])
    wire.turns(2)
    message = OutboundMessage.objects.get()
    assert message.spool
    wire.turns()
    assert delivery(document).state == "receipted"
    assert nl.got[0].parts[1].content.read() == content
    assert not (journal._spool_folder() / message.spool).exists()
    with pytest.raises(Invalid):
        send(attachments=[number])


def test_a_spool_file_that_is_gone_is_made_again(wire: Wire, nl: Twin) -> None:
    content = bytes(range(256)) * 20_000
    node = node_actor(settings.CONFIG.state)
    number = actions.store_attachment(
        actor=node, name="a.pdf", media_type="application/pdf", content=io.BytesIO(content)
    )
    document = send(attachments=[number])
    wire.fault["NL"] = Unreached("peer.timeout")
    start = clock.now()
    with clock.frozen(start):
        wire.turns()
    (journal._spool_folder() / OutboundMessage.objects.get().spool).unlink()
    wire.fault.clear()
    with clock.frozen(start + timedelta(minutes=10)):
        wire.turns(6)
    assert delivery(document).state == "receipted"
    journal.clean_spool()
    assert list(journal._spool_folder().iterdir()) == []


def test_a_quiet_peer_is_asked_whether_it_is_there(wire: Wire, nl: Twin) -> None:
    start = clock.now()
    with clock.frozen(start):
        wire.turns()
    assert [received.is_test for received in nl.got] == [True]
    with clock.frozen(start + timedelta(minutes=4)):
        wire.turns()
    assert len(nl.got) == 1
    with clock.frozen(start + timedelta(minutes=6)):
        wire.turns()
    assert len(nl.got) == 2
    assert not Document.objects.exists()


def test_phase4_says_that_it_has_it_already(wire: Wire, nl: Twin) -> None:
    duplicate = EbmsError("EBMS:4001", "DuplicateDetected", "failure", "Processing")
    document = send()
    wire.fault["NL"] = Unreached("peer.timeout")
    start = clock.now()
    with clock.frozen(start):
        wire.turns()
    wire.fault["NL"] = refusing(duplicate, "duplicate", nl)  # type: ignore[assignment]
    with clock.frozen(start + timedelta(minutes=1)):
        wire.turns()
    assert delivery(document).state == "unproven"
    assert Problem.objects.get().code == "delivery.receipt_lost"


def test_a_conversation_shows_what_both_said_and_owe(wire: Wire, desk: Desk) -> None:
    document = send()
    wire.turns()
    conversation = Document.objects.get().conversation
    view = queries.conversation(desk.one, conversation)
    (shown,) = view.documents
    assert (shown.id, shown.from_state, shown.receipted) == (
        document,
        settings.CONFIG.state,
        delivery(document).receipted,
    )
    (duty,) = view.obligations
    assert duty.overdue(clock.now()) is False
    assert duty.overdue(clock.now() + timedelta(hours=25)) is True
    with pytest.raises(NotAllowed):
        queries.conversation(desk.officer, conversation)


def test_what_a_peer_lost_with_its_backup_is_sent_again(wire: Wire, desk: Desk, nl: Twin) -> None:
    start = clock.now()
    with clock.frozen(start):
        before = send(number=1)
        wire.turns()
    with clock.frozen(start + timedelta(hours=1)):
        after = send(number=2)
        wire.turns()
    first = bytes(Receipt.objects.get(delivery__document_id=after).body)
    with pytest.raises(NotAllowed):
        actions.resend(actor=desk.officer, state="NL", since=start, reason="they lost it")
    with pytest.raises(Invalid):
        actions.resend(actor=desk.one, state="NL", since=start, reason="")
    with clock.frozen(start + timedelta(hours=2)):
        since = start + timedelta(minutes=30)
        assert actions.resend(actor=desk.one, state="NL", since=since, reason="they lost it") == 1
        assert (delivery(before).state, delivery(after).state) == ("receipted", "queued")
        wire.turns()
    assert delivery(after).state == "receipted"
    assert bytes(Receipt.objects.get(delivery__document_id=after).body) != first
    posted = [body for body in wire.bodies("NL") if delivery(after).message_id.encode() in body]
    assert len(posted) == 2
    assert len(set(posted)) == 1


def test_a_failing_peer_is_called_at_once_when_it_is_heard(wire: Wire) -> None:
    document = send()
    wire.fault["NL"] = Unreached("peer.connection_refused")
    start = clock.now()
    for second in range(40):
        with clock.frozen(start + timedelta(seconds=second)):
            wire.turns(2)
    wire.fault.clear()
    next_try = PeerHealth.objects.get(peer_id="NL").next_try  # the pause has chance in it: look before it ends
    assert next_try is not None
    with clock.frozen(min(start + timedelta(seconds=41), next_try - timedelta(milliseconds=50))):
        wire.turns()
        assert delivery(document).state == "queued"
        with signals.listening(lambda: None, wire.sender.hear):
            signals.peer_heard("NL")
        wire.turns()
    assert delivery(document).state == "receipted"


def test_a_call_of_a_peer_that_answers_does_not_wake_the_loop(wire: Wire) -> None:
    send()
    wire.turns()
    wire.sender.hear("NL")
    assert wire.sender._events.empty()
    wire.fault["NL"] = Unreached("peer.connection_refused")
    send()
    wire.turns()
    wire.sender.hear("NL")
    assert not wire.sender._events.empty()


def test_a_node_that_comes_back_calls_every_peer(
    wire: Wire, ring: Keyring, peers: Directory, own: Twin, nl: Twin, es: Twin
) -> None:
    wire.turns()
    assert [len(twin.got) for twin in (nl, es)] == [1, 1]
    reborn = Wire.between(ring, peers, own, (nl, es))
    reborn.turns()
    assert [len(twin.got) for twin in (nl, es)] == [2, 2]


def test_counting_what_waits_does_not_read_what_is_done(wire: Wire) -> None:
    send(number=1)
    wire.turns()
    send(number=2)
    refused = send(number=3)
    Delivery.objects.filter(document_id=refused).update(state="refused")
    with CaptureQueriesContext(connection) as asked:
        assert queries.outbox_counts() == {"refused": 1, "queued": 1, "receipted": 1}
    plans = []
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + query["sql"])
            plans.append(" ".join(str(row) for row in cursor.fetchall()))
    assert connection.vendor != "sqlite" or "delivery_in_need" in plans[0]

"""What arrives: taken exactly once, or refused with the right code and an entry that a person can read."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from typing import Any

import pytest
from cheroot.server import ChunkedRFile

from exchange.steps import Desk, DirectInbox
from exchange.twin import Twin, post, terms_to
from somec.as4.message import AgreementRef
from somec.as4.receiving import open_message
from somec.as4.signals import ErrorSignal, Receipt, build_receipt, check_receipt, read_response
from somec.exchange import actions, messages, queries, wire
from somec.exchange.directory import Directory
from somec.exchange.endpoint import Endpoint
from somec.exchange.inbox import Arrival
from somec.exchange.keyring import Keyring
from somec.exchange.messages import AttachmentItem
from somec.exchange.models import Attachment, Document, InboundMessage, Obligation, Problem
from somec.kernel import clock
from somec.kernel.ids import new_id

pytestmark = pytest.mark.django_db
Deliver = Callable[..., bytes]
NOISE = random.Random(1).randbytes(messages.MAX_BYTES // 2 + 1).hex().encode()  # noqa: S311 - does not compress


@pytest.fixture
def deliver(endpoint: Endpoint, nl: Twin, own: Twin) -> Deliver:
    def _deliver(document: Any, **options: Any) -> bytes:
        outgoing = nl.message(own.card, document, **options)
        status, answer = post(endpoint, outgoing.content_type, outgoing.body.read())
        assert status == "200 OK"
        return answer

    return _deliver


def error_of(answer: bytes) -> tuple[str, str]:
    signal = read_response(answer)
    assert isinstance(signal, ErrorSignal)
    return signal.errors[0].code, signal.errors[0].detail


def nothing_stored() -> bool:
    return not (Document.objects.exists() or InboundMessage.objects.exists() or Obligation.objects.exists())


def only_problem() -> Problem:
    return Problem.objects.get()


def test_a_document_is_stored_with_its_evidence_and_its_duty(
    endpoint: Endpoint, nl: Twin, own: Twin, ring: Keyring, effects: list[int]
) -> None:
    document = nl.document(own.state, number=7)
    outgoing = nl.message(own.card, document)
    _, answer = post(endpoint, outgoing.content_type, outgoing.body.read())
    receipt = read_response(answer)
    assert isinstance(receipt, Receipt)
    terms = terms_to(own, nl.ring())
    check_receipt(
        receipt, message_id=outgoing.message_id, references=outgoing.references, pmode=terms.pmode, peer=terms.peer
    )
    row = Document.objects.get()
    assert (row.direction, row.peer_state, row.body) == ("in", "NL", document)
    assert row.digest == hashlib.sha256(messages.freeze(document)).hexdigest()
    arrival = row.arrivals.get()
    assert bytes(arrival.receipt) == answer
    assert hashlib.sha256(bytes(row.packed)).digest() in {one.digest for one in outgoing.references}
    duty = Obligation.objects.get()
    assert (duty.debtor_state, duty.creditor_state, duty.state) == (own.state, "NL", "open")
    assert effects == [7]


def test_a_repeat_gets_the_stored_receipt_and_has_no_effect(
    deliver: Deliver, nl: Twin, own: Twin, endpoint: Endpoint, effects: list[int]
) -> None:
    outgoing = nl.message(own.card, nl.document(own.state))
    answers = {post(endpoint, outgoing.content_type, outgoing.body.read())[1] for _ in range(3)}
    assert len(answers) == 1
    assert effects == [1]
    assert InboundMessage.objects.count() == 1


def test_a_message_id_with_other_content_is_refused(deliver: Deliver, nl: Twin, own: Twin, effects: list[int]) -> None:
    deliver(nl.document(own.state, number=1), message_id="one@nl")
    answer = deliver(nl.document(own.state, number=2), message_id="one@nl")
    assert error_of(answer) == ("EBMS:0003", "message.id_used")
    assert effects == [1]
    assert only_problem().code == "message.id_used"


def test_a_message_that_was_built_anew_gets_a_receipt_for_what_it_signs_now(
    endpoint: Endpoint, nl: Twin, own: Twin, effects: list[int]
) -> None:
    document, terms = nl.document(own.state), terms_to(own, nl.ring())
    for _ in range(2):
        outgoing = nl.message(own.card, document)
        _, answer = post(endpoint, outgoing.content_type, outgoing.body.read())
        receipt = read_response(answer)
        assert isinstance(receipt, Receipt)
        check_receipt(
            receipt, message_id=outgoing.message_id, references=outgoing.references, pmode=terms.pmode, peer=terms.peer
        )
    assert effects == [1]
    assert InboundMessage.objects.count() == 1


def test_a_document_that_comes_again_in_another_message_has_no_second_effect(
    deliver: Deliver, nl: Twin, own: Twin, effects: list[int]
) -> None:
    document = nl.document(own.state)
    deliver(document, message_id="one@nl")
    again = deliver(document, message_id="two@nl")
    assert isinstance(read_response(again), Receipt)
    assert effects == [1]
    assert InboundMessage.objects.count() == 2


def test_a_document_id_with_other_content_is_refused(deliver: Deliver, nl: Twin, own: Twin, effects: list[int]) -> None:
    first, second = nl.document(own.state, number=1), nl.document(own.state, number=2)
    second["header"]["id"] = first["header"]["id"]
    deliver(first, message_id="one@nl")
    answer = deliver(second, message_id="two@nl")
    assert error_of(answer) == ("EBMS:0003", "document.id_used")
    assert effects == [1]


def test_another_peer_cannot_take_a_document_id(
    deliver: Deliver, endpoint: Endpoint, nl: Twin, es: Twin, own: Twin, effects: list[int]
) -> None:
    document = nl.document(own.state)
    deliver(document)
    stolen = es.document(own.state, number=5)
    stolen["header"]["id"] = document["header"]["id"]
    outgoing = es.message(own.card, stolen)
    _, answer = post(endpoint, outgoing.content_type, outgoing.body.read())
    assert error_of(answer) == ("EBMS:0003", "document.id_used")
    assert effects == [1]


def _change(**header: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["header"].update(header)


def _number(value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["items"][0]["data"].update(number=value)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        pytest.param(_change(type="horoscope"), ("EBMS:0001", "document.type_unknown"), id="unknown type"),
        pytest.param(_change(version="2.0"), ("EBMS:0008", "document.version_newer"), id="newer major version"),
        pytest.param(_change(purpose=""), ("EBMS:0003", "document.schema"), id="no purpose"),
        pytest.param(_number("seven"), ("EBMS:0003", "document.schema"), id="wrong type of a field"),
        pytest.param(_change(to={"state": "FR"}), ("EBMS:0003", "document.parties"), id="for another state"),
        pytest.param(
            _change(**{"from": {"state": "ES", "authority": {"id": "a", "name": "A"}}}), ("EBMS:0003",
            "document.parties"),
            id="in another state's name",
        ),
        pytest.param(_number(-1), ("EBMS:0003", "parcel.unlucky"), id="refused by the part it is for"),
        pytest.param(_number(-2), ("EBMS:0202", "node.failed"), id="the part it is for has a mistake"),
    ],
)  # fmt: skip
def test_a_document_that_is_not_taken_is_answered_and_noted(
    deliver: Deliver, nl: Twin, own: Twin, effects: list[int], change: Callable[[dict[str, Any]], None],
    answer: tuple[str, str],
) -> None:  # fmt: skip
    document = nl.document(own.state)
    change(document)
    assert error_of(deliver(document)) == answer
    assert nothing_stored()
    assert effects == []
    problem = only_problem()
    assert (problem.ebms_code, problem.code) == answer
    assert (problem.peer_state, problem.authenticated, problem.direction) == ("NL", True, "in")
    assert problem.message_id.startswith(document["header"]["id"])


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"not json", "document.no_json"), (b"[1]", "document.no_object"), (b"{}", "document.schema"),
     (b'{"header": {"type": 1}}', "document.schema"),
     (NOISE, "document.too_large")],
)  # fmt: skip
def test_content_that_is_no_document(deliver: Deliver, data: bytes, code: str) -> None:
    assert error_of(deliver(data)) == ("EBMS:0003", code)
    assert nothing_stored()
    assert only_problem().code == code


def test_a_stranger_is_told_nothing_but_that_and_leaves_one_entry(endpoint: Endpoint, own: Twin) -> None:
    stranger = Twin("FR")
    for _ in range(3):
        outgoing = stranger.message(own.card, stranger.document(own.state))
        _, answer = post(endpoint, outgoing.content_type, outgoing.body.read())
        assert error_of(answer) == ("EBMS:0010", "peer.unknown")
        signal = read_response(answer)
        assert isinstance(signal, ErrorSignal)
        assert not signal.signed, "a signature for every stranger would be work that anybody can ask for"
    problem = only_problem()
    assert (problem.authenticated, problem.times, problem.remote) == (False, 3, "192.0.2.7")
    assert nothing_stored()


def test_a_message_in_a_peers_name_with_another_key_is_refused(
    endpoint: Endpoint, nl: Twin, es: Twin, own: Twin
) -> None:
    outgoing = nl.message(own.card, nl.document(own.state), keys=es.keys)
    _, answer = post(endpoint, outgoing.content_type, outgoing.body.read())
    assert error_of(answer)[0] == "EBMS:0101"
    assert nothing_stored()
    assert only_problem().authenticated is False


def test_a_suspended_peer_is_refused_until_it_is_resumed(
    desk: Desk, peers: Directory, deliver: Deliver, nl: Twin, own: Twin, effects: list[int]
) -> None:
    document = nl.document(own.state)
    actions.suspend_peer(actor=desk.one, state="NL", reason="their key was stolen")
    peers.refresh()
    assert error_of(deliver(document)) == ("EBMS:0010", "peer.suspended")
    assert nothing_stored()
    actions.resume_peer(actor=desk.one, state="NL", reason="they have a new one")
    peers.refresh()
    assert isinstance(read_response(deliver(document)), Receipt)
    assert effects == [1]


def test_the_test_service_answers_and_nothing_happens(
    endpoint: Endpoint, nl: Twin, own: Twin, effects: list[int]
) -> None:
    outgoing = wire.ping(terms_to(own, nl.ring()), "nl")
    _, answer = post(endpoint, outgoing.content_type, outgoing.body.read())
    assert isinstance(read_response(answer), Receipt)
    assert nothing_stored()
    assert effects == []


@pytest.mark.parametrize(
    ("content_type", "body", "environ", "code"),
    [
        pytest.param("text/plain", b"hello", {}, "EBMS:0007", id="no AS4 at all"),
        pytest.param("multipart/related", b"", {}, "EBMS:0007", id="empty"),
        pytest.param("application/soap+xml", b"<a", {}, "EBMS:0009", id="broken XML"),
        pytest.param(
            "application/soap+xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", {}, "EBMS:0009", id="DOCTYPE"
        ),
        pytest.param("text/plain", b"", {"CONTENT_LENGTH": str(2**40)}, "EBMS:0007", id="says that it is huge"),
        pytest.param("text/plain", b"abc", {"CONTENT_LENGTH": "10"}, "EBMS:0007", id="ends too early"),
        pytest.param("text/plain", b"abc", {"CONTENT_LENGTH": "-1"}, "EBMS:0007", id="impossible length"),
    ],
)
def test_what_is_no_message(
    endpoint: Endpoint, content_type: str, body: bytes, environ: dict[str, str], code: str
) -> None:
    status, answer = post(endpoint, content_type, body, **environ)
    assert status == "200 OK"
    assert error_of(answer)[0] == code
    assert nothing_stored()
    assert only_problem().ebms_code == code


def test_broken_chunks_are_the_callers_mistake_and_not_the_nodes(endpoint: Endpoint) -> None:
    source = ChunkedRFile(io.BytesIO(b"ZZ\r\nhello\r\n0\r\n\r\n"), 0)
    status, answer = post(endpoint, "application/soap+xml", b"", **{"CONTENT_LENGTH": "", "wsgi.input": source})
    assert (status, error_of(answer)[0]) == ("200 OK", "EBMS:0007")
    assert (only_problem().code, nothing_stored()) == ("http.chunks", True)


def test_every_truncation_of_a_message_is_refused(endpoint: Endpoint, nl: Twin, own: Twin) -> None:
    outgoing = nl.message(own.card, nl.document(own.state))
    body = outgoing.body.read()
    for length in range(0, len(body) - 1, max(1, len(body) // 40)):
        _, answer = post(endpoint, outgoing.content_type, body[:length])
        assert isinstance(read_response(answer), ErrorSignal)
    assert nothing_stored()


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/", "POST", "404"), ("/as4", "GET", "405"), ("/as4/x", "POST", "404")]
)
def test_other_addresses_and_methods(endpoint: Endpoint, path: str, method: str, status: str) -> None:
    line, _ = post(endpoint, "text/plain", b"", PATH_INFO=path, REQUEST_METHOD=method)
    assert line.startswith(status)
    assert not Problem.objects.exists()


def _arrivals(
    nl: Twin, own: Twin, ring: Keyring, peers: Directory, numbers: list[int], conversation: str = ""
) -> list[Arrival]:
    found = []
    for number in numbers:
        changes = {"conversation": conversation} if conversation else {}
        outgoing = nl.message(own.card, nl.document(own.state, number=number, **changes))
        received = open_message(
            outgoing.content_type, outgoing.body, resolve=lambda message: peers.terms_in(message, ring)
        )
        believed = wire.believe(received, sender_state="NL", own_state=own.state)
        receipt = build_receipt(received, keys=ring.local)
        found.append(Arrival(received, believed, receipt, "NL", "192.0.2.7", clock.now()))
    return found


def test_one_bad_document_of_a_batch_stops_no_other(
    nl: Twin, own: Twin, ring: Keyring, peers: Directory, effects: list[int]
) -> None:
    answers = DirectInbox().take_all(_arrivals(nl, own, ring, peers, [1, -1, 2, -2, 3]))
    assert [isinstance(answer, bytes) for answer in answers] == [True, False, True, False, True]
    assert sorted(number for number in effects if number > 0)[-3:] == [1, 2, 3]
    assert Document.objects.count() == InboundMessage.objects.count() == 3
    assert sorted(Problem.objects.values_list("code", flat=True)) == ["node.failed", "parcel.unlucky"]


def test_the_same_message_twice_in_one_batch(
    nl: Twin, own: Twin, ring: Keyring, peers: Directory, effects: list[int]
) -> None:
    (arrival,) = _arrivals(nl, own, ring, peers, [1])
    twice = [arrival, Arrival(arrival.received, arrival.document, arrival.receipt, "NL", "", clock.now())]
    assert DirectInbox().take_all(twice) == [arrival.receipt.body] * 2
    assert effects == [1]


def test_a_file_comes_with_its_document(deliver: Deliver, nl: Twin, own: Twin) -> None:
    content = bytes(range(256)) * 9000
    item = AttachmentItem(
        new_id("att"), "decision.pdf", "application/pdf", len(content), hashlib.sha256(content).hexdigest()
    )
    document = nl.document(own.state)
    document["attachments"] = [item.as_json()]
    assert isinstance(read_response(deliver(document, attachments=((item, content),))), Receipt)
    assert b"".join(queries.attachment_chunks(item.id)) == content
    assert [row.name for row in queries.attachments(document["header"]["id"])] == ["decision.pdf"]


@pytest.mark.parametrize(
    ("change", "content", "code"),
    [
        pytest.param({"sha256": "0" * 64}, b"abc", "attachment.differs", id="another content"),
        pytest.param({"size": 4}, b"abc", "attachment.differs", id="another size"),
        pytest.param({"id": "att-" + "0" * 26}, b"abc", "attachment.missing", id="another id"),
        pytest.param({}, None, "attachment.missing", id="announced and not there"),
    ],
)
def test_a_file_that_is_not_what_the_document_says(
    deliver: Deliver, nl: Twin, own: Twin, change: dict[str, Any], content: bytes | None, code: str
) -> None:
    item = AttachmentItem(new_id("att"), "a.pdf", "application/pdf", 3, hashlib.sha256(b"abc").hexdigest())
    document = nl.document(own.state)
    document["attachments"] = [{**item.as_json(), **change}]
    files = ((item, content),) if content is not None else ()
    assert error_of(deliver(document, attachments=files)) == ("EBMS:0011", code)
    assert nothing_stored()
    assert not Attachment.objects.exists()


def test_the_agreement_of_the_pair_is_the_only_one() -> None:
    nl, own = Twin("NL"), Twin("LV")
    assert terms_to(own, nl.ring()).pmode.agreement == AgreementRef("urn:somec:agreement:LV-NL")


def test_a_reply_settles_the_duty_whichever_document_comes_first(
    deliver: Deliver, nl: Twin, own: Twin, desk: Desk
) -> None:
    from exchange.steps import send

    asked = send(number=1)
    conversation = Document.objects.get(id=asked).conversation
    assert Obligation.objects.get().state == "open"
    reply = nl.document(own.state, type="test-reply", conversation=conversation)
    deliver(reply)
    duty = Obligation.objects.get()
    assert (duty.state, duty.settled_by) == ("met", reply["header"]["id"])


def test_a_duty_whose_answer_came_before_the_question_is_met_at_once(deliver: Deliver, nl: Twin, own: Twin) -> None:
    question = nl.document(own.state)
    recall = nl.document(own.state, type="test-recall", conversation=question["header"]["conversation"])
    deliver(recall)
    deliver(question)
    duty = Obligation.objects.get()
    assert (duty.state, duty.settled_by) == ("cancelled", recall["header"]["id"])


def test_what_would_deceive_the_reader_is_not_shown_and_the_signed_document_stays_as_it_came(
    deliver: Deliver, nl: Twin, own: Twin
) -> None:
    document = nl.document(own.state, reference="T-\u202e1")
    document["items"][0]["data"]["note"] = "a\u202eb\u2066c می\u200cخواهم"
    deliver(document)
    row = Document.objects.get()
    assert row.body == document
    assert row.digest == hashlib.sha256(messages.freeze(document)).hexdigest()
    (shown,) = queries.documents([row.conversation])
    assert shown.reference == "T-1"
    for body in (shown.body, queries.document(row.id)):
        assert body["items"][0]["data"]["note"] == "abc می\u200cخواهم"


def test_what_goes_out_holds_nothing_that_would_deceive_the_reader(nl: Twin, own: Twin) -> None:
    item = {"id": "itm-1", "data": {"note": "a\u202eb\u200f"}}
    header = messages.Header(
        id="doc-1", type="test-parcel", version="1.0", conversation="cnv-1", reference="T-1", created=clock.now(),
        from_state="NL", to_state="LV", authority={"id": "aut-x", "name": "Auth\u2066ority"}, legal_basis={},
        purpose="test", handling_code="H1", language="en",
    )  # fmt: skip
    body = messages.compose(header, [item])
    assert body["items"][0]["data"]["note"] == "ab\u200f"
    assert body["header"]["from"]["authority"]["name"] == "Authority"

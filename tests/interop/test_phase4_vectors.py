"""Messages to and from phase4, replayed without Java from tests/vectors/phase4. `make interop` is live."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from somec.as4 import message as ebms
from somec.as4.errors import As4Error
from somec.as4.findings import Known
from somec.as4.inspection import inspect
from somec.as4.octets import Octets
from somec.as4.pmode import LocalKeys, Peer, PMode, Terms, select
from somec.as4.receiving import Received, open_message
from somec.as4.signals import ErrorSignal, Receipt, check_error, check_receipt, read_response
from somec.crypto.certificates import Certificate, load_certificate
from somec.crypto.keys import KeyPair, load_key_pair
from somec.exchange.answers import judge
from somec.exchange.rules import Answer
from somec.exchange.transport import Response

VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "phase4"
KEYS = VECTORS / "keys"
PASSWORD = "somec-interop"
SUITES = ("1.15", "2.0")
SERVICE = "https://somec.example/interop"


@dataclasses.dataclass(frozen=True)
class Vector:
    """One recorded exchange."""

    suite: str
    name: str
    case: dict[str, Any]

    @property
    def folder(self) -> Path:
        return VECTORS / (self.suite if self.case["from"] == "phase4" else f"{self.suite}-from-somec") / self.name

    @property
    def other(self) -> str:
        """Who receives it, and who answered."""
        return "somec" if self.case["from"] == "phase4" else "phase4"

    @property
    def request(self) -> bytes:
        return (self.folder / "request.mime").read_bytes()

    @property
    def response(self) -> bytes:
        return (self.folder / "response.xml").read_bytes()

    def open(self, request: bytes | None = None, terms: Terms | None = None) -> Received:
        """Open the message as the receiver who has agreed with its sender."""
        agreed = terms or terms_of(self.suite, self.case["from"], self.other)

        def resolve(message: ebms.UserMessage) -> Terms:
            select([agreed.pmode], message)
            return agreed

        content_type = self.case["request"]["content_type"]
        return open_message(content_type, self.request if request is None else request, resolve=resolve)


def recorded(*, accepted: bool) -> list[Any]:
    vectors = []
    for suite in SUITES:
        for file in sorted(VECTORS.glob(f"{suite}*/*/case.json")):
            case = json.loads(file.read_text(encoding="utf-8"))
            if accepted is not bool(case["refused"]):
                name = file.parent.relative_to(VECTORS).as_posix()
                vectors.append(pytest.param(Vector(suite, file.parent.name, case), id=name))
    return vectors


@functools.cache
def certificate(name: str) -> Certificate:
    return load_certificate((KEYS / name).read_bytes())


@functools.cache
def key(name: str) -> KeyPair:
    return load_key_pair((KEYS / name).read_bytes(), None if name.endswith(".pem") else PASSWORD)


def key_names(suite: str, party: str) -> tuple[str, str]:
    """Return the files of a party's signing key and of the key that opens what is sent to it."""
    return (f"{party}.p12", f"{party}.p12") if suite == "1.15" else (f"{party}-ed25519.p12", f"{party}-x25519.key.pem")


def certificate_names(suite: str, party: str) -> tuple[str, str]:
    return (f"{party}.pem", f"{party}.pem") if suite == "1.15" else (f"{party}-ed25519.pem", f"{party}-x25519.pem")


def local_keys(suite: str, party: str) -> LocalKeys:
    signing, opening = key_names(suite, party)
    return LocalKeys(signing=key(signing), decryption=(key(opening),))


def peer(suite: str, party: str) -> Peer:
    signing, opening = certificate_names(suite, party)
    return Peer(signing=(certificate(signing),), encryption=certificate(opening))


def terms_of(suite: str, sender: str = "phase4", receiver: str = "somec", *, opened_by: str = "") -> Terms:
    case = json.loads((VECTORS / suite / "one-part" / "case.json").read_text(encoding="utf-8"))
    pmode = PMode(
        id=f"{sender}-{receiver}",
        initiator=ebms.initiator(sender, case["party_type"]),
        responder=ebms.responder(receiver, case["party_type"]),
        service=ebms.Service(SERVICE),
        actions=frozenset({"notice"}),
        agreement=ebms.AgreementRef(case["agreement"]),
        suite=f"edelivery-{suite}",
    )
    return Terms(pmode=pmode, peer=peer(suite, sender), keys=local_keys(suite, opened_by or receiver))


def one(suite: str, name: str) -> Vector:
    return Vector(suite, name, json.loads((VECTORS / suite / name / "case.json").read_text(encoding="utf-8")))


ACCEPTED = recorded(accepted=True)
REFUSED = recorded(accepted=False)


def test_the_recordings_are_all_there() -> None:
    assert (len(ACCEPTED), len(REFUSED)) == (30, 14)


@pytest.mark.parametrize("vector", ACCEPTED)
def test_what_was_sent_is_read_as_it_was_meant(vector: Vector) -> None:
    received = vector.open()
    message, case = received.message, vector.case
    assert message.message_id == case["message_id"]
    assert (message.sender.id.value, message.recipient.id.value) == (case["from"], case["to"])
    assert {message.sender.id.type, message.recipient.id.type} == {case["party_type"]}
    assert (message.service.value, message.action) == (case["service"], case["action"])
    assert message.conversation_id == case["conversation"]
    assert {item.name: item.value for item in message.properties} == case["properties"]
    assert received.signer == certificate(Path(case["signer"]).name)
    assert received.is_test is vector.name.startswith("test-service")
    expected = [(part["cid"], part["mime"], part["compressed"], part["size"], part["sha256"]) for part in case["parts"]]
    assert [
        (part.content_id, part.mime_type, part.compress, part.content.size, part.sha256) for part in received.parts
    ] == expected


@pytest.mark.parametrize("vector", ACCEPTED)
def test_the_payloads_are_the_octets_that_were_sent(vector: Vector) -> None:
    sent = [(VECTORS / "payloads" / name).read_bytes() for name in ("notice.json", "letter.txt", "picture.bin")]
    for part, expected in zip(vector.open().parts, sent, strict=False):
        content = part.content.read()
        assert content == expected
        assert hashlib.sha256(content).hexdigest() == part.sha256


@pytest.mark.parametrize("vector", REFUSED)
def test_what_the_profile_forbids_is_refused_with_its_code(vector: Vector) -> None:
    with pytest.raises(As4Error) as caught:
        vector.open()
    assert caught.value.ebms.code in vector.case["refused"]
    assert caught.value.ref_to_message_id == vector.case["message_id"]


@pytest.mark.parametrize("vector", [item for item in ACCEPTED if item.values[0].case["answer"] == "receipt"])
def test_the_receipts_prove_what_was_received(vector: Vector) -> None:
    receipt = read_response(vector.response, vector.case["response"]["content_type"])
    assert isinstance(receipt, Receipt)
    references = vector.open().references
    evidence = {
        "message_id": vector.case["message_id"],
        "pmode": terms_of(vector.suite).pmode,
        "peer": peer(vector.suite, vector.other),
    }
    check_receipt(receipt, references=references, **evidence)
    forged = dataclasses.replace(references[-1], digest=bytes(32))
    for wrong in (
        {"references": (*references[:-1], forged)},
        {"references": (*references, dataclasses.replace(forged, uri="cid:more@phase4.example"))},
        {"references": references, "message_id": "another@phase4.example"},
        {"references": references, "peer": peer(vector.suite, "other")},
    ):
        with pytest.raises(As4Error):
            check_receipt(receipt, **{**evidence, **wrong})


@pytest.mark.parametrize("vector", [item for item in ACCEPTED + REFUSED if item.values[0].case["answer"] == "error"])
def test_the_errors_of_phase4_are_read(vector: Vector) -> None:
    signal = read_response(vector.response, vector.case["response"]["content_type"])
    assert isinstance(signal, ErrorSignal)
    assert [error.code for error in signal.errors] == vector.case["errors"]
    assert signal.info.ref_to_message_id == vector.case["message_id"]
    # phase4 signs with the keys of a P-Mode, so it cannot sign that it found none
    assert signal.signed is (vector.case["errors"] != ["EBMS:0010"])
    if signal.signed:
        check_error(vector.response, pmode=terms_of(vector.suite).pmode, peer=peer(vector.suite, "somec"))


def changed(content: bytes, at: int) -> bytes:
    """Put another octet at a place, one that Base64 and names may hold as well."""
    return content[:at] + (b"B" if content[at : at + 1] == b"A" else b"A") + content[at + 1 :]


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("<eb:ConversationId>", "EBMS:0101"),
        ("<eb:Action>", "EBMS:0010"),
        ("<ds:DigestValue>", "EBMS:0101"),
        ("<ds:SignatureValue>", "EBMS:0101"),
        ("Content-ID: <picture@phase4.example>\r\n\r\n", "EBMS:0102"),
    ],
)
def test_one_octet_changed_on_the_way_is_noticed(suite: str, place: str, code: str) -> None:
    vector = one(suite, "several-parts")
    request = vector.request
    found = request.find(place.encode())
    assert found > 0
    with pytest.raises(As4Error) as caught:
        vector.open(changed(request, found + len(place)))
    assert caught.value.ebms.code == code


@pytest.mark.parametrize("suite", SUITES)
def test_another_key_does_not_open_a_message(suite: str) -> None:
    with pytest.raises(As4Error) as caught:
        one(suite, "one-part").open(terms=terms_of(suite, opened_by="other"))
    assert caught.value.ebms.code == "EBMS:0102"


@pytest.mark.parametrize(("suite", "agreed"), [("1.15", "2.0"), ("2.0", "1.15")])
def test_a_message_of_the_other_generation_is_refused_under_a_pmode_that_did_not_agree_on_it(
    suite: str, agreed: str
) -> None:
    terms = terms_of(suite)
    other = dataclasses.replace(terms, pmode=dataclasses.replace(terms.pmode, suite=f"edelivery-{agreed}"))
    with pytest.raises(As4Error) as caught:
        one(suite, "one-part").open(terms=other)
    assert caught.value.ebms.code == "EBMS:0103"


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(("sent_before", "answer"), [(True, Answer.UNPROVEN), (False, Answer.LATER)])
def test_an_error_for_a_repeat_means_that_only_the_receipt_is_missing(
    suite: str, sent_before: bool, answer: Answer
) -> None:
    vector = one(suite, "repeated")
    response = Response(200, vector.case["response"]["content_type"], vector.response)
    outcome = judge(
        response, message_id=vector.case["message_id"], references=(), terms=terms_of(suite), sent_before=sent_before
    )
    assert outcome.answer is answer


@pytest.mark.parametrize("vector", ACCEPTED)
def test_inspection_verifies_both_directions_without_being_told_the_content_type(vector: Vector) -> None:
    keys = (key(Path(vector.case["recipient"]).name),) if vector.case["recipient"] else ()
    report: dict[str, Any] = inspect(
        Octets.of(vector.request), Known(certificates=(certificate(Path(vector.case["signer"]).name),), keys=keys)
    )
    assert (report["verifies"], report["signature"], report["errors"]) == (True, "valid", [])
    assert [(part["cid"], part["size"], part["sha256"]) for part in report["parts"]] == [
        (part["cid"], part["size"], part["sha256"]) for part in vector.case["parts"]
    ]
    answer = inspect(Octets.of(vector.response), Known())
    assert (answer["verifies"], answer["signature"], answer["kind"]) == (True, "valid", vector.case["answer"])

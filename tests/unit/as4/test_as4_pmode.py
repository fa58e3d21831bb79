"""P-Modes are checked when they are made, and select strictly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from as4_parties import AGREEMENT, LV, NL, message, pmode

from somec.as4.errors import As4Error
from somec.as4.message import AgreementRef, Party, PartyId, Service
from somec.as4.namespaces import TEST_ACTION, TEST_SERVICE
from somec.as4.pmode import select
from somec.crypto import suites
from somec.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", " ", "pmode.missing"),
        ("mpc", "", "pmode.missing"),
        ("initiator", Party(PartyId(""), "role"), "pmode.missing"),
        ("responder", Party(PartyId("x"), ""), "pmode.missing"),
        ("service", Service(""), "pmode.missing"),
        ("suite", "edelivery-0.9", "pmode.unknown-suite"),
        ("key_reference", "guess", "pmode.unknown-key-reference"),
        ("allow_legacy", frozenset({"urn:anything"}), "pmode.unknown-algorithm"),
        ("compression_level", 0, "pmode.out-of-range"),
    ],
)
def test_mistakes_are_named_at_their_field(field: str, value: object, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        pmode(**{field: value})
    assert caught.value.fields == {field: [code]}


def test_the_message_of_the_agreement_is_covered() -> None:
    assert select([pmode(), pmode(id="other", service=Service("urn:other"))], message()).id == "lv-nl"


OTHER = Party(PartyId("node.es.example", LV.id.type), LV.role)


@pytest.mark.parametrize(
    "changed",
    [
        {"sender": OTHER},
        {"recipient": replace(NL, role="urn:other")},
        {"sender": replace(LV, id=PartyId(LV.id.value, "urn:other-scheme"))},
        {"sender": NL, "recipient": LV},
        {"service": Service("urn:somec:movements", "urn:other-type")},
        {"service": Service("urn:other", "urn:somec:services")},
        {"action": "notice:2"},
        {"agreement": AgreementRef("urn:somec:agreement:2")},
        {"agreement": replace(AGREEMENT, type="urn:type")},
        {"mpc": "urn:other"},
    ],
)
def test_any_other_message_falls_under_no_pmode(changed: dict[str, object]) -> None:
    with pytest.raises(As4Error) as caught:
        select([pmode(actions=frozenset({"notice:1"}))], message(**changed))
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0010", "pmode.none")


def test_two_pmodes_for_one_message_are_refused() -> None:
    with pytest.raises(As4Error) as caught:
        select([pmode(), pmode(id="twin")], message())
    assert caught.value.reason == "pmode.ambiguous"


def test_ping_is_covered_for_the_same_parties_only() -> None:
    ping = message(service=Service(TEST_SERVICE), action=TEST_ACTION)
    assert pmode().covers(ping)
    assert not pmode().covers(replace(ping, sender=OTHER))


def test_only_the_suite_is_accepted_unless_named() -> None:
    strict, open_ = pmode(), pmode(allow_legacy=frozenset({suites.MGF1_SHA1}))
    assert strict.accepts(suites.RSA_SHA256)
    assert not strict.accepts(suites.MGF1_SHA1)
    assert open_.accepts(suites.MGF1_SHA1)
    assert not open_.accepts(suites.SHA1)
    assert not any(strict.accepts(one) for one in suites.LEGACY)
    assert not strict.accepts(suites.ED25519)

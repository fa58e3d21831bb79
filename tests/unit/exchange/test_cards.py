from __future__ import annotations

import json
from typing import Any

import pytest

from exchange.twin import Twin
from somec.exchange import cards
from somec.kernel.errors import Invalid

NL = Twin("NL")
LV = Twin("LV")


def test_a_signed_card_is_read_as_it_was_written() -> None:
    read = cards.read(NL.card_text)
    assert read.signed
    assert read.as_json() == NL.card.as_json()


def test_a_card_written_by_hand_says_that_it_is_not_signed() -> None:
    read = cards.read(json.dumps(NL.card.as_json()))
    assert not read.signed
    assert read.endpoint == NL.card.endpoint


def test_a_changed_card_is_refused() -> None:
    changed = NL.card_text.replace("https://nl.example:8443/as4", "https://xx.example:8443/as4")
    with pytest.raises(Invalid) as refused:
        cards.read(changed)
    assert refused.value.code == "note.signature"


def test_a_card_signed_by_another_node_is_refused() -> None:
    foreign = cards.write(NL.card, LV.signer)
    with pytest.raises(Invalid) as refused:
        cards.read(foreign)
    assert refused.value.code == "card.signature"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"endpoint": "http://nl.example/as4"}, "endpoint", id="without TLS"),
        pytest.param({"endpoint": "nl.example"}, "endpoint", id="no address"),
        pytest.param({"state": "nl"}, "state", id="no state"),
        pytest.param({"state": ""}, "state", id="empty state"),
        pytest.param({"signing": []}, "signing", id="no certificate"),
        pytest.param({"signing": ["x"]}, "card", id="unreadable certificate"),
        pytest.param({"encryption": 7}, "encryption", id="wrong type"),
        pytest.param({"made": "yesterday"}, "card", id="no instant"),
    ],
)
def test_each_mistake_of_a_card_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        cards.read(json.dumps({**NL.card.as_json(), **change}))
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("text", ["", "{}", "[]", "hello", '{"card": "other/1"}', "x" * 70_000])
def test_what_is_no_card(text: str) -> None:
    with pytest.raises(Invalid):
        cards.read(text)


def test_both_sides_derive_the_same_processing_mode() -> None:
    at_lv = cards.terms(sender=LV.card, receiver=NL.card, keys=LV.keys, peer=NL.card).pmode
    at_nl = cards.terms(sender=LV.card, receiver=NL.card, keys=NL.keys, peer=LV.card).pmode
    assert at_lv == at_nl


def test_a_card_ends_with_its_first_certificate() -> None:
    assert Twin("EE", days=3).card.ends < NL.card.ends

"""The documents of a movement: what they say, what they make the other side owe, and what settles it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest

from somec.exchange.rules import ObligationState, settlement
from somec.kernel.errors import Invalid
from somec.kernel.ids import new_id
from somec.movements import agreement, messages
from somec.movements.rules import Kind, Outcome, Progress, RequestedAction
from somec.movements.travel import Content, Destination, Place

NOW = datetime(2026, 11, 6, 8, 20, tzinfo=UTC)
ARRIVES = NOW + timedelta(days=14)
CONTENT = Content(
    kind=Kind.RELOCATION,
    destinations=(
        Destination("NL", arrives_until=ARRIVES, first_night=Place("Westzeedijk 12", "Rotterdam")),
        Destination("ES", arrives_until=ARRIVES + timedelta(days=9), first_night=Place("Carrer Nou 1", "Girona")),
    ),
    requested=RequestedAction.CONFIRM_ARRIVAL,
    expires=NOW + timedelta(days=90),
    source="Ticket",
    evaluation="B3",
)
OF_NOTICE = {rule.id.rpartition(".")[2]: rule for rule in messages.OBLIGATIONS[messages.NOTICE]}


def document(document_type: str, item: dict[str, Any], *, refers_to: str = "", **header: Any) -> dict[str, Any]:
    items = [item]
    if document_type == messages.NOTICE:
        items.insert(0, item | {"id": new_id("itm"), "category": "identity", "data": {}})
    return {
        "header": {
            "id": new_id("doc"),
            "type": document_type,
            "refers_to": refers_to,
            "created": "2026-11-06T08:20:00.000Z",
        }
        | header,
        "items": items,
    }


def movement(content: Content = CONTENT, state: str = "NL") -> dict[str, Any]:
    return messages.movement_item(content, state, item_id=new_id("itm"), sequence=1, owner="LV", now=NOW, late=False)


def progress(event: Progress, **header: Any) -> dict[str, Any]:
    item = messages.progress_item(item_id=new_id("itm"), owner="NL", sequence=2, event=event, at=NOW, now=NOW)
    return document(messages.PROGRESS, item, **header)


def answer(**details: Any) -> dict[str, Any]:
    header = {"refers_to": details.pop("refers_to", "doc-x")}
    item = messages.answer_item(
        item_id=new_id("itm"),
        owner="NL",
        sequence=3,
        outcome=Outcome.LOCATED,
        text="Found",
        language="en",
        now=NOW,
        **details,
    )
    return document(messages.ANSWER, item, **header)


def taken(refers_to: str) -> dict[str, Any]:
    item = messages.acknowledgement_item(
        item_id=new_id("itm"), owner="NL", sequence=1, authority={"id": "aut-1", "name": "Police"}, by="A. de Wit",
        of=messages.NOTICE, now=NOW,
    )  # fmt: skip
    return document(messages.ACKNOWLEDGEMENT, item, refers_to=refers_to)


def cancellation(refers_to: str) -> dict[str, Any]:
    item = messages.cancellation_item(
        item_id=new_id("itm"), owner="LV", sequence=2, reason="stays", wrong=False, now=NOW
    )
    return document(messages.CANCELLATION, item, refers_to=refers_to)


@pytest.mark.parametrize("name", messages.TYPES)
def test_what_is_written_meets_its_schema(name: str) -> None:
    written = {
        messages.NOTICE: document(messages.NOTICE, movement()),
        messages.CHANGE: document(messages.CHANGE, movement(), refers_to="doc-x"),
        messages.CANCELLATION: cancellation("doc-x"),
        messages.ACKNOWLEDGEMENT: taken("doc-x"),
        messages.PROGRESS: progress(Progress.ARRIVED, refers_to="doc-x"),
        messages.ANSWER: answer(),
    }[name]
    validator = jsonschema_rs.Draft202012Validator(messages.schema(name), validate_formats=True)
    validator.validate(written)
    item = written["items"][-1]
    unknown = written | {"items": [*written["items"][:-1], item | {"data": item["data"] | {"new_field": 1}}]}
    assert validator.is_valid(unknown)
    missing = written | {"items": written["items"][:-1]}
    assert not validator.is_valid(missing)
    for field in messages.schema(name)["$defs"]["data"]["required"]:
        cut = {key: value for key, value in item["data"].items() if key != field}
        assert not validator.is_valid(written | {"items": [*written["items"][:-1], item | {"data": cut}]}), field


def test_each_state_is_told_its_own_address_only() -> None:
    to_nl, to_es = movement()["data"], movement(state="ES")["data"]
    assert "Westzeedijk" in str(to_nl)
    assert "Carrer" not in str(to_nl)
    assert "Carrer" in str(to_es)
    assert to_nl["itinerary"] == [{"state": "ES", "from": None, "until": "2026-11-29T08:20:00.000Z"}]


def test_information_only_makes_nobody_say_an_arrival() -> None:
    quiet = document(messages.NOTICE, movement(replace(CONTENT, requested=RequestedAction.INFORMATION_ONLY)))
    owed = [name for name, rule in OF_NOTICE.items() if rule.applies(quiet)]
    assert owed == ["acknowledge"]


def test_due_instants_follow_from_the_document_alone() -> None:
    notice = document(messages.NOTICE, movement(replace(CONTENT, reply_by=NOW + timedelta(days=3))))
    due = {}
    for name, rule in OF_NOTICE.items():
        assert rule.applies(notice)
        spec = rule.due(notice)
        assert spec.unit in {"hours", "instant"}
        due[name] = spec.start + timedelta(hours=spec.value)
    assert due == {
        "acknowledge": NOW + timedelta(hours=24),
        "say-arrival": ARRIVES + timedelta(hours=12),
        "feedback": ARRIVES + timedelta(hours=24),
        "answer": NOW + timedelta(days=3),
    }


MET, CANCELLED = ObligationState.MET, ObligationState.CANCELLED


@pytest.mark.parametrize(
    ("duty", "later", "sender", "outcome"),
    [
        ("acknowledge", taken("doc-n"), "NL", MET),
        ("acknowledge", taken("doc-other"), "NL", None),
        ("acknowledge", taken("doc-n"), "LV", None),
        ("acknowledge", progress(Progress.ASSIGNED, refers_to="doc-n"), "NL", None),
        ("acknowledge", cancellation("doc-n"), "LV", CANCELLED),
        ("say-arrival", progress(Progress.ARRIVED, refers_to="doc-other"), "NL", MET),
        ("say-arrival", progress(Progress.NOT_ARRIVED, refers_to="doc-n"), "NL", MET),
        ("say-arrival", progress(Progress.NOT_ARRIVED, refers_to="doc-other"), "NL", None),
        ("say-arrival", progress(Progress.SIGHTING, refers_to="doc-n"), "NL", None),
        ("say-arrival", cancellation("doc-n"), "LV", CANCELLED),
        ("say-arrival", cancellation("doc-other"), "LV", None),
        ("feedback", progress(Progress.NOT_ARRIVED, refers_to="doc-n"), "NL", None),
        ("feedback", answer(refers_to="doc-n"), "NL", None),
        ("feedback", answer(refers_to="doc-n", after_failed_arrival=True), "NL", MET),
        ("feedback", progress(Progress.ARRIVED, refers_to="doc-n"), "NL", MET),
        ("answer", answer(refers_to="doc-n"), "NL", MET),
        ("answer", answer(refers_to="doc-other"), "NL", None),
    ],
)
def test_what_settles_a_duty(duty: str, later: dict[str, Any], sender: str, outcome: ObligationState | None) -> None:
    assert settlement(OF_NOTICE[duty], debtor="NL", sender=sender, document=later, about="doc-n") is outcome


def test_a_document_without_its_item_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        messages.said({"header": {"type": messages.PROGRESS}, "items": []})
    assert refused.value.code == "document.item_missing"
    assert messages.identity({"header": {}, "items": []}) == {}


def test_rules_have_names_of_their_own() -> None:
    names = [rule.id for rules in messages.OBLIGATIONS.values() for rule in rules]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 60 for name in names)


# --- do both nodes agree? -------------------------------------------------------------------------------------------


def duty(document_id: str, due: datetime = NOW) -> agreement.Duty:
    return agreement.Duty(f"obl-{document_id}", document_id, "NL", due, f"{messages.NOTICE}.acknowledge")


def test_equal_holdings_agree() -> None:
    said = agreement.claim({"doc-1": messages.NOTICE, "doc-2": messages.PROGRESS}, [duty("doc-1"), duty("doc-2")])
    result = agreement.compare(["doc-2", "doc-1"], [duty("doc-2"), duty("doc-1")], said=said, at=NOW)
    assert (result.agree, result.documents, result.duties, result.lacking) == (True, 2, 2, ())
    assert result.ours == result.theirs
    assert len(result.ours) == 14


def test_what_crossed_on_the_way_is_no_disagreement() -> None:
    said = agreement.claim({"doc-1": messages.NOTICE}, [duty("doc-1")])
    result = agreement.compare(["doc-1", "doc-2"], [duty("doc-1"), duty("doc-2")], said=said, at=NOW)
    assert result.agree is True


def test_another_due_instant_is_a_disagreement() -> None:
    said = agreement.claim({"doc-1": messages.NOTICE}, [duty("doc-1")])
    result = agreement.compare(["doc-1"], [duty("doc-1", NOW + timedelta(seconds=1))], said=said, at=NOW)
    assert result.agree is False
    assert result.ours != result.theirs
    (one,) = result.differing
    assert one.rule == f"{messages.NOTICE}.acknowledge"
    assert one.ours is not None
    assert one.theirs is not None
    assert (one.ours.due, one.theirs.due) == (NOW + timedelta(seconds=1), NOW)


def test_a_duty_that_only_one_side_knows_is_named_on_that_side() -> None:
    said = agreement.claim({"doc-1": messages.NOTICE}, [duty("doc-1")])
    (theirs,) = agreement.compare(["doc-1"], [], said=said, at=NOW).differing
    assert (theirs.ours, theirs.theirs) == (None, duty("doc-1"))
    said = agreement.claim({"doc-1": messages.NOTICE}, [])
    (ours,) = agreement.compare(["doc-1"], [duty("doc-1")], said=said, at=NOW).differing
    assert (ours.ours, ours.theirs) == (duty("doc-1"), None)


def test_a_due_instant_that_is_no_day_differs_and_breaks_nothing() -> None:
    said = agreement.claim({"doc-1": messages.NOTICE}, [duty("doc-1")])
    wrong = said | {"duties": [{**one, "due": "2026-99-99T00:00:00Z"} for one in said["duties"]]}  # type: ignore[union-attr,dict-item]
    (one,) = agreement.compare(["doc-1"], [duty("doc-1")], said=wrong, at=NOW).differing
    assert one.theirs is None


def test_a_node_that_says_the_digest_alone_is_still_compared() -> None:
    said = agreement.claim({"doc-1": messages.NOTICE}, [duty("doc-1")])
    del said["duties"], said["kinds"]
    result = agreement.compare(["doc-1"], [], said=said, at=NOW)
    assert (result.agree, result.differing) == (False, ())


def test_a_document_that_never_came_is_named() -> None:
    said = agreement.claim({"doc-1": messages.NOTICE, "doc-2": messages.PROGRESS}, [duty("doc-1")])
    result = agreement.compare(["doc-1"], [duty("doc-1")], said=said, at=NOW)
    assert (result.agree, result.lacking, result.lacking_kinds) == (False, ("doc-2",), (messages.PROGRESS,))
    assert result.differing == ()


def test_before_the_other_node_has_said_anything() -> None:
    assert agreement.compare(["doc-1"], [], said=None, at=None).agree is None

"""Entries of a record: mistakes by field, items of a document, age at the offence."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from factories import TODAY, assessment, conviction, movement_sign, order
from somec.kernel import canonical
from somec.kernel.errors import Invalid
from somec.offenders import facts, messages, validation
from somec.offenders.messages import Condition, Entry, Offence, PersonAtRisk, Sanction, Trigger
from somec.persons.dates import PartialDate
from somec.persons.messages import Origin

TOMORROW = date(2026, 11, 22)


def offence(**other: Any) -> dict[str, Any]:
    return {"offences": (replace(conviction().offences[0], **other),)}


@pytest.mark.parametrize(
    ("entry", "mistakes"),
    [
        (conviction(), {}),
        (conviction(final=None, sanctions=()), {}),
        (conviction(offences=()), {"offences": ["missing"]}),
        (conviction(state="Latvia"), {"state": ["state_code"]}),
        (conviction(decided=TOMORROW, final=None), {"decided": ["in_the_future"]}),
        (conviction(final=date(2019, 3, 21)), {"final": ["end_before_start"]}),
        (conviction(responsibility="mad"), {"responsibility": ["choice"]}),
        (conviction(spent="maybe"), {"spent": ["choice"]}),
        (conviction(**offence(code="9999 99")), {"offences.0.code": ["unknown_code"]}),
        (conviction(**offence(code="")), {"offences.0.code": ["missing"]}),
        (conviction(**offence(parameters=("Q",))), {"offences.0.parameters": ["unknown_code"]}),
        (conviction(**offence(committed_from=PartialDate(2020))), {"offences.0.committed_from": ["after_conviction"]}),
        (
            conviction(**offence(committed_until=PartialDate(2017))),
            {"offences.0.committed_until": ["end_before_start"]},
        ),
        (conviction(sanctions=(Sanction(code="77"),)), {"sanctions.0.code": ["unknown_code"]}),
        (conviction(sanctions=(Sanction(code="1001", months=-1),)), {"sanctions.0.months": ["out_of_range"]}),
        (
            conviction(sanctions=(Sanction(code="1001", parameters=("zz",)),)),
            {"sanctions.0.parameters": ["unknown_code"]},
        ),
        (order(), {}),
        (order(ends=None), {}),
        (order(kind="ban"), {"kind": ["choice"]}),
        (order(ends=date(2025, 9, 11)), {"ends": ["end_before_start"]}),
        (order(supervising_state=""), {"supervising_state": ["missing"]}),
        (order(conditions=(Condition(measure="curfew"),)), {"conditions.0.measure": ["unknown_code"]}),
        (order(conditions=(Condition(measure="other-notified"),)), {"conditions.0.words": ["missing"]}),
        (order(conditions=(Condition(measure="other-notified", words="GPS"),)), {}),
        (order(conditions=(Condition(measure="reporting", status="ignored"),)), {"conditions.0.status": ["choice"]}),
        (
            order(conditions=(Condition(measure="reporting", binds_in=("Spain",)),)),
            {"conditions.0.binds_in": ["state_code"]},
        ),
        (assessment(), {}),
        (assessment(neutral=None, mapping_source=""), {}),
        (assessment(instrument=""), {"instrument": ["missing"]}),
        (assessment(assessor_role=" "), {"assessor_role": ["missing"]}),
        (assessment(level=""), {"level": ["missing"]}),
        (assessment(language=""), {"language": ["missing"]}),
        (assessment(neutral=6), {"neutral": ["out_of_range"]}),
        (assessment(neutral=0), {"neutral": ["out_of_range"]}),
        (assessment(mapping_source=""), {"mapping_source": ["missing"]}),
        (assessment(performed=TOMORROW), {"performed": ["in_the_future"]}),
        (assessment(valid_until=date(2026, 8, 19)), {"valid_until": ["end_before_start"]}),
        (assessment(origin=Origin(evaluation="")), {"evaluation": ["choice"]}),
        (movement_sign(), {}),
        (movement_sign(sign="star-sign"), {"sign": ["unknown_code"]}),
        (movement_sign(states=("Holland",)), {"states": ["state_code"]}),
        (Trigger(kind="release", on=TOMORROW), {}),
        (Trigger(kind="birthday", on=TODAY), {"kind": ["choice"]}),
        (PersonAtRisk(relation="injured_party"), {}),
        (PersonAtRisk(relation="neighbour"), {"relation": ["choice"]}),
    ],
)
def test_each_mistake_is_named_at_its_field(entry: Entry, mistakes: dict[str, list[str]]) -> None:
    if not mistakes:
        validation.check(entry, TODAY)
        return
    with pytest.raises(Invalid) as error:
        validation.check(entry, TODAY)
    assert error.value.fields == mistakes


@pytest.mark.parametrize(
    ("entry", "kind", "category", "as_of"),
    [
        (conviction(id="cnv-1"), "fact", "conviction", "2019-04-16"),
        (order(id="ord-1"), "fact", "order", "2019-03-22"),
        (assessment(id="asm-1"), "assessment", "assessment", "2026-08-20"),
        (conviction(id="cnv-1", origin=Origin(as_of=date(2026, 1, 2))), "fact", "conviction", "2026-01-02"),
    ],
)
def test_an_item_says_what_kind_of_statement_it_is(entry: Any, kind: str, category: str, as_of: str) -> None:
    item = messages.item(entry, owner="LV")
    assert (item["id"], item["kind"], item["category"], item["as_of"]) == (entry.id, kind, category, as_of)
    assert (item["owner"], item["evaluation"]) == ("LV", entry.origin.evaluation)
    canonical.encode(item)


def test_a_conviction_travels_with_its_codes_and_without_the_clerks_note() -> None:
    item = messages.item(conviction(id="cnv-1"), owner="LV")
    assert item["data"] == {
        "state": "LV",
        "court": "Court of first instance, Riga",
        "decided": "2019-03-22",
        "final": "2019-04-16",
        "responsibility": "responsible",
        "spent": "no",
        "offences": [{"code": "1001 00", "parameters": ["C", "M"], "committed_from": "2018-11-04"}],
        "sanctions": [{"code": "1001", "months": 78}],
    }
    assert "clerk" not in json.dumps(item)


def test_an_assessment_keeps_its_own_words_beside_the_neutral_level() -> None:
    data = messages.item(assessment(id="asm-1"), owner="LV")["data"]
    assert isinstance(data, dict)
    assert (data["level"], data["neutral_level"], data["mapping_source"]) == (
        "above average risk, level IVa",
        4,
        "example table",
    )


@pytest.mark.parametrize("entry", [PersonAtRisk(relation="child"), Trigger(kind="release", on=TODAY), movement_sign()])
def test_persons_at_risk_triggers_and_signs_have_no_item(entry: Any) -> None:
    with pytest.raises(KeyError):
        messages.item(entry, owner="LV")


@pytest.mark.parametrize(
    ("births", "committed", "age"),
    [
        (["1984-03-07"], "2018-11-04", 34),
        (["1999-05-09"], "2013-09-03", 14),
        (["1984-03-07"], "2002-03-06", 17),
        (["1984-03-07"], "2002-03-07", 18),
        (["1984"], "2002", None),
        (["1984"], "2003", 18),
        (["1984"], "2018", 33),
        (["1984-03"], "2005-03", None),
        (["1984-03-07", "1984-03-17"], "2002-03-10", None),
        (["1984-03-07", "1984-03-17"], "2018-03-10", 33),
        (["1984"], "1980", None),
        ([], "2018", None),
    ],
)
def test_age_at_the_offence_is_unknown_where_it_may_lie_on_either_side_of_a_limit(
    births: list[str], committed: str, age: int | None
) -> None:
    known = [PartialDate.parse(text) for text in births]
    assert facts.age_at_offence(known, PartialDate.parse(committed)) == age


def test_the_history_can_hold_every_entry() -> None:
    for entry in (conviction(), order(), assessment(), movement_sign(), Offence(code="1001 00")):
        assert json.loads(json.dumps(messages.plain(entry)))

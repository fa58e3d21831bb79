"""Criteria held against recorded facts: met, not met, missing data, with reasons; never a score, never nationality."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.catalogue import queries
from somec.catalogue.criteria import Criteria, evaluate, overall
from somec.catalogue.criterion_kinds import AssessmentRule, CurrentAssessment, QualifyingConviction, months_later
from somec.catalogue.facts import (
    AssessmentFact,
    ConvictionFact,
    Facts,
    MovementFact,
    OrderFact,
    SanctionFact,
    StatedReason,
)
from somec.catalogue.outcomes import CriterionResult, Evaluation, Outcome
from somec.kernel import canonical
from somec.kernel.errors import NotPossibleNow

TODAY = date(2026, 11, 5)
LV = queries.criteria_for("LV")
PRISON = SanctionFact(code="1001", months=78)
RAPE = ConvictionFact(
    reference="cnv-1",
    convicting_state="LV",
    offence_codes=frozenset({"1001 00"}),
    committed_on=date(2018, 11, 4),
    final_on=date(2019, 4, 16),
    age_at_offence=34,
    sanctions=(PRISON,),
    spent=False,
)
STABLE = AssessmentFact(
    reference="asm-1",
    instrument="STABLE-2007",
    assessed_on=date(2026, 10, 30),
    neutral_level=3,
    valid_until=date(2027, 4, 30),
)
TICKET = MovementFact(reference="mov-1", sign="travel-booked", as_of=date(2026, 11, 4), states=frozenset({"NL"}))
ORDER = OrderFact(reference="ord-1", starts_on=date(2025, 9, 12), ends_on=date(2028, 9, 12))
STORY = Facts(as_of=TODAY, convictions=(RAPE,), assessments=(STABLE,), movements=(TICKET,), orders=(ORDER,))


def _codes(result: CriterionResult) -> list[str]:
    return [reason.code for reason in result.reasons]


def _warned(facts: Facts, criteria: Criteria = LV) -> set[str]:
    return {warning.code for warning in evaluate(criteria, facts).warnings}


def test_the_story_meets_latvias_example_criteria() -> None:
    found = evaluate(LV, STORY)
    assert found.outcome is Outcome.MET
    assert [(result.criterion_id, result.outcome.value) for result in found.results] == [
        ("serious-conviction", "met"),
        ("current-assessment", "met"),
        ("link-to-movement", "met"),
        ("order-in-force", "met"),
    ]
    assert (found.state, found.version, found.example, found.warnings) == ("LV", 4, True, ())
    assert found.result("link-to-movement").reasons[0].parameters == {
        "movement": "mov-1",
        "sign": "travel-booked",
        "states": ("NL",),
    }


CONVICTIONS: dict[str, tuple[dict[str, Any], Outcome, list[str]]] = {
    "serious, adult, final": ({}, Outcome.MET, ["conviction-qualifies"]),
    "life imprisonment has no months": (
        {"sanctions": (SanctionFact(code="1002"),)},
        Outcome.MET,
        ["conviction-qualifies"],
    ),
    "exactly the minimum": (
        {"sanctions": (SanctionFact(code="1001", months=24),)},
        Outcome.MET,
        ["conviction-qualifies"],
    ),
    "one month less": ({"sanctions": (SanctionFact(code="1001", months=23),)}, Outcome.NOT_MET, ["sentence-too-short"]),
    "only a fine": ({"sanctions": (SanctionFact(code="8001"),)}, Outcome.NOT_MET, ["sentence-too-short"]),
    "prison of unknown length": (
        {"sanctions": (SanctionFact(code="1001"),)},
        Outcome.MISSING_DATA,
        ["sentence-length-unknown"],
    ),
    "no sanction recorded": ({"sanctions": ()}, Outcome.MISSING_DATA, ["sentence-unknown"]),
    "seventeen": ({"age_at_offence": 17}, Outcome.NOT_MET, ["juvenile-only", "juvenile-at-offence"]),
    "eighteen": ({"age_at_offence": 18}, Outcome.MET, ["conviction-qualifies"]),
    "age unknown": ({"age_at_offence": None}, Outcome.MISSING_DATA, ["age-at-offence-unknown"]),
    "final twenty years ago today": ({"final_on": date(2006, 11, 5)}, Outcome.MET, ["conviction-qualifies"]),
    "final a day longer ago": ({"final_on": date(2006, 11, 4)}, Outcome.NOT_MET, ["conviction-too-old"]),
    "not yet final": ({"final_on": date(2026, 11, 6)}, Outcome.NOT_MET, ["not-yet-final"]),
    "date final unknown": ({"final_on": None}, Outcome.MISSING_DATA, ["date-final-unknown"]),
    "spent": ({"spent": True}, Outcome.NOT_MET, ["spent"]),
    "spent or not is unknown": ({"spent": None}, Outcome.MISSING_DATA, ["spent-unknown"]),
    "theft": ({"offence_codes": frozenset({"1701 00"})}, Outcome.NOT_MET, ["no-listed-offence"]),
    "threats are excepted": ({"offence_codes": frozenset({"0906 00"})}, Outcome.NOT_MET, ["no-listed-offence"]),
    "theft and rape": ({"offence_codes": frozenset({"1701 00", "1001 00"})}, Outcome.MET, ["conviction-qualifies"]),
    "known obstacle outweighs unknown": (
        {"age_at_offence": 15, "spent": None},
        Outcome.NOT_MET,
        ["juvenile-only", "juvenile-at-offence"],
    ),
}


@pytest.mark.parametrize(("change", "outcome", "codes"), CONVICTIONS.values(), ids=CONVICTIONS)
def test_qualifying_conviction(change: dict[str, Any], outcome: Outcome, codes: list[str]) -> None:
    facts = replace(STORY, convictions=(replace(RAPE, **change),))
    result = evaluate(LV, facts).result("serious-conviction")
    assert (result.outcome, _codes(result)) == (outcome, codes)


def test_one_qualifying_conviction_is_enough_and_parts_of_two_are_not() -> None:
    young = replace(RAPE, reference="cnv-2", age_at_offence=16)
    short = replace(RAPE, reference="cnv-3", sanctions=(SanctionFact(code="1001", months=6),))
    both = evaluate(LV, replace(STORY, convictions=(young, short))).result("serious-conviction")
    assert both.outcome is Outcome.NOT_MET
    assert _codes(both) == ["juvenile-at-offence", "sentence-too-short"]
    with_third = evaluate(LV, replace(STORY, convictions=(young, short, RAPE))).result("serious-conviction")
    assert (with_third.outcome, with_third.reasons[0].parameters["conviction"]) == (Outcome.MET, "cnv-1")


def test_an_unknown_conviction_keeps_the_question_open_beside_a_refused_one() -> None:
    unknown = replace(RAPE, reference="cnv-2", final_on=None)
    old = replace(RAPE, reference="cnv-3", final_on=date(1990, 1, 1))
    result = evaluate(LV, replace(STORY, convictions=(old, unknown))).result("serious-conviction")
    assert (result.outcome, _codes(result)) == (Outcome.MISSING_DATA, ["date-final-unknown"])


def test_a_wholly_suspended_sentence_counts_only_where_the_state_says_so() -> None:
    suspended = replace(RAPE, sanctions=(SanctionFact(code="1001", months=60, parameters=frozenset({"c"})),))
    facts = replace(STORY, convictions=(suspended,))
    assert evaluate(LV, facts).result("serious-conviction").outcome is Outcome.MET
    assert evaluate(queries.criteria_for("NL"), facts).result("serious-conviction").outcome is Outcome.NOT_MET


ASSESSMENTS: dict[str, tuple[tuple[AssessmentFact, ...], Outcome, list[str]]] = {
    "medium, recent": ((STABLE,), Outcome.MET, ["level-reached"]),
    "low": ((replace(STABLE, neutral_level=2),), Outcome.NOT_MET, ["level-too-low"]),
    "none": ((), Outcome.MISSING_DATA, ["no-assessment-recorded"]),
    "twelve months old": ((replace(STABLE, assessed_on=date(2025, 11, 5)),), Outcome.MET, ["level-reached"]),
    "a day older": ((replace(STABLE, assessed_on=date(2025, 11, 4)),), Outcome.MISSING_DATA, ["assessment-outdated"]),
    "its own validity ran out": (
        (replace(STABLE, valid_until=date(2026, 11, 4)),),
        Outcome.MISSING_DATA,
        ["assessment-outdated"],
    ),
    "last day of its validity": ((replace(STABLE, valid_until=TODAY),), Outcome.MET, ["level-reached"]),
    "dated tomorrow": (
        (replace(STABLE, assessed_on=date(2026, 11, 6)),),
        Outcome.MISSING_DATA,
        ["assessment-outdated"],
    ),
    "undated": ((replace(STABLE, assessed_on=None),), Outcome.MISSING_DATA, ["assessment-undated"]),
    "nobody mapped it": ((replace(STABLE, neutral_level=None),), Outcome.MISSING_DATA, ["level-not-mapped"]),
    "of a whole group": ((replace(STABLE, individual=False),), Outcome.MISSING_DATA, ["no-individual-assessment"]),
    "two differ, any counts": (
        (replace(STABLE, neutral_level=1), replace(STABLE, reference="asm-2", neutral_level=5)),
        Outcome.MET,
        ["level-reached", "assessments-differ"],
    ),
}


@pytest.mark.parametrize(("assessments", "outcome", "codes"), ASSESSMENTS.values(), ids=ASSESSMENTS)
def test_current_assessment(assessments: tuple[AssessmentFact, ...], outcome: Outcome, codes: list[str]) -> None:
    result = evaluate(LV, replace(STORY, assessments=assessments)).result("current-assessment")
    assert (result.outcome, _codes(result)) == (outcome, codes)


def _latest(minimum: int = 3, instruments: frozenset[str] = frozenset()) -> CurrentAssessment:
    found = next(item for item in LV.criteria if isinstance(item, CurrentAssessment))
    return replace(found, rule=AssessmentRule.LATEST, minimum_level=minimum, instruments=instruments)


NEW, OLDER = date(2026, 10, 30), date(2026, 6, 1)
LATEST: dict[str, tuple[list[tuple[date, int | None]], Outcome]] = {
    "the newer is low, the older high": ([(NEW, 2), (OLDER, 5)], Outcome.NOT_MET),
    "the newer is high, the older low": ([(NEW, 4), (OLDER, 1)], Outcome.MET),
    "the newer is not mapped": ([(NEW, None), (OLDER, 5)], Outcome.MISSING_DATA),
    "same day, high and low": ([(NEW, 5), (NEW, 2)], Outcome.NOT_MET),
    "same day, high and not mapped": ([(NEW, 5), (NEW, None)], Outcome.MISSING_DATA),
    "same day, low and not mapped": ([(NEW, 2), (NEW, None)], Outcome.NOT_MET),
    "same day, both high": ([(NEW, 5), (NEW, 3)], Outcome.MET),
}


@pytest.mark.parametrize(("given_levels", "outcome"), LATEST.values(), ids=LATEST)
def test_where_only_the_latest_assessment_counts(given_levels: list[tuple[date, int | None]], outcome: Outcome) -> None:
    assessments = tuple(
        replace(STABLE, reference=f"asm-{number}", assessed_on=day, neutral_level=level)
        for number, (day, level) in enumerate(given_levels)
    )
    assert _latest().judge(replace(STORY, assessments=assessments)).outcome is outcome


def test_only_named_instruments_count_where_a_state_names_them() -> None:
    assert _latest(instruments=frozenset({"stable-2007"})).judge(STORY).outcome is Outcome.MET
    other = _latest(instruments=frozenset({"static-99r"})).judge(STORY)
    assert (other.outcome, _codes(other)) == (Outcome.MISSING_DATA, ["no-assessment-recorded"])
    assert other.reasons[0].parameters["recorded"] == 1


MOVEMENTS: dict[str, tuple[tuple[MovementFact, ...], Outcome, list[str]]] = {
    "recent": ((TICKET,), Outcome.MET, ["movement-sign"]),
    "180 days ago": ((replace(TICKET, as_of=date(2026, 5, 9)),), Outcome.MET, ["movement-sign"]),
    "181 days ago": ((replace(TICKET, as_of=date(2026, 5, 8)),), Outcome.NOT_MET, ["movement-sign-outdated"]),
    "undated": ((replace(TICKET, as_of=None),), Outcome.MISSING_DATA, ["movement-sign-undated"]),
    "none": ((), Outcome.NOT_MET, ["no-movement-sign"]),
    "not a sign that counts": ((replace(TICKET, sign="born-there"),), Outcome.NOT_MET, ["no-movement-sign"]),
}


@pytest.mark.parametrize(("movements", "outcome", "codes"), MOVEMENTS.values(), ids=MOVEMENTS)
def test_link_to_movement(movements: tuple[MovementFact, ...], outcome: Outcome, codes: list[str]) -> None:
    result = evaluate(LV, replace(STORY, movements=movements)).result("link-to-movement")
    assert (result.outcome, _codes(result)) == (outcome, codes)


ORDERS: dict[str, tuple[tuple[OrderFact, ...], Outcome]] = {
    "runs": ((ORDER,), Outcome.MET),
    "last day": ((replace(ORDER, ends_on=TODAY),), Outcome.MET),
    "ended yesterday": ((replace(ORDER, ends_on=date(2026, 11, 4)),), Outcome.NOT_MET),
    "starts tomorrow": ((replace(ORDER, starts_on=date(2026, 11, 6)),), Outcome.NOT_MET),
    "no end": ((replace(ORDER, ends_on=None),), Outcome.MET),
    "no start": ((replace(ORDER, starts_on=None),), Outcome.MISSING_DATA),
    "none": ((), Outcome.NOT_MET),
}


@pytest.mark.parametrize(("orders", "outcome"), ORDERS.values(), ids=ORDERS)
def test_order_in_force_informs_but_does_not_decide(orders: tuple[OrderFact, ...], outcome: Outcome) -> None:
    found = evaluate(LV, replace(STORY, orders=orders))
    assert found.result("order-in-force").outcome is outcome
    assert found.outcome is Outcome.MET
    assert ("no-order-in-force" in {item.code for item in found.warnings}) == (outcome is not Outcome.MET)


WARNINGS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing to warn of": ({}, set()),
    "only as a juvenile": ({"convictions": (replace(RAPE, age_at_offence=14),)}, {"juvenile-only"}),
    "also as an adult": ({"convictions": (replace(RAPE, age_at_offence=14), replace(RAPE, reference="cnv-2"))}, set()),
    "age not known": ({"convictions": (replace(RAPE, age_at_offence=None),)}, set()),
    "older than ten years": ({"convictions": (replace(RAPE, final_on=date(2016, 11, 4)),)}, {"old-conviction"}),
    "ten years today": ({"convictions": (replace(RAPE, final_on=date(2016, 11, 5)),)}, set()),
    "low level": ({"assessments": (replace(STABLE, neutral_level=2),)}, {"low-level"}),
    "the officer names only the destination": (
        {"stated_reasons": frozenset({StatedReason.DESTINATION})},
        {"destination-only"},
    ),
    "destination and conviction": (
        {"stated_reasons": frozenset({StatedReason.DESTINATION, StatedReason.CONVICTION})},
        set(),
    ),
    "nothing on record but the move": ({"convictions": (), "assessments": ()}, {"destination-only"}),
    "one of many": ({"selected_together": 40}, {"whole-group"}),
    "because all on the register": ({"stated_reasons": frozenset({StatedReason.GROUP})}, {"whole-group"}),
    "rated as a group": ({"assessments": (replace(STABLE, individual=False),)}, {"whole-group"}),
    "nothing runs": ({"orders": ()}, {"no-order-in-force"}),
}


@pytest.mark.parametrize(("change", "codes"), WARNINGS.values(), ids=WARNINGS)
def test_warnings_of_disproportion(change: dict[str, Any], codes: set[str]) -> None:
    assert _warned(replace(STORY, **change)) == codes


def test_warnings_can_be_switched_off_by_the_state() -> None:
    quiet = replace(
        LV,
        warnings=replace(
            LV.warnings,
            juvenile_below_age=None,
            old_conviction_years=None,
            low_level_at_most=None,
            destination_only=False,
            whole_group=False,
            no_order_in_force=False,
        ),
    )
    worst = Facts(
        as_of=TODAY,
        convictions=(replace(RAPE, age_at_offence=14, final_on=date(2000, 1, 1)),),
        assessments=(replace(STABLE, neutral_level=1),),
        selected_together=2,
    )
    assert _warned(worst) == {"juvenile-only", "old-conviction", "low-level", "whole-group", "no-order-in-force"}
    assert _warned(worst, quiet) == set()


def test_scenario_s6_the_boy_offender_is_not_met_whatever_became_known_later() -> None:
    """At fourteen assaulted and robbed a pensioner; adult, moves. Probably below any proportionate threshold."""
    boy = replace(RAPE, offence_codes=frozenset({"1703 00"}), age_at_offence=14, final_on=date(2008, 3, 1))
    found = evaluate(LV, replace(STORY, convictions=(boy,), orders=()))
    assert found.outcome is Outcome.NOT_MET
    assert _codes(found.result("serious-conviction"))[0] == "juvenile-only"
    assert {"juvenile-only", "old-conviction", "no-order-in-force"} == {item.code for item in found.warnings}
    later = replace(STORY, convictions=(boy,), orders=(), as_of=date(2026, 11, 30))
    assert evaluate(LV, later).result("serious-conviction") == found.result("serious-conviction")


def test_scenario_s13_being_on_a_list_is_no_assessment() -> None:
    listed = replace(STABLE, instrument="register", individual=False, neutral_level=4)
    found = evaluate(LV, replace(STORY, assessments=(listed,), selected_together=300))
    assert found.outcome is Outcome.MISSING_DATA
    assert _codes(found.result("current-assessment")) == ["no-individual-assessment"]
    assert "whole-group" in {item.code for item in found.warnings}


NEVER_AN_INPUT = (
    "nation",
    "citizen",
    "birth",
    "born",
    "origin",
    "ethnic",
    "race",
    "religio",
    "gender",
    "sex",
    "health",
    "resid",
    "address",
    "language",
    "name",
    "score",
    "weight",
    "income",
    "debt",
    "famil",
    "child",
)


def _field_names(shape: type, seen: set[type]) -> list[str]:
    if shape in seen or not is_dataclass(shape):
        return []
    seen.add(shape)
    hints = get_type_hints(shape)
    names = [item.name for item in fields(shape)]
    for hint in hints.values():
        for part in [hint, *get_args(hint), *[inner for arg in get_args(hint) for inner in get_args(arg)]]:
            if isinstance(part, type):
                names += _field_names(part, seen)
    return names


def test_nationality_birthplace_and_traits_are_no_inputs() -> None:
    names = _field_names(Facts, set())
    assert {"age_at_offence", "neutral_level", "sign", "months", "ends_on"} <= set(
        names
    )  # the walk reaches every shape
    assert [name for name in names if any(word in name for word in NEVER_AN_INPUT)] == []


def test_no_result_carries_a_number_that_ranks_people() -> None:
    names = [*_field_names(Evaluation, set()), *_field_names(CriterionResult, set())]
    assert not [name for name in names if any(word in name for word in ("score", "rank", "weight", "probab", "danger"))]


def test_the_convicting_state_changes_nothing() -> None:
    for state in queries.states():
        facts = replace(STORY, convictions=(replace(RAPE, convicting_state=state.id),))
        assert evaluate(LV, facts).results == evaluate(LV, STORY).results


def _result(outcome: Outcome, *, required: bool) -> CriterionResult:
    return CriterionResult("x", "kind", required, outcome, ())


@given(st.lists(st.tuples(st.sampled_from(list(Outcome)), st.booleans()), max_size=6))
def test_overall_is_met_only_if_every_required_criterion_is(given_outcomes: list[tuple[Outcome, bool]]) -> None:
    found = overall(tuple(_result(outcome, required=required) for outcome, required in given_outcomes))
    needed = [outcome for outcome, required in given_outcomes if required]
    assert (found is Outcome.MET) == all(outcome is Outcome.MET for outcome in needed)
    assert (found is Outcome.NOT_MET) == (Outcome.NOT_MET in needed)


DATES = st.none() | st.dates(date(1990, 1, 1), date(2027, 12, 31))
CONVICTION = st.builds(
    ConvictionFact,
    reference=st.uuids().map(str),
    convicting_state=st.sampled_from(["LV", "DE"]),
    offence_codes=st.frozensets(st.sampled_from(["1001 00", "0801 00", "1701 00"]), min_size=1),
    final_on=DATES,
    age_at_offence=st.none() | st.integers(10, 80),
    sanctions=st.lists(
        st.builds(SanctionFact, code=st.sampled_from(["1001", "1002", "8001"]), months=st.none() | st.integers(1, 300)),
        max_size=2,
    ).map(tuple),
    spent=st.none() | st.booleans(),
)
ASSESSMENT = st.builds(
    AssessmentFact,
    reference=st.uuids().map(str),
    instrument=st.sampled_from(["STABLE-2007", "Static-99R"]),
    assessed_on=DATES,
    neutral_level=st.none() | st.integers(1, 5),
    individual=st.booleans(),
)
FACTS = st.builds(
    Facts,
    as_of=st.dates(date(2026, 9, 1), date(2027, 12, 31)),
    convictions=st.lists(CONVICTION, max_size=4).map(tuple),
    assessments=st.lists(ASSESSMENT, max_size=4).map(tuple),
    movements=st.lists(
        st.builds(MovementFact, reference=st.just("mov-1"), sign=st.just("work-abroad"), as_of=DATES), max_size=2
    ).map(tuple),
)


@given(FACTS)
def test_the_order_of_records_does_not_matter_and_storage_keeps_everything(facts: Facts) -> None:
    found = evaluate(LV, facts)
    turned = evaluate(LV, replace(facts, convictions=facts.convictions[::-1], assessments=facts.assessments[::-1]))
    assert [result.outcome for result in turned.results] == [result.outcome for result in found.results]
    assert {item.code for item in turned.warnings} == {item.code for item in found.warnings}
    stored = canonical.decode(canonical.encode(found.as_json()))
    assert isinstance(stored, dict)
    assert Evaluation.from_json(stored) == found


@given(FACTS, CONVICTION)
def test_one_more_conviction_never_turns_met_into_not_met(facts: Facts, more: ConvictionFact) -> None:
    criterion = next(item for item in LV.criteria if isinstance(item, QualifyingConviction))
    before = criterion.judge(facts).outcome
    after = criterion.judge(replace(facts, convictions=(*facts.convictions, more))).outcome
    ranked = [Outcome.NOT_MET, Outcome.MISSING_DATA, Outcome.MET]
    assert ranked.index(after) >= ranked.index(before)


@given(FACTS)
def test_every_result_gives_a_reason(facts: Facts) -> None:
    for result in evaluate(LV, facts).results:
        assert result.reasons


def test_criteria_apply_only_while_in_force() -> None:
    assert LV.in_force(date(2026, 9, 1))
    with pytest.raises(NotPossibleNow) as caught:
        evaluate(LV, replace(STORY, as_of=date(2026, 8, 31)))
    assert caught.value.code == "criteria.not_in_force"
    ended = replace(LV, in_force_until=TODAY)
    assert evaluate(ended, STORY).outcome is Outcome.MET
    with pytest.raises(NotPossibleNow):
        evaluate(ended, replace(STORY, as_of=date(2026, 11, 6)))


@pytest.mark.parametrize("level", [0, 6, -1])
def test_a_level_outside_the_scale_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        AssessmentFact(reference="asm-1", instrument="X", neutral_level=level)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_an_unknown_criterion_is_no_result() -> None:
    with pytest.raises(KeyError):
        evaluate(LV, STORY).result("height")

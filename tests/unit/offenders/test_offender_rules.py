"""The chart of a decision over its full product, the necessity record, and when an override is owed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories import proposal
from somec.offenders import rules
from somec.offenders.rules import DecisionState, Necessity

ACTIONS = sorted({action for action, _, _ in rules.DECISION_CHART})
# action: state -> state; everything that is not here is not possible
EXPECTED = {
    "decision.change": {"draft": "draft", "returned": "returned"},
    "decision.submit": {"draft": "awaiting_approval", "returned": "awaiting_approval"},
    "decision.withdraw": {"draft": "withdrawn", "returned": "withdrawn", "awaiting_approval": "withdrawn"},
    "decision.return": {"awaiting_approval": "returned"},
    "decision.approve": {"awaiting_approval": "approved"},
    "decision.refuse": {"awaiting_approval": "refused"},
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", list(DecisionState))
def test_every_action_in_every_state(action: str, state: DecisionState) -> None:
    assert rules.next_state(action, state.value) == EXPECTED[action].get(state.value)


def test_the_chart_names_every_expected_action() -> None:
    assert sorted(EXPECTED) == ACTIONS


def test_nothing_leaves_a_settled_decision_and_every_open_one_has_a_way_out() -> None:
    leaving = {start for _, start, end in rules.DECISION_CHART if start != end}
    assert leaving == set(DecisionState) - rules.SETTLED


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", ["missing"]),
        ("   ", ["missing"]),
        ("too short", ["too_short"]),
        ("x" * 20, None),
        ("x" * 4001, ["too_long"]),
    ],
)
@pytest.mark.parametrize("field", ["aim", "less_intrusive", "effect_on_person", "effect_on_resettlement"])
def test_each_answer_of_the_necessity_record_is_needed(field: str, text: str, mistakes: list[str] | None) -> None:
    necessity = replace(proposal().necessity, **{field: text})
    assert necessity.mistakes() == ({field: mistakes} if mistakes else {})


def test_an_empty_record_misses_all_four() -> None:
    assert len(Necessity().mistakes()) == 4


GOOD = "The move is to the house of a former injured party."


@pytest.mark.parametrize(
    ("outcome", "warnings", "overrides", "still_open"),
    [
        ("exchange", [], {}, []),
        ("exchange", ["juvenile-only", "old-conviction"], {}, ["juvenile-only", "old-conviction"]),
        ("exchange", ["juvenile-only", "old-conviction"], {"old-conviction": GOOD}, ["juvenile-only"]),
        ("exchange", ["juvenile-only"], {"juvenile-only": "ok"}, ["juvenile-only"]),
        ("exchange", ["juvenile-only"], {"juvenile-only": " " * 40}, ["juvenile-only"]),
        ("exchange", ["juvenile-only"], {"juvenile-only": GOOD}, []),
        ("not_exchange", ["juvenile-only"], {}, []),
    ],
)
def test_a_warning_is_overridden_only_in_writing(
    outcome: str, warnings: list[str], overrides: dict[str, str], still_open: list[str]
) -> None:
    assert rules.open_overrides(outcome, warnings, overrides) == still_open

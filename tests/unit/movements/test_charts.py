"""The two state charts are total: every state has somebody who acts, and from everywhere there is a way to the end."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest

from somec.access.rules import ACTIONS
from somec.kernel.errors import NotPossibleNow
from somec.movements import messages
from somec.movements.rules import (
    CHARTS,
    ENDED,
    FINAL,
    RECEIVER,
    SENDER,
    Chart,
    Party,
    Progress,
    State,
    effective,
    find,
    learned,
    possible,
    rollup,
    step,
)

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
# Steps of the chart whose permission stands under another name in the table of access.
UNDER_OTHER_NAME = {"incoming.confirm_change", "incoming.reassign", "incoming.record_sighting"}


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_every_state_is_reached_and_somebody_acts(chart: Chart) -> None:
    reached = {chart.initial} | {row.target for row in chart.transitions if row.target}
    assert reached == set(chart.states)
    for state in chart.states:
        nobody = chart.acts_next[state] is Party.NOBODY
        by_people = [row for row in chart.transitions if state in row.sources and not row.action.startswith("learn")]
        assert nobody == (state in FINAL)
        assert nobody or by_people or chart.acts_next[state] is Party.NODE


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_the_full_product_of_states_and_steps(chart: Chart) -> None:
    actions = {row.action for row in chart.transitions}
    permitted = 0
    for state, action in itertools.product(chart.states, actions):
        rows = [row for row in chart.transitions if row.action == action and state in row.sources]
        assert len(rows) <= 1, (state, action)
        if rows:
            permitted += 1
            assert step(chart, action, state) is (rows[0].target or state)
            assert action in possible(chart, state)
        else:
            with pytest.raises(NotPossibleNow) as refused:
                step(chart, action, state)
            assert refused.value.parameters == {"action": action, "state": state.value, "chart": chart.name}
            assert action not in possible(chart, state)
    assert permitted == sum(len(row.sources) for row in chart.transitions)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_from_everywhere_there_is_a_way_to_the_end(chart: Chart) -> None:
    for start in chart.states:
        seen, waiting = {start}, [start]
        while waiting:
            state = waiting.pop()
            for row in chart.transitions:
                if state in row.sources and row.target and row.target not in seen:
                    seen.add(row.target)
                    waiting.append(row.target)
        assert seen & FINAL, start


def test_steps_of_people_are_in_the_table_of_permissions() -> None:
    steps = {
        row.action for chart in CHARTS for row in chart.transitions if row.action.startswith(("notice.", "incoming."))
    }
    assert steps - set(ACTIONS) == UNDER_OTHER_NAME


def test_documents_of_the_chart_are_types_of_the_wire() -> None:
    named = {row.document for chart in CHARTS for row in chart.transitions if row.document}
    assert named == set(messages.TYPES)


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        ("assigned", "sent", "assigned"),
        ("taken", "acknowledged", "assigned"),
        ("arrived", "sent", "arrived"),
        ("not_arrived", "assigned", "not_arrived"),
        ("arrived", "not_arrived", "arrived"),
        ("not_arrived", "arrived", "arrived"),
        ("assigned", "arrived", "arrived"),
        ("assigned", "cancelled", "cancelled"),
        ("arrived", "closed", "closed"),
        ("matched", "acknowledged", "acknowledged"),
        ("sighting", "assigned", "assigned"),
    ],
)
def test_what_the_sender_learns(event: str, before: str, after: str) -> None:
    assert learned(Progress(event), State(before)) is State(after)


@pytest.mark.parametrize("state", SENDER.states)
def test_nothing_that_is_learned_brings_a_notice_back_from_its_end(state: State) -> None:
    for event in Progress:
        after = learned(event, state)
        assert state not in ENDED or after is state
        assert after is state or find(SENDER, f"learn.{after.value}", state)


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        (["sent"], "sent"),
        (["assigned", "sent", "arrived"], "sent"),
        (["cancelled", "arrived"], "arrived"),
        (["closed", "acknowledged"], "acknowledged"),
        (["closed", "cancelled"], "cancelled"),
        (["closed", "closed"], "closed"),
        (["approved", "sent"], "approved"),
    ],
)
def test_a_notice_is_as_far_as_its_least_advanced_state(states: list[str], whole: str) -> None:
    assert rollup(State(one) for one in states) is State(whole)


def test_receipted_shows_only_what_is_sent() -> None:
    assert effective(State.SENT, receipted=True) is State.RECEIPTED
    assert effective(State.SENT, receipted=False) is State.SENT
    assert effective(State.ASSIGNED, receipted=True) is State.ASSIGNED


def test_a_closed_notice_that_is_changed_is_looked_at_again() -> None:
    assert step(RECEIVER, "learn.changed", State.CLOSED) is State.ACKNOWLEDGED
    assert step(RECEIVER, "learn.cancelled", State.CLOSED) is State.CANCELLED


def test_the_page_and_the_published_schemas_are_fresh() -> None:
    import state_charts

    for file, text in state_charts.pages().items():
        assert file.read_text("utf-8") == text, f"run scripts/state_charts.py: {file.name}"

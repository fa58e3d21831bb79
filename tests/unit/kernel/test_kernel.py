"""Ids, clock and canonical JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from somec.kernel import canonical, clock, ids
from somec.kernel.errors import Invalid, SomecError

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
KEYS = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_json_is_what_rfc_8785_says(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(VALUES)
def test_canonical_json_reads_back(value: Any) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, "json.type"),
        ({"a": {1, 2}}, "json.type"),
        (2**53, "json.integer_too_large"),
        ({"\U0001f600": 1}, "json.key"),
        ([[[]]] and __import__("functools").reduce(lambda inner, _: [inner], range(70), 1), "json.too_deep"),
    ],
    ids=["float", "set", "integer beyond 2^53", "key beyond the BMP", "too deep"],
)
def test_what_has_no_canonical_form_is_refused(value: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        canonical.encode(value)
    assert refused.value.code == code


def test_malformed_json_is_refused_with_its_place() -> None:
    with pytest.raises(Invalid) as refused:
        canonical.decode(b'{"a": ')
    assert refused.value.code == "json.malformed"


def test_ids_sort_by_time() -> None:
    start = datetime(2026, 11, 21, 22, tzinfo=UTC)
    made = []
    for step in range(5):
        with clock.frozen(start + timedelta(milliseconds=step)):
            made.append(ids.new_id("prs"))
    assert made == sorted(made)
    assert all(ids.is_id(each, "prs") and len(each) <= ids.MAX_LENGTH for each in made)
    assert not ids.is_id(made[0], "ntc")


def test_derived_ids_are_the_same_everywhere_and_depend_on_each_part() -> None:
    assert ids.derived_id("obl", "doc-1", "acknowledge") == ids.derived_id("obl", "doc-1", "acknowledge")
    assert ids.derived_id("obl", "ab", "c") != ids.derived_id("obl", "a", "bc")


def test_the_clock_is_aware_and_can_be_held() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with clock.frozen(at):
        assert clock.now() == at
    assert clock.now().utcoffset() == timedelta()
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 2)):  # noqa: DTZ001
        pass


def test_instants_are_written_and_read_in_utc() -> None:
    at = clock.parse("2026-11-21T23:00:00+01:00")
    assert clock.iso(at) == "2026-11-21T22:00:00.000Z"
    with pytest.raises(ValueError, match="zone"):
        clock.parse("2026-11-21T23:00:00")


def test_a_training_clock_runs_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "offset"
    file.write_text("86400")
    monkeypatch.setenv(clock.TRAINING_CLOCK_VARIABLE, str(file))
    monkeypatch.setattr(clock, "_training", clock._TrainingOffset())
    assert clock.training_offset() == timedelta(days=1)
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23)


def test_errors_name_their_code_and_parameters() -> None:
    assert str(SomecError("notice.late", days=3)) == "notice.late (days=3)"

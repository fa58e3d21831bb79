"""A state's criteria file: taken when right; when wrong, every mistake with its line and its field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.catalogue import criteria_file, queries
from somec.catalogue.criterion_kinds import CurrentAssessment, QualifyingConviction
from somec.catalogue.errors import CriteriaInvalid, CriteriaMissing, UnknownEntry
from somec.catalogue.reading import packaged

LV = packaged("criteria/LV.toml").decode()


def _line(text: str, needle: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if needle in line)


def _swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


# change, where its line is found, field, part of the message
MISTAKES: dict[str, tuple[Callable[[str], str], str, str, str]] = {
    "nationality as input": (
        _swap("minimum_months = 24", 'nationality = "XX"'),
        'id = "serious',
        "criterion[1]",
        "nationality",
    ),
    "birthplace as input": (
        _swap("maximum_age_days = 180", "maximum_age_days = 180\nbirthplace = true"),
        "",
        "criterion[3]",
        "birthplace",
    ),
    "text instead of number": (
        _swap("minimum_months = 24", 'minimum_months = "two years"'),
        "minimum_months",
        "criterion[1].minimum_months",
        "integer",
    ),
    "level outside the scale": (
        _swap("minimum_level = 3", "minimum_level = 7"),
        "minimum_level",
        "criterion[2].minimum_level",
        "maximum",
    ),
    "offence that there is not": (
        _swap('"0906 00", "1005 00"', '"0906 00", "9999 00"'),
        "except_offence_codes",
        "criterion[1].except_offence_codes",
        "9999 00 is not in the catalogue",
    ),
    "sign that there is not": (
        _swap("maximum_age_days = 180", 'maximum_age_days = 180\nsigns = ["nationality"]'),
        "signs = ",
        "criterion[3].signs",
        "nationality is not in the catalogue",
    ),
    "unknown tag": (
        _swap('["violent", "sexual"]', '["violent", "foreign"]'),
        "offence_tags",
        "criterion[1].offence_tags[2]",
        "foreign",
    ),
    "no offence left": (
        _swap('offence_tags = ["violent", "sexual"]', "offence_tags = []"),
        "offence_tags",
        "criterion[1].offence_tags",
        "leave no offence",
    ),
    "unknown kind": (
        _swap('kind = "order_in_force"', 'kind = "gut_feeling"'),
        'kind = "gut',
        "criterion[4].kind",
        "gut_feeling",
    ),
    "no assessment required": (
        _swap('rule = "any"', 'rule = "any"\nrequired = false'),
        "[[criterion]]",
        "criterion",
        "a required current_assessment is missing",
    ),
    "id twice": (
        _swap('id = "link-to-movement"', 'id = "current-assessment"'),
        "",
        "criterion[3].id",
        "stands twice",
    ),
    "language outside the EU": (
        _swap('en = "An order', 'no = "En dom"\nen = "An order'),
        "no = ",
        "criterion[4].label.no",
        "language of the EU",
    ),
    "no English": (
        _swap('en = "An order with', 'fr = "An order with'),
        "[criterion.label]",
        "criterion[4].label",
        "en",
    ),
    "another state": (_swap('state = "LV"', 'state = "EE"'), "state = ", "state", "named for LV"),
    "no date": (_swap("2026-09-01", '"soon"'), "in_force_since", "in_force_since", "date"),
    "ends before it starts": (
        _swap("version = 4", "version = 4\nin_force_until = 2026-08-31"),
        "in_force_until",
        "in_force_until",
        "earlier",
    ),
    "example and verified": (_swap("verified = false", "verified = true"), "verified", "verified", "example"),
    "no source": (_swap("source = ", "sauce = "), "state = ", "file", "sauce"),
}


@pytest.mark.parametrize(("change", "needle", "field", "part"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_named_with_its_field(change: Callable[[str], str], needle: str, field: str, part: str) -> None:
    text = change(LV)
    with pytest.raises(CriteriaInvalid) as caught:
        criteria_file.read("LV.toml", text.encode(), "LV")
    hits = [(line, name, message) for line, name, message in caught.value.problems if part in message]
    assert hits, caught.value.problems
    assert hits[0][1] == ("" if field == "file" else field)


@pytest.mark.parametrize(
    ("change", "needle"),
    [(change, needle) for change, needle, field, _ in MISTAKES.values() if "." in field and needle],
)
def test_each_mistake_is_named_with_its_line(change: Callable[[str], str], needle: str) -> None:
    text = change(LV)
    with pytest.raises(CriteriaInvalid) as caught:
        criteria_file.read("LV.toml", text.encode(), "LV")
    lines = text.splitlines()
    assert any(needle in lines[line - 1] for line, _, _ in caught.value.problems)


def test_several_mistakes_come_at_once_in_the_order_of_the_file() -> None:
    text = LV.replace("minimum_months = 24", "minimum_months = 0").replace("minimum_level = 3", "minimum_level = 9")
    with pytest.raises(CriteriaInvalid) as caught:
        criteria_file.read("LV.toml", text.encode(), "LV")
    places = [(line, field) for line, field, _ in caught.value.problems]
    assert places == [
        (_line(text, "minimum_months"), "criterion[1].minimum_months"),
        (_line(text, "minimum_level"), "criterion[2].minimum_level"),
    ]
    assert str(caught.value).splitlines()[0].startswith(f"LV.toml:{places[0][0]}: criterion[1].minimum_months: ")
    assert caught.value.code == "catalogue.criteria_invalid"
    assert caught.value.fields.keys() == {"criterion[1].minimum_months", "criterion[2].minimum_level"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'state = "LV"\nversion = = 4\n', 2),
        (b'state = "LV\n', 1),
        (b'# ok\nstate = "\xff"\n', 2),
        (b"a = 1\na = 2\n", 2),
    ],
)
def test_what_is_not_toml_is_named_with_its_line(content: bytes, line: int) -> None:
    with pytest.raises(CriteriaInvalid) as caught:
        criteria_file.read("LV.toml", content, "LV")
    assert caught.value.problems[0][0] == line


def test_an_oversized_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(CriteriaInvalid, match="larger"):
        criteria_file.read("LV.toml", b"#" * (criteria_file.MAXIMUM_BYTES + 1), "LV")


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_no_content_leads_to_anything_but_a_list_of_mistakes(content: bytes) -> None:
    with pytest.raises(CriteriaInvalid) as caught:
        criteria_file.read("LV.toml", content, "LV")
    assert caught.value.problems


@pytest.mark.parametrize("state", ["LV", "NL", "ES"])
def test_examples_say_that_they_are_made_up(state: str) -> None:
    found = queries.criteria_for(state)
    assert (found.state, found.example, found.verified) == (state, True, False)
    assert "Made up by the somec project" in found.source
    assert len(found.digest) == 64
    for lang in ("en", "lv", "nl", "es"):
        assert found.label(lang).translated
        assert all(criterion.label(lang).translated for criterion in found.criteria)


def test_tags_codes_and_exceptions_become_one_list() -> None:
    lv, nl = queries.criteria_for("LV").criteria[0], queries.criteria_for("NL").criteria[0]
    assert isinstance(lv, QualifyingConviction)
    assert isinstance(nl, QualifyingConviction)
    assert {"1001 00", "0801 00"} <= lv.offence_codes
    assert not {"0906 00", "1005 00", "1701 00", "1610 00"} & lv.offence_codes
    assert {"1610 00", "0401 00"} <= nl.offence_codes
    assert lv.sentence_codes == {"1000", "1001", "1002"}
    assert "7001" in nl.sentence_codes


def test_a_state_without_example_has_none() -> None:
    with pytest.raises(CriteriaMissing):
        queries.criteria_for("DE")
    with pytest.raises(UnknownEntry):
        queries.criteria_for("../LV")


def test_a_states_own_folder_replaces_the_example(tmp_path: Path) -> None:
    with pytest.raises(CriteriaMissing):
        queries.criteria_for("LV", directory=tmp_path)
    own = LV.replace("example = true", "example = false").replace("minimum_level = 3", "minimum_level = 5")
    (tmp_path / "LV.toml").write_text(own, encoding="utf-8")
    found = queries.criteria_for("LV", directory=tmp_path)
    assert not found.example
    assert isinstance(found.criteria[1], CurrentAssessment)
    assert found.criteria[1].minimum_level == 5
    assert found.digest != queries.criteria_for("LV").digest
    (tmp_path / "LV.toml").write_text(own.replace("minimum_level = 5", "minimum_level = 4"), encoding="utf-8")
    assert queries.criteria_for("LV", directory=tmp_path).digest != found.digest  # no stale copy


def test_fields_left_out_take_the_cautious_default() -> None:
    text = LV.replace("count_suspended = true\n", "").replace('rule = "any"\n', "")
    text = text[: text.index("[warnings]")] + "[warnings]\n"
    found = criteria_file.read("LV.toml", text.encode(), "LV")
    conviction, assessment = found.criteria[:2]
    assert isinstance(conviction, QualifyingConviction)
    assert isinstance(assessment, CurrentAssessment)
    assert conviction.count_spent is False
    assert assessment.rule.value == "latest"
    assert (found.warnings.destination_only, found.warnings.whole_group, found.warnings.no_order_in_force) == (
        True,
        True,
        True,
    )

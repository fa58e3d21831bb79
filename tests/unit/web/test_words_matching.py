"""Every code of the matching engine has its sentence, in English and Latvian, with the plural that the number asks for."""

from __future__ import annotations

import pytest
from django.utils import translation

from somec.movements.views import LinkInQuestion
from somec.persons.matching.answer import Direction, Outcome
from somec.persons.matching.explain import CODES
from somec.persons.search import CAUTIONS, PLAIN_CODES, REASONS, Evidence, Sides
from somec.web import comparison, figures, words_matching

PARAMETERS = {"ours": "Valērijs", "theirs": "Valeriy", "one_in": 12_400}
DATES = {"ours": "1984-03", "theirs": "1984-03-17"}


def evidence(code: str, *, bits: float = 1.0, **changed: str | int) -> Evidence:
    field = {"date": "birth_date"}.get(code.partition(".")[0], code.partition(".")[0])
    given = DATES if field == "birth_date" else PARAMETERS
    direction = Direction.MISSING if code.endswith(".missing") else Direction.FOR if bits > 0 else Direction.AGAINST
    return Evidence(field=field, direction=direction, bits=bits, code=code, parameters={**given, **changed})


@pytest.mark.parametrize("code", [*CODES, *PLAIN_CODES])
def test_each_code_of_evidence_is_a_sentence_in_both_languages(code: str) -> None:
    said = {}
    for language in ("en", "lv"):
        with translation.override(language):
            said[language] = comparison.sentence(evidence(code))
    assert code not in said.values(), "a bare code"
    assert said["en"] != said["lv"], "not translated"
    for text in said.values():
        assert "%(" not in text
        assert text[0].isupper() or text[0] in "“0123456789", text
        assert not text.endswith(".")
    names = {"ours", "theirs"} & {name for name in ("ours", "theirs") if f"{{{name}}}" in CODES.get(code, ("", ""))[0]}
    for name in names:
        wanted = {"1984-03": ("March 1984", "1984. gada marts"), "1984-03-17": ("17 Mar 1984", "17.03.1984")}
        value = (DATES if code.startswith("date.") else PARAMETERS)[name]
        shown = wanted.get(str(value), (str(value), str(value)))
        assert shown[0] in said["en"], "a value that the sentence needs is not in it"
        assert shown[1] in said["lv"]


def test_no_sentence_for_a_code_that_the_engine_does_not_give() -> None:
    assert set(words_matching.EVIDENCE) == {*CODES, *PLAIN_CODES}
    assert set(words_matching.RARITY) == {code for code, texts in CODES.items() if "{one_in}" in texts[0]}


@pytest.mark.parametrize(
    ("language", "one_in", "wanted"),
    [
        ("en", 1, "Everybody here has one like it"), ("en", 2, "1 person in 2 has such a name"),
        ("en", 12_400, "1 person in 12,400 has such a name"), ("lv", 1, "visiem"), ("lv", 21, "no 21"), ("lv", 12_400, "12 400"),
    ],
)  # fmt: skip
def test_how_rare_a_name_is_takes_the_plural_and_the_way_of_writing_numbers(
    language: str, one_in: int, wanted: str
) -> None:
    with translation.override(language):
        assert wanted in comparison.sentence(evidence("name.same", one_in=one_in)).replace("\xa0", " ")


@pytest.mark.parametrize("language", ["en", "lv"])
def test_the_five_answers_are_told_apart_and_each_says_what_to_do(language: str) -> None:
    with translation.override(language):
        codes = [one.value for one in Outcome]
        assert len({str(words_matching.OUTCOME_TITLES[code]) for code in codes}) == len(codes) == 5
        for code in codes:
            assert str(words_matching.OUTCOME_TEXTS[code])
            assert len(words_matching.OUTCOME_STEPS[code]) >= 2
    assert set(words_matching.OUTCOME_TITLES) == {*codes, "number_found", "number_not_found"}
    assert set(words_matching.OUTCOME_TITLES) == set(words_matching.OUTCOME_TEXTS) == set(words_matching.OUTCOME_STEPS)


def test_reasons_cautions_and_sides_have_their_words() -> None:
    assert set(words_matching.REASONS) == set(REASONS)
    assert set(words_matching.CAUTIONS) == set(words_matching.CAUTION_TITLES) == set(CAUTIONS)
    assert LinkInQuestion.__doc__ is not None
    assert all(f"{side}" in LinkInQuestion.__doc__ for side in words_matching.SIDES_IN_QUESTION)


@pytest.mark.parametrize(
    ("probability", "figure", "said"),
    [
        (0.9999, "more than 99.9 in 100", "very likely"), (0.967, "96.7 in 100", "very likely"),
        (0.9, "90.0 in 100", "very likely"), (0.5, "50.0 in 100", "likely"), (0.12, "12.0 in 100", "possible"),
        (0.0123, "1.2 in 100", "unlikely"), (0.0099, "1.0 in 100", "very unlikely"),
        (0.0, "less than 0.1 in 100", "very unlikely"),
    ],
)  # fmt: skip
def test_a_probability_is_never_said_to_be_certain(probability: float, figure: str, said: str) -> None:
    assert figures.in_hundred(probability) == figure
    assert figures.likely_words(probability) == said


def test_bits_stand_with_their_sign_and_nothing_is_minus_nought() -> None:
    assert figures.signed(7.44) == "+7.4"
    assert figures.signed(-0.9) == "\N{MINUS SIGN}0.9"
    found = comparison.comparison([evidence("sex.same", bits=0.9)], [Sides(field="sex", asked=("male",))])
    assert (found.plus, found.minus) == ("0.9", "0.0")


def test_parts_of_a_name_are_one_row_that_adds_up_and_has_a_line_for_each() -> None:
    pieces = [
        evidence("name.same", bits=8.0), evidence("name.different", bits=-2.5), evidence("name.extra", bits=-0.5),
    ]  # fmt: skip
    sides = [Sides(field="name", asked=("Valeriy Kovshov",), filed=("КОВШОВ, Валерий", "KOVŠOVS, Valērijs"))]
    row = comparison.comparison(pieces, sides).rows[0]
    assert (row.figure, row.direction, len(row.lines)) == ("+5.0", "for", 3)
    assert [one.bits for one in row.lines] == ["+8.0", "\N{MINUS SIGN}2.5", "\N{MINUS SIGN}0.5"]
    assert [one.lang for one in row.filed] == ["und-Cyrl", ""]
    assert row.bar is not None
    assert row.bar.supports


def test_a_bar_never_leaves_its_drawing() -> None:
    pieces = [evidence("document.same", bits=16.0), evidence("sex.different", bits=-4.0)]
    rows = comparison.comparison(pieces, []).rows
    for row in rows:
        assert row.bar is not None
        assert 0 <= float(row.bar.x) <= float(row.bar.x) + float(row.bar.width) <= 128


@pytest.mark.parametrize(
    ("asked", "filed", "withheld", "wanted"),
    [
        (("P1",), (), False, "Not on file. It would say most"), ((), ("P1",), False, "Not given. It would say most"),
        ((), (), True, "Not given. It would say most"),
    ],
)  # fmt: skip
def test_what_is_missing_says_on_which_side(
    asked: tuple[str, ...], filed: tuple[str, ...], withheld: bool, wanted: str
) -> None:
    sides = [Sides(field="document", asked=asked, filed=filed, withheld=withheld)]
    row = comparison.comparison([evidence("document.missing", bits=0.0)], sides).rows[0]
    assert [one.text for one in row.lines] == [wanted]
    assert (row.direction, row.figure, row.bar) == ("missing", "", None)


def test_what_nobody_says_is_named_once_and_is_no_row() -> None:
    found = comparison.comparison([evidence("height.missing", bits=0.0)], [Sides(field="height")])
    assert (found.rows, found.nowhere, found.missing) == ((), ("Height in cm",), 1)


@pytest.mark.parametrize(
    ("text", "tag"),
    [("КОВШОВ", "und-Cyrl"), ("Παπαδόπουλος", "und-Grek"), ("محمد", "und-Arab"), ("כהן", "und-Hebr"),
     ("გიორგი", "und-Geor"), ("Kovšovs", ""), ("1984", ""), ("", "")],
)  # fmt: skip
def test_a_name_in_another_script_says_in_which(text: str, tag: str) -> None:
    assert comparison.script_of(text) == tag

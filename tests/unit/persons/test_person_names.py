"""Scripts, romanisation by named rules, sound codes, and the keys that find a file. Tables a linguist can read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.persons import names, phonetics
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Document, Name


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Kovšovs", "Latn"),
        ("Ковшов", "Cyrl"),
        ("Παπαδόπουλος", "Grek"),
        ("محمد", "Arab"),
        ("כהן", "Hebr"),
        ("გელაშვილი", "Geor"),
        ("Հայկ", "Armn"),
        ("王", "Hani"),
        ("1984 -", "Zyyy"),
        ("", "Zyyy"),
    ],
)
def test_script_of_a_name(text: str, script: str) -> None:
    assert names.script_of(text) == script


@pytest.mark.parametrize(
    ("language", "family", "given_name", "rule", "romanised"),
    [
        ("ru", "КОВШОВ", "Валерий", "icao_9303", "KOVSHOV Valerii"),
        ("ru", "КОВШОВ", "Валерий", "bgn_pcgn", "KOVSHOV Valeriy"),
        ("ru", "Щукин", "Юлия", "icao_9303", "Shchukin Iuliia"),
        ("bg", "Щерев", "Цветелина", "icao_9303", "Shterev Tsvetelina"),
        ("uk", "Гончар", "Ярина", "icao_9303", "Honchar Iaryna"),
        ("sr", "Живковић", "Чеда", "icao_9303", "Zivkovic Ceda"),
        ("el", "Παπαδόπουλος", "Άννα", "ungegn", "Papadópoulos Ánna"),
        ("ka", "გელაშვილი", "", "bgn_pcgn", "gelashvili "),
        ("", "王", "", "icu_any_latin", "wáng "),
    ],
)
def test_romanisation_by_its_rule(language: str, family: str, given_name: str, rule: str, romanised: str) -> None:
    found = {
        roman.rule: roman for roman in names.romanisations(Name(family=family, given=given_name, language=language))
    }
    assert f"{found[rule].family} {found[rule].given}" == romanised


def test_a_latin_name_is_its_own_spelling() -> None:
    assert names.romanisations(Name(family="KOVŠOVS", given="Valērijs")) == ()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("KOVŠOVS, Valērijs", "kovsovs valerijs"),
        ("Ķēniņš", "kenins"),
        ("O'Brien", "obrien"),
        ("García-López", "garcia lopez"),
        ("IJsselstein", "ijsselstein"),
        ("Großmann", "grossmann"),
        ("Łódź", "lodz"),
        ("  van   der Meer ", "van der meer"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert names.fold(text) == folded


@pytest.mark.parametrize(
    ("token", "without_grammar"),
    [
        ("kovsovs", "kovsov"),
        ("ivanova", "ivanov"),
        ("kowalska", "kowalsk"),
        ("weiss", "weiss"),
        ("anna", "anna"),
        ("bos", "bos"),
    ],
)
def test_endings_that_only_mark_grammar(token: str, without_grammar: str) -> None:
    assert names.stems(token)[-1] == without_grammar


@pytest.mark.parametrize(
    ("name", "codes"),
    [  # the published examples of the Daitch-Mokotoff system
        ("auerbach", {"097500", "097400"}),
        ("ohrbach", {"097500", "097400"}),
        ("lipshitz", {"874400"}),
        ("lewinsky", {"876450"}),
        ("levinski", {"876450"}),
        ("szlamawicz", {"486740"}),
        ("shlamovitz", {"486740"}),
        ("peters", {"739400", "734000"}),
        ("peterson", {"739460", "734600"}),
        ("moskowitz", {"645740"}),
        ("moskovitz", {"645740"}),
        ("jackson", {"154600", "454600", "145460", "445460"}),
        ("halberstadt", {"587943", "587433"}),
        ("", set()),
        ("123", set()),
    ],
)
def test_sound_codes(name: str, codes: set[str]) -> None:
    assert set(phonetics.codes(name)) == codes


@pytest.mark.parametrize("other", ["KOWSCHOW", "Kovshov", "Ковшов", "KOVŠOVA", "Kowszow"])
def test_one_name_by_several_clerks_shares_a_sound(other: str) -> None:
    ours = names.name_keys([Name(family="KOVŠOVS")])
    theirs = names.name_keys([Name(family=other, language="ru")])
    assert {key for key in ours & theirs if key[0] == "sound"}


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=40))
def test_any_token_has_a_few_codes_of_six_digits(token: str) -> None:
    codes = phonetics.codes(token)
    assert len(codes) <= phonetics.MAX_CODES
    assert all(len(code) == 6 and code.isdigit() for code in codes)


KEY = st.text(alphabet="0123456789abcdefghijklmnopqrstuvwxyz", max_size=6)


@given(KEY.filter(bool), KEY)
def test_a_prefix_is_a_range_of_keys(prefix: str, key: str) -> None:
    end = names.next_prefix(prefix)
    within = prefix <= key and (not end or key < end)
    assert within is key.startswith(prefix)


def test_dates_are_found_by_each_known_part() -> None:
    assert names.date_keys([Birth(date=PartialDate(1984, 3, 7)), Birth(date=PartialDate(1985))]) == {
        ("born", "1984"),
        ("born", "1984-03"),
        ("born", "1984-03-07"),
        ("born", "1985"),
    }


def test_a_document_is_found_however_its_number_is_written() -> None:
    written = [Document(kind="passport", number=number, state="LV") for number in ("LV 552-0193", "lv5520193")]
    assert names.document_keys(written) == {("number", "lv5520193")}

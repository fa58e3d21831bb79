"""Tables that a linguist can read: what a Latin spelling may stand for, by language and system."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from somec.persons.matching.folding import fold, folds, stems
from somec.persons.matching.keys import word_keys
from somec.persons.matching.readings import MOST, READINGS, asian_readings, readings
from somec.persons.matching.scripts import Script, clean

READ = [
    ("bachir", "bashir"),
    ("christos", "khristos"),
    ("oualid", "walid"),
    ("alaoui", "alawi"),
    ("marouane", "marwane"),
    ("joukov", "zhoukov"),
    ("kouzmine", "kouzmin"),
    ("guennadi", "gennadi"),
    ("raximov", "rakhimov"),
    ("ağca", "ağdja"),
    ("cemil", "djemil"),
    ("rusnac", "rusnak"),
    ("tjandra", "chandra"),
    ("ntalianis", "dalianis"),
    ("mpampis", "bampis"),
    ("khwaja", "khaja"),
    ("chowdhury", "chaudhury"),
    ("wierzbicki", "wiezhbicki"),
    ("uladzimir", "uladimir"),
    ("ahmadzai", "ahmadZai"),
    ("grzędziński", "grzendziński"),
    ("etxeberria", "echeberria"),
    ("hryhorii", "grygorii"),
    ("saizew", "zaitsew"),
    ("zjoekov", "zhukov"),
    ("csizmadia", "chizmadia"),
    ("szabó", "sabó"),
]


@pytest.mark.parametrize(("written", "said"), READ)
def test_a_spelling_has_the_reading_of_its_language(written: str, said: str) -> None:
    assert said in readings(written)


@pytest.mark.parametrize("word", ["smith", "anna", "kowalski", "wang", "oleksandrovych", "martin", "tomasz", "stefan"])
def test_spellings_of_one_reading_have_no_other_or_only_close_ones(word: str) -> None:
    assert all(fold(other)[:2] == fold(word)[:2] for other in readings(word))


def test_each_row_has_a_name_and_a_pattern_and_few_are_kept() -> None:
    for about, pattern, _ in READINGS:
        assert re.compile(pattern)
        assert len(about) > 10
    assert len(readings("jachouxchowdzexguehtjoux")) == MOST


KOREAN_AND_CHINESE = [
    ("yeongho", "yongho"),
    ("youngho", "yongho"),
    ("cheolsu", "cholsu"),
    ("seung", "sung"),
    ("tsetung", "zedong"),
    ("chihchiang", "zhijiang"),
    ("hsiu", "xiu"),
    ("kung", "gong"),
]


@pytest.mark.parametrize(("written", "said"), KOREAN_AND_CHINESE)
def test_korean_vowels_and_wade_giles(written: str, said: str) -> None:
    assert said in asian_readings(written)


@pytest.mark.parametrize("word", ["george", "leonard", "anna", "müller", "smith"])
def test_other_words_are_no_korean_or_chinese_syllables(word: str) -> None:
    assert not asian_readings(word)


SAME_FORM = [
    "Musayev Musaev Musaiev Mussajew Мусаев",
    "Sergeyev Sergeev Сергеев",
    "Abdelrahman Abderrahman Abdurrahman Abdalrahman Abdirahman Абдурахман",
    "Ghannouchi Ghannushi",
    "Oualid Walid",
    "Raximov Rakhimov Рахимов",
    "Цзиньпин Jinping",
    "Чжицян Zhiqiang",
    "Zhijiang Chihchiang",
    "영호 Yeongho Yongho",
    "Zhukov Joukov Zjukov Жуков",
]


@pytest.mark.parametrize("spellings", SAME_FORM)
def test_spellings_of_one_name_by_different_systems_share_a_form(spellings: str) -> None:
    forms = [set(word_keys(clean(spelling)).forms) for spelling in spellings.split()]
    assert all(set.intersection(first, second) for first, second in pairwise(forms)), forms


STEMS = [
    ("petrauskeite", "petrausk"),
    ("zukauskiene", "zukausk"),
    ("horakova", "horak"),
]


@pytest.mark.parametrize(("form", "stem"), STEMS)
def test_endings_of_women_in_lithuanian_and_czech(form: str, stem: str) -> None:
    assert stem in stems(form)


PARTICLES = [
    ("vanderheyden", "heyden"),
    ("opdenkamp", "kamp"),
    ("delacruz", "cruz"),
    ("digregorio", "gregorio"),
    ("benali", "ali"),
    ("nováková", "novák"),
]


@pytest.mark.parametrize(("written", "bare"), PARTICLES)
def test_a_name_is_found_without_what_is_written_onto_it(written: str, bare: str) -> None:
    keys = word_keys(written)
    assert fold(bare).encode() in keys.forms[len(keys.forms) - keys.stems :]


@pytest.mark.parametrize("word", ["denise", "terry", "laura", "leonardo", "benedict", "stefan"])
def test_short_or_vowel_beginnings_stay(word: str) -> None:
    assert all(len(form) > len(word) - 3 for form in word_keys(word).forms)


@pytest.mark.parametrize("word", ["张", "이", "박", "谢"])
def test_a_syllable_of_chinese_or_korean_is_a_name_and_no_initial(word: str) -> None:
    assert len(word_keys(word).plain) > 1
    assert len(word_keys("ш").plain) == 1


def test_urdu_breath_and_final_h_are_silent() -> None:
    assert folds(("cudri",), Script.ARABIC) == ("cudri",)
    assert word_keys("چودھری").forms == word_keys("چودری").forms
    assert word_keys("عائشہ").forms == word_keys("عائشة").forms

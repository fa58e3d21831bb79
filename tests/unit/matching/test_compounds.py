"""Tables that a linguist can read: one name in several words, and articles as they are spoken."""

from __future__ import annotations

import pytest

from somec.persons.matching.compounds import is_article
from somec.persons.matching.cyrillic_asian import asian_spellings
from somec.persons.matching.keys import word_keys
from somec.persons.matching.names import parts_of

WRITTEN = [
    ("Abd Alrahman al-Masri", ["abdulrahman", "masri"]),
    ("Abd er-Rahman", ["abdulrahman"]),
    ("Abdur Rehman Khan", ["abdulrehman", "khan"]),
    ("Абд ар-Рахман аль-Масри", ["абдулрахман", "масри"]),
    ("Абдул-Азиз ас-Сади", ["абдулазиз", "сади"]),
    ("Абу Зейд", ["абузейд"]),
    ("Abdou Diallo", ["abdou", "diallo"]),
    ("Abdou Rahmane Ba", ["abdou", "rahmane", "ba"]),
    ("Qamar uz-Zaman Khan", ["qamaruzzaman", "khan"]),
    ("Shafiq ul-Islam Mirza", ["shafiqulislam", "mirza"]),
    ("Zaki-ur-Rehman", ["zakiurrehman"]),
    ("Zakiur Rehman", ["zakiurrehman"]),
    ("Заки-ур-Рехман Хан", ["закиуррехман", "хан"]),
    ("Салах ад-Дин", ["салахуддин"]),
    ("فضل الرحمٰن قریشی", ["فضلرحمن", "قریشی"]),
    ("محمّد بن سلمان", ["محمد", "سلمان"]),
    ("Saif al-Din Haddad", ["saifuddin", "haddad"]),
    ("Habib Ullah Tokhi", ["habibullah", "tokhi"]),
    ("Ali Hossein Zadeh", ["ali", "hosseinzadeh"]),
    ("علی حسین زاده", ["علی", "حسینزاده"]),
    ("Md. Iqbal Mirza", ["mohammed", "iqbal", "mirza"]),
    ("Mohd Iqbal", ["mohammed", "iqbal"]),
    ("Ali ez-Zerkaoui Hasan", ["ali", "zerkaoui", "hasan"]),
    ("Ali Can Er", ["ali", "can", "er"]),
    ("Yu. Zh. Petrov", ["y", "z", "petrov"]),
    ("Ma. Dolores Ruiz", ["maria", "dolores", "ruiz"]),
    ("Mª Dolores Ruiz", ["maria", "dolores", "ruiz"]),
    ("Ma Wei", ["ma", "wei"]),
    ("St. John", ["st", "john"]),
    ("Alhaji Musa Bello", ["musa", "bello"]),
]


@pytest.mark.parametrize(("written", "parts"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_compounds_come_out_as_one_word(written: str, parts: list[str]) -> None:
    assert [part.text for part in parts_of(written)] == parts


ARTICLES = [
    ("al", "masri", True),
    ("ar", "rahman", True),
    ("ash", "shami", True),
    ("ech", "cheikh", True),
    ("аш", "шами", True),
    ("ar", "masri", False),
    ("er", "kaya", False),
]


@pytest.mark.parametrize(("word", "following", "answer"), ARTICLES)
def test_the_article_takes_the_letter_that_follows(word: str, following: str, answer: bool) -> None:
    assert is_article(word, following) is answer


@pytest.mark.parametrize(
    ("one", "other"),
    [("Qamar uz Zaman", "Qamaruzzaman"), ("Zaki-ur-Rehman", "Zakiurrehman"), ("Abd al-Aziz", "Abdelaziz")],
)
def test_joined_and_apart_share_a_sound_form(one: str, other: str) -> None:
    first, second = (word_keys(parts_of(name)[0].text).forms for name in (one, other))
    assert set(first) & set(second)


PALLADIUS_AND_POLIVANOV = [
    ("цзиньпин", "jinping"),
    ("цзянь", "jian"),
    ("чжицян", "zhiqiang"),
    ("сяопин", "xiaoping"),
    ("вэньбинь", "wenbin"),
    ("цзэдун", "zedong"),
    ("сюй", "xu"),
    ("синдзо", "shiнzо"),
]


@pytest.mark.parametrize(("written", "spelled"), PALLADIUS_AND_POLIVANOV)
def test_chinese_and_japanese_names_in_russian(written: str, spelled: str) -> None:
    assert spelled in asian_spellings(written)


@pytest.mark.parametrize("word", ["иван", "анна", "сергей", "катя", "вася", "никита", "петров", "хуан"])
def test_russian_names_are_not_read_as_chinese_or_japanese(word: str) -> None:
    assert asian_spellings(word) == ()

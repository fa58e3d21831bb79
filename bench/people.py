"""Made-up people and the ways their data go wrong, from one seed.

Names come from the name lists of Faker (MIT) for 40 countries in seven scripts, drawn by a Zipf law; rare surnames
are grown by a letter model of the same country, so that the vocabulary is as
long-tailed as a real register. Nobody here exists. The corruptions romanise with ICU and with spellings listed here,
never with the engine's own tables.
"""

from __future__ import annotations

import argparse
import bisect
import csv
import importlib
import os
import random
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import icu

COUNTRIES = {
    "LV": "lv_LV",
    "LT": "lt_LT",
    "EE": "et_EE",
    "PL": "pl_PL",
    "DE": "de_DE",
    "AT": "de_AT",
    "NL": "nl_NL",
    "BE": "nl_BE",
    "FR": "fr_FR",
    "ES": "es_ES",
    "PT": "pt_PT",
    "IT": "it_IT",
    "SE": "sv_SE",
    "FI": "fi_FI",
    "DK": "da_DK",
    "NO": "no_NO",
    "IE": "en_IE",
    "GB": "en_GB",
    "CZ": "cs_CZ",
    "SK": "sk_SK",
    "HU": "hu_HU",
    "RO": "ro_RO",
    "HR": "hr_HR",
    "SI": "sl_SI",
    "BG": "bg_BG",
    "RU": "ru_RU",
    "UA": "uk_UA",
    "GR": "el_GR",
    "CY": "el_GR",
    "GE": "ka_GE",
    "AM": "hy_AM",
    "TR": "tr_TR",
    "AZ": "az_AZ",
    "SA": "ar_SA",
    "SY": "ar_AA",
    "PS": "ar_PS",
    "DZ": "ar_DZ",
    "IL": "he_IL",
    "IR": "fa_IR",
    "IN": "en_IN",
}
WEIGHTS = {
    "LV": 9,
    "PL": 7,
    "DE": 7,
    "RO": 6,
    "BG": 5,
    "RU": 6,
    "UA": 6,
    "GR": 4,
    "FR": 5,
    "ES": 5,
    "IT": 5,
    "SY": 3,
    "DZ": 2,
    "GE": 2,
    "AM": 1,
    "IL": 1,
    "IR": 1,
}
CITIES = {
    "LV": "Rīga Daugavpils Liepāja Jelgava Ventspils",
    "LT": "Vilnius Kaunas Klaipėda",
    "EE": "Tallinn Tartu Narva",
    "PL": "Warszawa Kraków Łódź Wrocław",
    "DE": "Berlin Hamburg München Köln",
    "AT": "Wien Graz Linz",
    "NL": "Amsterdam Rotterdam Utrecht",
    "BE": "Brussel Antwerpen Gent",
    "FR": "Paris Lyon Marseille Lille",
    "ES": "Madrid Barcelona Valencia Sevilla",
    "PT": "Lisboa Porto Braga",
    "IT": "Roma Milano Napoli Torino",
    "SE": "Stockholm Göteborg Malmö",
    "FI": "Helsinki Tampere Turku",
    "DK": "København Aarhus Odense",
    "NO": "Oslo Bergen",
    "IE": "Dublin Cork Galway",
    "GB": "London Leeds Glasgow Belfast",
    "CZ": "Praha Brno Ostrava",
    "SK": "Bratislava Košice",
    "HU": "Budapest Debrecen Szeged",
    "RO": "București Cluj-Napoca Iași Timișoara",
    "HR": "Zagreb Split Rijeka",
    "SI": "Ljubljana Maribor",
    "BG": "София Пловдив Варна",
    "RU": "Москва Самара Казань Омск",
    "UA": "Київ Харків Одеса Львів",
    "GR": "Αθήνα Θεσσαλονίκη Πάτρα",
    "CY": "Λευκωσία Λεμεσός",
    "GE": "თბილისი ბათუმი ქუთაისი",
    "AM": "Երևան Գյումրի",
    "TR": "İstanbul Ankara İzmir",
    "AZ": "Bakı Gəncə",
    "SA": "الرياض جدة",
    "SY": "دمشق حلب حمص",
    "PS": "غزة نابلس",
    "DZ": "الجزائر وهران",
    "IL": "תל-אביב חיפה",
    "IR": "تهران اصفهان",
    "IN": "Delhi Mumbai",
}
# Names as Arabic writes them and as passports of different states spell them.
ARABIC = [
    line.split()
    for line in (
        "محمد Mohammed Muhammad Mohamed Mehmet",
        "أحمد Ahmed Ahmad Ahmet",
        "علي Ali Aly",
        "حسن Hassan Hasan Hacene",
        "حسين Hussein Husain Hossain Hocine",
        "عمر Omar Umar Amor",
        "خالد Khaled Khalid Haled",
        "يوسف Youssef Yusuf Yousuf Joseph",
        "إبراهيم Ibrahim Ebrahim Brahim",
        "مصطفى Mustafa Mostafa Moustapha",
        "محمود Mahmoud Mahmud Mahmood",
        "سعيد Said Saeed Saïd",
        "كريم Karim Kareem",
        "طارق Tariq Tarek Tarik",
        "جمال Jamal Gamal Djamel",
        "ناصر Nasser Nasir Naser",
        "سمير Samir Sameer",
        "فاطمة Fatima Fatma Fatimah",
        "عائشة Aisha Aicha Aysha",
        "مريم Maryam Mariam Meriem",
        "زينب Zainab Zeinab Zineb",
        "خديجة Khadija Khadidja Hadija",
        "ليلى Leila Layla Laila",
        "نور Nour Noor Nur",
        "هدى Huda Hoda Houda",
        "سلمان Salman Selman",
        "فيصل Faisal Faysal Feisal",
        "بلال Bilal Belal",
        "أنس Anas Anes",
        "حمزة Hamza Hamzah",
        "زياد Ziad Ziyad",
        "وليد Walid Waleed Oualid",
        "رشيد Rachid Rashid Rasheed",
        "منصور Mansour Mansur Mansoor",
        "الحسن Alhassan Al-Hassan El-Hassan",
        "الخطيب Al-Khatib Alkhatib El-Khatib",
        "حداد Haddad Hadad",
        "النجار Al-Najjar Alnajar Ennajar",
        "المصري Al-Masri Almasri El-Masry",
        "الشامي Al-Shami Alshami Chami",
        "العلي Al-Ali Alali El-Ali",
        "درويش Darwish Darwich Dervish",
        "قاسم Qasim Kassem Kasem Gasem",
        "عباس Abbas Abas",
        "شريف Sharif Cherif Sherif",
        "بوعزيز Bouaziz Boaziz",
        "زيتوني Zitouni Zeitouni",
        "منصوري Mansouri Mansoori",
        "إسماعيل Ismail Ismael Smail",
        "عبدالله Abdullah Abdallah Abdulla",
        "عبدالرحمن Abdulrahman Abderrahmane Abdel-Rahman",
        "الأحمد Al-Ahmad Alahmed",
        "بركات Barakat Berkat",
        "حمدان Hamdan Hemdan",
        "صالح Saleh Salih Salah",
        "سليمان Sulaiman Suleiman Slimane",
        "ياسين Yassin Yasin Yacine",
        "رضوان Radwan Redouane Ridwan",
        "غنيم Ghonim Ghanim Ghoneim",
        "طه Taha Tah",
        "جابر Jaber Gaber Djaber",
        "فارس Fares Faris",
        "مراد Murad Mourad Morad",
        "عثمان Othman Osman Uthman",
        "بن-علي Benali Ben-Ali Bin-Ali",
    )
]
NICKNAMES = dict(
    pair.split("=")
    for pair in [
        "Aleksandr=Sasha",
        "Александр=Саша",
        "Владимир=Вова",
        "Дмитрий=Дима",
        "Михаил=Миша",
        "Екатерина=Катя",
        "Мария=Маша",
        "Иван=Ваня",
        "Николай=Коля",
        "Сергей=Серёжа",
        "William=Bill",
        "Robert=Bob",
        "Richard=Dick",
        "Margaret=Peggy",
        "Elizabeth=Liz",
        "Katherine=Kate",
        "Johannes=Hans",
        "Josef=Sepp",
        "Francisco=Paco",
        "José=Pepe",
        "Giuseppe=Beppe",
        "Jānis=Janka",
        "Γεώργιος=Γιώργος",
        "Ιωάννης=Γιάννης",
        "Κωνσταντίνος=Κώστας",
        "Georgi=Gosho",
        "Георги=Гошо",
        "Ivan=Vanya",
        "Jan=Janek",
        "Katarzyna=Kasia",
        "Małgorzata=Gosia",
    ]
)
CATEGORIES = (
    "exact",
    "typo",
    "two_typos",
    "romanised",
    "swapped",
    "joined",
    "dropped",
    "added",
    "initial",
    "maiden",
    "nickname",
    "marks_lost",
    "date_wrong",
    "date_partial",
    "date_missing",
    "alias_script",
    "mixed",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up person, or a query for one."""

    id: str
    given: str
    family: str
    dob: str
    sex: str
    nationality: str
    birthplace: str
    document: str
    spelled: tuple[str, str] = ("", "")
    """Latin spellings of given and family name where the script has no vowels."""

    @property
    def full_name(self) -> str:
        """Given name, then family name."""
        return f"{self.given} {self.family}".strip()


class Draw:
    """Draws from a list by a Zipf law."""

    def __init__(self, values: list[str], power: float = 0.9) -> None:
        self.values = values
        self._sums = list(accumulate(1.0 / (rank + 2.0) ** power for rank in range(len(values))))

    def __call__(self, rng: random.Random) -> str:
        """One value."""
        return self.values[bisect.bisect(self._sums, rng.random() * self._sums[-1]) if self._sums else 0]


class Letters:
    """Grows names that look like those of a list: letters by the two before them."""

    def __init__(self, names: list[str]) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)
        for name in names:
            marked = "^^" + name + "$"
            for position in range(2, len(marked)):
                self._next[marked[position - 2 : position]].append(marked[position])

    def __call__(self, rng: random.Random) -> str:
        """One name of 4 to 14 letters; after 20 tries, whatever came last."""
        grown = ""
        for _ in range(20):
            grown = "^^"
            while len(grown) < 17:
                letter = rng.choice(self._next[grown[-2:]])
                if letter == "$":
                    break
                grown += letter
            if 6 <= len(grown) <= 16:
                break
        return grown[2:] or "Nowak"


@dataclass(frozen=True, slots=True)
class Pool:
    """The names of a country."""

    male: Draw
    female: Draw
    family_male: Draw
    family_female: Draw
    rare: Letters


def _listed(provider: type, *names: str) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        values = getattr(provider, name, None)
        if isinstance(values, (tuple, list, dict, set)):
            found.update(dict.fromkeys(values))
    return [value for value in found if isinstance(value, str)]


@lru_cache(maxsize=64)
def pool(country: str) -> Pool:
    """The name lists of a country, most frequent first as Faker gives them."""
    folder = os.environ.get("SOMEC_BENCH_PEERS")
    if folder and folder not in sys.path:
        sys.path.append(folder)
    provider = importlib.import_module(f"faker.providers.person.{COUNTRIES[country]}").Provider
    both = _listed(provider, "first_names", "given_names")
    male = _listed(provider, "first_names_male", "first_names_masculine") or both
    female = _listed(provider, "first_names_female", "first_names_feminine") or both
    families = _listed(
        provider, "last_names", "last_names_male", "last_names_masculine", "unisex_last_names"
    ) or _listed(provider, "last_names_female")
    families_female = _listed(provider, "last_names_female") or families
    for listed in (families, male, female):
        random.Random(country).shuffle(listed)
    return Pool(Draw(male), Draw(female), Draw(families, 0.7), Draw(families_female, 0.7), Letters(families))


def people(count: int, seed: int = 1) -> list[Made]:
    """`count` different people; the same for the same seed."""
    rng = random.Random(seed)
    countries = list(COUNTRIES)
    weights = list(accumulate(WEIGHTS.get(country, 2) for country in countries))
    return [_person(f"p{number}", rng, rng.choices(countries, cum_weights=weights)[0]) for number in range(count)]


def _person(identity: str, rng: random.Random, country: str) -> Made:
    male = rng.random() < 0.6
    spelled = ("", "")
    if country in {"SA", "SY", "PS", "DZ"} and rng.random() < 0.6:
        first, second = rng.choice(ARABIC[:34]), rng.choice(ARABIC)
        father = rng.choice(ARABIC[:34])
        family = second[0].replace("-", " ")
        if rng.random() < 0.4:
            family = pool(country).family_male(rng)
            second = [family, romanised(family, rng)]
        given, spelled = (
            f"{first[0]} {father[0]}",
            (f"{rng.choice(first[1:])} {rng.choice(father[1:])}", rng.choice(second[1:])),
        )
        if rng.random() < 0.5:
            given, family, spelled = *spelled, (given, family)
    else:
        names = pool(country)
        given = (names.male if male else names.female)(rng)
        if rng.random() < 0.12:
            given += rng.choice((" ", "-")) + (names.male if male else names.female)(rng)
        family = (
            names.rare(rng)
            if rng.random() < (0.4 if len(names.family_male.values) > 400 else 0.7)
            else (names.family_male if male else names.family_female)(rng)
        )
        if country in {"ES", "PT"} or rng.random() < 0.03:
            family += rng.choice((" ", " ", "-")) + names.family_male(rng)
        if country in {"RU", "UA", "BG", "LV"} and rng.random() < 0.25 and not spelled[0]:
            spelled = ("", "")
    year = int(min(2006, max(1935, rng.gauss(1980, 14))))
    month, day = (
        (1, 1)
        if rng.random() < (0.08 if country in {"SY", "SA", "IR", "PS"} else 0.01)
        else (rng.randint(1, 12), rng.randint(1, 28))
    )
    dob = "" if rng.random() < 0.04 else str(year) if rng.random() < 0.03 else f"{year}-{month:02}-{day:02}"
    document = "" if rng.random() < 0.6 else f"{country}{rng.randint(10**6, 10**8)}"
    return Made(
        identity,
        given,
        family,
        dob,
        "" if rng.random() < 0.05 else "M" if male else "F",
        country,
        "" if rng.random() < 0.3 else rng.choice(CITIES[country].split()),
        document,
        spelled,
    )


def romanised(text: str, rng: random.Random) -> str:
    """A spelling in Latin letters by one of ICU's systems."""
    point = max(map(ord, text), default=0)
    systems = ["Any-Latin; Latin-ASCII"]
    if 0x400 <= point <= 0x4FF:
        systems += [
            "Russian-Latin/BGN; Latin-ASCII",
            "Ukrainian-Latin/BGN; Latin-ASCII",
            "Bulgarian-Latin/BGN; Latin-ASCII",
            "Serbian-Latin/BGN",
            "Any-Latin",
        ]
    elif 0x370 <= point <= 0x3FF:
        systems += ["Greek-Latin/BGN; Latin-ASCII", "Greek-Latin/UNGEGN; Latin-ASCII"]
    elif 0x530 <= point <= 0x58F:
        systems += ["Armenian-Latin/BGN; Latin-ASCII"]
    elif 0x10A0 <= point <= 0x10FF:
        systems += ["Georgian-Latin/BGN; Latin-ASCII"]
    elif 0x590 <= point <= 0x6FF:
        systems += ["Arabic-Latin/BGN; Latin-ASCII", "Hebrew-Latin/BGN; Latin-ASCII"]
    spelled = (
        str(_transliterator(rng.choice(systems)).transliterate(text))
        .replace("ʹ", "")
        .replace("’", "")
        .replace("ʼ", "")
        .replace("·", "")
    )
    return spelled.title()


@lru_cache(maxsize=32)
def _transliterator(system: str) -> icu.Transliterator:
    return icu.Transliterator.createInstance(system)


def typo(text: str, rng: random.Random) -> str:
    """One letter exchanged, left out, doubled, replaced or swapped with its neighbour."""
    letters = [position for position, character in enumerate(text) if character.isalpha()]
    if len(letters) < 3:
        return text
    at = rng.choice(letters)
    kind = rng.randrange(5)
    if kind == 0 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    near = rng.choice(
        [character for character in text if character.isalpha()] if ord(text[at]) > 0x250 else "abcdefghijklmnoprstuvz"
    )
    return text[:at] + near + text[at + (kind == 3) :]


def wrong_date(dob: str, rng: random.Random) -> str:
    """A whole date with the day one off, day and month swapped, a wrong digit in the year, or another year."""
    if len(dob) != 10:
        return dob
    year, month, day = int(dob[:4]), int(dob[5:7]), int(dob[8:])
    kind = rng.randrange(5)
    if kind == 0:
        day = min(28, max(1, day + rng.choice((-1, 1))))
    elif kind == 1 and day <= 12:
        month, day = day, month
    elif kind == 2:
        year += rng.choice((-1, 1, 10, -10))
    elif kind == 3:
        month = rng.randint(1, 12)
    else:
        return f"{year}-01-01"
    return f"{year}-{month:02}-{day:02}"


def corrupted(person: Made, rng: random.Random, number: int) -> tuple[Made, str]:
    """A query for a person with the damage of one category, and often of the date as well."""
    category = rng.choice(CATEGORIES)
    query = replace(
        person,
        id=f"q{number}",
        document="" if rng.random() < 0.85 else person.document,
        nationality="" if rng.random() < 0.5 else person.nationality,
        birthplace="" if rng.random() < 0.6 else person.birthplace,
        sex="" if rng.random() < 0.3 else person.sex,
    )
    if category == "mixed":
        for one in rng.sample([name for name in CATEGORIES if name not in {"mixed", "exact"}], 2):
            query = damaged(query, one, rng)
    else:
        query = damaged(query, category, rng)
    if not category.startswith("date") and category != "exact" and rng.random() < 0.3:
        query = damaged(
            query,
            rng.choice(
                ("date_wrong", "date_partial")
                if "maiden" in category
                else ("date_wrong", "date_partial", "date_missing")
            ),
            rng,
        )
    return query, category


def damaged(query: Made, category: str, rng: random.Random) -> Made:  # noqa: C901, PLR0912 - one branch for each damage
    """A query with one kind of damage more."""
    given, family = query.given, query.family
    if category in {"typo", "two_typos"}:
        for _ in range(2 if category == "two_typos" else 1):
            given, family = (typo(given, rng), family) if rng.random() < 0.4 else (given, typo(family, rng))
    elif category in {"romanised", "alias_script"}:
        if query.spelled[1]:
            given, family = query.spelled
        elif not query.full_name.isascii():
            given, family = romanised(given, rng), romanised(family, rng)
    elif category == "swapped":
        given, family = family, given
    elif category == "joined":
        given, family = (
            given.replace(" ", "").replace("-", "")
            + (family.lower() if " " not in given and rng.random() < 0.4 else " " + family),
            "",
        )
    elif category == "dropped":
        words = query.full_name.replace("-", " ").split()
        if len(words) > 2:
            words.pop(rng.randrange(len(words)))
        given, family = " ".join(words[:-1]), words[-1]
    elif category == "added":
        given += " " + rng.choice(("Maria", "Ali", "Anna", "Jan", "Ivanovich", "Petros", "van", "Dr"))
    elif category == "initial":
        given = given[:1] + "."
    elif category == "maiden":
        family = pool(query.nationality or "PL").family_male(rng)
    elif category == "nickname":
        given = NICKNAMES.get(given, given[: max(3, len(given) - 2)])
    elif category == "marks_lost":
        given, family = (
            str(_transliterator("Latin-ASCII").transliterate(given)).upper(),
            str(_transliterator("Latin-ASCII").transliterate(family)).upper(),
        )
    dob = query.dob
    if category == "date_wrong":
        dob = wrong_date(dob, rng)
    elif category == "date_partial":
        dob = dob[:4] if rng.random() < 0.7 else dob[:7]
    elif category == "date_missing":
        dob = ""
    return replace(query, given=given, family=family, dob=dob)


def queries(present: list[Made], count: int, seed: int = 2, absent_share: float = 0.2) -> list[tuple[Made, str, str]]:
    """Queries as (query, id of the person meant or empty, category).

    A share is for people who are not among `present`.
    """
    rng = random.Random(seed)
    strangers = people(int(count * absent_share), seed=seed + 7919)
    asked = [(*corrupted(person, rng, number), "") for number, person in enumerate(strangers)]
    for number in range(len(asked), count):
        person = rng.choice(present)
        query, category = corrupted(person, rng, number)
        asked.append((query, category, person.id))
    rng.shuffle(asked)
    return [(query, truth, category) for query, category, truth in asked]


def write_csv(made: list[Made], file: Path) -> None:
    """The people as a table that `somec match` reads."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "given_name", "family_name", "dob", "sex", "nationality", "birthplace", "document"])
        writer.writerows(
            [one.id, one.given, one.family, one.dob, one.sex, one.nationality, one.birthplace, one.document]
            for one in made
        )


def main() -> None:
    """`python bench/people.py COUNT FILE [--seed N]` writes a table of made-up people."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    write_csv(people(chosen.count, chosen.seed), chosen.file)


if __name__ == "__main__":
    main()

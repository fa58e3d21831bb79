"""What the engine is told of a person, and what it is asked. No database, no Django: plain frozen values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar

from babel import Locale

from somec.persons.matching.dates import parse_date
from somec.persons.matching.names import Part, parts_of
from somec.persons.matching.scripts import clean, words

MAX_NAMES: Final = 24
"""Names (aliases, spellings) of one person that are looked at."""
MAX_VALUES: Final = 12
"""Dates, nationalities, birthplaces or documents of one person that are looked at."""

Value = TypeVar("Value")
_NOT_ALPHANUMERIC: Final = re.compile(r"[^0-9a-z]+")
_SEXES: Final = {
    "m": 1,
    "male": 1,
    "man": 1,
    "1": 1,
    "f": 2,
    "female": 2,
    "woman": 2,
    "2": 2,
    "w": 2,
    "v": 2,
    "s": 2,
    "x": 3,
    "other": 3,
    "9": 3,
    "muž": 1,
    "žena": 2,
}
_THREE_TO_TWO: Final = dict(
    pair.split("=")
    for pair in [
        "aut=AT",
        "bel=BE",
        "bgr=BG",
        "cyp=CY",
        "cze=CZ",
        "deu=DE",
        "d=DE",
        "dnk=DK",
        "est=EE",
        "esp=ES",
        "fin=FI",
        "fra=FR",
        "grc=GR",
        "el=GR",
        "hrv=HR",
        "hun=HU",
        "irl=IE",
        "ita=IT",
        "ltu=LT",
        "lux=LU",
        "lva=LV",
        "mlt=MT",
        "nld=NL",
        "pol=PL",
        "prt=PT",
        "rou=RO",
        "swe=SE",
        "svn=SI",
        "svk=SK",
        "gbr=GB",
        "uk=GB",
        "ukr=UA",
        "rus=RU",
        "blr=BY",
        "mda=MD",
        "srb=RS",
        "mkd=MK",
        "alb=AL",
        "bih=BA",
        "mne=ME",
        "rks=XK",
        "xkx=XK",
        "tur=TR",
        "geo=GE",
        "arm=AM",
        "aze=AZ",
        "kaz=KZ",
        "uzb=UZ",
        "kgz=KG",
        "tjk=TJ",
        "tkm=TM",
        "irn=IR",
        "irq=IQ",
        "syr=SY",
        "lbn=LB",
        "jor=JO",
        "isr=IL",
        "pse=PS",
        "egy=EG",
        "lby=LY",
        "tun=TN",
        "dza=DZ",
        "mar=MA",
        "afg=AF",
        "pak=PK",
        "ind=IN",
        "bgd=BD",
        "som=SO",
        "eri=ER",
        "eth=ET",
        "sdn=SD",
        "nga=NG",
        "usa=US",
        "can=CA",
        "bra=BR",
        "che=CH",
        "nor=NO",
        "isl=IS",
        "chn=CN",
        "vnm=VN",
        "sau=SA",
        "yem=YE",
        "are=AE",
        "kwt=KW",
        "qat=QA",
    ]
)


@dataclass(frozen=True, slots=True, repr=False)
class PersonName:
    """One name of a person: written whole (`full`) or in parts.

    `kind` says what it is (birth, married, former, alias, transliteration); the engine treats all kinds alike.

    `script` is advice and may be empty; the engine looks at the letters.
    """

    full: str = ""
    given: str = ""
    family: str = ""
    patronymic: str = ""
    kind: str = ""
    script: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The comparable parts; empty when nothing in it is a name."""
        return parts_of(self.full, given=self.given, family=self.family, patronymic=self.patronymic)

    @property
    def written(self) -> str:
        """The name as one line."""
        return self.full or " ".join(part for part in (self.given, self.patronymic, self.family) if part)


@dataclass(frozen=True, slots=True, repr=False)
class PersonRecord:
    """A person as the index knows him. Every field but `id` may be empty, and may hold several values that all count.

    `birth_dates` are texts as `dates.parse_date` reads them (ISO 8601, EDTF, day-first); `sex` is M, F or X (ISO 5218
    numbers are read too); `nationalities` are ISO 3166-1 codes or English
    names; `birthplaces` are free text; `documents` are numbers of any document, written with or without marks.
    """

    id: str
    names: tuple[PersonName, ...] = ()
    birth_dates: tuple[str, ...] = ()
    sex: str = ""
    nationalities: tuple[str, ...] = ()
    birthplaces: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Only the id: personal data never reaches a log by way of repr."""
        return f"PersonRecord(id={self.id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class NormalRecord:
    """A record after normalisation: what the index stores and the score compares."""

    id: str
    names: tuple[tuple[Part, ...], ...] = ()
    dates: tuple[int, ...] = ()
    sex: int = 0
    nationalities: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    written: tuple[str, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        """Only the id."""
        return f"NormalRecord(id={self.id!r})"


def normalise(record: PersonRecord) -> NormalRecord:
    """Clean every field of a record; values that say nothing are left out, nothing raises."""
    names: dict[tuple[Part, ...], str] = {}
    for name in record.names[:MAX_NAMES]:
        parts = name.parts
        if parts:
            names.setdefault(parts, name.written)
    return NormalRecord(
        record.id,
        tuple(names),
        _each(_packed_date, record.birth_dates) if record.birth_dates else (),
        _SEXES.get(record.sex.strip().lower(), 0) if record.sex else 0,
        _each(country_code, record.nationalities[:MAX_VALUES]) if record.nationalities else (),
        _each(place_form, record.birthplaces[:MAX_VALUES]) if record.birthplaces else (),
        _each(document_form, record.documents[:MAX_VALUES]) if record.documents else (),
        tuple(names.values()),
    )


def _each(form: Callable[[str], Value], texts: tuple[str, ...]) -> tuple[Value, ...]:
    """The different values that some texts of one field say, in order."""
    if len(texts) == 1:
        value = form(texts[0])
        return (value,) if value else ()
    return tuple(dict.fromkeys(value for value in map(form, texts) if value))[:MAX_VALUES]


@lru_cache(maxsize=65536)
def _packed_date(text: str) -> int:
    date = parse_date(text)
    return date.packed if date is not None else 0


@lru_cache(maxsize=4096)
def country_code(text: str) -> str:
    """ISO 3166-1 alpha-2 of a country given as code or English name.

    An unknown text is kept cleaned, so that equal texts still agree.
    """
    bare = text.strip()
    if len(bare) == 2 and bare.isalpha():
        return _THREE_TO_TWO.get(bare.lower(), bare.upper())
    low = bare.lower()
    if low in _THREE_TO_TWO:
        return _THREE_TO_TWO[low]
    return _country_names().get(low, clean(bare)[:40])


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    return {name.lower(): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}


@lru_cache(maxsize=65536)
def place_form(text: str) -> str:
    """A birthplace as its first part before a comma, in cleaned words: "Rīga, Latvia" is "rīga"."""
    head = words(text.split(",", 1)[0]) or words(text)
    return " ".join(head)


def document_form(text: str) -> str:
    """A document number without case, spaces and marks; fewer than four characters say nothing."""
    bare = _NOT_ALPHANUMERIC.sub("", clean(text))[:40]
    return bare if len(bare) >= 4 else ""

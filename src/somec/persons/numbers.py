"""Check digits of documents and identity numbers by state, with python-stdnum.

A wrong check digit is a warning that is shown and kept: real papers carry misprints and forgers compute check digits.
Refused is only what cannot be a number at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import cast

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from somec.persons.rules import DocumentKind, NumberCheck

_MALFORMED = re.compile(r"[^\w/.\-+ ]|_")  # letters of any script, digits and the marks that papers print
LONGEST = 40

# The identity number of each state that python-stdnum knows, by the module's own name.
_NATIONAL: dict[str, tuple[str, ...]] = {
    "AT": ("vnr",), "BE": ("nn",), "BG": ("egn", "pnf"), "CZ": ("rc",), "DE": ("idnr",), "DK": ("cpr",), "EE": ("ik",),
    "ES": ("dni", "nie"), "FI": ("hetu",), "FR": ("nir",), "GR": ("amka",), "HR": ("oib",), "IE": ("pps",),
    "IT": ("codicefiscale",), "LT": ("asmens",), "LV": ("pk",), "NL": ("bsn",), "PL": ("pesel",), "PT": ("cc",),
    "RO": ("cnp",), "SE": ("personnummer",), "SI": ("emso",), "SK": ("rc",),
}  # fmt: skip
# States whose identity card carries the national number itself.
_CARD_IS_NATIONAL = frozenset({"ES", "PT"})


@cache
def _rules(state: str, kind: str) -> tuple[ModuleType, ...]:
    if kind == DocumentKind.NATIONAL_NUMBER.value or (
        kind == DocumentKind.IDENTITY_CARD.value and state in _CARD_IS_NATIONAL
    ):
        found = (_module(state, name) for name in _NATIONAL.get(state, ()))
        return tuple(module for module in found if module is not None)
    return ()


def _module(state: str, name: str) -> ModuleType | None:
    if (state, name) == ("LV", "pk"):
        return cast("ModuleType | None", get_cc_module("lv", "pvn"))  # its validate() takes personal codes too
    return cast("ModuleType | None", get_cc_module(state.lower(), name))


def mistakes(number: str) -> list[str]:
    """Return the codes of why this cannot be a document number at all."""
    if not number.strip():
        return ["missing"]
    if len(number) > LONGEST:
        return ["too_long"]
    if _MALFORMED.search(number):
        return ["malformed"]
    return [] if any(char.isalnum() for char in number) else ["malformed"]


def check(state: str, kind: str, number: str) -> str:
    """Return ``right``, ``wrong`` or ``unchecked`` for the number of a document of a state."""
    modules = _rules(state, kind)
    if not modules:
        return NumberCheck.UNCHECKED.value
    return (
        NumberCheck.RIGHT.value
        if any(_holds(module.validate, number) for module in modules)
        else (NumberCheck.WRONG.value)
    )


def _holds(validate: Callable[[str], str], number: str) -> bool:
    try:
        validate(number)
    except ValidationError:
        return False
    return True

"""Which invisible characters are taken out of what people read, and which scripts need."""

from __future__ import annotations

import pytest

from somec.kernel.text import has_controls, without_controls

NEEDED = (
    "می\u200cخواهم",
    "क्\u200dष",
    "\u200fשלום\u200e 12",
    "line\n\tnext\r\n",
    "so\u00adft",
    "ក\u200bខ",
    "👩\u200d🚀",
)
DECEIVING = tuple(
    f"a{mark}b"
    for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u206a\ufeff\U000e0041\x00\x1b\x9b"
)


@pytest.mark.parametrize("text", NEEDED)
def test_what_scripts_need_stays(text: str) -> None:
    assert not has_controls(text)
    assert without_controls(text) == text


@pytest.mark.parametrize("text", DECEIVING, ids=ascii)
def test_what_deceives_the_reader_is_found_and_taken_out(text: str) -> None:
    assert has_controls(text)
    assert without_controls(text) == "ab"


def test_every_text_of_a_value_is_cleaned_and_the_value_stays_as_it_was() -> None:
    given = {"a\u202e": ["x\u2066y", 1, None, True, {"b": "plain"}]}
    assert without_controls(given) == {"a": ["xy", 1, None, True, {"b": "plain"}]}
    assert given == {"a\u202e": ["x\u2066y", 1, None, True, {"b": "plain"}]}

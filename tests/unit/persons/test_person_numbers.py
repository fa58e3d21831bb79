"""Check digits by state; public sample numbers, none of a person."""

from __future__ import annotations

import pytest

from somec.persons import numbers


@pytest.mark.parametrize(
    ("state", "kind", "number", "result"),
    [
        ("LV", "national_number", "161175-19997", "right"),
        ("LV", "national_number", "161175-19990", "wrong"),
        ("NL", "national_number", "111222333", "right"),
        ("NL", "national_number", "111222334", "wrong"),
        ("ES", "identity_card", "54362315K", "right"),
        ("ES", "national_number", "X-2482300W", "right"),
        ("ES", "identity_card", "54362315Z", "wrong"),
        ("PL", "national_number", "44051401359", "right"),
        ("LT", "national_number", "33309240064", "right"),
        ("IE", "national_number", "6433435F", "right"),
        ("GR", "national_number", "01013099997", "right"),
        ("EE", "national_number", "36805280109", "right"),
        ("SE", "national_number", "880320-0016", "right"),
        ("LV", "passport", "LV5520193", "unchecked"),
        ("LU", "national_number", "1", "unchecked"),
        ("LV", "identity_card", "161175-19990", "unchecked"),
    ],
)
def test_check_digits(state: str, kind: str, number: str, result: str) -> None:
    assert numbers.check(state, kind, number) == result


@pytest.mark.parametrize(
    ("number", "mistakes"),
    [
        ("LV5520193", []),
        ("АБ 123456", []),
        ("12/34-5.6", []),
        ("", ["missing"]),
        ("   ", ["missing"]),
        ("x" * 41, ["too_long"]),
        ("12;34", ["malformed"]),
        ("--", ["malformed"]),
        ("12\n34", ["malformed"]),
        ("<b>", ["malformed"]),
    ],
)
def test_only_what_cannot_be_a_number_is_refused(number: str, mistakes: list[str]) -> None:
    assert numbers.mistakes(number) == mistakes


def test_every_rule_named_here_exists_in_the_library() -> None:
    named = [(state, name) for state, rules in numbers._NATIONAL.items() for name in rules]
    assert [(state, name) for state, name in named if numbers._module(state, name) is None] == []

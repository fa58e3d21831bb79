"""Holidays and zones of the 27 states."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from somec.catalogue import queries
from somec.catalogue.errors import UnknownEntry
from somec.deadlines.calendars import calendar_of, public_holidays

# Days that every calendar of the state has carried for decades.
NATIONAL = {
    "AT": "2026-10-26",
    "BE": "2026-07-21",
    "BG": "2026-03-03",
    "HR": "2026-06-22",
    "CY": "2026-10-01",
    "CZ": "2026-10-28",
    "DK": "2026-05-25",
    "EE": "2026-02-24",
    "FI": "2026-06-20",
    "FR": "2026-07-14",
    "DE": "2026-10-03",
    "GR": "2026-03-25",
    "HU": "2026-10-23",
    "IE": "2026-03-17",
    "IT": "2026-06-02",
    "LV": "2026-11-18",
    "LT": "2026-02-16",
    "LU": "2026-06-23",
    "MT": "2026-09-21",
    "NL": "2026-04-27",
    "PL": "2026-11-11",
    "PT": "2026-06-10",
    "RO": "2026-12-01",
    "SK": "2026-09-01",
    "SI": "2026-06-25",
    "ES": "2026-10-12",
    "SE": "2026-06-06",
}
NOT_IN_THAT_YEAR = {"SK"}  # Constitution Day stays a holiday in name but is a working day from 2024 on


@pytest.mark.parametrize(("state", "day"), NATIONAL.items(), ids=NATIONAL)
def test_each_state_has_its_national_day(state: str, day: str) -> None:
    found = calendar_of(state).holiday(date.fromisoformat(day))
    assert (found is None) == (state in NOT_IN_THAT_YEAR)


def test_every_member_state_has_a_calendar_in_its_own_zone() -> None:
    assert NATIONAL.keys() == {state.id for state in queries.states()}
    for state in queries.states():
        calendar = calendar_of(state.id)
        assert calendar.time_zone == state.time_zone
        assert calendar.holiday(date(2027, 1, 1))
        assert calendar.holiday(date(2027, 12, 25))
        assert calendar.holiday(date(2027, 2, 2)) is None


def test_an_easter_of_the_other_church_is_another_day() -> None:
    assert calendar_of("GR").holiday(date(2026, 4, 13))
    assert calendar_of("NL").holiday(date(2026, 4, 13)) is None
    assert calendar_of("NL").holiday(date(2026, 4, 6))
    assert calendar_of("GR").holiday(date(2026, 4, 6)) is None


def test_the_eu_code_of_greece_means_greece() -> None:
    assert calendar_of("EL").state == "GR"


@pytest.mark.parametrize("code", ["UK", "XX", "", "lv"])
def test_other_states_have_no_calendar(code: str) -> None:
    with pytest.raises(UnknownEntry):
        calendar_of(code)


@pytest.mark.parametrize("language", ["en_US.UTF-8", "lv_LV.UTF-8", "C"])
def test_names_of_holidays_do_not_depend_on_the_machines_language(language: str) -> None:
    """Both nodes must write the same bytes about the same count."""
    code = (
        "from somec.deadlines.calendars import public_holidays as p; from datetime import date;"
        "print(ascii(p('NL', 2027)[date(2027, 1, 1)]), ascii(p('LV', 2026)[date(2026, 12, 25)]))"
    )
    environment = {**os.environ, "LANG": language, "LANGUAGE": language[:2], "LC_ALL": language, "PYTHONUTF8": "1"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[3] / "src")
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split(" ", 1)[0] == "'Nieuwjaarsdag'"
    assert done.stdout.strip().split(" ", 1)[1] == ascii(public_holidays("LV", 2026)[date(2026, 12, 25)])

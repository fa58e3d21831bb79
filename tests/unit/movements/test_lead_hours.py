"""A state sets its own lead times in ``somec.toml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from somec.kernel.errors import Invalid
from somec.node import config

HEAD = 'state = "LV"\nname = "Latvia"\ndesk = "Desk"\n'


def written(folder: Path, text: str) -> config.Config:
    (folder / "somec.toml").write_text(HEAD + text)
    return config.load(folder)


def test_lead_times_are_read(tmp_path: Path) -> None:
    assert written(tmp_path, "[lead_hours]\nplanned_travel = 72\nchange = 12\n").lead_hours == {
        "planned_travel": 72,
        "change": 12,
    }
    assert written(tmp_path, "").lead_hours == {}


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("[lead_hours]\nholiday = 3\n", "lead_hours.holiday", "unknown"),
        ("[lead_hours]\nrelease = -1\n", "lead_hours.release", "number_of_hours"),
        ('[lead_hours]\nrelease = "a week"\n', "lead_hours.release", "number_of_hours"),
        ("[lead_hours]\nrelease = true\n", "lead_hours.release", "number_of_hours"),
        ("lead_hours = 3\n", "lead_hours", "table"),
    ],
)
def test_what_cannot_be_a_lead_time_is_named(tmp_path: Path, text: str, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        written(tmp_path, text)
    assert refused.value.fields == {field: [code]}

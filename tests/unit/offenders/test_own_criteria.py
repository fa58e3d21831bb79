"""A node obeys its own state's criteria file; without one, the example, which says that it is one."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from somec.catalogue.errors import CriteriaMissing
from somec.offenders.proposals import CRITERIA_FOLDER, criteria_of


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.CONFIG = replace(settings.CONFIG, folder=tmp_path)
    return tmp_path / CRITERIA_FOLDER


def own_file() -> str:
    example = resources.files("somec.catalogue").joinpath("data", "criteria", "LV.toml").read_text(encoding="utf-8")
    return example.replace("example = true", "example = false").replace("version = 4", "version = 5")


def test_without_a_file_the_example_counts_and_says_so(folder: Path) -> None:
    assert criteria_of("LV").example


def test_the_file_in_the_nodes_folder_counts_from_the_moment_it_lies_there(folder: Path) -> None:
    assert criteria_of("LV").version == 4
    folder.mkdir()
    (folder / "LV.toml").write_text(own_file(), encoding="utf-8")
    found = criteria_of("LV")
    assert (found.version, found.example) == (5, False)
    (folder / "LV.toml").write_text(own_file().replace("version = 5", "version = 6"), encoding="utf-8")
    assert criteria_of("LV").version == 6


def test_an_own_folder_without_the_state_is_never_filled_with_an_example(folder: Path) -> None:
    folder.mkdir()
    with pytest.raises(CriteriaMissing):
        criteria_of("LV")

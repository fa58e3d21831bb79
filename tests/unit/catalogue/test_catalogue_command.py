"""``somec catalogue``: what a person reads, what a program reads, and the exit status."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from somec.catalogue import index
from somec.catalogue.reading import packaged
from somec.cli import catalogue
from somec.kernel.errors import SomecError


def _run(*arguments: str) -> int:
    top = argparse.ArgumentParser()
    catalogue.register(top.add_subparsers())
    chosen = top.parse_args(["catalogue", *arguments])
    status: int = chosen.run(chosen)
    return status


def test_show_says_source_and_that_it_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("show", "1001", "00") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("1001 00  (offence)\nRape\n  lv: Izvarošana\n")
    assert "Verified: yes, the text was read" in shown
    assert "Source: Council Decision 2009/316/JHA, Annex A" in shown
    assert "CELEX 32009D0316" in shown


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("INTERPOL", "not verified: from general knowledge"),
        ("risk_level:3", "not verified: defined by the project, no law"),
        ("offence_parameter:C", "not verified: only a secondary source was read"),
    ],
)
def test_show_says_in_words_what_nobody_read(entry: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("show", entry) == 0
    assert f"Verified: {words}" in capsys.readouterr().out


def test_show_marks_a_single_unread_limit(capsys: pytest.CaptureFixture[str]) -> None:
    _run("show", "SIS26_EAW")
    after = capsys.readouterr().out.split("id: eaw-consent")[1].split("id:")[0]
    assert "value: 10" in after
    assert "not verified" in after


def test_show_marks_a_missing_translation(capsys: pytest.CaptureFixture[str]) -> None:
    _run("show", "listed_offence:rape")
    assert "  nl: rape [en]" in capsys.readouterr().out


@pytest.mark.parametrize("kind", sorted(index.KINDS))
def test_every_entry_can_be_shown_and_is_json(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    for entry_id in index.entries(kind):
        assert _run("show", f"{kind}:{entry_id}") == 0
        assert "Source: " in capsys.readouterr().out
        assert _run("show", f"{kind}:{entry_id}", "--json") == 0
        shown = json.loads(capsys.readouterr().out)
        assert (shown["kind"], shown["entry"]["id"]) == (kind, entry_id)
        assert shown["entry"]["source"]["citation"]
        assert isinstance(shown["entry"]["verified"], bool)


def test_an_id_of_several_kinds_shows_all(capsys: pytest.CaptureFixture[str]) -> None:
    _run("show", "A", "--json")
    assert len(json.loads(capsys.readouterr().out)) == 3
    _run("show", "A")
    assert capsys.readouterr().out.count("Verified: ") == 3


def test_show_criteria(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("show", "criteria:LV") == 0
    shown = capsys.readouterr().out
    assert "EXAMPLE made up by the project" in shown
    assert "current-assessment  (current assessment, required)" in shown
    assert _run("show", "criteria:LV", "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == 4


def test_show_an_unknown_id_fails() -> None:
    with pytest.raises(SomecError) as caught:
        _run("show", "no-such-thing")
    assert caught.value.code == "catalogue.unknown_entry"


def test_list_kinds_and_entries(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("list") == 0
    kinds = capsys.readouterr().out
    assert "offence                   188 entries\n" in kinds
    assert "mechanism                  17 entries, 2 not verified\n" in kinds
    assert _run("list", "handling_code", "--lang", "nl") == 0
    assert "Niet verspreiden zonder toestemming" in capsys.readouterr().out
    assert _run("list", "--json") == 0
    assert {row["kind"] for row in json.loads(capsys.readouterr().out)} == set(index.KINDS)
    assert _run("list", "state", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 27


def test_check_takes_right_files_and_names_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong = tmp_path / "LV.toml", tmp_path / "NL.toml"
    right.write_bytes(packaged("criteria/LV.toml"))
    wrong.write_bytes(packaged("criteria/NL.toml").replace(b"minimum_level = 4", b"minimum_level = 40"))
    assert _run("check", str(right)) == 0
    assert "entries of 19 kinds" in capsys.readouterr().out
    assert _run("check", str(right), str(wrong), str(tmp_path / "absent.toml")) == 1
    said = capsys.readouterr()
    assert f"{right}: correct; LV, version 4" in said.out
    assert "criterion[2].minimum_level: 40 is greater than the maximum of 5" in said.err
    assert "absent.toml: No such file or directory" in said.err

"""A demonstration that was made before: by an older program, on other ports, beside another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from somec.cli import demo, main
from somec.simulation import nodes as running
from somec.simulation.nodes import RunningNode

PORT = 9870


@pytest.fixture
def three(tmp_path: Path) -> list[RunningNode]:
    """Return three nodes that are complete as far as the demonstration can see."""
    found = running.lay_out(tmp_path, PORT)
    for node in found:
        node.folder.mkdir()
        (node.folder / running.MARK).write_text("{}", encoding="utf-8")
        web, exchange = (
            f'web_address = "127.0.0.1:{node.web_port}"',
            f'exchange_address = "127.0.0.1:{node.exchange_port}"',
        )
        (node.folder / "somec.toml").write_text(f"{web}\n{exchange}\n", encoding="utf-8")
    return found


def test_nodes_of_an_older_program_are_brought_up_to_date_once(
    tmp_path: Path, three: list[RunningNode], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(RunningNode, "run", lambda node, *given: asked.append((node.country.state, *given)))
    three[0].note_tables()
    (three[1].folder / running.TABLES_MARK).write_text("persons/migrations/0001_initial.py", encoding="utf-8")
    demo.prepare_nodes(tmp_path, three, 0)
    assert sorted(asked) == sorted(
        (node.country.state, "init", "--folder", str(node.folder), "--upgrade") for node in three[1:]
    )
    assert all(node.tables_fit() for node in three)
    demo.prepare_nodes(tmp_path, three, 0)
    assert len(asked) == 2


def test_bringing_up_to_date_makes_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMEC_DATABASE_URL", "")
    node = running.lay_out(tmp_path, PORT)[0]
    node.clock_file.write_text("0", encoding="ascii")
    node.run("init", "--folder", str(node.folder), "--state", "LV", "--name", "Latvia", "--training")
    node.folder.joinpath("somec.sqlite3").unlink()
    node.bring_up_to_date()
    assert "0 entries" in node.run("verify")
    assert node.tables_fit()


def test_nodes_made_for_other_ports_are_named_before_anything_starts(
    tmp_path: Path, three: list[RunningNode], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not any(node.stands_elsewhere() for node in three)
    assert all(node.stands_elsewhere() for node in running.lay_out(tmp_path, PORT + 100))
    done = subprocess.run(
        [sys.executable, "-m", "somec.cli.main", "demo", "--folder", str(tmp_path), "--port", str(PORT + 100)],
        env={**os.environ, "SOMEC_DATABASE_URL": ""}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, "made for other ports" in done.stderr) == (1, True)


def test_other_ports_are_other_nodes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each knows its peers by their addresses; the advice to choose other ports must not lead to nodes that do not start."""
    monkeypatch.chdir(tmp_path)
    chosen: list[Path] = []
    monkeypatch.setattr(demo, "_with_nodes", lambda _, folder: chosen.append(folder) or 0)
    for given in ([], ["--port", "9700"], ["--port", "9700", "--folder", "own"]):
        parsed = main.parser().parse_args(["demo", *given])
        assert demo.run(parsed) == 0
    assert [folder.relative_to(tmp_path) for folder in chosen] == [
        Path("var/demo"), Path("var/demo-9700"), Path("own"),
    ]  # fmt: skip

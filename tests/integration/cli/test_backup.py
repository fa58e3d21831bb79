"""A backup of a node that works is put back as a node that works, and its log is proved."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup") / "lv"
    done = somec(folder, "init", "--folder", str(folder), "--state", "LV", "--name", "Node of Latvia")
    assert done.returncode == 0, done.stderr
    assert somec(folder, "people", "authority", "Probation", "--kind", "probation").returncode == 0
    (folder / "criteria").mkdir()
    (folder / "criteria" / "LV.toml").write_text("state = 'LV'\n", encoding="utf-8")
    return folder


def somec(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "SOMEC_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "somec.cli.main", *arguments],
        env={**environment, "SOMEC_NODE": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_backup_without_keys_holds_rows_configuration_and_criteria(node: Path, tmp_path: Path) -> None:
    done = somec(node, "backup", str(tmp_path / "node.tar.gz"))
    assert done.returncode == 0, done.stderr
    with tarfile.open(tmp_path / "node.tar.gz") as archive:
        assert set(archive.getnames()) == {"somec.sqlite3", "somec.toml", "criteria", "criteria/LV.toml"}
    assert (tmp_path / "node.tar.gz").stat().st_mode & 0o777 == 0o600


def test_a_backup_with_keys_is_a_whole_node_again(node: Path, tmp_path: Path) -> None:
    assert somec(node, "backup", str(tmp_path / "node.tar.gz"), "--with-keys").returncode == 0
    restored = tmp_path / "restored"
    with tarfile.open(tmp_path / "node.tar.gz") as archive:
        archive.extractall(restored, filter="data")
    proved = somec(restored, "verify")
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "whole and unchanged" in proved.stdout
    assert "Probation" in somec(restored, "people", "list").stdout
    cards = [somec(folder, "peer", "card").stdout for folder in (node, restored)]
    log_keys = {card.split(chr(34) + "log_key" + chr(34))[1].split(",")[0] for card in cards}
    assert len(log_keys) == 1


def test_a_backup_never_overwrites(node: Path, tmp_path: Path) -> None:
    (tmp_path / "node.tar.gz").write_bytes(b"an older backup")
    done = somec(node, "backup", str(tmp_path / "node.tar.gz"))
    assert (done.returncode, (tmp_path / "node.tar.gz").read_bytes()) == (1, b"an older backup")
    assert "backup.file_exists" in done.stderr


def test_a_backup_that_was_killed_hinders_no_other(node: Path, tmp_path: Path) -> None:
    (tmp_path / "node.tar.gz.new").write_bytes(b"half of one")
    assert somec(node, "backup", str(tmp_path / "node.tar.gz")).returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == ["node.tar.gz"]


ON_A_FULL_DISK = """
import resource, signal, sys
from somec.cli import backup, main
write = backup._write
def limited(*given, **more):
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    write(*given, **more)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
backup._write = limited
sys.exit(main.main(sys.argv[1:]))
"""


def test_a_backup_that_cannot_be_finished_leaves_nothing_behind(node: Path, tmp_path: Path) -> None:
    """A full disk stops it in the middle: here, a limit on the size of a file."""
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, "backup", str(tmp_path / "node.tar.gz")],
        env={**os.environ, "SOMEC_NODE": str(node), "SOMEC_DATABASE_URL": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
    assert "Traceback" not in done.stderr
    assert "File too large" in done.stderr

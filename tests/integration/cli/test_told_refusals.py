"""Whoever runs a node is told in a sentence what is wrong; nothing half made, half started or half written stays."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from somec.cli.refusals import told
from somec.kernel.errors import Invalid, NotPossibleNow


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "somec.cli.main", *arguments]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "SOMEC_NODE": str(folder), "SOMEC_DATABASE_URL": ""}


def refused(folder: Path, *arguments: str) -> str:
    """Run a command that ends with 1 and return what it says, which is never a traceback."""
    done = subprocess.run(
        command(*arguments), env=environment(folder), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told") / "lv"
    ports = free_port(), free_port()
    done = subprocess.run(
        command("init", "--folder", str(folder), "--state", "LV", "--name", "Latvia", "--web", f"127.0.0.1:{ports[0]}",
                "--exchange", f"127.0.0.1:{ports[1]}"),
        env=environment(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def node(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "lv"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--state", "XX"], "There is no state XX"),
        (["--state", "Latvia"], "state needs two capital letters"),
        (["--time-zone", "Europe/Rigaa"], "time_zone is no time zone"),
        (["--web", "127.0.0.1"], "web_address needs host:port"),
        (["--exchange", "127.0.0.1:99999"], "exchange_address needs host:port"),
        (["--endpoint", "http://lv.example/as4"], "endpoint needs an https address"),
        (["--language", "xx"], "language is none of the values"),
        (["--name", 'a"\n'], "[config.malformed]"),
    ],
)
def test_init_with_a_mistake_makes_nothing(tmp_path: Path, wrong: list[str], said: str) -> None:
    folder = tmp_path / "node"
    right = {"--state": "LV", "--name": "Latvia"} | dict([wrong])  # type: ignore[list-item]
    assert said in refused(folder, "init", "--folder", str(folder), *(part for pair in right.items() for part in pair))
    assert not folder.exists()


def test_init_where_no_folder_can_be_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused(tmp_path, "init", "--folder", str(tmp_path / "file" / "node"), "--state", "LV", "--name", "Latvia")
    assert said.endswith("Not a directory")


def test_init_that_is_interrupted_can_be_begun_again(tmp_path: Path) -> None:
    folder = tmp_path / "node"
    given = command("init", "--folder", str(folder), "--state", "LV", "--name", "Latvia")
    first = subprocess.Popen(given, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 60
    while not (folder / "keys" / "authority.pem").exists():
        assert time.monotonic() < ends
        time.sleep(0.01)
    first.send_signal(signal.SIGINT)
    assert first.wait(60) == 130
    assert not folder.exists()
    again = subprocess.run(given, env=environment(folder), capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr


@pytest.fixture
def taken(node: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Hold one of the node's two addresses and return it."""
    lines = (node / "somec.toml").read_text(encoding="utf-8").splitlines()
    address = next(line.split('"')[1] for line in lines if line.startswith(request.param))
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(address.rpartition(":")[2])))
        other.listen()
        yield address


@pytest.mark.parametrize("taken", ["web_address", "exchange_address"], indirect=True)
def test_a_node_that_cannot_listen_ends_and_names_the_address(node: Path, taken: str) -> None:
    """Half a node that stays would look alive to whoever watches the process."""
    assert f"cannot listen on {taken}" in refused(node, "serve")


def test_tables_of_a_newer_release_are_left_alone(node: Path) -> None:
    with sqlite3.connect(node / "somec.sqlite3") as rows:
        rows.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('persons', '0999_later', '2027-01-01')"
        )
    rows.close()
    assert "A newer release" in refused(node, "verify")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("somec.sqlite3", b"no database" * 500, "The database cannot be used"),
        ("keys/node.key", b"", "The key node.key cannot be read"),
        ("keys/node.key", b"zz\n", "The key node.key cannot be read"),
        (
            "somec.toml",
            b'state = "LV"\nname = "Latvia"\ndesk = "Desk"\ntraining = "no"\n',
            "training needs true or false",
        ),
        ("somec.toml", b"= =", "somec.toml is no TOML"),
    ],
)
def test_what_is_damaged_is_named(node: Path, file: str, content: bytes, said: str) -> None:
    (node / file).write_bytes(content)
    assert said in refused(node, "verify")


def test_a_missing_password_file_and_a_wrong_person_are_named(node: Path, tmp_path: Path) -> None:
    given = ["people", "add", "nobody", "X", "--authority", "aut-x", "--password-file"]
    assert "No such file" in refused(node, *given, str(tmp_path / "none"))
    (tmp_path / "secret").write_bytes(b"\xe9\n")
    assert "secret is not written in UTF-8" in refused(node, *given, str(tmp_path / "secret"))
    (tmp_path / "secret").write_bytes(b"\xef\xbb\xbfshort\r\n")
    assert "email is malformed" in refused(node, *given, str(tmp_path / "secret"))


def test_no_node_names_the_folder_that_was_looked_in(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in refused(tmp_path / "none", "verify")


def test_what_is_told_ends_with_the_code() -> None:
    assert told(Invalid("config.invalid", fields={"web_tls": ["true_or_false"]})) == (
        "The configuration (somec.toml) has mistakes. web_tls needs true or false, without quotes. [config.invalid]"
    )
    assert told(NotPossibleNow("peer.unknown", state="ZZ")) == "There is no peer ZZ. [peer.unknown]"
    assert told(NotPossibleNow("peer.unknown")) == "peer.unknown"
    assert told(NotPossibleNow("never.told", count=2)) == "never.told (count=2)"
    assert told(Invalid("never.told", fields={"x": ["odd"]})) == "x (odd). [never.told]"

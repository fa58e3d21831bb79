"""Several writers append at the same time; the log stays one, without gaps."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from somec.audit import actions, queries
from somec.audit.bundles import verify_bundle
from somec.audit.rules import Kind, NewEntry
from somec.audit.verify import verify
from somec.cli import main, setup
from somec.crypto.signing import Signer, new_private_key
from somec.exchange import keyring
from somec.kernel.errors import Invalid

WRITERS, TIMES, BATCH = 4, 12, 3


def entry(number: int) -> NewEntry:
    return NewEntry("usr-1", "aut-1", "person.read", Kind.CONSULTATION, f"prs-{number}", case="prs-1")


def _writes(failures: list[Exception]) -> None:
    try:
        for number in range(TIMES):
            with transaction.atomic():
                actions.record_many([entry(number) for _ in range(BATCH)])
    except Exception as failure:  # noqa: BLE001 - shown by the test
        failures.append(failure)
    finally:
        connection.close()


def _in_memory() -> bool:
    return connection.vendor == "sqlite" and bool(connection.is_in_memory_db())  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_writers_wait_for_each_other() -> None:
    if _in_memory():
        pytest.skip("a SQLite database in memory has one connection; test_appending_processes uses a file")
    failures: list[Exception] = []
    threads = [threading.Thread(target=_writes, args=(failures,)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert verify().ok  # while others write
    for thread in threads:
        thread.join()
    assert failures == []
    assert queries.size() == WRITERS * TIMES * BATCH
    assert verify().entries == WRITERS * TIMES * BATCH


@pytest.fixture
def node_key(monkeypatch: pytest.MonkeyPatch) -> Signer:
    signer = Signer("somec.example/lv", new_private_key())
    monkeypatch.setattr(keyring, "node_signer", lambda: signer)
    monkeypatch.setattr(setup, "ready_node", lambda: None)
    return signer


def _log(size: int) -> None:
    with transaction.atomic():
        actions.record_many([entry(number) for number in range(size)])


@pytest.mark.django_db
def test_the_command_line_proves_the_log(node_key: Signer, capsys: pytest.CaptureFixture[str]) -> None:
    _log(20)
    actions.checkpoint(signer=node_key)
    assert main.main(["verify"]) == 0
    shown = capsys.readouterr().out
    assert "20 entries, 1 checkpoints, 1 signatures checked" in shown
    assert "entries a second" in shown
    assert "whole and unchanged" in shown


@pytest.mark.django_db
def test_the_command_line_names_the_first_wrong_entry(node_key: Signer, capsys: pytest.CaptureFixture[str]) -> None:
    _log(20)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET actor = 'usr-2' WHERE seq = 13")
    assert main.main(["verify"]) == 1
    assert "NOT PROVED: entry.changed: entry 13" in capsys.readouterr().out
    assert main.main(["verify", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False
    assert said["finding"] == {"code": "entry.changed", "first": 13, "last": 13}


@pytest.mark.django_db
def test_the_command_line_uses_the_checkpoint_in_the_nodes_folder(
    node_key: Signer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _log(20)
    elsewhere = tmp_path / "kept.note"
    note = actions.checkpoint(signer=node_key)
    assert note is not None
    elsewhere.write_text(note, encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_checkpointnote")
        cursor.execute("DELETE FROM audit_entry")
        cursor.execute("DELETE FROM audit_tree")
    assert main.main(["verify"]) == 0
    assert main.main(["verify", "--checkpoint", str(elsewhere)]) == 1
    assert "log.cut: entries 1 to 20" in capsys.readouterr().out
    assert main.main(["verify", "--checkpoint", str(tmp_path / "nothing")]) == 1


@pytest.mark.django_db
def test_the_command_line_checks_an_exported_trail(
    node_key: Signer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _log(20)
    actions.checkpoint(signer=node_key)
    file = tmp_path / "trail.json"
    bundle = queries.export("prs-1")
    file.write_text(json.dumps(bundle), encoding="utf-8")
    key = f"{node_key.name}={base64.b64encode(node_key.verifier.public).decode()}"
    assert main.main(["verify", "--trail", str(file), "--key", key]) == 0
    assert "20 entries stand in the log that somec.example/lv signed" in capsys.readouterr().out
    file.write_text(json.dumps(bundle).replace("prs-7", "prs-8"), encoding="utf-8")
    assert main.main(["verify", "--trail", str(file), "--key", key, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_wrong"] == 7
    assert main.main(["verify", "--trail", str(file), "--key", "no key"]) == 1
    file.write_text("[]", encoding="utf-8")
    assert main.main(["verify", "--trail", str(file), "--key", key]) == 1
    with pytest.raises(Invalid, match=r"bundle\.malformed"):
        verify_bundle({"checkpoint": 5, "entries": []}, node_key.verifier)

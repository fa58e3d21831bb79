"""``somec backup``: a copy of a running node that can be put back: its rows, its files, and its keys if asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import sqlite3
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from somec.cli import setup
from somec.kernel.errors import NotPossibleNow

_ROWS: Final = "somec.sqlite3"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    command = subparsers.add_parser(
        "backup", help="copy the node, while it runs, into one file",
        description=(
            "Rows and configuration as of one moment. After putting a backup back nothing is lost or doubled: what had "
            "no receipt is sent again with its old message id, and peers answer repeats with the receipt they gave."
        ),
    )  # fmt: skip
    command.add_argument("file", type=Path, help="where to write (.tar.gz); must not exist")
    command.add_argument("--with-keys", action="store_true", help="private keys too: guard the file like the node")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the backup and say what is in it."""
    setup.ready_node()
    from django.conf import settings  # noqa: PLC0415 - needs Django set up

    if settings.CONFIG.database_url:
        raise NotPossibleNow("backup.postgresql")  # its own tools do this better: pg_basebackup, pg_dump
    if arguments.file.exists():
        raise NotPossibleNow("backup.file_exists", file=arguments.file.name)
    folder: Path = settings.CONFIG.folder
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        rows = Path(scratch) / _ROWS
        copy_rows(settings.CONFIG.database_file, rows)
        _pack(arguments.file, folder, rows, with_keys=arguments.with_keys)
    print(f"{arguments.file}: {arguments.file.stat().st_size / 2**20:.1f} MB")
    return 0


def copy_rows(source: Path, target: Path) -> None:
    """Copy an SQLite database that may be written to meanwhile, as of one moment, and prove the copy sound."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as reading, sqlite3.connect(target) as writing:
        functions = importlib.import_module("django.db.backends.sqlite3._functions")
        functions.register(writing)  # the tables' constraints call Django's functions; the check tries each row on them
        reading.backup(writing)  # in one step: writers go on meanwhile (WAL), and pieces would begin anew at each write
        verdict = writing.execute("PRAGMA integrity_check").fetchone()[0]
    reading.close()
    writing.close()
    if verdict != "ok":
        raise NotPossibleNow("backup.unsound")


def _pack(file: Path, folder: Path, rows: Path, *, with_keys: bool) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)  # left behind by a backup that was killed
    try:
        _write(fresh, folder, rows, with_keys=with_keys)
        fresh.replace(file)
    except BaseException:  # a full disk, Ctrl-C: half a backup is none
        fresh.unlink(missing_ok=True)
        raise


def _write(fresh: Path, folder: Path, rows: Path, *, with_keys: bool) -> None:
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
        archive.add(rows, arcname=_ROWS)
        archive.add(folder / "somec.toml", arcname="somec.toml")
        if (folder / "criteria").is_dir():
            archive.add(folder / "criteria", arcname="criteria")
        if with_keys:
            archive.add(folder / "keys", arcname="keys")

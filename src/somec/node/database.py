"""Where a node keeps its rows: one SQLite file by default, PostgreSQL by address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from somec.kernel.errors import Invalid
from somec.node.config import Config

BUSY_MILLISECONDS = 20_000  # a writer waits this long for another writer before it gives up


def settings(config: Config) -> dict[str, Any]:
    """Return Django's entry for the node's database."""
    if not config.database_url:
        return sqlite(str(config.database_file))
    address = urlsplit(config.database_url)
    if address.scheme == "sqlite":
        return sqlite(address.path)
    if address.scheme not in {"postgres", "postgresql"}:
        raise Invalid("config.database_url")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.path.lstrip("/"),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": address.hostname or "",
        "PORT": str(address.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(address.query)),
    }


def sqlite(path: str) -> dict[str, Any]:
    """Return the settings that make SQLite fit for several writers.

    IMMEDIATE takes the write lock when a transaction begins, so two actions never read the same state and then both
    write; WAL lets readers go on meanwhile; FULL makes a commit survive a power cut, on which receipts rest.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_MILLISECONDS / 1000,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                f"PRAGMA busy_timeout={BUSY_MILLISECONDS};PRAGMA cache_size=-16000;PRAGMA mmap_size=0;"
            ),
        },
        "TEST": {"NAME": None},
    }

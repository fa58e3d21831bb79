"""What commands do before they touch a node: read its configuration, check its tables, make its log speak."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from somec.kernel.errors import Invalid, NotAllowed, NotPossibleNow

if TYPE_CHECKING:
    from somec.access.rules import Actor

SHOWN: Final = ("document", "size", "peer", "code", "conversation", "message_id", "seconds", "count")
"""The only extra fields that a log line may have: ids, codes and counts, never a person's data."""


class _Lines(logging.Formatter):
    """One JSON object for each line. Of an error its kind and place are kept, never its text: that may quote a row."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "event": _event(record)}
        line.update({name: getattr(record, name) for name in SHOWN if hasattr(record, name)})
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{frame.name}:{frame.lineno}" for frame in frames[-6:]]
            code = getattr(record.exc_info[1], "code", None)
            if isinstance(code, str):
                line["code"] = code
        return json.dumps(line)


def _event(record: logging.LogRecord) -> str:
    """Return our own event code, or only the logger's name for libraries, whose messages may hold anything."""
    return str(record.msg) if record.name.startswith("somec") else record.name


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write the log to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("somec").setLevel(level)


def ready_node() -> None:
    """Set Django up for an existing node whose tables fit this release; raises NotPossibleNow otherwise."""
    import django  # noqa: PLC0415 - slow to load, and reads the node's configuration
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    log_to_stderr()
    if not (settings.CONFIG.folder / "somec.toml").exists():
        raise NotPossibleNow("node.not_found", folder=str(settings.CONFIG.folder))
    _check_tables()


def check_database() -> None:
    """Raise NotPossibleNow when the database cannot be reached, or the file is none."""
    from django.db import DatabaseError, connection  # noqa: PLC0415 - needs Django set up

    try:
        connection.ensure_connection()
        connection.introspection.table_names()
    except DatabaseError as error:
        raise NotPossibleNow("node.database", why=(str(error).splitlines() or ["no reason given"])[0]) from error


def _check_tables() -> None:
    check_database()
    from django.db import connection  # noqa: PLC0415 - needs Django set up
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotPossibleNow("node.tables_old", count=len(missing))
    # Rows that a later release wrote may mean what this one does not know: going back is restoring a backup.
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    if unknown:
        raise NotPossibleNow("node.tables_newer", count=len(unknown))


def first_line(file: Path) -> str:
    """Return the password in the first line of a file, whatever editor wrote it; raises Invalid where it is no text."""
    try:
        return (file.read_text(encoding="utf-8-sig").splitlines() or [""])[0]
    except UnicodeDecodeError as error:
        raise Invalid("password_file.encoding", file=file.name) from error


def signed_in(email: str, password_file: Path | None) -> Actor:
    """Return the person who works at the command line, by e-mail and password; raises NotAllowed."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - needs Django set up

    from somec.access import queries  # noqa: PLC0415

    password = first_line(password_file) if password_file else getpass(f"{email}: ")
    user = get_user_model().objects.filter(email=email.strip().lower()).first()
    if user is None or not user.check_password(password):
        raise NotAllowed("access.sign_in")
    return queries.actor_for(user)

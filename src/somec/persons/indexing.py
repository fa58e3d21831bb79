"""The search index of this node follows its database: a person is found, or gone, in the next question.

Every write of a file leaves an :class:`~somec.persons.models.IndexChange` in the same transaction. Before each question
:func:`follow` takes these rows: it reads the committed files, puts them into the index or takes them out, and then
deletes the rows. What can happen in between:

* *The process is killed.* The rows are still there and are taken again.
* *The question is asked inside a transaction.* It must find its own changes, which may yet be rolled back. The rows
  stay, and the ids are first written to ``unsettled.json``; the next question outside a transaction reads them again.
* *The database is restored, or the folder is another node's.* Each taking of rows writes a new random token, first into
  the folder with the ids it is about to touch, then into the database in the transaction that deletes the rows. If the
  database has the folder's token, both belong together; if it has the one before, the touched ids are read again; any
  other token means that the folder must be rebuilt, and until then every answer says *index incomplete*.

Locks (files in the folder, held by the kernel and gone with the process): ``follow.lock`` for whoever takes rows;
``unsettled.lock`` around writing ids and putting them. No database write waits while ``unsettled.lock`` is held, and
nobody inside a transaction waits for ``follow.lock``: so they cannot wait for each other in a circle.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import connection, transaction

from somec.kernel import clock
from somec.persons import models, rows
from somec.persons.matching.errors import IndexBusy, IndexDamaged, IndexMissing, IndexStorage, IndexVersion
from somec.persons.matching.views import record_of

if TYPE_CHECKING:
    from somec.persons.matching.index import MatchIndex

FOLDER: Final = "match-index"
TOKENS: Final = "database.json"
UNSETTLED: Final = "unsettled.json"
MANIFEST: Final = "index.json"
WANTED: Final = "rebuild.wanted"
_FORGET: Final = "erased-"
LEFT_TO_QUESTIONS: Final = 200
"""Changes that the next question takes by itself within some hundredths of a second; more are the worker's."""
TAKEN_AT_ONCE: Final = 2_000
"""Rows of one taking: what is read and put before the next token."""
REBUILT_AT_ONCE: Final = 2_000
"""A node with fewer people rebuilds its index within the question that needs it; others leave it to the worker."""
INTERPRETED_BELOW: Final = 5_000
"""With fewer people the kernels run interpreted (a question takes about a fifth of a second at this size)."""
_KERNELS: Final = "somec.persons.matching.compiled"

_log: Final = logging.getLogger(__name__)
_open: Final[dict[Path, MatchIndex]] = {}
_opening: Final = threading.Lock()
_troubles: Final[dict[Path, str]] = {}


@dataclass(frozen=True, slots=True)
class Followed:
    """The index to ask, or None, and the code why it does not hold everybody (empty: it does)."""

    index: MatchIndex | None
    reason: str = ""


def folder() -> Path:
    """Return where the index of this node lies; every process of the node must see the same folder."""
    place: Path = settings.CONFIG.folder
    return place / FOLDER


def changed(person_ids: Iterable[str]) -> None:
    """Note that these files were written; called in the transaction that writes them."""
    models.IndexChange.objects.bulk_create([models.IndexChange(person_id=one) for one in person_ids], batch_size=500)


def follow() -> Followed:
    """Bring the index up to the database and return it. Never raises for the index's own troubles: it names them."""
    place = folder()
    try:
        index = _ready()
        if connection.in_atomic_block:
            _put_uncommitted(index)
        else:
            _take(index)
    except (IndexBusy, IndexMissing, IndexDamaged, IndexVersion, IndexStorage) as error:
        _troubles[place] = error.code
    except OSError as error:  # a full or read-only disk, below the engine's own files
        _log.warning("persons.index_not_written", extra={"reason": error.strerror})
        _troubles[place] = "matching.index.not_written"
    else:
        _troubles.pop(place, None)
        return Followed(index)
    _log.error("persons.index_behind", extra={"code": _troubles[place]})
    return Followed(_open.get(place), _troubles[place])


def trouble() -> str:
    """Return the code of what keeps answers from being whole, as this process last saw it; empty where nothing does."""
    place = folder()
    return _troubles.get(place, "") or ("matching.index.rebuilding" if rebuild_wanted() else "")


@dataclass(frozen=True, slots=True)
class Status:
    """How the index stands: people in it and on file, changes not yet taken, and the code of what is wrong, if any."""

    people: int
    on_file: int
    waiting: int
    followed_at: datetime | None
    reason: str
    model: str
    compiled: bool
    octets: int


def status() -> Status:
    """Return how the index stands without bringing it up to date; raises what opening a broken one raises."""
    ours = models.SearchIndex.objects.filter(pk=1).first()
    on_file, waiting = models.Person.objects.count(), models.IndexChange.objects.count()
    at = ours.at if ours else None
    if not (folder() / MANIFEST).is_file() or _foreign():
        reason = "matching.index.foreign" if (folder() / MANIFEST).is_file() else "matching.index.missing"
        return Status(0, on_file, waiting, at, reason, model="", compiled=False, octets=0)
    said = _opened().status()
    return Status(
        int(said["people"]), on_file, waiting, at, str(said["reason"]), model=str(said["model"]),
        compiled=bool(said["compiled"]), octets=int(said["bytes"]),
    )  # fmt: skip


# --- opening and rebuilding -------------------------------------------------------------------------------------------


def _ready() -> MatchIndex:
    """Return the open index of this database; an index of another one is marked so, a small one is built at once."""
    if _foreign():
        with _taking():
            if _foreign():  # whoever held the lock before us may have done it
                _take_over()
    trouble: Exception | None = None
    try:
        index = _opened()
        if bool(index.status()["complete"]):
            return index
    except (IndexDamaged, IndexVersion) as error:
        trouble = error
    if models.Person.objects.count() >= REBUILT_AT_ONCE:
        _want_rebuild()
        if trouble is not None:
            raise trouble
        return _opened()
    try:
        rebuild()
    except IndexBusy:
        _log.info("persons.index_rebuilt_elsewhere")
    return _opened()


def _engine() -> type[MatchIndex]:
    """Load the engine, when the first question of this process needs it.

    Compiled kernels take a hundred megabytes, and minutes where nothing has compiled them before; in a small index
    they gain nothing that a person notices. So a small node runs the same functions interpreted, with equal answers.
    """
    if _KERNELS not in sys.modules and models.Person.objects.count() < INTERPRETED_BELOW:
        os.environ.setdefault("SOMEC_MATCHING_KERNEL", "python")
    from somec.persons.matching.index import MatchIndex  # noqa: PLC0415 - not before somebody asks

    return MatchIndex


def _opened() -> MatchIndex:
    """Return this process's opening of the index, made empty and incomplete where there is none."""
    engine, place = _engine(), folder()
    with _opening:
        if not (place / MANIFEST).is_file():
            _open[place] = engine.create(place)
            _open[place].mark_incomplete("matching.index.missing")
        elif place not in _open:
            _open[place] = engine.open(place)
        return _open[place]


def _take_over() -> None:
    """Make the folder this database's own: what is in it counts as incomplete until it is rebuilt."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _opened().mark_incomplete("matching.index.foreign")
    except (IndexDamaged, IndexVersion):
        _log.warning("persons.index_unreadable")  # says by itself that it is not whole
    token = secrets.token_hex(16)
    _write(TOKENS, {"current": token, "previous": token, "touched": []})
    _write(UNSETTLED, [])
    with transaction.atomic():
        models.SearchIndex.objects.update_or_create(pk=1, defaults={"token": token, "at": clock.now()})


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Build the index anew from the database beside the one in use, then switch; returns how many people.

    Raises IndexBusy while another process does, IndexStorage on a full disk. Questions go on meanwhile.
    """
    place = folder()
    if _foreign():
        with _taking():
            _take_over()
    if connection.in_atomic_block:
        _remember_unsettled(models.Person.objects.values_list("pk", flat=True))
    try:
        index = _opened()
    except (IndexDamaged, IndexVersion):
        index = _engine()(place)
    erased = _erasures()
    count = index.rebuild(map(record_of, rows.every_file()), progress)
    for note in (place / WANTED, *erased):
        note.unlink(missing_ok=True)
    with _opening:
        _open[place] = index
    return count


def _want_rebuild() -> None:
    """Ask the worker for a rebuild; it sees the file at its next tick."""
    (folder() / WANTED).touch(mode=0o600)


def rebuild_wanted() -> bool:
    """Tell whether a question has found an index that is too large to be rebuilt within it."""
    return (folder() / WANTED).exists()


def forget() -> None:
    """Have the worker rebuild the index after this transaction, so that nothing of erased people stays on the disk.

    The next question forgets them anyway; but segments and the log of changes hold what was, until they are rewritten.
    A note for each erasure: a rebuild that had begun before takes away none that came later.
    """
    transaction.on_commit(_note_erasure)


def _note_erasure() -> None:
    if (folder() / MANIFEST).exists():
        (folder() / f"{_FORGET}{secrets.token_hex(8)}").touch(mode=0o600)


def _erasures() -> list[Path]:
    return list(folder().glob(f"{_FORGET}*"))


def rebuild_due() -> bool:
    """Tell the worker whether the index is to be rebuilt: it is not whole, or erased people are still on the disk."""
    return rebuild_wanted() or bool(_erasures())


def overdue() -> bool:
    """Tell the worker whether there is more to do than the next question should: a rebuild, or many changes.

    Does not load the engine.
    """
    if rebuild_due():
        return True
    waiting = models.IndexChange.objects.order_by().values_list("pk", flat=True)[: LEFT_TO_QUESTIONS + 1].count()
    return waiting > LEFT_TO_QUESTIONS


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Which state of the database the folder followed last, the one before, and the files touched in between."""

    current: str = ""
    previous: str = ""
    touched: tuple[str, ...] = ()

    def interrupted(self, database: str) -> bool:
        """Tell whether the last taking reached the folder but not the database (or this is an older copy of it)."""
        return database == self.previous != self.current


def _tokens() -> _Tokens:
    found = _read(TOKENS)
    if found is None:
        return _Tokens()
    try:
        return _Tokens(found["current"], found["previous"], tuple(found["touched"]))
    except (KeyError, TypeError) as error:
        raise IndexDamaged("matching.index.damaged", file=TOKENS) from error


def _database_token() -> str:
    return str(models.SearchIndex.objects.filter(pk=1).values_list("token", flat=True).first() or "")


def _foreign() -> bool:
    """Tell whether the folder follows another database, or another state of this one, or none."""
    ours = _database_token()
    try:
        tokens, _ = _tokens(), _unsettled()
    except IndexDamaged:
        return True
    return not ours or ours not in {tokens.current, tokens.previous}


# --- following --------------------------------------------------------------------------------------------------------


def _take(index: MatchIndex) -> None:
    """Take the noted changes, a batch at a time, until none is left; outside a transaction."""
    _settle(index)
    while _waiting():
        with _taking():
            tokens, before = _tokens(), _database_token()
            found = list(models.IndexChange.objects.order_by("pk")[:TAKEN_AT_ONCE].values_list("pk", "person_id"))
            again = tokens.touched if tokens.interrupted(before) else ()
            touched = sorted({person_id for _, person_id in found} | set(again))
            if not touched:
                return
            token = secrets.token_hex(16)
            _write(TOKENS, {"current": token, "previous": before, "touched": touched})
            _put(index, touched)
            with transaction.atomic():
                models.SearchIndex.objects.filter(pk=1).update(token=token, at=clock.now())
                models.IndexChange.objects.filter(pk__in=[pk for pk, _ in found]).delete()


def _waiting() -> bool:
    return models.IndexChange.objects.exists() or _tokens().interrupted(_database_token())


def _put(index: MatchIndex, person_ids: Sequence[str]) -> None:
    """Put these files into the index as the database has them, and take out those that it does not have."""
    found = [record_of(view) for view in rows.every_file(person_ids)]
    index.put(found)
    index.remove(set(person_ids) - {record.id for record in found})


def _put_uncommitted(index: MatchIndex) -> None:
    """Let a transaction find its own changes: noted as unsettled first, for it may yet be rolled back."""
    noted = set(models.IndexChange.objects.values_list("person_id", flat=True))
    with _unsettled_held():
        ids = sorted(noted | set(_unsettled()))
        if not ids:
            return
        _write(UNSETTLED, ids)
        _put(index, ids)


def _remember_unsettled(person_ids: Iterable[str]) -> None:
    with _unsettled_held():
        _write(UNSETTLED, sorted(set(_unsettled()) | set(person_ids)))


def _settle(index: MatchIndex) -> None:
    """Read again, from the committed database, what transactions have put into the index."""
    if not (folder() / UNSETTLED).exists():
        return
    with _unsettled_held():
        ids = _unsettled()
        if ids:
            _put(index, ids)
            _write(UNSETTLED, [])


def _unsettled() -> list[str]:
    return [str(one) for one in _read(UNSETTLED) or ()]


# --- files and locks --------------------------------------------------------------------------------------------------


def _read(name: str) -> Any:
    try:
        return json.loads((folder() / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise IndexDamaged("matching.index.damaged", file=name) from error


def _write(name: str, content: Any) -> None:
    """Replace a file as a whole, durable when this returns."""
    file = folder() / name
    beside = file.with_name(f".{name}.{os.getpid()}.{threading.get_ident()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(content, out)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    _sync(file.parent)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _held(name: str, mode: int) -> Iterator[None]:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder() / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, mode)
        yield
    except BlockingIOError as error:
        raise IndexBusy("matching.index.busy") from error
    finally:
        os.close(handle)


@contextmanager
def _taking() -> Iterator[None]:
    """Hold the lock of whoever takes rows; inside a transaction nobody waits for it, he raises IndexBusy."""
    mode = fcntl.LOCK_EX | fcntl.LOCK_NB if connection.in_atomic_block else fcntl.LOCK_EX
    with _held("follow.lock", mode):
        yield


@contextmanager
def _unsettled_held() -> Iterator[None]:
    with _held("unsettled.lock", fcntl.LOCK_EX):
        yield

"""The log of changes since the segments were written: added, changed and removed people, in order.

Each entry is length, CRC-32 and JSON. An entry counts when it is whole; what a crash left of one is cut off by the
next writer. Several processes read the log while one at a time writes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import orjson

from somec.persons.matching.errors import IndexDamaged, IndexStorage
from somec.persons.matching.records import PersonName, PersonRecord

_HEAD: Final = 8


@dataclass(frozen=True, slots=True)
class Change:
    """A person as he now is, or (`record` None) the id of one who is gone."""

    id: str
    record: PersonRecord | None


def append(file: Path, changes: Iterable[Change], known_end: int = 0) -> int:
    """Add entries durably; returns the new length.

    `known_end` is a place up to which the log is known to be whole. Call only under the write lock. On failure the
    log is as it was, and IndexStorage is raised.
    """
    data = b"".join(_encoded(change) for change in changes)
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise IndexStorage("matching.index.not_written", reason=error.strerror) from error
    try:
        end = whole_length(handle, known_end)
        try:
            os.ftruncate(handle, end)
            written = 0
            while written < len(data):
                written += os.pwrite(handle, data[written:], end + written)
            os.fsync(handle)
        except OSError as error:
            os.ftruncate(handle, end)
            raise IndexStorage("matching.index.not_written", reason=error.strerror) from error
        return end + len(data)
    finally:
        os.close(handle)


def read(file: Path, start: int) -> tuple[list[Change], int]:
    """The whole entries after `start` and where they end.

    An unfinished last entry is left for later; a damaged one raises IndexDamaged.
    """
    try:
        with file.open("rb") as handle:
            handle.seek(start)
            data = handle.read()
    except FileNotFoundError:
        return [], start
    changes, position = [], 0
    while position + _HEAD <= len(data):
        length, check = (
            int.from_bytes(data[position : position + 4], "little"),
            int.from_bytes(data[position + 4 : position + 8], "little"),
        )
        body = data[position + _HEAD : position + _HEAD + length]
        if len(body) < length:
            break
        if crc32(body) != check:
            raise IndexDamaged("matching.index.damaged", file=file.name)
        changes.append(_decoded(orjson.loads(body)))
        position += _HEAD + length
    return changes, start + position


def whole_length(handle: int, position: int = 0) -> int:
    """Where the last whole entry of an open log ends, looking from `position`."""
    size = os.fstat(handle).st_size
    while position + _HEAD <= size:
        head = os.pread(handle, _HEAD, position)
        length = int.from_bytes(head[:4], "little")
        if position + _HEAD + length > size:
            break
        if position + _HEAD + length == size and crc32(os.pread(handle, length, position + _HEAD)) != int.from_bytes(
            head[4:], "little"
        ):
            break
        position += _HEAD + length
    return position


def _encoded(change: Change) -> bytes:
    body = orjson.dumps({"id": change.id, "record": asdict(change.record) if change.record is not None else None})
    return len(body).to_bytes(4, "little") + crc32(body).to_bytes(4, "little") + body


def _decoded(content: dict[str, Any]) -> Change:
    record = content["record"]
    if record is None:
        return Change(content["id"], None)
    names = tuple(PersonName(**name) for name in record.pop("names"))
    others: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
    return Change(content["id"], PersonRecord(names=names, **others))

"""Segments as files: one file each, written beside and renamed into place, read by memory mapping.

Layout: 8 bytes magic, 8 bytes length of the header, the header (JSON: version, arrays with place, type, shape and
CRC-32), then the arrays, each at a multiple of 64 bytes.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np

from somec.persons.matching import arrays
from somec.persons.matching.arrays import Tables
from somec.persons.matching.errors import IndexDamaged, IndexStorage, IndexVersion
from somec.persons.matching.segment import Segment
from somec.persons.matching.version import index_format

MAGIC: Final = b"SOMECIDX"
_ALIGNMENT: Final = 64
_GROUPS: Final[dict[str, Any]] = {
    "vocabulary": arrays.Vocabulary,
    "sure": arrays.Buckets,
    "grams": arrays.Buckets,
    "word_records": arrays.WordRecords,
    "terms": arrays.Terms,
    "people": arrays.People,
    "places": arrays.Places,
    "identities": arrays.Identities,
}


def write_segment(file: Path, tables: Tables, nations: tuple[str, ...]) -> None:
    """Write a segment so that the file is either whole or not there; raises IndexStorage when it cannot be written."""
    described, position = [], 0
    contents: list[np.ndarray[Any, Any]] = []
    for group in tables._fields:
        for name, values in getattr(tables, group)._asdict().items():
            solid = np.ascontiguousarray(values)
            position = -(-position // _ALIGNMENT) * _ALIGNMENT
            described.append(
                {
                    "name": f"{group}.{name}",
                    "at": position,
                    "type": solid.dtype.str,
                    "shape": list(solid.shape),
                    "crc": crc32(_octets(solid)),
                }
            )
            contents.append(solid)
            position += solid.nbytes
    header = json.dumps({"format": index_format(), "nations": nations, "arrays": described, "size": position}).encode()
    header += b" " * (-(len(header) + 16) % _ALIGNMENT)

    def write(out: Any) -> None:
        out.write(MAGIC + len(header).to_bytes(8, "little") + header)
        at = 0
        for description, solid in zip(described, contents, strict=True):
            out.write(b"\0" * (int(description["at"]) - at))  # type: ignore[call-overload]
            out.write(_octets(solid))
            at = int(description["at"]) + solid.nbytes  # type: ignore[call-overload]

    write_whole(file, write)


def _octets(solid: np.ndarray[Any, Any]) -> memoryview:
    view: Any = solid  # numpy's stubs do not say that an array is a buffer before Python 3.12
    return memoryview(view).cast("B") if solid.nbytes else memoryview(b"")


def write_whole(file: Path, write: Callable[[Any], None]) -> None:
    """Write a file under another name, sync it, rename it, sync the folder.

    After a crash at any point there is the old file, the new one, or none.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(beside, "wb", opener=_private) as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise IndexStorage("matching.index.not_written", reason=error.strerror or type(error).__name__) from error


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_segment(file: Path) -> Segment:
    """Map a segment; raises IndexDamaged or IndexVersion.

    Every array is held against its checksum: one wrong number in a list of people would hide some of them, or lead a
    kernel out of an array. That is a tenth of a second for a million people, once for each process.
    """
    header, start, mapped = _open(file)
    _check_contents(file, header, start, mapped)
    groups: dict[str, dict[str, np.ndarray[Any, Any]]] = {group: {} for group in _GROUPS}
    try:
        for one in header["arrays"]:
            group, name = one["name"].split(".")
            kind = np.dtype(one["type"])
            count = int(np.prod(one["shape"], dtype=np.int64))
            groups[group][name] = (
                np.frombuffer(mapped, kind, count, start + one["at"]).reshape(one["shape"])
                if count
                else np.zeros(one["shape"], kind)
            )
        tables = Tables(**{group: _GROUPS[group](**found) for group, found in groups.items()})
        return Segment(tables, tuple(header["nations"]))
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged("matching.index.damaged", file=file.name) from error


def verify_segment(file: Path) -> None:
    """Check every array against its checksum; raises IndexDamaged."""
    _check_contents(file, *_open(file))


def _check_contents(file: Path, header: dict[str, Any], start: int, mapped: mmap.mmap) -> None:
    view = memoryview(mapped)
    try:
        for one in header["arrays"]:
            size = int(np.prod(one["shape"], dtype=np.int64)) * np.dtype(one["type"]).itemsize
            if crc32(view[start + one["at"] : start + one["at"] + size]) != one["crc"]:
                raise IndexDamaged("matching.index.damaged", file=file.name, array=str(one["name"])[:40])
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged("matching.index.damaged", file=file.name) from error


def _open(file: Path) -> tuple[dict[str, Any], int, mmap.mmap]:
    try:
        with file.open("rb") as handle:
            mapped = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError) as error:
        raise IndexDamaged("matching.index.damaged", file=file.name, reason=type(error).__name__) from error
    length = int.from_bytes(mapped[8:16], "little")
    if mapped[:8] != MAGIC or length > len(mapped):
        raise IndexDamaged("matching.index.damaged", file=file.name)
    try:
        header: dict[str, Any] = json.loads(mapped[16 : 16 + length])
    except ValueError as error:
        raise IndexDamaged("matching.index.damaged", file=file.name) from error
    if header.get("format") != index_format():
        raise IndexVersion("matching.index.version", found=str(header.get("format")), expected=index_format())
    start = 16 + length
    if len(mapped) < start + int(header["size"]):
        raise IndexDamaged("matching.index.damaged", file=file.name)
    return header, start, mapped


def file_digest(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()

"""CSV tables of people: any encoding that is named or marked, any of four delimiters, and what is wrong with a file."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from somec.persons.matching.columns import RowBlock, known
from somec.persons.matching.errors import BadTable

if TYPE_CHECKING:
    from _csv import Reader

MAX_FIELD: Final = 1_000_000
"""Characters in one CSV field; longer ones are refused by the reader rather than filling the memory."""
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks by which a file says its encoding itself (spreadsheets write "Unicode text" as UTF-16)."""


def blocks(file: Path, encoding: str, size: int) -> Iterator[RowBlock]:
    """The rows of a file, at most `size` at a time; raises BadTable."""
    line, codec = 0, _codec(file, encoding)
    try:
        with file.open(encoding=codec, newline="") as handle:
            reader, names = _begun(handle, file)
            places = {ours: names.index(theirs) for ours, theirs in known(names, file).items()}
            first, rows = 1, _even_rows(reader, len(names), file)
            while some := list(islice(rows, size)):
                line = reader.line_num
                yield RowBlock(first, {ours: [row[place] for row in some] for ours, place in places.items()})
                first += len(some)
    except UnicodeError as error:
        raise BadTable(
            "matching.file.encoding", file=file.name, line=_line_of_bad_bytes(file, codec), expected=_told(codec)
        ) from error
    except csv.Error as error:
        raise BadTable("matching.file.malformed", file=file.name, after_line=line, reason=str(error)) from error
    except OSError as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=error.strerror) from error


def header(file: Path, encoding: str) -> list[str]:
    """The names of all columns; raises BadTable."""
    codec = _codec(file, encoding)
    try:
        with file.open(encoding=codec, newline="") as handle:
            return _begun(handle, file)[1]
    except UnicodeError as error:
        raise BadTable("matching.file.encoding", file=file.name, line=1, expected=_told(codec)) from error
    except csv.Error as error:
        raise BadTable("matching.file.malformed", file=file.name, after_line=0, reason=str(error)) from error
    except OSError as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=error.strerror) from error


def _begun(handle: TextIO, file: Path) -> tuple[Reader, list[str]]:
    """A reader past the header line, and that line; empty lines before it are passed over."""
    csv.field_size_limit(MAX_FIELD)
    while (sample := handle.readline(MAX_FIELD)) and not sample.strip():
        pass
    handle.seek(0)
    reader = csv.reader(_text_lines(handle, file), delimiter=max(",\t|;", key=sample.count), strict=True)
    names = next((row for row in reader if row), None)
    if names is None:
        raise BadTable("matching.file.empty", file=file.name)
    return reader, names


def _codec(file: Path, encoding: str) -> str:
    """The codec that reads a file: what its byte order mark says, else what was said of it."""
    try:
        "".encode(encoding)  # some codecs are none of text
        expected = codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise BadTable("matching.file.unknown_encoding", encoding=encoding[:40]) from error
    if expected != "utf-8":
        return encoding
    try:
        with file.open("rb") as handle:
            start = handle.read(4096)
    except OSError as error:
        raise BadTable("matching.file.unreadable", file=file.name, reason=error.strerror) from error
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8-sig")
    if marked == "utf-8-sig" and b"\0" in start:
        raise BadTable("matching.file.not_text", file=file.name)
    return marked


def _told(codec: str) -> str:
    return codec.upper().removesuffix("-SIG")


def _text_lines(handle: TextIO, file: Path) -> Iterator[str]:
    for number, text in enumerate(handle, start=1):
        if "\0" in text:
            raise BadTable("matching.file.not_text", file=file.name, line=number)
        yield text


def _even_rows(reader: Reader, width: int, file: Path) -> Iterator[list[str]]:
    """Rows with as many fields as the header; empty ones too many, as spreadsheets write them, are cut off."""
    for row in reader:
        if len(row) == width:
            yield row
        elif row and len(row) > width and not any(row[width:]):
            yield row[:width]
        elif row:
            raise BadTable(
                "matching.file.row_length", file=file.name, line=reader.line_num, found=len(row), expected=width
            )


def _line_of_bad_bytes(file: Path, codec: str) -> int | None:
    """The line in which the bytes stop being text of an encoding; None where none is found."""
    decoder, line = codecs.getincrementaldecoder(codec)(), 1
    try:
        with file.open("rb") as handle:
            for raw in handle:
                try:
                    line += decoder.decode(raw).count("\n")
                except UnicodeError:  # it keeps nothing of what it refused: once more, byte by byte
                    for byte in raw:
                        line += decoder.decode(bytes((byte,))).count("\n")
            decoder.decode(b"", final=True)
    except UnicodeError:
        return line
    except OSError:
        return None
    return None

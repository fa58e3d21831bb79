"""Make `name-equivalents.table` anew from the name lists that the installed rigour carries, or (--check) compare.

The lists are compressed inside rigour's binary module. Every word in them is asked of rigour itself, so the table
says what rigour says; the lists only tell which words to ask. Run after an update of rigour; takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pyarrow as pa
from rigour import _core as rigour

from somec.persons.matching import equivalence
from somec.persons.matching.equivalence import Symbols
from somec.persons.matching.names import parts_of
from somec.persons.matching.scripts import words

TABLE = Path(equivalence.__file__).with_name(equivalence.FILE)
FRAME = b"\x28\xb5\x2f\xfd"
MOST_SYMBOLS = 24
SMALLEST = 10_000
"""Shorter lists are not of names."""


def said(word: str) -> Symbols:
    """Return what rigour says of one word."""
    same: set[str] = set()
    short: set[str] = set()
    tag = rigour.NameTypeTag.PER
    for analysed in rigour.analyze_names(tag, [word], phonetics=False, numerics=False, consolidate=False):
        for span in analysed.spans:
            if len(span.parts) > 1:
                continue
            if span.symbol.category == rigour.SymbolCategory.NAME:
                same.add(span.symbol.id)
            elif span.symbol.category == rigour.SymbolCategory.NICK:
                short.add(span.symbol.id)
    return _hashed(same), _hashed(short)


def _hashed(symbols: set[str]) -> tuple[int, ...]:
    return tuple(crc32(symbol.encode()) for symbol in sorted(symbols)[:MOST_SYMBOLS])


def listed_words() -> set[str]:
    """Every single word of the lists as the engine would ask it."""
    found: set[str] = set()
    for text in _lists():
        for form in _forms(text):
            found.update(words(form))
            found.update(part.text for part in parts_of(form))
            tokens = rigour.tokenize_name(form.casefold())
            if len(tokens) == 1:
                found.update((tokens[0], *words(tokens[0])))
    return {word for word in found if word and " " not in word}


def _forms(text: str) -> Iterator[str]:
    if text.startswith(("{", "[")):
        yield from _leaves(json.loads(text))
        return
    for line in text.splitlines():
        yield from (form.strip() for form in line.partition("=>")[0].split(","))


def _leaves(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from _leaves(value)
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value)


def _lists() -> Iterator[str]:
    """Give the texts compressed by Zstandard (RFC 8878) inside rigour's module."""
    data = Path(rigour.__file__).read_bytes()
    for found in re.finditer(re.escape(FRAME), data):
        end = _end_of_frame(data, found.start())
        if end is None:
            continue
        try:
            with pa.CompressedInputStream(pa.BufferReader(data[found.start() : end]), "zstd") as stream:
                text = stream.read().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if len(text) >= SMALLEST and not text.startswith('{"name"'):
            yield text


def _end_of_frame(data: bytes, start: int) -> int | None:
    """Where a frame ends, found by its block headers; None when it is none."""
    descriptor = data[start + 4]
    if descriptor & 0x08:
        return None
    single = descriptor >> 5 & 1
    size_field = (single, 2, 4, 8)[descriptor >> 6]
    at = start + 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3] + size_field
    while at + 3 <= len(data):
        header = int.from_bytes(data[at : at + 3], "little")
        at += 3 + (1 if header >> 1 & 3 == 1 else header >> 3)
        if header & 1:
            return at + (4 if descriptor & 4 else 0)
    return None


def check(asked: set[str]) -> int:
    """Compare the shipped table with rigour on every word, and on words changed by one letter."""
    rng = random.Random(1)  # noqa: S311 - a sample
    changed = set()
    for word in rng.sample(sorted(asked), min(100_000, len(asked))):
        place = rng.randrange(len(word))
        changed.add(word[:place] + rng.choice("aeioursnlé") + word[place + rng.randrange(2) :])
    wrong = [word for word in sorted(asked | changed) if equivalence.equivalents(word) != said(word)]
    print(
        f"{len(asked)} words of the lists, {len(changed)} changed ones, {len(wrong)} answered otherwise: {wrong[:20]}"
    )
    return 1 if wrong else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    chosen = parser.parse_args()
    start = time.perf_counter()
    asked = listed_words()
    print(f"{len(asked)} words in {time.perf_counter() - start:.0f} s")
    if chosen.check:
        return check(asked)
    known = {word: said(word) for word in sorted(asked)}
    TABLE.write_bytes(equivalence.table_of({word: answer for word, answer in known.items() if answer != ((), ())}))
    print(f"{TABLE.name}: {TABLE.stat().st_size / 1e6:.1f} MB in {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

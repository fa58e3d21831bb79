"""Names that are the same name in another language or script, and nicknames, read from a table.

The table (`name-equivalents.table`, made by `scripts/name_equivalents.py`) holds what the person-name lists of rigour
say of every single word in them (OpenSanctions, MIT; drawn from Wikidata). It is mapped into memory, so processes
share it and read only the pages they touch; the lists themselves would take 400 MB and five seconds in each process.

Layout, little-endian 32-bit numbers: magic, buckets, keys, lists, symbols; where each bucket's keys start; the low
halves of the keys; for each key the number of its list; where each list starts; how many of a list are names (the
rest are nicknames); the symbols. A key is the first six bytes of a word's BLAKE2b hash, its upper part the bucket.
"""

from __future__ import annotations

import mmap
import unicodedata
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Final

from somec.persons.matching.errors import IndexDamaged

FILE: Final = "name-equivalents.table"
MAGIC: Final = 0x31455153
BUCKET_BITS: Final = 16
_HEADER: Final = 5
_LOOSE_CARON: Final = "\u02c7"
"""A mark of Romani and Slovak lists that stands apart and counts as little as those that combine."""

Symbols = tuple[tuple[int, ...], tuple[int, ...]]
"""The names and the nicknames a word stands for, as 32-bit hashes of rigour's symbols."""


@dataclass(frozen=True, slots=True)
class _Table:
    bucket_at: memoryview
    keys: memoryview
    lists: memoryview
    list_at: memoryview
    named: memoryview
    symbols: memoryview

    def find(self, word: str) -> Symbols:
        """What the table says of a word as `key_of` sees it."""
        bucket, rest = key_of(word)
        first, last = self.bucket_at[bucket], self.bucket_at[bucket + 1]
        try:
            row = self.lists[first + self.keys[first:last].tolist().index(rest)]
        except ValueError:
            return (), ()
        start, end = self.list_at[row], self.list_at[row + 1]
        middle = start + self.named[row]
        return tuple(self.symbols[start:middle]), tuple(self.symbols[middle:end])


@lru_cache(maxsize=65536)
def equivalents(word: str) -> Symbols:
    """Names that are the same name, and nickname groups, of one cleaned word.

    William and Bill share a nickname group; Сергей, Serhiy and سيرغي share a name. Vowel signs and other marks that
    stand apart from their letter do not count.
    """
    return _shipped().find(word)


def key_of(word: str) -> tuple[int, int]:
    """The bucket of a word and the rest of its key."""
    if not word.isascii():
        bare = (one for one in word if unicodedata.category(one) != "Mn" and one != _LOOSE_CARON)
        word = "".join(bare)
    hashed = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big")
    return hashed >> 32, hashed & 0xFFFFFFFF


@lru_cache(maxsize=1)
def _shipped() -> _Table:
    with resources.as_file(resources.files(__package__) / FILE) as file:
        return _opened(file)


def _opened(file: Path) -> _Table:
    try:
        with file.open("rb") as handle:
            numbers = memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)).cast("I")
        magic, buckets, keys, lists, symbols = numbers[:_HEADER]
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged("matching.equivalents.damaged", file=file.name) from error
    sizes = (buckets + 1, keys, keys, lists + 1, lists, symbols)
    if magic != MAGIC or buckets != 1 << BUCKET_BITS or len(numbers) != _HEADER + sum(sizes):
        raise IndexDamaged("matching.equivalents.damaged", file=file.name)
    parts, at = [], _HEADER
    for size in sizes:
        parts.append(numbers[at : at + size])
        at += size
    return _Table(*parts)


def table_of(known: Mapping[str, Symbols]) -> bytes:
    """The content of a table file that answers as `known` does."""
    rows: dict[Symbols, int] = {}
    keyed = sorted((key_of(word), rows.setdefault(said, len(rows))) for word, said in known.items())
    keyed = [one for position, one in enumerate(keyed) if position == 0 or one != keyed[position - 1]]
    counts = array("I", bytes(4 << BUCKET_BITS))
    for (bucket, _), _ in keyed:
        counts[bucket] += 1
    symbols = array("I", [symbol for names, nicks in rows for symbol in (*names, *nicks)])
    return b"".join(
        part.tobytes()
        for part in (
            array("I", [MAGIC, 1 << BUCKET_BITS, len(keyed), len(rows), len(symbols)]),
            _starts(counts),
            array("I", [rest for (_, rest), _ in keyed]),
            array("I", [row for _, row in keyed]),
            _starts([len(names) + len(nicks) for names, nicks in rows]),
            array("I", [len(names) for names, _ in rows]),
            symbols,
        )
    )


def _starts(lengths: array[int] | list[int]) -> array[int]:
    starts = array("I", [0])
    for length in lengths:
        starts.append(starts[-1] + length)
    return starts

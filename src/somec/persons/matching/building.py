"""From normalised records to the arrays of one segment.

Everything is appended to flat arrays, so a million people fit in little memory.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Identities, People, Places, Tables
from somec.persons.matching.folding import fold
from somec.persons.matching.keys import key_hash
from somec.persons.matching.postings import bucketed, termed, word_postings
from somec.persons.matching.records import NormalRecord
from somec.persons.matching.romanise import romanisations
from somec.persons.matching.scripts import ABJADS, script_of
from somec.persons.matching.wordtables import WordTable, joined_bytes, starts, word_table

_MIX: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1


def date_key(kind: int, first: int, second: int = 0, third: int = 0) -> int:
    """The term of a date or a part of it.

    Kinds: 1 year with day and month in either order, 2 year and month, 3 year and day, 4 day and month in either
    order, 5 year.
    """
    return ((kind << 40 | first << 16 | second << 8 | third) * _MIX) & _MASK


@lru_cache(maxsize=65536)
def date_keys(packed: int) -> list[int]:
    """The terms under which a record with this date is found. Remembered; not to be changed by whoever asks."""
    year, month, day = packed >> 9, packed >> 5 & 15, packed & 31
    keys = []
    if year:
        keys.append(date_key(5, year))
        if month:
            keys.append(date_key(2, year, month))
    if day:
        low, high = min(month, day), max(month, day)
        keys.append(date_key(4, 0, low, high))
        if year:
            keys += [date_key(1, year, low, high), date_key(3, year, day)]
    return keys


def document_key(document: str) -> int:
    """The term of a document number."""
    return key_hash("#" + document)


def place_key(place: str) -> int:
    """The term of a birthplace."""
    return key_hash("@" + place)


def place_sound(place: str) -> str:
    """A birthplace as one sound form, so that Рига, Rīga and Riga meet."""
    sounds = []
    for word in place.split():
        script = script_of(word)
        spelled = romanisations(word, script)
        if spelled:
            sounds.append(fold(spelled[0].lower() if script in ABJADS else spelled[0]))
    return "".join(sounds)[:40]


_LISTS: Final = {
    "words": "I",
    "roles": "B",
    "dates": "I",
    "nations": "I",
    "places": "I",
    "documents": "Q",
    "sexes": "B",
}
"""The lists of a builder and the type of their numbers."""


class Part(NamedTuple):
    """What a builder took, with numbers of its own for words, nations and places."""

    words: list[str]
    nations: list[str]
    places: list[str]
    id_text: bytes
    id_at: array[int]
    id_hashes: array[int]
    lists: dict[str, array[int]]
    ends: dict[str, array[int]]
    term_keys: array[int]
    term_records: array[int]


class SegmentBuilder:
    """Takes normalised records one by one, or what other builders took; `finish` gives the arrays."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.nations: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._id_text, self._id_at, self._id_hashes = bytearray(), array("I", [0]), array("Q")
        self._lists = {name: array(code) for name, code in _LISTS.items()}
        self._ends = {name: array("I", [0]) for name in ("names", "words", "dates", "nations", "places", "documents")}
        self._term_keys, self._term_records = array("Q"), array("I")

    def __len__(self) -> int:
        """Records taken so far."""
        return len(self._id_hashes)

    def add(self, record: NormalRecord) -> None:
        """Take one record."""
        number, lists, ends = len(self), self._lists, self._ends
        self._add_id(record.id)
        for parts in record.names:
            for part in parts:
                lists["words"].append(self.words.setdefault(part.text, len(self.words)))
                lists["roles"].append(part.role)
            ends["words"].append(len(lists["words"]))
        ends["names"].append(len(ends["words"]) - 1)
        terms: list[int] = []
        for packed in record.dates:
            lists["dates"].append(packed)
            terms += date_keys(packed)
        ends["dates"].append(len(lists["dates"]))
        self._add_values(record, terms)
        if terms:
            self._term_keys.extend(terms)
            self._term_records.extend([number] * len(terms))

    def _add_id(self, identity: str) -> None:
        text = identity.encode("utf-8", "surrogatepass")
        self._id_text += text
        self._id_at.append(len(self._id_text))
        self._id_hashes.append(id_hash(text))

    def _add_values(self, record: NormalRecord, terms: list[int]) -> None:
        lists, ends = self._lists, self._ends
        lists["sexes"].append(record.sex)
        for nation in record.nationalities:
            lists["nations"].append(self.nations.setdefault(nation, len(self.nations)))
        ends["nations"].append(len(lists["nations"]))
        for place in record.places:
            sound = place_sound_cached(place)
            lists["places"].append(self._places.setdefault(sound, len(self._places)))
            terms.append(place_key(sound))
        ends["places"].append(len(lists["places"]))
        for document in record.documents:
            key = document_key(document)
            lists["documents"].append(key)
            terms.append(key)
        ends["documents"].append(len(lists["documents"]))

    def part(self) -> Part:
        """What was taken, to be handed to another builder."""
        return Part(
            list(self.words),
            list(self.nations),
            list(self._places),
            bytes(self._id_text),
            self._id_at,
            self._id_hashes,
            self._lists,
            self._ends,
            self._term_keys,
            self._term_records,
        )

    def take(self, part: Part) -> None:
        """Take what another builder took after what is here: the same as adding its records one by one."""
        first = len(self)
        self._id_at.frombytes(_shifted(part.id_at, len(self._id_text)))
        self._id_text += part.id_text
        self._id_hashes.extend(part.id_hashes)
        for name, known, new in (
            ("words", self.words, part.words),
            ("nations", self.nations, part.nations),
            ("places", self._places, part.places),
        ):
            numbers = np.array([known.setdefault(text, len(known)) for text in new] or [0])
            theirs = np.array(part.lists[name], dtype=np.int64)
            part.lists[name] = array(_LISTS[name], numbers[theirs].astype(_LISTS[name]).tobytes())
        for name, ends in self._ends.items():
            ends.frombytes(_shifted(part.ends[name], ends[-1]))
        for name, values in self._lists.items():
            values.extend(part.lists[name])
        self._term_keys.extend(part.term_keys)
        self._term_records.frombytes((np.array(part.term_records, dtype=np.uint32) + np.uint32(first)).tobytes())

    def finish(self, words: WordTable | None = None) -> Tables:
        """The arrays of everything taken.

        `words` are the tables of `self.words` in order, where they were worked out elsewhere.
        """
        known = words if words is not None else word_table(self.words)
        lists = {name: np.frombuffer(values, _LISTS[name]) for name, values in self._lists.items()}
        ends = {name: np.array(values, dtype=np.uint32) for name, values in self._ends.items()}
        owners = np.repeat(np.arange(len(self), dtype=np.uint32), np.diff(ends["words"][ends["names"]]))
        numbers = np.arange(len(self.words), dtype=np.uint32)
        return Tables(
            vocabulary=known.vocabulary,
            sure=bucketed(known.sure, np.repeat(numbers, known.sure_counts)),
            grams=bucketed(known.grams, np.repeat(numbers, known.gram_counts)),
            word_records=word_postings(lists["words"], owners, len(self.words)),
            terms=termed(np.frombuffer(self._term_keys, np.uint64), np.frombuffer(self._term_records, np.uint32)),
            people=People(
                ends["names"],
                ends["words"],
                lists["words"],
                lists["roles"],
                lists["dates"],
                ends["dates"],
                lists["sexes"],
                lists["nations"],
                ends["nations"],
                lists["places"],
                ends["places"],
                lists["documents"],
                ends["documents"],
            ),
            places=self._place_table(lists["places"]),
            identities=self._identities(),
        )

    def _place_table(self, used: NDArray[np.generic]) -> Places:
        letters = [place.encode("ascii", "replace") for place in self._places]
        return Places(
            joined_bytes(b"".join(letters)),
            starts(map(len, letters)),
            np.bincount(used.astype(np.int64), minlength=len(letters)).astype(np.uint32),
        )

    def _identities(self) -> Identities:
        hashes = np.array(self._id_hashes, dtype=np.uint64)
        order = np.argsort(hashes, kind="stable").astype(np.uint32)
        text = np.frombuffer(self._id_text, dtype=np.uint8)
        return Identities(text, np.array(self._id_at, dtype=np.uint32), hashes[order], order)


def _shifted(ends: array[int], by: int) -> bytes:
    """Ends without the leading 0, moved on."""
    return (np.array(ends, dtype=np.uint32)[1:] + np.uint32(by)).tobytes()


def id_hash(text: bytes) -> int:
    """The hash by which a record id is found."""
    return key_hash(text.decode("utf-8", "surrogatepass"))


_sounds: dict[str, str] = {}


def place_sound_cached(place: str) -> str:
    """`place_sound`, remembered; there are few different places."""
    known = _sounds.get(place)
    if known is None:
        if len(_sounds) > 500_000:
            _sounds.clear()
        known = _sounds[place] = place_sound(place)
    return known

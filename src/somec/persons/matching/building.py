"""From normalised records to the arrays of one segment.

Everything is appended to flat arrays, so a million people fit in little memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Identities, People, Places, Tables, Vocabulary
from somec.persons.matching.folding import fold
from somec.persons.matching.keys import WordKeys, key_hash, word_keys
from somec.persons.matching.postings import bucketed, termed, word_postings
from somec.persons.matching.records import NormalRecord
from somec.persons.matching.romanise import romanisations
from somec.persons.matching.scripts import ABJADS, script_of

_MIX: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1


def date_key(kind: int, first: int, second: int = 0, third: int = 0) -> int:
    """The term of a date or a part of it.

    Kinds: 1 year with day and month in either order, 2 year and month, 3 year and day, 4 day and month in either
    order, 5 year.
    """
    return ((kind << 40 | first << 16 | second << 8 | third) * _MIX) & _MASK


def date_keys(packed: int) -> list[int]:
    """The terms under which a record with this date is found."""
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


def vocabulary_of(keys: Sequence[WordKeys]) -> Vocabulary:
    """The vocabulary arrays of words in the order of their numbers."""
    forms = [form for known in keys for form in known.forms]
    return Vocabulary(
        plain=_bytes(b"".join(known.plain for known in keys)),
        plain_at=_starts(len(known.plain) for known in keys),
        forms=_bytes(b"".join(forms)),
        form_at=_starts(map(len, forms)),
        form_first=_starts(len(known.forms) for known in keys),
        names=np.fromiter((symbol for known in keys for symbol in known.names), np.uint32),
        names_at=_starts(len(known.names) for known in keys),
        nicks=np.fromiter((symbol for known in keys for symbol in known.nicks), np.uint32),
        nicks_at=_starts(len(known.nicks) for known in keys),
        sounds=np.fromiter((known.sounds for known in keys), np.uint32, count=len(keys)),
        traits=np.array(
            [(known.script, known.stems, known.script in ABJADS) for known in keys], dtype=np.uint8
        ).reshape(-1, 3),
    )


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8).copy()


def _starts(lengths: Iterable[int]) -> NDArray[np.uint32]:
    return np.fromiter(accumulate(lengths, initial=0), np.uint32)


class SegmentBuilder:
    """Takes normalised records one by one; `finish` gives the arrays."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.nations: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._ids: list[bytes] = []
        self._lists = {
            name: array(code)
            for name, code in (
                ("words", "I"),
                ("roles", "B"),
                ("dates", "I"),
                ("nations", "H"),
                ("places", "I"),
                ("documents", "Q"),
                ("sexes", "B"),
            )
        }
        self._ends = {name: array("I", [0]) for name in ("names", "words", "dates", "nations", "places", "documents")}
        self._term_keys, self._term_records = array("Q"), array("I")
        self._date_keys: dict[int, list[int]] = {}

    def __len__(self) -> int:
        """Records taken so far."""
        return len(self._ids)

    def add(self, record: NormalRecord) -> None:
        """Take one record."""
        number, lists, ends = len(self._ids), self._lists, self._ends
        self._ids.append(record.id.encode("utf-8", "surrogatepass"))
        for parts in record.names:
            for part in parts:
                lists["words"].append(self.words.setdefault(part.text, len(self.words)))
                lists["roles"].append(part.role)
            ends["words"].append(len(lists["words"]))
        ends["names"].append(len(ends["words"]) - 1)
        terms: list[int] = []
        for packed in record.dates:
            lists["dates"].append(packed)
            known = self._date_keys.get(packed)
            if known is None:
                known = self._date_keys[packed] = date_keys(packed)
            terms += known
        ends["dates"].append(len(lists["dates"]))
        self._add_values(record, terms)
        if terms:
            self._term_keys.extend(terms)
            self._term_records.extend([number] * len(terms))

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

    def finish(self, keys: Sequence[WordKeys] | None = None) -> Tables:
        """The arrays of everything taken.

        `keys` are those of `words` in order, where they were worked out elsewhere.
        """
        known = keys if keys is not None else [word_keys(word) for word in self.words]
        count = len(known)
        lists = {name: np.array(values) for name, values in self._lists.items()}
        ends = {name: np.array(values, dtype=np.uint32) for name, values in self._ends.items()}
        per_record = ends["words"][ends["names"]]
        owners = np.repeat(np.arange(len(self), dtype=np.uint32), np.diff(per_record))
        numbers = np.arange(count, dtype=np.uint32)
        sure = np.fromiter((key for word in known for key in word.sure), np.uint64)
        grams = np.fromiter((key for word in known for key in word.grams), np.uint64)
        return Tables(
            vocabulary=vocabulary_of(known),
            sure=bucketed(sure, np.repeat(numbers, [len(word.sure) for word in known])),
            grams=bucketed(grams, np.repeat(numbers, [len(word.grams) for word in known])),
            word_records=word_postings(lists["words"].astype(np.uint32), owners, count),
            terms=termed(np.array(self._term_keys, dtype=np.uint64), np.array(self._term_records, dtype=np.uint32)),
            people=People(
                ends["names"],
                ends["words"],
                lists["words"].astype(np.uint32),
                lists["roles"].astype(np.uint8),
                lists["dates"].astype(np.uint32),
                ends["dates"],
                lists["sexes"].astype(np.uint8),
                lists["nations"].astype(np.uint16),
                ends["nations"],
                lists["places"].astype(np.uint32),
                ends["places"],
                lists["documents"].astype(np.uint64),
                ends["documents"],
            ),
            places=self._place_table(lists["places"]),
            identities=self._identities(),
        )

    def _place_table(self, used: NDArray[np.generic]) -> Places:
        letters = [place.encode("ascii", "replace") for place in self._places]
        return Places(
            _bytes(b"".join(letters)),
            _starts(map(len, letters)),
            np.bincount(used.astype(np.int64), minlength=len(letters)).astype(np.uint32),
        )

    def _identities(self) -> Identities:
        hashes = np.fromiter((id_hash(text) for text in self._ids), np.uint64, count=len(self._ids))
        order = np.argsort(hashes, kind="stable").astype(np.uint32)
        return Identities(_bytes(b"".join(self._ids)), _starts(map(len, self._ids)), hashes[order], order)


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

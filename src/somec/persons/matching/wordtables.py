"""The arrays of the words of an index, worked out word by word and joined from parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Vocabulary
from somec.persons.matching.keys import WordKeys, word_keys
from somec.persons.matching.scripts import ABJADS


class WordTable(NamedTuple):
    """Some words in the order of their numbers: their vocabulary, and the keys under which each is found."""

    vocabulary: Vocabulary
    sure: NDArray[np.uint64]
    sure_counts: NDArray[np.uint16]
    grams: NDArray[np.uint64]
    gram_counts: NDArray[np.uint16]


def word_table(words: Iterable[str]) -> WordTable:
    """The table of some words."""
    known = [word_keys(word) for word in words]
    return WordTable(
        vocabulary_of(known),
        np.fromiter((key for word in known for key in (*word.sure, *word.loose)), np.uint64),
        np.array([len(word.sure) + len(word.loose) for word in known], dtype=np.uint16),
        np.fromiter((key for word in known for key in word.grams), np.uint64),
        np.array([len(word.grams) for word in known], dtype=np.uint16),
    )


def joined_tables(tables: Sequence[WordTable]) -> WordTable:
    """Tables of words that follow each other as one."""
    if not tables:
        return word_table(())
    vocabularies = [table.vocabulary for table in tables]
    joined = {name: np.concatenate([getattr(one, name) for one in vocabularies]) for name in _FLAT}
    for ends in _ENDS:
        joined[ends] = _joined_ends([getattr(one, ends) for one in vocabularies])
    return WordTable(
        Vocabulary(**joined),
        np.concatenate([table.sure for table in tables]),
        np.concatenate([table.sure_counts for table in tables]),
        np.concatenate([table.grams for table in tables]),
        np.concatenate([table.gram_counts for table in tables]),
    )


_ENDS = ("plain_at", "form_at", "form_first", "names_at", "nicks_at")
_FLAT = tuple(name for name in Vocabulary._fields if name not in _ENDS)


def _joined_ends(ends: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    joined, last = [ends[0][:1]], 0
    for one in ends:
        joined.append(one[1:] + np.uint32(last))
        last += int(one[-1])
    return np.concatenate(joined)


def vocabulary_of(keys: Sequence[WordKeys]) -> Vocabulary:
    """The vocabulary arrays of words in the order of their numbers."""
    forms = [form for known in keys for form in known.forms]
    return Vocabulary(
        plain=joined_bytes(b"".join(known.plain for known in keys)),
        plain_at=starts(len(known.plain) for known in keys),
        forms=joined_bytes(b"".join(forms)),
        form_at=starts(map(len, forms)),
        form_first=starts(len(known.forms) for known in keys),
        names=np.fromiter((symbol for known in keys for symbol in known.names), np.uint32),
        names_at=starts(len(known.names) for known in keys),
        nicks=np.fromiter((symbol for known in keys for symbol in known.nicks), np.uint32),
        nicks_at=starts(len(known.nicks) for known in keys),
        sounds=np.fromiter((known.sounds for known in keys), np.uint32, count=len(keys)),
        traits=np.array(
            [(known.script, known.stems, known.script in ABJADS) for known in keys], dtype=np.uint8
        ).reshape(-1, 3),
    )


def joined_bytes(data: bytes) -> NDArray[np.uint8]:
    """Bytes as an array that can be written, as arrays of mapped files can: a kernel is compiled once for both."""
    return np.frombuffer(data, dtype=np.uint8).copy()


def starts(lengths: Iterable[int]) -> NDArray[np.uint32]:
    """Where rows of these lengths start, and where the last ends."""
    return np.fromiter(accumulate(lengths, initial=0), np.uint32)

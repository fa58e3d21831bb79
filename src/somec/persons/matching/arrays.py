"""The arrays an index is made of.

Named tuples of numpy arrays, because compiled kernels can take them whole and files can hold them as they are.

Everywhere `…_at` holds where the entries of each row start, with one element more than rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Vocabulary(NamedTuple):
    """The different words of names. Row numbers are word numbers."""

    plain: NDArray[np.uint8]
    plain_at: NDArray[np.uint32]
    forms: NDArray[np.uint8]
    form_at: NDArray[np.uint32]
    form_first: NDArray[np.uint32]
    names: NDArray[np.uint32]
    names_at: NDArray[np.uint32]
    nicks: NDArray[np.uint32]
    nicks_at: NDArray[np.uint32]
    sounds: NDArray[np.uint32]
    """Which classes of consonants a word has, one bit each, over all its sound forms."""
    traits: NDArray[np.uint8]
    """Script, number of stem forms, whether the script writes no vowels; one row of three for each word."""


class Buckets(NamedTuple):
    """Hashed keys to words. A bucket may mix keys; whoever reads it compares the words anyway."""

    at: NDArray[np.uint32]
    postings: NDArray[np.uint8]


class Terms(NamedTuple):
    """Exact keys (dates, documents, places) to records."""

    hashes: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    at: NDArray[np.uint64]
    postings: NDArray[np.uint8]


class WordRecords(NamedTuple):
    """Words to records, and how many records have each word."""

    counts: NDArray[np.uint32]
    at: NDArray[np.uint64]
    postings: NDArray[np.uint8]


class People(NamedTuple):
    """What the score compares of each record."""

    name_at: NDArray[np.uint32]
    word_at: NDArray[np.uint32]
    words: NDArray[np.uint32]
    roles: NDArray[np.uint8]
    dates: NDArray[np.uint32]
    date_at: NDArray[np.uint32]
    sexes: NDArray[np.uint8]
    nations: NDArray[np.uint32]
    nation_at: NDArray[np.uint32]
    places: NDArray[np.uint32]
    place_at: NDArray[np.uint32]
    documents: NDArray[np.uint64]
    document_at: NDArray[np.uint32]


class Places(NamedTuple):
    """The different birthplaces, as sound forms, and how many records have each."""

    letters: NDArray[np.uint8]
    at: NDArray[np.uint32]
    counts: NDArray[np.uint32]


class Identities(NamedTuple):
    """Record ids as text, and their hashes in order for finding a record by id."""

    text: NDArray[np.uint8]
    at: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
    order: NDArray[np.uint32]


class Tables(NamedTuple):
    """All arrays of one segment."""

    vocabulary: Vocabulary
    sure: Buckets
    grams: Buckets
    word_records: WordRecords
    terms: Terms
    people: People
    places: Places
    identities: Identities

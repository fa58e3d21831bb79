"""One searchable set of records: arrays, the marks of removed records, and the working memory of queries."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.arrays import Tables, Vocabulary
from somec.persons.matching.building import id_hash
from somec.persons.matching.expansion import expand
from somec.persons.matching.keys import WordKeys, bucket_key
from somec.persons.matching.similarity import ABJAD_COSTS, COSTS, LEVELS

_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Expansion:
    """The words like one query word.

    Their numbers, likeness levels, and for each level how many records have a word at that level.
    """

    words: NDArray[np.uint32]
    levels: NDArray[np.uint8]
    mass: NDArray[np.float64]


@dataclass(slots=True)
class Scratch:
    """Zeroed working memory of one query; whoever borrows it gives it back zeroed."""

    scores: NDArray[np.float32]
    """For each record its score and the group that added to it last (see `retrieval`)."""
    touched: NDArray[np.uint32]
    counts: NDArray[np.uint8]


class Segment:
    """Records that do not change, apart from being marked dead. Safe for several threads."""

    def __init__(self, tables: Tables, nations: tuple[str, ...]) -> None:
        self.tables = tables
        self.nations = nations
        self.count = len(tables.identities.order)
        self.words = len(tables.word_records.counts)
        self.dead: NDArray[np.uint8] = np.zeros(self.count, dtype=np.uint8)
        self.living = self.count
        self._scratch: list[Scratch] = []
        self._expansions: OrderedDict[str, Expansion] = OrderedDict()
        self._lock = Lock()
        self._nation_counts: NDArray[np.int64] | None = None
        self._repeats: bool | None = None

    def borrow(self) -> Scratch:
        """Working memory; give it back through `give_back`."""
        with self._lock:
            if self._scratch:
                return self._scratch.pop()
        return Scratch(
            np.zeros((self.count, 2), np.float32),
            np.empty(self.count, np.uint32),
            np.zeros(self.words, np.uint8),
        )

    def give_back(self, scratch: Scratch) -> None:
        """Return zeroed working memory."""
        with self._lock:
            self._scratch.append(scratch)

    def like(self, word: str, keys: WordKeys, query: Vocabulary, number: int, *, exact: bool = False) -> Expansion:
        """The words like word `number` of `query`.

        Remembered, since names repeat. `exact` looks only for the same sound.
        """
        remembered = word if not exact else "=" + word
        with self._lock:
            known = self._expansions.get(remembered)
            if known is not None:
                self._expansions.move_to_end(remembered)
                return known
        sure = np.array(_sound_keys(keys) if exact else keys.sure, dtype=np.uint64)
        loose = np.array(() if exact else keys.loose, dtype=np.uint64)
        grams = np.array(() if exact else keys.grams, dtype=np.uint64)
        scratch = self.borrow()
        words, alike = expand(
            query,
            number,
            sure,
            loose,
            grams,
            self.tables.vocabulary,
            self.tables.sure,
            self.tables.grams,
            scratch.counts,
            COSTS,
            ABJAD_COSTS,
        )
        self.give_back(scratch)
        levels = np.minimum(LEVELS - 1, (alike.astype(np.float64) * (LEVELS - 1) + 1e-6).astype(np.int64))
        if exact:
            words, levels = words[levels >= LEVELS - 2], levels[levels >= LEVELS - 2]
        mass = np.bincount(levels, weights=self.tables.word_records.counts[words], minlength=LEVELS).astype(np.float64)
        found = Expansion(words, levels.astype(np.uint8), mass)
        with self._lock:
            self._expansions[remembered] = found
            if len(self._expansions) > _REMEMBERED:
                self._expansions.popitem(last=False)
        return found

    def term(self, key: int) -> tuple[int, int, int]:
        """Where the records of a term stand: start, end, how many."""
        terms = self.tables.terms
        position = int(np.searchsorted(terms.hashes, np.uint64(key)))
        if position < len(terms.hashes) and int(terms.hashes[position]) == key:
            return int(terms.at[position]), int(terms.at[position + 1]), int(terms.counts[position])
        return 0, 0, 0

    def nation_count(self, nation: str) -> int:
        """How many records have a nationality."""
        if self._nation_counts is None:
            self._nation_counts = np.bincount(self.tables.people.nations, minlength=len(self.nations))
        return int(self._nation_counts[self.nations.index(nation)]) if nation in self.nations else 0

    @property
    def repeats(self) -> bool:
        """Whether several records may share an id, as rows of a file do; looked up once."""
        if self._repeats is None:
            hashes = self.tables.identities.hashes
            self._repeats = bool((hashes[1:] == hashes[:-1]).any())
        return self._repeats

    def find(self, record_id: str) -> list[int]:
        """The numbers of living records with an id."""
        identities, text = self.tables.identities, record_id.encode("utf-8", "surrogatepass")
        wanted = np.uint64(id_hash(text))
        low, high = (
            int(np.searchsorted(identities.hashes, wanted)),
            int(np.searchsorted(identities.hashes, wanted, side="right")),
        )
        numbers = [int(identities.order[position]) for position in range(low, high)]
        return [number for number in numbers if self.dead[number] == 0 and self.raw_id(number) == text]

    def remove(self, record_id: str) -> int:
        """Mark the records with an id dead; returns how many."""
        numbers = self.find(record_id)
        for number in numbers:
            self.dead[number] = 1
        self.living -= len(numbers)
        return len(numbers)

    def raw_id(self, number: int) -> bytes:
        """The id of a record as stored."""
        identities = self.tables.identities
        return identities.text[identities.at[number] : identities.at[number + 1]].tobytes()

    def id_of(self, number: int) -> str:
        """The id of a record."""
        return self.raw_id(number).decode("utf-8", "surrogatepass")

    def ids(self) -> list[str]:
        """The ids of all living records."""
        return [self.id_of(number) for number in range(self.count) if self.dead[number] == 0]


def _sound_keys(keys: WordKeys) -> list[int]:
    return [bucket_key("f" + form.decode("ascii")) for form in keys.forms]

"""Many people into one segment, on several processes, with the same result as one by one.

Rows are cleaned and numbered in blocks by workers, and the blocks joined in order; words get the numbers they would
have got one by one. Then the workers work out the keys of the different words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from itertools import chain, islice
from typing import Final, NamedTuple

from somec.persons.matching.arrays import Tables
from somec.persons.matching.building import Part, SegmentBuilder
from somec.persons.matching.records import PersonName, PersonRecord, normalise
from somec.persons.matching.tables import RowBlock, people_of
from somec.persons.matching.wordtables import WordTable, joined_tables, word_table
from somec.persons.matching.workers import Workers, available_cores

ALONE: Final = 8
"""Blocks up to which one process is as quick as several, which have to start."""
RECORDS_IN_BLOCK: Final = 4096
WORDS_IN_BLOCK: Final = 4096
Block = RowBlock | list[tuple[object, ...]]


class Assembled(NamedTuple):
    """A filled builder and the tables of its words."""

    builder: SegmentBuilder
    words: WordTable | None = None

    def tables(self) -> Tables:
        """The arrays of the segment."""
        return self.builder.finish(self.words)


def assembled(
    source: Iterable[PersonRecord | RowBlock],
    progress: Callable[[int], None] | None = None,
    processes: int | None = None,
) -> Assembled:
    """Everybody of `source`, which gives people or blocks of rows, on `processes` (all cores if None).

    `progress` is told how many were taken since it was told last.
    """
    blocks = _blocks(source)
    first = list(islice(blocks, ALONE + 1))
    count = available_cores() if processes is None else processes
    builder = SegmentBuilder()
    alone = len(first) <= ALONE or count < 2
    with nullcontext(None) if alone else Workers(count) as workers:
        every = chain(first, blocks)
        for part in map(part_of, every) if workers is None else workers.map(part_of, every):
            before = len(builder)
            builder.take(part)
            if progress is not None:
                progress(len(builder) - before)
        words = _lists_of_words(builder)
        tables = list(map(word_table, words) if workers is None else workers.map(word_table, words))
    return Assembled(builder, joined_tables(tables))


def _blocks(source: Iterable[PersonRecord | RowBlock]) -> Iterator[Block]:
    people: list[tuple[object, ...]] = []
    for one in source:
        if isinstance(one, RowBlock):
            yield one
            continue
        people.append(_plain(one))
        if len(people) == RECORDS_IN_BLOCK:
            yield people
            people = []
    if people:
        yield people


def _plain(record: PersonRecord) -> tuple[object, ...]:
    """A record as what goes quickly from process to process."""
    names = [(name.full, name.given, name.family, name.patronymic) for name in record.names]
    return (
        record.id,
        names,
        record.birth_dates,
        record.sex,
        record.nationalities,
        record.birthplaces,
        record.documents,
    )


def _record(plain: tuple[object, ...]) -> PersonRecord:
    identity, names, *rest = plain
    return PersonRecord(identity, tuple(PersonName(*name) for name in names), *rest)  # type: ignore[arg-type, attr-defined]


def part_of(block: Block) -> Part:
    """What a worker does with a block of people."""
    builder = SegmentBuilder()
    for record in people_of(block) if isinstance(block, RowBlock) else map(_record, block):
        builder.add(normalise(record))
    return builder.part()


def _lists_of_words(builder: SegmentBuilder) -> Iterator[list[str]]:
    words = iter(list(builder.words))
    while some := list(islice(words, WORDS_IN_BLOCK)):
        yield some

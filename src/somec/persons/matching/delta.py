"""People changed since the segments were built.

They stand in a few small segments of growing size, so that a change costs little and a search sees it at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from somec.persons.matching.building import SegmentBuilder
from somec.persons.matching.records import NormalRecord
from somec.persons.matching.segment import Segment

GROWTH: Final = 4
"""A segment is joined with its larger neighbour when that is less than this many times as large.

Few segments, and each record is rebuilt a few times only.
"""


class Delta:
    """Changed people. Immutable from outside: a change gives a new delta that shares what stays the same."""

    def __init__(self, levels: tuple[tuple[Segment, dict[str, NormalRecord]], ...] = ()) -> None:
        self._levels = levels

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The searchable segments, largest first."""
        return tuple(segment for segment, _ in self._levels)

    def __len__(self) -> int:
        """People in it."""
        return sum(len(records) for _, records in self._levels)

    def records(self) -> Iterator[NormalRecord]:
        """Everybody in it."""
        for _, records in self._levels:
            yield from records.values()

    def changed(self, changes: Mapping[str, NormalRecord | None]) -> Delta:
        """The delta with people added or replaced, and those whose record is None gone."""
        for segment, records in self._levels:
            for identity in changes:
                if records.pop(identity, None) is not None:
                    segment.remove(identity)
        levels = [level for level in self._levels if level[1]]
        fresh = {identity: record for identity, record in changes.items() if record is not None}
        if fresh:
            while levels and len(levels[-1][1]) < GROWTH * len(fresh):
                fresh = {**levels.pop()[1], **fresh}
            levels.append((_built(fresh), fresh))
        return Delta(tuple(levels))


def _built(records: Mapping[str, NormalRecord]) -> Segment:
    builder = SegmentBuilder()
    for record in records.values():
        builder.add(record)
    return Segment(builder.finish(), tuple(builder.nations))

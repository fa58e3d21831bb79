"""From scored records to an answer: probabilities, ties, the outcome and its reasons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from somec.persons.matching.answer import CANDIDATE, HIT, Answer, Candidate, Outcome
from somec.persons.matching.building import SegmentBuilder
from somec.persons.matching.explain import evidence_of
from somec.persons.matching.model import Model
from somec.persons.matching.opening import opened
from somec.persons.matching.query import prepare
from somec.persons.matching.records import NormalRecord
from somec.persons.matching.search import Scored, probabilities, search_segments
from somec.persons.matching.segment import Segment

TIE_BITS: Final = 0.1


def answer(
    segments: Sequence[Segment],
    record: NormalRecord,
    model: Model,
    *,
    top: int,
    floor: float,
    explain: bool,
    incomplete: str | None,
    among: Collection[str] | None = None,
) -> Answer:
    """The answer to one normalised query; `incomplete` is the reason why the index does not hold everybody."""
    people = sum(segment.living for segment in segments)
    thin = thinness(record)
    if thin:
        return Answer(Outcome.QUERY_TOO_THIN, (), 1.0 - model.prior, model.prior, people, model.digest(), (thin,))
    query = opened(prepare(record), segments)
    found = search_segments(segments, query, model, among=among)
    scored = _each_once(found.scored) if any(segment.repeats for segment in segments) else found.scored
    shares = probabilities([one.total for one in scored], people, model)
    kept = [position for position in range(min(top, len(shares))) if shares[position] >= floor]
    candidates = []
    chosen = [scored[position] for position in kept]
    evidence = evidence_of(chosen, found, query, model) if explain else [()] * len(chosen)
    for position, one in enumerate(chosen):
        near = [scored[other].total for other in (position - 1, position + 1) if 0 <= other < len(scored)]
        tied = any(abs(one.total - total) < TIE_BITS for total in near)
        candidates.append(
            Candidate(
                one.segment.id_of(one.number), position + 1, shares[position], one.total, evidence[position], tied
            )
        )
    best = shares[0] if shares else 0.0
    reasons = []
    if not people:
        reasons.append("matching.index_empty")
    elif best < CANDIDATE:
        reasons.append("matching.nobody_near_enough")
    if candidates and candidates[0].tied:
        reasons.append("matching.tied")
    if not record.dates:
        reasons.append("matching.no_birth_date")
    outcome = Outcome.HIT if best >= HIT else Outcome.CANDIDATE if best >= CANDIDATE else Outcome.NO_CANDIDATE
    if incomplete is not None:
        outcome, reasons = Outcome.INDEX_INCOMPLETE, [incomplete, *reasons]
    return Answer(
        outcome, tuple(candidates), max(0.0, 1.0 - sum(shares)), model.prior, people, model.digest(), tuple(reasons)
    )


def _each_once(scored: Sequence[Scored]) -> list[Scored]:
    """The best record of each id: rows that share an id are one person, who does not compete with himself."""
    best: dict[bytes, Scored] = {}
    for one in scored:
        best.setdefault(one.segment.raw_id(one.number), one)
    return list(best.values())


def thinness(record: NormalRecord) -> str:
    """Why a query cannot tell people apart, or an empty text.

    It needs a name part of two letters, a whole date or a document number.
    """
    if record.documents or any(packed & 31 for packed in record.dates):
        return ""
    longest = max((len(part.text) for parts in record.names for part in parts), default=0)
    if longest >= 2:
        return ""
    return "matching.no_name" if not record.names else "matching.name_too_short"


def compare(segments: Sequence[Segment], query: NormalRecord, record: NormalRecord, model: Model) -> Candidate | None:
    """The evidence between two people with the frequencies of `segments`; probability with even odds beforehand."""
    builder = SegmentBuilder()
    builder.add(record)
    alone = Segment(builder.finish(), tuple(builder.nations))
    prepared = prepare(query)
    found = search_segments([*segments, alone], prepared, model, scored=1, whole=alone)
    one = next((scored for scored in found.scored if scored.segment is alone), None)
    if one is None:
        return None
    share = probabilities([one.total], 1, model)[0]
    return Candidate(record.id, 1, share, one.total, evidence_of([one], found, prepared, model)[0])

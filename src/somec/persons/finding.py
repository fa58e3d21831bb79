"""Find the person: one way for a hand-typed question and for a notice of another state.

The engine ranks; here its answer is limited to what the actor may find, what a person has judged is taken into account,
the files are read again from the database, and the question is logged. Nothing here runs inside a transaction of its
own but the log entry, so that a change becomes findable by following the database (:mod:`somec.persons.indexing`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import salted_hmac

from somec.access import queries as access
from somec.access.rules import Actor
from somec.access.scope import may_list
from somec.audit import actions as audit
from somec.audit.rules import Detail, Kind, new_entry
from somec.kernel.errors import Invalid, NotAllowed
from somec.persons import asking, families, files, indexing, items, models, names, relations, rows
from somec.persons.matching.answer import CANDIDATE, HIT, Answer, Candidate, Outcome
from somec.persons.matching.views import record_of
from somec.persons.messages import Known, PersonView
from somec.persons.priors import AMONG, Before, finds_everybody, stated
from somec.persons.search import (
    CandidateAnswer,
    Caution,
    Evidence,
    ExactMatch,
    MatchCandidate,
    PersonSearch,
)
from somec.persons.verdicts import Judged, Verdict, judged

if TYPE_CHECKING:
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.model import Model

PAGE_SIZE: Final = 10
MOST_RANKED: Final = 60
"""Candidates of the engine that are looked at; nobody reads more."""
FLOOR: Final = 0.001
"""Less likely candidates are not shown, unless a person has judged them."""
COMPARED_ONE_BY_ONE: Final = 2_000
"""Files of an officer's own that are all compared; with more, the nearest of the whole index are limited to his."""
TIE_BITS: Final = 0.1
"""As ``persons.matching.answering.TIE_BITS``, for what is left after limiting."""


def search_people(
    actor: Actor, query: PersonSearch, *, purpose: str = "", reason: str = "", page: int = 1, size: int = PAGE_SIZE
) -> CandidateAnswer:
    """Answer "do we know this person?" within what the actor may find, and log the question with its purpose.

    ``purpose`` is a code of the catalogue; without one the purpose of the actor's session counts, and none is refused.
    ``reason`` is the officer's sentence about what he will do; the data protection officer reads it.
    Raises Invalid (``search.invalid``) with each mistake by field, NotAllowed for roles that never search.
    """
    if not may_list(actor, "person.find"):
        raise NotAllowed("access.role", action="person.find", kind=files.KIND)
    why = purpose or actor.purpose
    if not why:
        raise NotAllowed("person.no_purpose", action="person.find", kind=files.KIND)
    wrong = asking.mistakes(query)
    if wrong:
        raise Invalid("search.invalid", fields=wrong)
    answer = _answered(actor, asking.known(query), Judged(), page=page, size=size, wanted=query.prior)
    answer = replace(answer, exact=_exact(actor, query))
    shown = [one.person_id for one in answer.candidates] + [one.person_id for one in answer.exact]
    written = repr([getattr(query, name) for name in asking.filled(query)])
    detail: dict[str, str | int | bool | None] = {
        "fields": ",".join(asking.filled(query)), "found": answer.total + len(answer.exact), "page": answer.page,
        "prior": f"{answer.prior:.3g}", "prior_by": answer.prior_by.value,
        "query": salted_hmac("somec.persons.search", written, algorithm="sha256").hexdigest(),
    }  # fmt: skip
    _log(actor, "person.find", files.KIND, answer, purpose=why, reason=reason, shown=shown, detail=detail)
    return answer


def match_candidates(
    actor: Actor, identity: Mapping[str, Any], *, subject: str, subject_person: str = "",
    subject_changed: datetime | None = None, page: int = 1, size: int = PAGE_SIZE,
) -> CandidateAnswer:  # fmt: skip
    """Return who of ours may be the person of an identity item that another state sent, and log that it was asked.

    ``subject`` is the id of the notice or enquiry, ``subject_person`` the other state and its own id of the person
    (``LV:prs-…``): a file judged *not the same* in one notice about him does not come back in the next.
    ``subject_changed``: when the other state last said something new; a *cannot tell* older than that, or than the last
    change of our file, is shown with ``new_facts``. The caller has asked access about the subject.
    """
    known = judged(subject, subject_person, subject_changed)
    answer = _answered(actor, items.read_identity(identity), known, page=page, size=size)
    shown = [one.person_id for one in answer.candidates]
    counted = {"found": answer.total, "page": answer.page}
    _log(actor, "person.match", subject, answer, purpose=actor.purpose, shown=shown, detail=counted)
    return answer


@dataclass(frozen=True, slots=True)
class Weight:
    """How likely a pair is one person, and the digest of the model that says so."""

    probability: float
    model: str


def weigh_link(identity: Mapping[str, Any], person_id: str) -> Weight | None:
    """Return how likely this file is the person of an identity item if no other were as near; None if nobody can say.

    For weighing a link that a person has confirmed; nothing is shown of either side, so nothing is logged.
    """
    from somec.persons.matching.search import probabilities  # noqa: PLC0415 - loads the engine: only whoever asks

    followed = indexing.follow()
    found = list(rows.every_file([families.head(person_id)]))
    if followed.index is None or followed.reason or not found:
        return None
    index = followed.index
    compared = index.compare(record_of(items.read_identity(identity), "asked"), record_of(found[0]))
    likely = probabilities([compared.bits], AMONG, index.model)[0] if compared else 0.0
    return Weight(likely, index.model.digest())


def _log(
    actor: Actor, action: str, subject: str, answer: CandidateAnswer, *, purpose: str, shown: Sequence[str],
    detail: Detail, reason: str = "",
) -> None:  # fmt: skip
    """Log the question, and in the trail of each file shown that it was: ids, codes and figures, never a name."""
    said = {**detail, "outcome": answer.outcome.value, "people": answer.people, "model": answer.model[:16]}
    entries = [new_entry(actor, action, Kind.CONSULTATION, subject, purpose=purpose, reason=reason, detail=said)]
    entries += [
        new_entry(actor, "person.shown", Kind.CONSULTATION, one, case=one, purpose=purpose, detail={"in": action})
        for one in dict.fromkeys(shown)
    ]
    with transaction.atomic():
        audit.record_many(entries)


# --- the answer -------------------------------------------------------------------------------------------------------


def _answered(
    actor: Actor, asked: Known, judged: Judged, *, page: int, size: int, wanted: float | None = None
) -> CandidateAnswer:
    followed = indexing.follow()
    if followed.index is None:
        return CandidateAnswer(
            outcome=Outcome.INDEX_INCOMPLETE, candidates=(), nobody=1.0, prior=0.0, people=0,
            reasons=(followed.reason,), model="", model_made="", nobody_judged=judged.nobody,
        )  # fmt: skip
    index = followed.index
    record = record_of(asked, "asked")
    before = stated(actor, index, wanted)
    answer = index.search(record, top=MOST_RANKED, floor=0.0, prior=before.share, among=_few(actor))
    if answer.outcome is not Outcome.QUERY_TOO_THIN:
        answer = _limited(actor, index, answer, judged, record=record, before=before)
    reasons = [*answer.reasons, *([followed.reason] if followed.reason else [])]
    if judged.turned_down:
        reasons.append("search.turned_down_left_out")
    pages = max(1, -(-len(answer.candidates) // size))
    number = min(max(page, 1), pages)
    chosen = answer.candidates[(number - 1) * size : number * size]
    return CandidateAnswer(
        outcome=Outcome.INDEX_INCOMPLETE if followed.reason else answer.outcome,
        candidates=_shown(actor, asked, chosen, judged), nobody=answer.nobody, prior=answer.prior,
        people=answer.people, reasons=tuple(dict.fromkeys(reasons)), model=answer.model, model_made=index.model.made,
        prior_by=before.by, total=len(answer.candidates), page=number, pages=pages, turned_down=len(judged.turned_down),
        nobody_judged=judged.nobody,
    )  # fmt: skip


def _few(actor: Actor) -> list[str] | None:
    """Return the files of somebody who may find few: all are compared, none is lost among the many he may not find."""
    if finds_everybody(actor):
        return None
    found = list(files.findable(actor).values_list("pk", flat=True)[: COMPARED_ONE_BY_ONE + 1])
    return found if len(found) <= COMPARED_ONE_BY_ONE else None


def _limited(actor: Actor, index: MatchIndex, answer: Answer, judged: Judged, *, record: Any, before: Before) -> Answer:
    """Return the answer of the files that the actor may find and nobody has turned down, as if there were no others."""
    from somec.persons.matching.search import probabilities  # noqa: PLC0415 - loads the engine: only whoever asks

    scope = files.findable(actor)
    found = {one.id: one for one in answer.candidates}
    allowed = set(scope.filter(pk__in={*found, *judged.kept}).values_list("pk", flat=True)) - judged.turned_down
    missing = [one for one in judged.kept if one in allowed and one not in found]
    for view in rows.every_file(missing) if missing else ():
        compared = index.compare(record, record_of(view))
        if compared is not None:
            found[view.id] = compared
    ranked = sorted((found[one] for one in allowed if one in found), key=lambda one: (-one.bits, one.id))
    reasons, people = list(answer.reasons), before.people
    if not finds_everybody(actor):
        reasons.append("search.only_files_you_may_find")
    model = index.model.with_prior(before.share)
    shown_by = model if before.share > index.model.prior else index.model  # a small node hides nobody by being small
    shares = probabilities([one.bits for one in ranked], people, model)
    kept = [
        replace(one, rank=place + 1, probability=share, tied=_tied(ranked, place))
        for place, (one, share) in enumerate(zip(ranked, shares, strict=True))
        if share >= FLOOR or one.id in judged.kept or (place < PAGE_SIZE and _likely_alone(one, people, shown_by))
    ]
    near = any(_likely_alone(one, people, shown_by) for one in ranked[:1])
    outcome = Outcome.HIT if max(shares, default=0.0) >= HIT else Outcome.CANDIDATE if near else Outcome.NO_CANDIDATE
    reasons = [one for one in reasons if one not in {"matching.nobody_near_enough", "matching.tied"}]
    if outcome is Outcome.NO_CANDIDATE and people:
        reasons.append("matching.nobody_near_enough")
    if kept and kept[0].tied:
        reasons.append("matching.tied")
    if answer.outcome is Outcome.INDEX_INCOMPLETE:
        outcome = Outcome.INDEX_INCOMPLETE
    return replace(
        answer, outcome=outcome, candidates=tuple(kept), nobody=max(0.0, 1.0 - sum(shares)), people=people,
        prior=model.prior, reasons=tuple(reasons),
    )  # fmt: skip


def _likely_alone(one: Candidate, people: int, model: Model) -> bool:
    """Tell whether he would be a candidate if a nearer one did not take the probability: a reader compares the two."""
    from somec.persons.matching.search import probabilities  # noqa: PLC0415

    return probabilities([one.bits], people, model)[0] >= CANDIDATE


def _tied(ranked: Sequence[Candidate], place: int) -> bool:
    near = [*ranked[max(0, place - 1) : place], *ranked[place + 1 : place + 2]]
    return any(abs(one.bits - ranked[place].bits) < TIE_BITS for one in near)


def _shown(actor: Actor, asked: Known, chosen: Sequence[Candidate], judged: Judged) -> tuple[MatchCandidate, ...]:
    """Return candidates with the files as they stand in the database now; who is gone meanwhile is left out."""
    people = models.Person.objects.filter(pk__in=[one.id for one in chosen])
    readable = _readable(actor, [one.id for one in chosen])
    found = {view.id: view for view in rows.views(people)}
    between = _between(list(found.values()), readable)
    return tuple(
        _candidate(one, asked, found[one.id], judged, between[one.id], readable=one.id in readable)
        for one in chosen
        if one.id in found
    )


def _between(views: Sequence[PersonView], readable: Collection[str]) -> Mapping[str, list[Caution]]:
    """Return the cautions among candidates; each pair is compared once and told at both."""
    told: dict[str, list[Caution]] = {view.id: [] for view in views}
    for left, right in combinations(views, 2):
        for code in _told(relations.cautions(left, right), readable={left.id, right.id} <= set(readable)):
            told[left.id].append(Caution(code=code, other=right.id))
            told[right.id].append(Caution(code=code, other=left.id))
    return told


def _told(cautions: Iterable[str], *, readable: bool) -> list[str]:
    """Return the cautions that a reader may learn: that two have one number says what stands in a file."""
    return [code for code in cautions if readable or code != "shared_document"]


def _candidate(
    one: Candidate, asked: Known, view: PersonView, judged: Judged, between: Sequence[Caution], *, readable: bool
) -> MatchCandidate:
    said = judged.by_person.get(one.id)
    with_asked = [Caution(code=code) for code in _told(relations.cautions(asked, view), readable=readable)]
    weighed = tuple(
        Evidence(
            field=piece.field, direction=piece.direction, bits=piece.bits, code=piece.code, parameters=piece.parameters
        )
        for piece in one.evidence
    )
    shown = asking.sides(asked, view, readable=readable)
    pieces = weighed + asking.plain_evidence(asked, view)
    bits = one.bits
    if not readable:
        pieces = asking.limited(pieces, shown)
        bits = math.fsum(piece.bits for piece in pieces)
    return MatchCandidate(
        person_id=view.id, label=view.label, born=" / ".join(sorted({str(birth.date) for birth in view.births})),
        case_number=view.case_number, authority_id=view.authority_id, rank=one.rank, tied=one.tied,
        probability=one.probability, bits=bits, evidence=pieces, sides=shown, cautions=(*with_asked, *between),
        verdict=said.verdict if said and not said.elsewhere else "",
        verdict_elsewhere=said.verdict if said and said.elsewhere else "",
        judgement_id=said.judgement_id if said else "", new_facts=_new_facts(view, said, judged), readable=readable,
    )  # fmt: skip


def _new_facts(view: PersonView, said: Verdict | None, judged: Judged) -> bool:
    if said is None:
        return False
    return view.changed_at > said.at or (judged.subject_changed is not None and judged.subject_changed > said.at)


def _exact(actor: Actor, query: PersonSearch) -> tuple[ExactMatch, ...]:
    """Return the files with exactly this case number or one of these document numbers, within what may be found."""
    people = files.findable(actor)
    case = query.case_number.replace("\x00", "").strip()
    found: dict[str, tuple[models.Person, str]] = {}
    if case:
        found |= {row.id: (row, "case_number") for row in people.filter(families.with_case_number(case))[:PAGE_SIZE]}
    numbers = {names.number_key(text.replace("\x00", "")) for text in query.documents} - {""}
    if numbers:
        keyed = models.PersonKey.objects.filter(kind="number", key__in=numbers, person=OuterRef("pk"))
        for row in people.filter(Exists(keyed)).order_by("sort_key", "id")[:PAGE_SIZE]:
            found.setdefault(row.id, (row, "document"))
    readable = _readable(actor, found)
    return tuple(
        ExactMatch(
            person_id=row.id, label=row.label, born=row.born, case_number=row.case_number,
            authority_id=row.authority_id, readable=row.id in readable, by=by,
        )
        for row, by in found.values()
    )  # fmt: skip


def _readable(actor: Actor, person_ids: Collection[str]) -> set[str]:
    scope = access.scope(actor, "person.read").q(author="recorded_by")
    return set(models.Person.objects.filter(scope, pk__in=set(person_ids)).values_list("pk", flat=True))

"""Find the person: one way for a hand-typed question and for a notice of another state.

The engine ranks; here its answer is limited to what the actor may find, what a person has judged is taken into account,
the files are read again from the database, and the question is logged. Nothing here runs inside a transaction of its
own but the log entry, so that a change becomes findable by following the database (:mod:`somec.persons.indexing`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac

from somec.access import queries as access
from somec.access.rules import Actor, Target, can
from somec.access.scope import may_list
from somec.audit import actions as audit
from somec.audit.rules import Detail, Kind, new_entry
from somec.kernel.errors import Invalid, NotAllowed
from somec.persons import asking, families, files, indexing, items, models, names, relations, rows
from somec.persons.matching.answer import CANDIDATE, HIT, Answer, Candidate, Outcome
from somec.persons.matching.views import record_of
from somec.persons.messages import Known, PersonView
from somec.persons.search import (
    CandidateAnswer,
    Caution,
    Evidence,
    ExactMatch,
    MatchCandidate,
    PersonSearch,
)

if TYPE_CHECKING:
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.model import Model

PAGE_SIZE: Final = 10
MOST_RANKED: Final = 60
"""Candidates of the engine that are looked at; nobody reads more."""
FLOOR: Final = 0.001
"""Less likely candidates are not shown, unless a person has judged them."""
AMONG: Final = 100_000
"""A link is weighed as one among so many people, so that its weight does not change while the node grows. A node that
holds fewer has fewer of those who are asked for, so that the nearest of a few files is no hit by that alone."""
COMPARED_ONE_BY_ONE: Final = 2_000
"""Files of an officer's own that are all compared; with more, the nearest of the whole index are limited to his."""
TIE_BITS: Final = 0.1
"""As ``persons.matching.answering.TIE_BITS``, for what is left after limiting."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A standing human answer on one file."""

    verdict: str
    judgement_id: str
    at: datetime
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class _Judged:
    """The standing human answers about the one asked for, by file; ``nobody``: the judgement "none of ours"."""

    by_person: Mapping[str, _Verdict] = field(default_factory=dict)
    nobody: str = ""
    subject_changed: datetime | None = None

    @property
    def turned_down(self) -> frozenset[str]:
        """Return the files that do not come back."""
        return frozenset(person_id for person_id, one in self.by_person.items() if one.verdict == "not_same")

    @property
    def kept(self) -> frozenset[str]:
        """Return the files that are shown however unlikely, because a person has spoken of them for this subject."""
        kept = {"same", "cannot_tell"}
        return frozenset(one for one, said in self.by_person.items() if said.verdict in kept and not said.elsewhere)


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
    answer = _answered(actor, asking.known(query), _Judged(), page, size)
    answer = replace(answer, exact=_exact(actor, query))
    shown = [one.person_id for one in answer.candidates] + [one.person_id for one in answer.exact]
    written = repr([getattr(query, name) for name in asking.filled(query)])
    detail: dict[str, str | int | bool | None] = {
        "fields": ",".join(asking.filled(query)), "found": answer.total + len(answer.exact), "page": answer.page,
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
    judged = _judged(subject, subject_person, subject_changed)
    answer = _answered(actor, items.read_identity(identity), judged, page, size)
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


# --- what a person has judged -----------------------------------------------------------------------------------------


def _judged(subject: str, subject_person: str, changed: datetime | None) -> _Judged:
    about = Q(subject=subject)
    if subject_person:
        about |= Q(subject_person=subject_person)
    by_person: dict[str, _Verdict] = {}
    nobody = ""
    judgements = list(models.Judgement.objects.filter(about, withdrawn_at=None).order_by("at", "id"))
    leads = families.families({row.person_id for row in judgements if row.person_id is not None})
    of_merged = [row for row in judgements if row.person_id in leads and leads[row.person_id].head != row.person_id]
    for row in [*of_merged, *(row for row in judgements if row not in of_merged)]:  # the whole's own word counts last
        if row.person_id is not None:
            by_person[leads[row.person_id].head] = _Verdict(row.verdict, row.id, row.at, row.subject != subject)
        elif row.subject == subject:
            nobody = row.id
    return _Judged(by_person, nobody, changed)


# --- the answer -------------------------------------------------------------------------------------------------------


def _answered(actor: Actor, asked: Known, judged: _Judged, page: int, size: int) -> CandidateAnswer:
    followed = indexing.follow()
    if followed.index is None:
        return CandidateAnswer(
            outcome=Outcome.INDEX_INCOMPLETE, candidates=(), nobody=1.0, prior=0.0, people=0,
            reasons=(followed.reason,), model="", model_made="", nobody_judged=judged.nobody,
        )  # fmt: skip
    index = followed.index
    record = record_of(asked, "asked")
    answer = index.search(record, top=MOST_RANKED, floor=0.0, among=_few(actor))
    if answer.outcome is not Outcome.QUERY_TOO_THIN:
        answer = _limited(actor, index, answer, judged, record)
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
        total=len(answer.candidates), page=number, pages=pages, turned_down=len(judged.turned_down),
        nobody_judged=judged.nobody,
    )  # fmt: skip


def finds_everybody(actor: Actor) -> bool:
    """Tell whether the actor's role alone lets him find any file (others find what they are related to)."""
    return can(actor, "person.find", Target(kind=files.KIND, id=""))


def _few(actor: Actor) -> list[str] | None:
    """Return the files of somebody who may find few: all are compared, none is lost among the many he may not find."""
    if finds_everybody(actor):
        return None
    found = list(files.findable(actor).values_list("pk", flat=True)[: COMPARED_ONE_BY_ONE + 1])
    return found if len(found) <= COMPARED_ONE_BY_ONE else None


def _limited(actor: Actor, index: MatchIndex, answer: Answer, judged: _Judged, record: Any) -> Answer:
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
    reasons, people = list(answer.reasons), answer.people
    if not finds_everybody(actor):
        people = scope.count()
        reasons.append("search.only_files_you_may_find")
    model = stated(index.model, people)
    shares = probabilities([one.bits for one in ranked], people, model)
    kept = [
        replace(one, rank=place + 1, probability=share, tied=_tied(ranked, place))
        for place, (one, share) in enumerate(zip(ranked, shares, strict=True))
        if share >= FLOOR or one.id in judged.kept or (place < PAGE_SIZE and _likely_alone(one, people, index.model))
    ]
    near = any(_likely_alone(one, people, index.model) for one in ranked[:1])
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


def stated(model: Model, people: int) -> Model:
    """Return the model with the prior of a node that holds so many people: the share of questions whose person is here.

    What the model says holds from :data:`AMONG` people on; below, each file is as likely beforehand as one of those.
    Who is shown at all is decided by the model's own prior: a small node hides nobody by being small.
    """
    return model.with_prior(model.prior * min(1.0, max(1, people) / AMONG))


def _likely_alone(one: Candidate, people: int, model: Model) -> bool:
    """Tell whether he would be a candidate if a nearer one did not take the probability: a reader compares the two."""
    from somec.persons.matching.search import probabilities  # noqa: PLC0415

    return probabilities([one.bits], people, model)[0] >= CANDIDATE


def _tied(ranked: Sequence[Candidate], place: int) -> bool:
    near = [*ranked[max(0, place - 1) : place], *ranked[place + 1 : place + 2]]
    return any(abs(one.bits - ranked[place].bits) < TIE_BITS for one in near)


def _shown(actor: Actor, asked: Known, chosen: Sequence[Candidate], judged: _Judged) -> tuple[MatchCandidate, ...]:
    """Return candidates with the files as they stand in the database now; who is gone meanwhile is left out."""
    people = models.Person.objects.filter(pk__in=[one.id for one in chosen])
    readable = _readable(actor, [one.id for one in chosen])
    found = {view.id: view for view in rows.views(people)}
    between = _between(list(found.values()))
    return tuple(
        _candidate(one, asked, found[one.id], judged, between[one.id], readable=one.id in readable)
        for one in chosen
        if one.id in found
    )


def _between(views: Sequence[PersonView]) -> Mapping[str, list[Caution]]:
    """Return the cautions among candidates; each pair is compared once and told at both."""
    told: dict[str, list[Caution]] = {view.id: [] for view in views}
    for left, right in combinations(views, 2):
        for code in relations.cautions(left, right):
            told[left.id].append(Caution(code=code, other=right.id))
            told[right.id].append(Caution(code=code, other=left.id))
    return told


def _candidate(
    one: Candidate, asked: Known, view: PersonView, judged: _Judged, between: Sequence[Caution], *, readable: bool
) -> MatchCandidate:
    said = judged.by_person.get(one.id)
    with_asked = [Caution(code=code) for code in relations.cautions(asked, view)]
    weighed = tuple(
        Evidence(
            field=piece.field, direction=piece.direction, bits=piece.bits, code=piece.code, parameters=piece.parameters
        )
        for piece in one.evidence
    )
    return MatchCandidate(
        person_id=view.id, label=view.label, born=" / ".join(sorted({str(birth.date) for birth in view.births})),
        case_number=view.case_number, authority_id=view.authority_id, rank=one.rank, tied=one.tied,
        probability=one.probability, bits=one.bits, evidence=weighed + asking.plain_evidence(asked, view),
        sides=asking.sides(asked, view, readable=readable), cautions=(*with_asked, *between),
        verdict=said.verdict if said and not said.elsewhere else "",
        verdict_elsewhere=said.verdict if said and said.elsewhere else "",
        judgement_id=said.judgement_id if said else "", new_facts=_new_facts(view, said, judged), readable=readable,
    )  # fmt: skip


def _new_facts(view: PersonView, said: _Verdict | None, judged: _Judged) -> bool:
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

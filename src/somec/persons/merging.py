"""Two files that are one person: proposed by one, approved by another, undone in the same way.

One function is one transaction with its log entries (one in the trail of each file). What a merge does stands in
``docs/explanation/duplicates.md``: a link is made, the kept file is read with the other one's statements, and nothing
of either is rewritten.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction

from somec.access.rules import Actor, Target, check
from somec.audit import actions as audit
from somec.audit.rules import Kind, new_entry
from somec.kernel import clock, ids
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow
from somec.persons import belongings, families, files, indexing, models, relations, rows, rules
from somec.persons import merging_rules as chart
from somec.persons.merges.models import KEPT, MERGED, KeptApart, Merge, MergeAct, Side
from somec.persons.merging_rules import Circumstances, MergeState
from somec.persons.messages import PersonView
from somec.persons.rules import MAX_NOTE, ChangeKind

MERGE = "merge"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison:
    """Two files side by side with what speaks against making them one.

    ``refusals`` stop it; each of ``to_answer`` needs a written ground.
    """

    kept: PersonView
    merged: PersonView
    findings: tuple[str, ...]
    refusals: tuple[str, ...]
    to_answer: tuple[str, ...]


def target(row: Merge, *, separating: bool = False) -> Target:
    """Return a merge as access sees it; its author is whoever proposed the step that waits."""
    return Target(
        kind=MERGE, id=row.id, authority_id=row.kept.authority_id, state=row.state, case=row.kept_id,
        author_id=row.separator_id if separating else row.author_id,
    )  # fmt: skip


@transaction.atomic
def compare(*, actor: Actor, kept_id: str, merged_id: str) -> Comparison:
    """Return two files side by side; both readings are logged with the actor's purpose, without which it is refused."""
    need_purpose(actor, kept_id)
    both = [files.allowed(actor, "person.read", one) for one in (kept_id, merged_id)]
    log(actor, "merge.compare", Kind.CONSULTATION, [one.id for one in both])
    return comparison(kept_id, merged_id)


def comparison(kept_id: str, merged_id: str) -> Comparison:
    """Return two files side by side. For parts that have asked access."""
    known = families.families([kept_id, merged_id])
    people = {row.id: row for row in models.Person.objects.filter(pk__in=[kept_id, merged_id])}
    if len(people) != len({kept_id, merged_id}):
        raise NotFound("person")
    kept, merged = rows.views([people[kept_id], people[merged_id]])
    groups = {one: known[one].ids for one in (kept_id, merged_id)}
    waiting, closed = (
        [bool(ask(groups[one])) for one in (kept_id, merged_id)] for ask in (belongings.awaiting, belongings.closed)
    )
    found = chart.findings(
        kept,
        merged,
        Circumstances(
            cautions=relations.cautions(kept, merged) if kept_id != merged_id else (),
            kept_is_merged=known[kept_id].head != kept_id,
            merged_is_merged=known[merged_id].head != merged_id,
            merged_holds=bool(known[merged_id].merged) and known[merged_id].head == merged_id,
            kept_apart=standing_apart(kept_id, merged_id) is not None,
            both_await_approval=all(waiting),
            both_closed_parts=all(closed),
        ),
    )
    refusals = tuple(chart.refusals(found))
    return Comparison(
        kept=kept, merged=merged, findings=found, refusals=refusals, to_answer=tuple(chart.open_grounds(found, {}))
    )


def standing_apart(first: str, second: str) -> KeptApart | None:
    """Return the standing word that two files are two people, if somebody has given it."""
    return KeptApart.objects.filter(pair=chart.pair(first, second), withdrawn_at=None).first()


@transaction.atomic
def propose_merge(
    *, actor: Actor, kept_id: str, merged_id: str, reason: str, grounds: Mapping[str, str] | None = None
) -> str:
    """Propose to read the file ``merged_id`` as part of ``kept_id``; returns the merge's id (``mrg-…``).

    Raises NotPossibleNow with the first finding that stops it (``merge.<code>``), Invalid with each finding that still
    needs a written ground (``grounds``: code to text, at least 20 letters). Nothing changes before a second one agrees.
    """
    need_purpose(actor, kept_id)
    need_words(reason)
    held(actor, "person.merge", kept_id, merged_id)
    given = {code: text.strip() for code, text in (grounds or {}).items() if text.strip()}
    found = _unopposed(kept_id, merged_id, given)
    if Merge.objects.filter(pair=chart.pair(kept_id, merged_id), state=MergeState.PROPOSED.value).exists():
        raise NotPossibleNow("merge.proposed_already")
    merge = Merge(
        id=ids.new_id("mrg"), kept_id=kept_id, merged_id=merged_id, pair=chart.pair(kept_id, merged_id),
        findings=list(found), reason=reason.strip(),
        grounds={code: given[code] for code in found if code in given}, author_id=actor.id, proposed_at=clock.now(),
    )  # fmt: skip
    merge.save(force_insert=True)
    acted(actor, merge, "merge.propose", reason)
    return merge.id


def held(actor: Actor, action: str, *file_ids: str) -> dict[str, models.Person]:
    """Return these files and what is merged into them, locked in one order, if the actor may do this."""
    for one in file_ids:
        files.allowed(actor, action, one)
    known = models.Person.objects.select_for_update().filter(pk__in=_all_ids(file_ids)).order_by("pk")
    return {row.id: row for row in known}


def _all_ids(file_ids: Collection[str]) -> set[str]:
    return {one for family in families.families(file_ids).values() for one in family.ids}


def _unopposed(kept_id: str, merged_id: str, grounds: Mapping[str, str]) -> tuple[str, ...]:
    """Return the findings of two files, none of which stops the merge and each of which has its ground."""
    compared = comparison(kept_id, merged_id)
    if compared.refusals:
        raise NotPossibleNow(f"merge.{compared.refusals[0]}")
    wrong = {code: ["ground_missing"] for code in chart.open_grounds(compared.findings, grounds)}
    wrong |= {
        code: mistakes for code, text in grounds.items() if (mistakes := rules.text_mistakes(text, limit=MAX_NOTE))
    }
    if wrong:
        raise Invalid("merge.grounds", fields=wrong)
    return compared.findings


@transaction.atomic
def approve_merge(*, actor: Actor, merge_id: str, version: int | None = None, reason: str = "") -> None:
    """Agree as the second person: from now on both are read as one.

    Both files are compared once more: what speaks against it and was not known when it was proposed is NotPossibleNow
    (``merge.changed_since``), and the author proposes anew.
    """
    merge = waiting_merge(actor, "merge.approve", merge_id, version)
    need_purpose(actor, merge.kept_id)
    both = held(actor, "person.read", merge.kept_id, merge.merged_id)
    try:
        _unopposed(merge.kept_id, merge.merged_id, merge.grounds)
    except Invalid as error:
        raise NotPossibleNow("merge.changed_since", findings=",".join(sorted(error.fields))) from error
    kept, merged = both[merge.kept_id], both[merge.merged_id]
    merge.kept_side = Side.objects.get_or_create(key=f"{KEPT}:{kept.id}", person=kept, role=KEPT)[0]
    merge.merged_side = Side.objects.create(key=f"{MERGED}:{merged.id}", person=merged, role=MERGED)
    _decide(actor, merge, reason)
    acted(actor, merge, "merge.approve", reason)
    linked(actor, kept, merged, now_one=True, reason=merge.reason)


def _decide(actor: Actor, merge: Merge, reason: str) -> None:
    if reason.strip():
        need_words(reason, least=1)
    merge.decider_id, merge.decided_at, merge.decider_reason = actor.id, clock.now(), reason.strip()


def linked(actor: Actor, kept: models.Person, merged: models.Person, *, now_one: bool, reason: str) -> None:
    """Renew what lists and the index show of both, and keep in the history of both that they are one, or no longer."""
    for person, column, other in ((kept, "includes", merged), (merged, "merged_into", kept)):
        told, nothing = {column: other.case_number}, {column: ""}
        files.remember(
            person.id, by=actor.id, kind=ChangeKind.CORRECTED, entity=files.KIND, entity_id=person.id, reason=reason,
            before=nothing if now_one else told, after=told if now_one else nothing,
        ).save()  # fmt: skip
    files.touch(kept)
    if now_one:
        indexing.changed([merged.id])
    else:
        files.touch(merged)


@transaction.atomic
def refuse_merge(*, actor: Actor, merge_id: str, reason: str, version: int | None = None) -> None:
    """Refuse as the second person; the proposal stays on record with both reasons."""
    need_words(reason)
    merge = waiting_merge(actor, "merge.refuse", merge_id, version)
    _decide(actor, merge, reason)
    acted(actor, merge, "merge.refuse", reason)


@transaction.atomic
def withdraw_merge(*, actor: Actor, merge_id: str, reason: str, version: int | None = None) -> None:
    """Take a proposal back that nobody has decided yet."""
    need_words(reason)
    acted(actor, waiting_merge(actor, "merge.withdraw", merge_id, version), "merge.withdraw", reason)


def waiting_merge(actor: Actor, action: str, merge_id: str, version: int | None) -> Merge:
    """Return the locked merge if the actor may take this step now."""
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise NotAllowed("access.relation", action="person.merge", kind=MERGE, id=merge_id)
    separating = action.startswith("separation.")
    second = action.endswith((".approve", ".refuse"))
    if second:
        check(actor, "person.approve_merge", target(merge, separating=separating))
    else:
        files.allowed(actor, "person.merge", merge.kept_id)
        files.allowed(actor, "person.merge", merge.merged_id)
    if version is not None and merge.version != version:
        raise Conflict("merge.changed_meanwhile", seen=version, now=merge.version)
    step = chart.step(action, merge.state)
    if step is None:
        raise NotPossibleNow("merge.state", action=action, state=merge.state)
    author = merge.separator_id if separating else merge.author_id
    if step.by_author and author != actor.id:
        raise NotAllowed("access.relation", action="person.merge", kind=MERGE, id=merge.id, case=merge.kept_id)
    return merge


def acted(actor: Actor, merge: Merge, action: str, reason: str, **detail: str | int) -> None:
    """Take the step, keep who and why, and log it in the trail of both files."""
    before = None if action == "merge.propose" else merge.state
    step = next(one for one in chart.MERGE_CHART if one.action == action and one.source == before)
    merge.state = step.target.value
    if before is not None:
        merge.version += 1
        merge.save()
    MergeAct.objects.create(merge=merge, action=action, by=actor.id, at=clock.now(), reason=reason.strip())
    log(actor, action, Kind.COMBINATION, [merge.kept_id, merge.merged_id], subject=merge.id, reason=reason, **detail)


def log(
    actor: Actor, action: str, kind: Kind, cases: Collection[str], *, subject: str = "", reason: str = "",
    **detail: str | int,
) -> None:  # fmt: skip
    """Record one entry in the trail of each file: ids, codes and figures only."""
    audit.record_many([
        new_entry(
            actor, action, kind, subject or one, case=one, purpose=actor.purpose, reason=reason,
            detail={"with": ",".join(other for other in cases if other != one), **detail},
        )
        for one in dict.fromkeys(cases)
    ])  # fmt: skip


def need_purpose(actor: Actor, file_id: str) -> None:
    """Refuse who has not said what he needs the files for."""
    if not actor.purpose:
        raise NotAllowed("person.no_purpose", action="person.merge", kind=files.KIND, id=file_id)


def need_words(reason: str, least: int = chart.ENOUGH_WORDS) -> None:
    """Refuse a reason that nobody could weigh; raises Invalid (``reason.invalid``)."""
    found = rules.text_mistakes(reason, limit=MAX_NOTE, required=True)
    if not found and len(reason.strip()) < least:
        found = ["too_short"]
    if found:
        raise Invalid("reason.invalid", fields={"reason": found})

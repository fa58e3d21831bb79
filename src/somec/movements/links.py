"""The link between a notice of another state and a file of ours: whom it is about, and whether it still looks right.

A person confirms a link. When either side is corrected afterwards, the link is weighed again; if it has become
unlikely, it is put before a person as a question. Nothing is unlinked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from somec.access import queries as access_queries
from somec.access.rules import Actor
from somec.exchange import queries as documents
from somec.exchange.queries import DocumentView
from somec.kernel import clock
from somec.movements import messages
from somec.movements.models import Incoming, LinkCheck, Owner
from somec.movements.rules import Match
from somec.movements.targets import incoming_scope
from somec.movements.views import PAGE_SIZE, LinkInQuestion, PersonLine
from somec.persons import finding
from somec.persons import queries as persons
from somec.persons.finding import Weight
from somec.persons.models import Judgement, Person
from somec.persons.queries import PersonLabel
from somec.persons.rules import MAX_SUBJECT_PERSON, Verdict, link_in_question

CHECKED_AT_ONCE: Final = 200


def newest_content(row: Incoming) -> DocumentView:
    """Return the newest document that says the whole movement; a cancellation only says that it is taken back."""
    held = [one for one in documents.documents([row.conversation]) if one.type in {messages.NOTICE, messages.CHANGE}]
    return max(held, key=lambda one: messages.sequence(one.body))


def subject_person(row: Incoming, identity: Mapping[str, Any]) -> str:
    """Return the other state and the id that it gives the person, by which judgements carry over to its next notice."""
    data = identity.get("data", identity)
    named = data.get("person", "") if isinstance(data, Mapping) else ""
    if not isinstance(named, str) or not named or len(named) + 3 > MAX_SUBJECT_PERSON:
        return ""
    return f"{row.from_state}:{named}"


def unchecked() -> QuerySet[Incoming]:
    """Find confirmed links of which either side says something else than when they were last weighed."""
    version = Person.objects.filter(pk=OuterRef("person_id")).values("version")[:1]
    same = Q(
        link__person_id=F("person_id"), link__person_version=F("file_version"),
        link__content_sequence=F("content_sequence"),
    )  # fmt: skip
    linked = Incoming.objects.filter(match=Match.SAME.value).annotate(file_version=Subquery(version))
    return linked.filter(file_version__isnull=False).exclude(Q(link__isnull=False) & same)


def check_links() -> int:
    """Weigh links again whose sides were corrected; returns how many. The first weighing is what later ones fall from.

    Stops where the index does not answer: the links are found again at the next tick.
    """
    done = 0
    for row in unchecked().select_related("link").order_by("id")[:CHECKED_AT_ONCE]:
        said = finding.weigh_link(messages.identity(newest_content(row).body), row.person_id)
        if said is None:
            break
        _keep(row, int(vars(row)["file_version"]), said.probability)
        done += 1
    return done


@transaction.atomic
def _keep(row: Incoming, version: int, probability: float) -> None:
    """Keep a weighing, unless a person has decided otherwise since the row was read."""
    current = Incoming.objects.select_for_update().filter(pk=row.pk, match=Match.SAME.value, person_id=row.person_id)
    if not current.exists():
        return
    known = LinkCheck.objects.filter(incoming=row).first()
    if known is None or known.person_id != row.person_id:
        known = LinkCheck(incoming=row, person_id=row.person_id, before=probability)
        known.person_version, known.content_sequence = version, row.content_sequence
    sides = {"ours"} if version != known.person_version else set()
    sides |= {"theirs"} if row.content_sequence != known.content_sequence else set()
    now = clock.now()
    known.after, known.checked_at = probability, now
    known.person_version, known.content_sequence = version, row.content_sequence
    if link_in_question(known.before, probability):
        known.side = "both" if known.side not in {"", *sides} or len(sides) > 1 else known.side or sides.pop()
        known.asked_at = known.asked_at or now
    else:
        known.side, known.asked_at = "", None
    known.save()


def undecided() -> Q:
    """Return the condition on notices whose person waits for a decision: none yet, or new facts since "cannot tell"."""
    torn = Judgement.objects.filter(
        subject=OuterRef("id"), verdict=Verdict.CANNOT_TELL.value, withdrawn_at=None, person__changed_at__gt=F("at")
    )
    return Q(match=Match.UNDECIDED.value) | Q(Exists(torn), match=Match.CANNOT_TELL.value)


def in_question(actor: Actor) -> QuerySet[Incoming]:
    """Find links in question for whoever can judge, who judged, and who owns the file or the notice."""
    judged = Judgement.objects.filter(subject=OuterRef("id"), withdrawn_at=None, by=actor.id)
    owned = Owner.objects.filter(incoming_id=OuterRef("id"), user_id=actor.id)
    filed = Person.objects.filter(pk=OuterRef("person_id"), owner_id=actor.id)
    own = incoming_scope(actor) & (Q(Exists(judged)) | Q(Exists(owned)) | Q(Exists(filed)))
    return Incoming.objects.filter(incoming_scope(actor, "incoming.judge") | own, link__asked_at__isnull=False)


def listed(actor: Actor) -> tuple[LinkInQuestion, ...]:
    """Return the links in question, the longest waiting first; four queries."""
    rows = list(in_question(actor).select_related("link").order_by("link__asked_at", "id")[:PAGE_SIZE])
    labels = persons.labels({row.person_id for row in rows})
    standing = Judgement.objects.filter(
        subject__in=[row.id for row in rows], verdict=Verdict.SAME.value, withdrawn_at=None
    )
    judged = {one.subject: one for one in standing}
    names = access_queries.names({one.by for one in judged.values()})
    return tuple(_line(row, labels, judged.get(row.id), names) for row in rows)


def _line(
    row: Incoming, labels: Mapping[str, PersonLabel], said: Judgement | None, names: Mapping[str, str]
) -> LinkInQuestion:
    label = labels.get(row.person_id)
    return LinkInQuestion(
        incoming_id=row.id, reference=row.reference, from_state=row.from_state, before=row.link.before,
        after=row.link.after, side=row.link.side, since=row.link.asked_at or row.link.checked_at,
        person=PersonLine(
            id=row.person_id, label=label.label if label else "", born=label.born if label else "",
            case_number=label.case_number if label else "",
        ),
        judged_by=names.get(said.by, "") if said else "", judged_at=said.at if said else None,
        reason=said.reason if said else "",
    )  # fmt: skip


def confirmed(row: Incoming, weight: Weight | None) -> None:
    """Note that a person has confirmed the link as it stands: what it falls from, and no question any more."""
    LinkCheck.objects.filter(incoming=row).delete()
    version = Person.objects.filter(pk=row.person_id).values_list("version", flat=True).first()
    if weight is not None and version is not None:
        LinkCheck(
            incoming=row, person_id=row.person_id, person_version=version, content_sequence=row.content_sequence,
            before=weight.probability, after=weight.probability, checked_at=clock.now(),
        ).save()  # fmt: skip


def undone(row: Incoming) -> None:
    """Note that there is no link any more."""
    LinkCheck.objects.filter(incoming=row).delete()

"""Reads every row that a list of work needs: one query finds what waits, one more each table that has some of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value

from somec.access.rules import Actor
from somec.alerts import work
from somec.alerts.models import Alert
from somec.alerts.work import Line, Source
from somec.exchange.models import Obligation, PeerProposal, Problem
from somec.movements.models import Disclosure, HeldDocument, Incoming, Notice, Owner, PlanAction
from somec.offenders.models import Decision
from somec.persons.merges.models import Merge

LIMIT: Final = 60  # lines of one source: more than a desk does in a day; ``more`` says that there are further ones


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What waits, by source in its order, and the rows of every table that the lines are made of."""

    found: Mapping[Line, list[str]]
    duties: Mapping[str, Obligation]
    notices: Mapping[str, Notice]
    incoming: Mapping[str, Incoming]
    told: Mapping[str, Disclosure]
    plans: Mapping[str, PlanAction]
    alerts: Mapping[str, Alert]
    held: Mapping[str, HeldDocument]
    problems: Mapping[str, Problem]
    proposals: Mapping[str, PeerProposal]
    decisions: Mapping[str, Decision]
    merges: Mapping[str, Merge]
    owners: Mapping[str, str]
    assigned: Mapping[str, str]
    by_conversation: Mapping[str, Incoming] = field(default_factory=dict)
    told_by_conversation: Mapping[str, Disclosure] = field(default_factory=dict)

    uncounted: int = 0
    """How many lines there are beyond those that are listed."""


def gather(actor: Actor, now: datetime, own: str) -> Rows:
    """Return what waits for this reader; at most twelve queries, however much there is."""
    sources = work.everything(actor, now, own)
    found = _waiting(sources)
    duties = Obligation.objects.in_bulk([*found[Line.DUTY], *found[Line.SILENCE]])
    plans = PlanAction.objects.in_bulk(found[Line.PLAN])
    alerts = Alert.objects.in_bulk([*found[Line.NOT_ARRIVED], *found[Line.UNCLAIMED]])
    incoming = _incoming(found, duties, plans)
    told = _told(found, duties, alerts)
    return Rows(
        found=found, duties=duties, plans=plans, alerts=alerts,
        notices=Notice.objects.in_bulk([one for line in work.NOTICE_LINES for one in found[line]]),
        incoming={row.id: row for row in incoming}, by_conversation={row.conversation: row for row in incoming},
        told={row.id: row for row in told}, told_by_conversation={row.conversation: row for row in told},
        held=HeldDocument.objects.in_bulk([alerts[one].subject_id for one in found[Line.UNCLAIMED]]),
        problems=Problem.objects.in_bulk(found[Line.PROBLEM]),
        proposals=PeerProposal.objects.in_bulk(found[Line.PROPOSAL]),
        decisions=Decision.objects.in_bulk(found[Line.DECISION]),
        merges=Merge.objects.in_bulk(found[Line.MERGE]),
        owners={row.id: row.taken_by for row in incoming if row.taken_by},
        assigned={row.id: row.assigned_to for row in incoming if row.assigned_to},
        uncounted=_uncounted(sources, found),
    )  # fmt: skip


def _waiting(sources: Iterable[Source]) -> dict[Line, list[str]]:
    """Find what waits, each source cut at the limit with the least time first, in one query."""
    found: dict[Line, list[str]] = {line: [] for line in Line}
    for line, key in _together(_first(source) for source in sources):
        found[Line(line)].append(key)
    return found


def _first(source: Source) -> Source:
    """Return the first rows of a source; a part of a union cannot be ordered and cut itself (SQLite)."""
    first = source.rows.order_by(*source.order).values("pk")[:LIMIT]
    return Source(source.line, source.rows.model.objects.filter(pk__in=first), ())


def _uncounted(sources: Iterable[Source], found: Mapping[Line, list[str]]) -> int:
    cut = [source for source in sources if len(found[source.line]) >= LIMIT]
    return _together(cut).count() - LIMIT * len(cut) if cut else 0


def count(actor: Actor, now: datetime, own: str) -> int:
    """Return how many lines there are without reading them, in one query."""
    return _together(work.everything(actor, now, own)).count()


def _together(sources: Iterable[Source]) -> QuerySet[Any, tuple[str, str]]:
    """Return source and key of every row, as one query."""
    first, *others = (_named(source) for source in sources)
    united: QuerySet[Any, tuple[str, str]] = first.union(*others, all=True)
    return united


def _named(source: Source) -> QuerySet[Any, tuple[str, str]]:
    line = Value(source.line.value, output_field=CharField())
    rows: QuerySet[Any, tuple[str, str]] = source.rows.order_by().annotate(line=line).values_list("line", "pk")
    return rows


def _incoming(
    found: Mapping[Line, list[str]], duties: Mapping[str, Obligation], plans: Mapping[str, PlanAction]
) -> list[Any]:
    """Return the notices received, each annotated with who has taken it, and who was named for it by name."""
    ids = {one for line in work.INCOMING_LINES for one in found[line]} | {row.incoming_id for row in plans.values()}
    conversations = {duties[one].conversation for one in found[Line.DUTY]}
    taken = Owner.objects.filter(incoming_id=OuterRef("id"), taken_at__isnull=False).order_by("service")
    named = Owner.objects.filter(incoming_id=OuterRef("id")).exclude(user_id="").order_by("service")
    rows: QuerySet[Any] = Incoming.objects.annotate(
        taken_by=Subquery(taken.values("user_id")[:1]), assigned_to=Subquery(named.values("user_id")[:1])
    )
    return list(rows.filter(_either(ids, conversations)))


def _told(
    found: Mapping[Line, list[str]], duties: Mapping[str, Obligation], alerts: Mapping[str, Alert]
) -> list[Disclosure]:
    ids = {*found[Line.ENDED], *(alerts[one].subject_id for one in found[Line.NOT_ARRIVED])}
    conversations = {duties[one].conversation for one in found[Line.SILENCE]}
    return list(Disclosure.objects.filter(_either(ids, conversations)).select_related("notice"))


def _either(ids: Iterable[str], conversations: Iterable[str]) -> Q:
    return Q(id__in=sorted(ids)) | Q(conversation__in=sorted(conversations))

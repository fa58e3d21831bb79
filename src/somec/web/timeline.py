"""Everything about a person in one line of time: record, decisions, movements, who was told, what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from somec.access.rules import Actor
from somec.movements import queries as movements
from somec.movements.views import DisclosureView, DocumentLine, FollowView, MovementEvent, NoticeView
from somec.offenders import queries as offenders
from somec.offenders import validation
from somec.offenders.messages import Assessment, Conviction, MovementSign, Order, Trigger
from somec.offenders.queries import DecisionRow, TimelineEvent
from somec.persons.dates import PartialDate
from somec.persons.messages import Origin
from somec.web import words_notices, words_people
from somec.web.naming import in_text, state_name
from somec.web.templatetags.notices import called
from somec.web.templatetags.people import (
    length_words,
    level_name,
    offence_name,
    origin_words,
    partial,
    sanction_name,
    sign_name,
)
from somec.web.templatetags.somec import state_names
from somec.web.times import day, duration, instant_to_the_second
from somec.web.words import word

KINDS = tuple(words_people.ENTRY_KINDS)
PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened. ``exact`` is None where only the day is known; ``statement`` is fact or assessment."""

    on: date
    kind: str
    title: str = field(repr=False)
    text: str = field(default="", repr=False)
    quiet: str = field(default="", repr=False)
    statement: str = ""
    exact: datetime | None = None
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One page of the line, by year, and how many there are of each kind."""

    years: list[tuple[int, list[Line]]] = field(repr=False)
    counts: list[tuple[str, int]]
    total: int
    shown: int
    only: str
    page: int
    pages: int


def of(lines: Iterable[Line], only: str, page: int) -> Timeline:
    """Return one page of the lines, newest first, perhaps of one kind only."""
    everything = sorted(lines, key=_moment, reverse=True)
    counted = Counter(line.kind for line in everything)
    wanted = [line for line in everything if not only or line.kind == only]
    pages = max(1, -(-len(wanted) // PAGE))
    number = min(page, pages)
    shown = wanted[(number - 1) * PAGE : number * PAGE]
    return Timeline(
        years=[(year, list(found)) for year, found in groupby(shown, key=lambda line: line.on.year)],
        counts=[(kind, counted[kind]) for kind in KINDS if counted[kind]], total=len(everything), shown=len(wanted),
        only=only, page=number, pages=pages,
    )  # fmt: skip


def _moment(line: Line) -> tuple[date, bool, float]:
    return line.on, line.exact is not None, line.exact.timestamp() if line.exact else 0.0


def lines(
    actor: Actor, person_id: str, notices: Sequence[NoticeView], talks: Sequence[FollowView],
    moved: Sequence[MovementEvent], *, births: Sequence[PartialDate] = (),
) -> list[Line]:  # fmt: skip
    """Return every line about a person. ``notices`` and ``talks`` are those that the reader may see.

    ``births``: every claimed date of birth; an act that may lie before one of them is marked.
    """
    made = [_recorded(event, births) for event in offenders.timeline(actor, person_id)]
    made += [_movement(event) for event in moved if event.kind != "told"]
    for notice in notices:
        made += [line for told in notice.disclosures for line in _told(notice, told)]
    for talk in talks:
        made += [_document(talk, document) for document in talk.documents]
    return made


def talks(actor: Actor, conversations: Iterable[str]) -> list[FollowView]:
    """Return the conversations by which other states were told or told us."""
    return [movements.conversation(actor, one) for one in dict.fromkeys(conversations) if one]


# --- the record --------------------------------------------------------------------------------------------------


def _recorded(event: TimelineEvent, births: Sequence[PartialDate]) -> Line:
    title, text, origin = _RECORD[event.kind](event.entry)
    if isinstance(event.entry, Conviction) and validation.may_precede_birth(event.entry, births):
        doubt = _("By the dates on file the act may lie before the birth.")
        text = f"{text} {doubt}"
    return Line(
        on=event.on, kind=event.kind, title=title, text=text, quiet=_quiet(event.statement, origin),
        statement=event.statement if event.kind != "decision" else "",
        href=reverse("decision", args=[event.id]) if event.kind == "decision" else "",
    )  # fmt: skip


def _quiet(statement: str, origin: Origin | None) -> str:
    del statement
    return origin_words(origin) if origin else ""


def _conviction(entry: Conviction) -> tuple[str, str, Origin]:
    acts = ", ".join(
        _("%(offence)s (ECRIS %(code)s)") % {"offence": offence_name(one.code), "code": one.code}
        for one in entry.offences
    )
    committed = [partial(one.committed_from) for one in entry.offences if one.committed_from]
    if committed:
        acts = _("%(acts)s, committed %(when)s") % {"acts": acts, "when": "; ".join(committed)}
    parts = ["; ".join(f"{sanction_name(one.code)} {length_words(one)}".strip() for one in entry.sanctions)]
    parts.append(", ".join(part for part in (entry.court, state_name(entry.state)) if part))
    if entry.final:
        parts.append(_("Final %(day)s") % {"day": day(entry.final)})
    parts.append(str(words_people.SPENT_LINES.get(entry.spent, "")))
    return acts, ". ".join(part for part in parts if part) + ".", entry.origin


def _order(entry: Order) -> tuple[str, str, Origin]:
    kind = word(words_notices.ORDER_KINDS, entry.kind)
    until = _(", until %(day)s") % {"day": day(entry.ends)} if entry.ends else ""
    conditions = ngettext("%(n)s condition", "%(n)s conditions", len(entry.conditions)) % {"n": len(entry.conditions)}
    text = _("%(conditions)s. Decision of %(day)s, supervised in %(state)s.") % {
        "conditions": conditions, "day": day(entry.decided), "state": in_text(entry.supervising_state),
    }  # fmt: skip
    return _("%(kind)s starts%(until)s") % {"kind": kind, "until": until}, text, entry.origin


def _assessment(entry: Assessment) -> tuple[str, str, Origin]:
    points = f" ({entry.points})" if entry.points else ""
    parts = []
    if entry.neutral:
        parts.append(_("Neutral scale: %(level)s. The original wording counts.") % {"level": level_name(entry.neutral)})
    else:
        parts.append(_("Nobody mapped it to the neutral scale."))
    parts.append(_("By: %(role)s.") % {"role": entry.assessor_role})
    if entry.valid_until:
        parts.append(_("Valid to %(day)s.") % {"day": day(entry.valid_until)})
    if not entry.individual:
        parts.append(_("A rating of a whole group, not of this person."))
    return f"{entry.instrument}: “{entry.level}”{points}", " ".join(parts), entry.origin


def _trigger(entry: Trigger) -> tuple[str, str, Origin]:
    where = f", {state_name(entry.state)}" if entry.state else ""
    return f"{word(words_people.TRIGGERS, entry.kind)}{where}", entry.words, entry.origin


def _sign(entry: MovementSign) -> tuple[str, str, Origin]:
    where = f": {state_names(list(entry.states))}" if entry.states else ""
    return f"{sign_name(entry.sign)}{where}", entry.words, entry.origin


def _decision(entry: DecisionRow) -> tuple[str, str, None]:
    title = f"{word(words_notices.DECISIONS, entry.outcome)}: {word(words_people.DECISION_STATES, entry.state).lower()}"
    return title, state_names(list(entry.destinations)), None


_RECORD: dict[str, Any] = {
    "conviction": _conviction, "order": _order, "assessment": _assessment, "trigger": _trigger, "movement": _sign,
    "decision": _decision,
}  # fmt: skip


# --- what moved, who was told, what was said -----------------------------------------------------------------------


def movement_title(event: MovementEvent) -> str:
    """Write what a statement about a place says: ``Met in Spain``."""
    return word(words_people.MOVED, event.kind) % {"state": in_text(event.state)}


def _movement(event: MovementEvent) -> Line:
    certainty = word(words_people.LANE_CERTAINTIES, event.certainty)
    text = " ".join(f"{part.rstrip('.')}." for part in (event.place, event.note) if part)
    quiet = _("%(certainty)s, source: %(state)s") % {
        "certainty": certainty.capitalize(), "state": state_name(event.source_state),
    }  # fmt: skip
    return Line(
        on=_local(event.at), exact=event.at, kind="movement", title=movement_title(event), text=text, quiet=quiet,
        statement="fact" if event.certainty == "confirmed" else "", href=_origin_page(event),
    )  # fmt: skip


def _origin_page(event: MovementEvent) -> str:
    if event.notice_id:
        return reverse("notice", args=[event.notice_id])
    return reverse("received", args=[event.incoming_id]) if event.incoming_id else ""


def _local(at: datetime) -> date:
    return timezone.localtime(at).date()


def _told(notice: NoticeView, told: DisclosureView) -> list[Line]:
    state, href = in_text(told.to_state), reverse("conversation", args=[told.conversation])
    kind = called(notice.row.kind, "kind")
    found = []
    if told.queued:
        found.append(
            Line(
                on=_local(told.queued), exact=told.queued, kind="disclosure", href=href,
                title=_("Told %(state)s: %(kind)s") % {"state": state, "kind": kind.lower()},
                text=_("Written by %(author)s, approved by %(approver)s.") % {
                    "author": notice.row.author_name, "approver": notice.approver_name,
                },
                quiet=_("Notice %(reference)s") % {"reference": notice.row.reference},
            )
        )  # fmt: skip
    if told.acknowledged and told.queued:
        found.append(
            Line(
                on=_local(told.acknowledged), exact=told.acknowledged, kind="disclosure", href=href,
                title=_large(_("%(state)s took our notice") % {"state": state}),
                text=_("An authority took it %(time)s after we sent it: %(who)s.") % {
                    "time": duration(told.acknowledged - told.queued), "who": told.taken_authority or told.taken_by,
                },
                quiet=_("Notice %(reference)s") % {"reference": notice.row.reference},
            )
        )  # fmt: skip
    return found


def _large(text: str) -> str:
    """Write the first letter large: a name with an article may stand first."""
    return text[:1].upper() + text[1:]


def _document(talk: FollowView, document: DocumentLine) -> Line:
    other, ours = in_text(talk.other_state), document.from_state == talk.own_state
    what = (
        called(document.what, "progress") if document.type == "movement-progress" else called(document.type, "document")
    )
    title = _("We sent %(state)s: %(what)s") if ours else _("%(state)s sent: %(what)s")
    text = ""
    if ours and document.stored:
        text = _("Their node stored it %(at)s.") % {"at": instant_to_the_second(document.stored)}
    elif ours:
        text = _("Their node has not stored it yet.")
    return Line(
        on=_local(document.created), exact=document.created, kind="message",
        title=_large(title % {"state": other, "what": what}), text=text,
        quiet=_("Conversation %(reference)s") % {"reference": talk.reference},
        href=reverse("conversation", args=[talk.conversation]),
    )  # fmt: skip

"""A conversation of two states: where it stands for both, who owes what, every document with its two receipts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language

from somec.exchange import queries as exchange
from somec.kernel import clock
from somec.kernel.errors import NotFound
from somec.movements import messages, queries
from somec.movements.rules import RECEIVER, SENDER, Chart, Party, State
from somec.movements.views import FollowView
from somec.web.views import notice_page, purpose
from somec.web.views.access import OfficerRequest, officer

WORTH_SAYING = timedelta(hours=1)  # an officer needs some time to read; before that silence says nothing


@officer()
def conversation(request: OfficerRequest, conversation: str) -> HttpResponse:
    """Show where both states stand and what each may do next."""
    follow = queries.conversation(request.actor, conversation)
    subject = _subject(request, follow)
    context = {
        "follow": follow, "subject": subject, "next_steps": _next_steps(follow, subject["actions"]),
        "open_duties": sum(one.state == "open" for one in follow.duties),
        "met_duties": sum(one.state == "met" for one in follow.duties),
        "lacking": list(zip(follow.agreement.lacking_kinds, follow.agreement.lacking, strict=True)),
        "answers_to_take": _answers_to_take(follow), "silent_for": _silent_for(follow),
        "purpose": purpose.line(request.actor, follow.person.id) if follow.person.id else None,
        "peer": next((one for one in exchange.known_peers() if one[0] == follow.other_state), None),
    }  # fmt: skip
    return render(request, "web/conversation/page.html", context)


def _subject(request: OfficerRequest, follow: FollowView) -> dict[str, Any]:
    """Return the page of the notice, the steps that the reader may do there, and the telling on our side."""
    if follow.side == "sender":
        view = queries.notice(request.actor, follow.subject_id)
        told = next((one for one in view.disclosures if one.conversation == follow.conversation), None)
        may = {*view.actions, *(told.actions if told else ())}
        href = reverse("notice", args=[follow.subject_id])
        return {"href": href, "actions": may, "told": told, "kind": view.row.kind}
    found = queries.incoming(request.actor, follow.subject_id)
    return {
        "href": reverse("received", args=[follow.subject_id]), "actions": set(found.actions), "told": None,
        "kind": found.row.kind,
    }  # fmt: skip


_THEIR_STATE = {State.SENT: State.RECEIVED, State.RECEIPTED: State.RECEIVED}
_OUR_STATE = {State.RECEIVED: State.RECEIPTED}


def _next_steps(follow: FollowView, may: set[str]) -> list[dict[str, Any]]:
    """Return what each side's chart lets it do next; whether the reader may do our side's."""
    ours, theirs = (SENDER, RECEIVER) if follow.side == "sender" else (RECEIVER, SENDER)
    mirror = _THEIR_STATE if follow.side == "sender" else _OUR_STATE
    steps = [
        *_of_side(ours, follow.state, follow.own_state), *_of_side(theirs, mirror.get(follow.state, follow.state),
                                                                   follow.other_state),
    ]  # fmt: skip
    for one in steps:
        one["mine"] = one["who"] == follow.own_state and one["action"] in may
        one["ours"] = one["who"] == follow.own_state
    return [one for one in steps if one["mine"] or one["action"] != "incoming.confirm_change"]


def _of_side(chart: Chart, state: State, who: str) -> list[dict[str, Any]]:
    if state not in chart.states:
        return []
    rows = {row.action: row for row in chart.transitions if state in row.sources and _by_people(row.by, row.action)}
    return [{"action": action, "who": who, "by": row.by.value} for action, row in rows.items()]


def _by_people(by: Party, action: str) -> bool:
    return by not in {Party.NODE, Party.OTHER_STATE} and not action.startswith("learn.")


def _answers_to_take(follow: FollowView) -> list[str]:
    return [
        one.id for one in follow.documents
        if one.type == messages.ANSWER and one.from_state == follow.other_state and one.taken is None
    ]  # fmt: skip


def _silent_for(follow: FollowView) -> timedelta | None:
    """Return how long nobody has taken what we sent, once that is worth a banner."""
    length = clock.now() - follow.silent_since if follow.silent_since else timedelta()
    return length if length >= WORTH_SAYING else None


@officer()
def document(request: OfficerRequest, conversation: str, document: str) -> HttpResponse:
    """Show one document of a conversation as it went over the wire."""
    follow = queries.conversation(request.actor, conversation)
    line = next((one for one in follow.documents if one.id == document), None)
    if line is None:
        raise NotFound("document.unknown", id=document)
    body = exchange.document(document)
    context = {
        "follow": follow, "line": line, "paper": notice_page.drawn(body, (get_language() or "en")[:2]),
        "raw": json.dumps(body, indent=2, ensure_ascii=False, sort_keys=True),
        "purpose": purpose.line(request.actor, follow.person.id) if follow.person.id else None,
    }  # fmt: skip
    return render(request, "web/conversation/document.html", context)


ADDRESSES = [
    path("conversations/<str:conversation>/", conversation, name="conversation"),
    path("conversations/<str:conversation>/<str:document>/", document, name="document"),
]

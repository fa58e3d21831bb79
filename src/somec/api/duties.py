"""Conversations, duties, what needs somebody now, alerts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from somec.alerts import actions as alert_actions
from somec.alerts import queries as needs_queries
from somec.alerts import standing
from somec.alerts.needs import Need
from somec.api.contract import Id, OnlyReason, actor, answers
from somec.api.shapes import plain, view_model
from somec.movements import following
from somec.movements.views import FollowView

conversations = Router(tags=["conversations"])
needs = Router(tags=["work"])
alerts = Router(tags=["work"])
FollowOut, NeedOut, AlertOut = view_model(FollowView), view_model(Need), view_model(standing.AlertView)


class Handled(BaseModel):
    """The alert that was taken or settled."""

    alert: str


@conversations.get("/{conversation}", response=answers(FollowOut))
def conversation(request: HttpRequest, conversation: Id) -> Any:
    """Return where a conversation stands for both states: documents with both receipts, duties, agreement."""
    return plain(following.conversation(actor(request), conversation))


@needs.get("", response=answers(list[NeedOut]))  # type: ignore[valid-type]
def needed(request: HttpRequest) -> Any:
    """Return what the caller's desk must do, least time first."""
    return plain(needs_queries.needs_me_now(actor(request)).needs)


@alerts.get("", response=answers(list[AlertOut]))  # type: ignore[valid-type]
def standing_alerts(request: HttpRequest) -> Any:
    """Return the alerts nobody has settled."""
    return plain(standing.alerts(actor(request)))


@alerts.post("/{alert}/take", response=answers(Handled))
def take(request: HttpRequest, alert: Id) -> Any:
    """Take an alert."""
    alert_actions.take(actor=actor(request), alert_id=alert)
    return {"alert": alert}


@alerts.post("/{alert}/settle", response=answers(Handled))
def settle(request: HttpRequest, alert: Id, body: OnlyReason) -> Any:
    """End an alert by hand, saying what was done."""
    alert_actions.settle(actor=actor(request), alert_id=alert, note=body.reason)
    return {"alert": alert}

"""What every page shows around its content: the node, the desk, the reader, the places, the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from somec.access import rules as access
from somec.access.rules import Actor
from somec.access.sessions import seconds_left
from somec.alerts import queries as needs
from somec.exchange.condition import condition
from somec.kernel import clock
from somec.web import node_banners
from somec.web.words import Word


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; ``actions``: shown to who may do any of them; ``also``: other addresses in it."""

    name: str
    label: Word
    actions: tuple[str, ...]
    prefix: str
    also: tuple[str, ...] = ()
    find: bool = False


PLACES = (
    Place(
        "needs_me_now",
        _("Needs me now"),
        ("alert.read", "incoming.read", "notice.read", "alert.read_technical"),
        "/work/",
    ),
    Place("people", _("People"), ("person.find",), "/people/", also=("/purpose/",)),
    Place(
        "notices", _("Notices"), ("notice.read", "incoming.read"), "/notices/", also=("/received/", "/conversations/")
    ),
    Place("matches", _("Matches to decide"), ("incoming.judge",), "/matches/"),
    Place("peers", _("States"), ("peer.read",), "/states/"),
    Place("problems", _("Problems"), ("problem.read",), "/problems/"),
    Place("log", _("Log"), ("audit.read_all",), "/log/"),
    Place("find_person", _("Find a person"), ("person.find",), "/people/find/", find=True),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values for templates."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "node": settings.CONFIG,
        "actor": actor,
        "now": clock.now(),
        "training_offset": clock.training_offset(),
        "languages": settings.LANGUAGES,
        "navigation": navigation(actor, request.path, counted=getattr(request, "needs_counted", None)) if actor else (),
        "session_left": seconds_left(request) if actor else 0,
        "node_banners": node_banners.banners(actor, condition()) if actor else (),
    }


def navigation(actor: Actor, path: str, *, counted: int | None = None) -> list[dict[str, Any]]:
    """Return the places open to this officer's roles, the present one marked (the longest address that fits).

    ``counted``: how many items need him, if the page knows; otherwise they are counted here.
    """
    open_places = [place for place in PLACES if any(may_by_role(actor, action) for action in place.actions)]
    fitting = [(prefix, place) for place in open_places for prefix in (place.prefix, *place.also)]
    here = max((one for one in fitting if path.startswith(one[0])), key=lambda one: len(one[0]), default=("", None))[1]
    return [
        {
            "href": reverse(place.name), "label": place.label, "current": place is here, "find": place.find,
            "count": _waiting(actor, counted) if place.name == "needs_me_now" else 0,
        }
        for place in open_places
    ]  # fmt: skip


def _waiting(actor: Actor, counted: int | None) -> int:
    return needs.count(actor) if counted is None else counted


def may_by_role(actor: Actor, action: str) -> bool:
    """Tell whether some role of the actor has the action at all; what it may touch is decided thing by thing."""
    return any(grant.roles & actor.roles for grant in access.ACTIONS[action].grants)

"""The page of a person, its closed part, what is missing, what was changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from somec.access import queries as access
from somec.access import rules
from somec.kernel import clock
from somec.offenders import queries as offenders
from somec.persons import completeness as gate
from somec.persons import queries as persons
from somec.persons.messages import PersonView
from somec.web import position, timeline
from somec.web.views.access import OfficerRequest
from somec.web.views.case import case_page
from somec.web.views.people import page_number
from somec.web.views.purpose import line


@case_page()
def person(request: OfficerRequest, person: str) -> HttpResponse:
    """Show who somebody is, where he is, who knows, what is owed, and everything that happened."""
    actor, now = request.actor, clock.now()
    view, record = persons.person(actor, person), offenders.record(actor, person)
    place = position.of(actor, person)
    decisions = offenders.decisions(actor, person)
    only = request.GET.get("kind", "")
    births = [birth.date for birth in view.births]
    everything = timeline.lines(actor, person, place.notices, place.talks, place.moved, births=births)
    context: dict[str, Any] = {
        "person": view, "record": record, "place": place, "lanes": position.lane_rows(place.lanes),
        "news": position.news(place), "decisions": decisions, "owner": owner(view),
        "orders": position.bindings(record, actor.state, place, now.date()),
        "acts": position.acts(actor, persons.target(actor, person), decisions),
        "timeline": timeline.of(everything, only if only in timeline.KINDS else "", page_number(request)),
        "missing": len(persons.completeness(person)), "purpose": line(actor, person),
    }  # fmt: skip
    return render(request, "web/person/page.html", context)


def owner(view: PersonView) -> dict[str, str]:
    """Return who looks after the file."""
    found = access.people_by_id([view.owner_id] if view.owner_id else [])
    authority = access.authorities_by_id([view.authority_id]).get(view.authority_id)
    return {
        "id": view.owner_id, "name": found[view.owner_id].name if view.owner_id in found else "",
        "authority": authority.name if authority else "",
    }  # fmt: skip


@case_page(kind="protected")
def protected(request: OfficerRequest, person: str) -> HttpResponse:
    """Show the closed part, for one purpose and a short time."""
    entries = offenders.persons_at_risk(request.actor, person)
    closed = offenders.protected_target(request.actor, person)
    context = {
        "known": persons.labels([person])[person], "entries": entries, "person_id": person,
        "purpose": line(request.actor, person, "protected"),
        "may_change": rules.can(request.actor, "person.change_protected", closed),
    }  # fmt: skip
    return render(request, "web/person/protected.html", context)


@case_page()
def completeness(request: OfficerRequest, person: str) -> HttpResponse:
    """List what is missing for another state to recognise the person."""
    view = persons.person(request.actor, person)
    missing = persons.completeness(person)
    context = {
        "person": view, "missing": missing, "checked": gate.checked(), "purpose": line(request.actor, person),
        "may_change": rules.can(request.actor, "person.change", persons.target(request.actor, person)),
    }  # fmt: skip
    return render(request, "web/person/completeness.html", context)


@case_page()
def history(request: OfficerRequest, person: str) -> HttpResponse:
    """Show what stood in the file before, who changed it, when and why."""
    changes = persons.history(request.actor, person)
    context = {
        "person": persons.person(request.actor, person), "changes": changes,
        "people": access.people_by_id({one.by for one in changes}), "purpose": line(request.actor, person),
    }  # fmt: skip
    return render(request, "web/person/history.html", context)


ADDRESSES = [
    path("people/<str:person>/", person, name="person"),
    path("people/<str:person>/protected/", protected, name="person_protected"),
    path("people/<str:person>/missing/", completeness, name="completeness"),
    path("people/<str:person>/history/", history, name="person_history"),
]

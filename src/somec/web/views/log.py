"""The log: who did what in a case, and whether the log is whole."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from somec.access import trails
from somec.audit.queries import TrailFilter
from somec.audit.rules import Kind
from somec.kernel import clock
from somec.persons import queries as persons
from somec.web.views.access import OfficerRequest, officer

PERIODS = {"today": timedelta(days=1), "month": timedelta(days=30)}


def _asked(request: OfficerRequest) -> tuple[int, TrailFilter]:
    kind, period = request.GET.get("kind", ""), request.GET.get("time", "")
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    kinds = frozenset({Kind(kind)}) if kind in set(Kind) else frozenset[Kind]()
    since = clock.now() - PERIODS[period] if period in PERIODS else None
    return page, TrailFilter(kinds=kinds, since=since)


@officer()
def case_log(request: OfficerRequest, person: str) -> HttpResponse:
    """Show everything done in one case, newest first, with its proof."""
    view = persons.person(request.actor, person)
    page, only = _asked(request)
    found = trails.case_trail(actor=request.actor, target=persons.target(request.actor, person), page=page, only=only)
    context = {"person": view, "trail": found.trail, "people": found.people, "kinds": list(Kind), "only": request.GET}
    return render(request, "web/log/case.html", context)


@officer()
def export(request: OfficerRequest, person: str) -> HttpResponse:
    """Give the sealed entries of a case with their proofs, to be checked without this system."""
    bundle = trails.export_case(actor=request.actor, target=persons.target(request.actor, person))
    return JsonResponse(bundle, headers={"Content-Disposition": f'attachment; filename="{person}-log.json"'})


@officer()
def whole_log(request: OfficerRequest) -> HttpResponse:
    """Show the whole log to the data protection officer."""
    page, only = _asked(request)
    found = trails.whole_trail(actor=request.actor, page=page, only=only)
    context = {"trail": found.trail, "people": found.people, "kinds": list(Kind), "only": request.GET}
    return render(request, "web/log/whole.html", context)


ADDRESSES = [
    path("people/<str:person>/log/", case_log, name="case_log"),
    path("people/<str:person>/log/proof/", export, name="case_log_export"),
    path("log/", whole_log, name="log"),
]

"""The log: who did what in a case, and whether the log is whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from somec.access import rules as access
from somec.access import trails
from somec.audit import checking
from somec.audit.queries import TrailFilter
from somec.audit.rules import Kind
from somec.kernel import clock
from somec.persons import queries as persons
from somec.web import node_banners
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.purpose import line

PERIODS = {"today": timedelta(days=1), "month": timedelta(days=30)}


def _asked(request: OfficerRequest) -> tuple[int, TrailFilter]:
    kind, period = request.GET.get("kind", ""), request.GET.get("time", "")
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    kinds = frozenset({Kind(kind)}) if kind in set(Kind) else frozenset[Kind]()
    since = clock.now() - PERIODS[period] if period in PERIODS else None
    return page, TrailFilter(kinds=kinds, since=since)


def _proof(request: OfficerRequest) -> dict[str, Any]:
    """Return what the last proof of the whole log found; who may ask for one reads of a fault on every page anyway."""
    proof, may_prove = checking.latest(), access.can(request.actor, "audit.verify")
    banner = node_banners.not_proved(proof) if proof.broken and not may_prove else None
    return {"proof": proof, "may_prove": may_prove, "not_proved": banner}


@officer("POST")
def prove(request: OfficerRequest) -> HttpResponse:
    """Ask the node to prove its whole log now."""
    trails.ask_for_proof(actor=request.actor)
    messages.success(request, _("Asked for. The proof is done within a minute; its result stands here then."))
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if allowed else "home")


@officer()
def case_log(request: OfficerRequest, person: str) -> HttpResponse:
    """Show everything done in one case, newest first, with its proof."""
    view = persons.person(request.actor, person)
    page, only = _asked(request)
    found = trails.case_trail(
        actor=request.actor, target=persons.target(request.actor, person), page=page, only=only,
        also=persons.file_ids(person),
    )  # fmt: skip
    context = {
        "person": view, "purpose": line(request.actor, person), "trail": found.trail, "people": found.people,
        "kinds": list(Kind), "only": request.GET, "cases": {},
        **_proof(request),
    }  # fmt: skip
    return render(request, "web/log/case.html", context)


@officer()
def export(request: OfficerRequest, person: str) -> HttpResponse:
    """Give the sealed entries of a case with their proofs, to be checked without this system."""
    target = persons.target(request.actor, person)
    bundle = trails.export_case(actor=request.actor, target=target, also=persons.file_ids(person))
    return JsonResponse(bundle, headers={"Content-Disposition": f'attachment; filename="{person}-log.json"'})


@officer()
def whole_log(request: OfficerRequest) -> HttpResponse:
    """Show the whole log to the data protection officer."""
    page, only = _asked(request)
    found = trails.whole_trail(actor=request.actor, page=page, only=only)
    context = {
        "cases": persons.labels({one.case for one in found.trail.entries if one.case}),
        "trail": found.trail, "people": found.people, "kinds": list(Kind), "only": request.GET, **_proof(request)
    }  # fmt: skip
    return render(request, "web/log/whole.html", context)


ADDRESSES = [
    path("people/<str:person>/log/", case_log, name="case_log"),
    path("people/<str:person>/log/proof/", export, name="case_log_export"),
    path("log/prove/", prove, name="prove_log"),
    path("log/", whole_log, name="log"),
]

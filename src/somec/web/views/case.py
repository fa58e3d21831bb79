"""The door of every page about a person: opened with a purpose, for as long as it lasts, and each reading logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from somec.access import actions as access_actions
from somec.access import queries as access
from somec.access.queries import OpeningView
from somec.catalogue import queries as catalogue
from somec.kernel.errors import NotFound
from somec.persons import actions as persons
from somec.persons import queries
from somec.web.views import kept
from somec.web.views.access import OfficerRequest, officer

CONTINUE = "continue_purpose"
CaseView = Callable[..., HttpResponse]


def case_page(*methods: str, kind: str = "person") -> Callable[[CaseView], CaseView]:
    """Let in only who has the person's file (``kind`` person) or its closed part (protected) open with a purpose.

    The view gets the id of the file as ``person``. Who never gave a purpose is asked for it; whose purpose ran out sees
    that, without any data, and can go on with one button: what was typed is kept and taken then.
    """

    def decorate(view: CaseView) -> CaseView:
        allowed = methods or ("GET", "HEAD")

        @officer("GET", "HEAD", "POST")  # type: ignore[arg-type]
        @wraps(view)
        def guarded(request: OfficerRequest, person: str, **rest: str) -> HttpResponse:
            kept = queries.head(person)
            if kept != person and request.method in {"GET", "HEAD"}:
                return _led(request, person, kept, rest)
            stopped = entered(request, kept, kind)
            if stopped is not None:
                return stopped
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return view(request, person, **rest)

        return guarded

    return decorate


def _led(request: OfficerRequest, person: str, kept: str, rest: dict[str, str]) -> HttpResponse:
    """Lead from a merged file to the same page of the file it was merged into; that page says so."""
    match = request.resolver_match
    there = reverse(match.view_name if match else "person", kwargs={"person": kept, **rest})
    asked = request.GET.copy()
    asked["merged"] = person
    return redirect(f"{there}?{asked.urlencode()}")


def entered(request: OfficerRequest, person: str, kind: str = "person") -> HttpResponse | None:
    """Return None where the way is open (and log the reading), else the page that asks for the purpose."""
    opening = access.current_opening(request.actor, kind, person)
    if opening is None:
        last = access.last_opening(request.actor, kind, person)
        if last is None:
            return _ask(request, person, kind)
        if request.method != "POST" or CONTINUE not in request.POST:
            return _ended(request, person, kind)
        opening = _continued(request, last)
        if request.POST[CONTINUE] == "read":
            return redirect(request.get_full_path())
    request.actor = replace(request.actor, purpose=opening.purpose)
    if request.method in {"GET", "HEAD"} and kind == "person":
        persons.open_file(actor=request.actor, person_id=person, purpose=opening.purpose)
    return None


def _ask(request: OfficerRequest, person: str, kind: str) -> HttpResponse:
    asked = reverse("purpose", args=[kind, person])
    return redirect(f"{asked}?{urlencode({'next': request.get_full_path()})}")


def _ended(request: OfficerRequest, person: str, kind: str) -> HttpResponse:
    typed = kept.typed(request)
    context = {
        "typed": typed, "mark": CONTINUE, "way": "write" if request.method == "POST" else "read",
        "other": reverse("purpose", args=[kind, person]),
    }  # fmt: skip
    return render(request, "web/purpose_ended.html", context, status=409 if typed else 200)


def _continued(request: OfficerRequest, last: OpeningView) -> OpeningView:
    """Open once more with the purpose and the reason of last time."""
    purpose = catalogue.purpose(last.purpose)
    access_actions.open_with_purpose(
        actor=request.actor, kind=last.kind, id=last.target_id, purpose=last.purpose, reason=last.reason,
        minutes=purpose.minutes, target=queries.target(request.actor, last.target_id), emergency=purpose.review,
    )  # fmt: skip
    request.session[access.PURPOSE_KEY] = last.purpose
    opening = access.current_opening(request.actor, last.kind, last.target_id)
    if opening is None:
        raise NotFound("access.opening")
    return opening

"""The question before a file or a protected part: why do you need this."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from somec.access import actions, queries, rules
from somec.access.rules import Actor
from somec.catalogue import queries as catalogue
from somec.kernel.errors import NotAllowed, NotFound
from somec.persons import queries as persons
from somec.web.forms.purpose import PurposeForm
from somec.web.views.access import OfficerRequest, officer

PURPOSE_KEY = queries.PURPOSE_KEY
PARTS = {"person": "person", "protected": "person_protected"}
"""What can be opened with a purpose, and the page it leads to."""


@officer("GET", "POST")
def ask(request: OfficerRequest, kind: str, person: str) -> HttpResponse:
    """Ask for the purpose, then open for as long as the purpose lasts."""
    if kind not in PARTS:
        raise NotFound("page")
    person = persons.head(person)
    target = persons.target(request.actor, person)
    form = PurposeForm(request.POST or None, actor=request.actor, protected=kind == "protected")
    if not form.purposes:
        raise NotAllowed("access.role", action=rules.READING_KINDS[kind], kind=kind, id=person, case=person)
    if request.method == "POST" and form.is_valid():
        purpose = form.chosen()
        actions.open_with_purpose(
            actor=request.actor, kind=kind, id=person, purpose=purpose.id, reason=form.cleaned_data["reason"],
            minutes=purpose.minutes, target=target, emergency=purpose.review,
        )  # fmt: skip
        request.session[PURPOSE_KEY] = purpose.id
        return redirect(_back(request) or reverse(PARTS[kind], args=[person]))
    known = persons.labels([person]).get(person) if rules.can(request.actor, "person.find", target) else None
    context = {"form": form, "kind": kind, "person_id": person, "known": known, "errors": bool(form.errors)}
    return render(request, "web/purpose.html", context)


def _back(request: OfficerRequest) -> str:
    """Return the page of this node that asked for the purpose, if one did."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else ""


def line(actor: Actor, person: str, kind: str = "person") -> dict[str, Any] | None:
    """Return what the purpose line of a page shows, or None when nothing is open."""
    person = persons.head(person)
    opening = queries.current_opening(actor, kind, person)
    if opening is None:
        return None
    label = catalogue.purpose(opening.purpose).label(get_language() or actor.language).text
    known = persons.labels([person]).get(person)
    return {
        "label": label, "case": known.case_number if known else "", "since": opening.opened_at,
        "until": opening.ends_at, "change": reverse("purpose", args=[kind, person]),
    }  # fmt: skip


ADDRESSES = [path("purpose/<str:kind>/<str:person>/", ask, name="purpose")]

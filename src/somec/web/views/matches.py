"""Matches to decide: notices whose person nobody has recognised yet, and the comparison side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from somec.access import queries as access
from somec.access import rules
from somec.kernel.errors import Invalid, NotPossibleNow
from somec.movements import actions, queries
from somec.movements.rules import Match, State
from somec.movements.views import IncomingFilter, IncomingView
from somec.persons import queries as persons
from somec.persons.queries import Candidate
from somec.web.forms.received import NobodyForm, VerdictForm
from somec.web.forms.submission import refuse_into
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.people import page_number

TAKEN = frozenset({State.RECEIVED, State.ACKNOWLEDGED, State.ASSIGNED, State.ARRIVED, State.NOT_ARRIVED})
OPEN = frozenset({Match.UNDECIDED, Match.CANNOT_TELL})


@officer()
def matches(request: OfficerRequest) -> HttpResponse:
    """List notices of other states whose person is not settled."""
    decided = request.GET.get("show") == "decided"
    wanted = frozenset(Match) - OPEN if decided else OPEN
    filters = IncomingFilter(matches=wanted, states=frozenset() if decided else TAKEN)
    found = queries.incoming_list(request.actor, filters, page_number(request))
    return render(request, "web/matches/list.html", {"found": found, "decided": decided})


@officer("GET", "POST")
def match(request: OfficerRequest, incoming: str) -> HttpResponse:
    """Compare the person of a notice with our own people, and record a person's decision."""
    view = queries.incoming(request.actor, incoming)
    found = queries.candidates(request.actor, incoming)
    chosen = _chosen(found, request.POST.get("candidate") or request.GET.get("candidate", ""))
    verdict = VerdictForm(request.POST if "verdict_form" in request.POST else None)
    nobody = NobodyForm(request.POST if "nobody_form" in request.POST else None)
    form: VerdictForm | NobodyForm = verdict if verdict.is_bound else nobody
    if request.method == "POST" and form.is_valid():
        try:
            return _decided(request, view, chosen, form)
        except Invalid as error:
            refuse_into(form, error)
    context = _context(request, view, found, chosen)
    context |= {"verdict": verdict, "nobody": nobody, "errors": bool(form.is_bound and form.errors)}
    return render(request, "web/matches/match.html", context)


def _chosen(found: list[Candidate], wanted: str) -> Candidate | None:
    return next((one for one in found if one.person_id == wanted), found[0] if found else None)


def _context(
    request: OfficerRequest, view: IncomingView, found: list[Candidate], chosen: Candidate | None
) -> dict[str, Any]:
    kept = queries.judgements(request.actor, view.row.id)
    return {
        "view": view, "row": view.row, "found": found, "chosen": chosen, "ranks": _ranks(found),
        "may_judge": "incoming.judge" in view.actions, "judgements": kept, "total": persons.count(),
        "people": access.people_by_id({one.by for one in kept}),
        "labels": persons.labels({one.person_id for one in kept if one.person_id}),
        "may_open": bool(chosen and rules.can(
            request.actor, "person.read", persons.target(request.actor, chosen.person_id)
        )),
    }  # fmt: skip


def _ranks(found: list[Candidate]) -> list[tuple[str, Candidate]]:
    """Return the candidates with their rank; those with equal evidence share one, marked as a tie."""
    keys = [(one.count("for"), one.count("against")) for one in found]
    return [
        (f"{keys.index(key) + 1} =" if keys.count(key) > 1 else str(keys.index(key) + 1), one)
        for key, one in zip(keys, found, strict=True)
    ]


def _decided(
    request: OfficerRequest, view: IncomingView, chosen: Candidate | None, form: VerdictForm | NobodyForm
) -> HttpResponse:
    given, row = form.cleaned_data, view.row
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 9 else -1  # noqa: PLR2004 - fits every database
    if isinstance(form, NobodyForm):
        if given["outcome"] == "adopt":
            actions.adopt(actor=request.actor, id=row.id, version=seen, reason=given["reason"])
            messages.success(request, _("A new file was made from the notice. It lies on the contact point’s desk."))
        else:
            actions.judge(
                actor=request.actor, id=row.id, version=seen, verdict=Match.NOT_SAME, reason=given["reason"]
            )  # fmt: skip
            messages.success(request, _("Recorded: nobody of ours is meant. The other state is told."))
        return redirect("received", row.id)
    if chosen is None:
        raise NotPossibleNow("match.no_candidate", id=row.id)
    verdict = Match(given["verdict"])
    actions.judge(
        actor=request.actor, id=row.id, version=seen, verdict=verdict, person_id=chosen.person_id,
        reason=given["reason"], grounds=given["grounds"],
    )  # fmt: skip
    messages.success(request, _("Your decision is recorded. You can take it back by deciding again."))
    return redirect("match", row.id) if verdict is Match.NOT_SAME else redirect("received", row.id)


ADDRESSES = [
    path("matches/", matches, name="matches"),
    path("matches/<str:incoming>/", match, name="match"),
]

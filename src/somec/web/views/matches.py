"""Matches to decide: notices whose person nobody has recognised yet, links in question, the comparison side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from somec.access import queries as access
from somec.kernel.errors import Invalid, NotFound, NotPossibleNow
from somec.movements import actions, queries
from somec.movements.rules import Match, State
from somec.movements.views import IncomingFilter, IncomingView
from somec.persons import queries as persons
from somec.persons.search import CandidateAnswer, MatchCandidate
from somec.web import comparison
from somec.web.forms.received import NobodyForm, TakeBackForm, VerdictForm
from somec.web.forms.submission import refuse_into
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.people import page_number

TAKEN = frozenset({State.RECEIVED, State.ACKNOWLEDGED, State.ASSIGNED, State.ARRIVED, State.NOT_ARRIVED})
OPEN = frozenset({Match.UNDECIDED, Match.CANNOT_TELL})
TABS = ("open", "in_question", "decided")


@officer()
def matches(request: OfficerRequest) -> HttpResponse:
    """List notices of other states whose person is not settled, whose link is in question, or that were decided."""
    tab = request.GET.get("show") if request.GET.get("show") in TABS else "open"
    doubted = queries.links_in_question(request.actor)
    context: dict[str, Any] = {"tab": tab, "doubted": doubted}
    if tab == "in_question":
        context["people"] = access.people_by_id({one.judged_by for one in doubted if one.judged_by})
    else:
        decided = tab == "decided"
        wanted = frozenset(Match) - OPEN if decided else OPEN
        filters = IncomingFilter(matches=wanted, states=frozenset() if decided else TAKEN)
        context["found"] = queries.incoming_list(request.actor, filters, page_number(request))
    return render(request, "web/matches/list.html", context)


@officer("GET", "POST")
def match(request: OfficerRequest, incoming: str) -> HttpResponse:
    """Compare the person of a notice with our own people, and record a person's decision."""
    view = queries.incoming(request.actor, incoming)
    found = queries.match(request.actor, incoming, page_number(request))
    chosen = comparison.chosen(found, request.POST.get("candidate") or request.GET.get("candidate", ""))
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


def _context(
    request: OfficerRequest, view: IncomingView, found: CandidateAnswer, chosen: MatchCandidate | None
) -> dict[str, Any]:
    kept = queries.judgements(request.actor, view.row.id)
    doubted = next((one for one in queries.links_in_question(request.actor) if one.incoming_id == view.row.id), None)
    return {
        "view": view, "row": view.row, "answer": found, "outcome": comparison.outcome(found), "chosen": chosen,
        "may_judge": "incoming.judge" in view.actions, "judgements": kept, "doubted": doubted,
        "replaced": {one.id for one in kept if any(other.at == one.withdrawn_at for other in kept)},
        "people": access.people_by_id({name for one in kept for name in (one.by, one.withdrawn_by) if name}),
        "labels": persons.labels({one.person_id for one in kept if one.person_id}),
    }  # fmt: skip


def _decided(
    request: OfficerRequest, view: IncomingView, chosen: MatchCandidate | None, form: VerdictForm | NobodyForm
) -> HttpResponse:
    given, row = form.cleaned_data, view.row
    seen = _seen(request)
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
    if chosen is None or chosen.person_id != request.POST.get("candidate"):
        raise NotPossibleNow("match.no_candidate", id=row.id)
    verdict = Match(given["verdict"])
    actions.judge(
        actor=request.actor, id=row.id, version=seen, verdict=verdict, person_id=chosen.person_id,
        reason=given["reason"], grounds=given["grounds"],
    )  # fmt: skip
    messages.success(request, _("Your decision is recorded. You can take it back; both stay on record."))
    return redirect("match", row.id) if verdict is Match.NOT_SAME else redirect("received", row.id)


def _seen(request: OfficerRequest) -> int:
    """Return the version of the notice that the reader had before him; none that exists for anything else."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 9 else -1  # noqa: PLR2004 - fits every database


@officer("GET", "POST")
def take_back(request: OfficerRequest, incoming: str, judgement: str) -> HttpResponse:
    """Take a judgement back, with a reason; both stay on record."""
    view = queries.incoming(request.actor, incoming)
    one = next((one for one in queries.judgements(request.actor, incoming) if one.id == judgement), None)
    if one is None:
        raise NotFound("judgement", id=judgement)
    if one.withdrawn_at is not None or "incoming.judge" not in view.actions:
        raise NotPossibleNow("match.not_to_be_taken_back", id=judgement)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_judgement(
                actor=request.actor, id=incoming, version=_seen(request), judgement_id=judgement,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Invalid as error:
            refuse_into(form, error)
        else:
            messages.success(request, _("The decision is taken back. Both stand on record."))
            return redirect("match", incoming)
    labels = persons.labels({one.person_id}) if one.person_id else {}
    context = {
        "row": view.row, "one": one, "form": form, "errors": bool(form.errors),
        "known": labels.get(one.person_id or ""), "by": access.people_by_id({one.by}).get(one.by),
    }  # fmt: skip
    return render(request, "web/matches/take_back.html", context)


ADDRESSES = [
    path("matches/", matches, name="matches"),
    path("matches/<str:incoming>/", match, name="match"),
    path("matches/<str:incoming>/<str:judgement>/take-back/", take_back, name="take_back_match"),
]

"""Other states' nodes: are they reached, may they be added, what did they refuse or send wrongly."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from somec.access import queries as people
from somec.access import rules as access
from somec.access.rules import Actor
from somec.alerts import upkeep
from somec.exchange import actions, condition, queries
from somec.exchange.rules import ProblemState
from somec.kernel.errors import Invalid
from somec.web import node_banners
from somec.web.forms.peers import ApproveForm, CardForm, ReasonForm
from somec.web.forms.submission import refuse_into
from somec.web.views.access import OfficerRequest, officer


@officer()
def peers(request: OfficerRequest) -> HttpResponse:
    """List every peer with its health, and the cards that wait for a second person."""
    return render(
        request,
        "web/peers/list.html",
        {
            "peers": queries.peers_health(request.actor),
            "own": _own(request.actor),
            "how_to_renew": node_banners.HOW_TO_RENEW if access.can(request.actor, "alert.read_technical") else "",
            "may_suspend": access.can(request.actor, "peer.suspend"),
            "proposals": queries.proposals(request.actor),
            "may_propose": access.can(request.actor, "peer.propose"),
        },
    )


def _own(actor: Actor) -> list[dict[str, Any]]:
    """Return the node's own certificates, each with who sees to its renewal and whether the reader may take it."""
    takers, may_take = upkeep.certificate_takers(), access.can(actor, "alert.take_technical")
    names = people.names(takers.values())
    return [
        {
            "certificate": one, "taken_by": takers.get(one.name, ""), "name": names.get(takers.get(one.name, ""), ""),
            "may_take": may_take and one.urgency is not None and one.name not in takers,
        }
        for one in condition.own_certificates()
    ]  # fmt: skip


@officer("GET", "POST")
def propose(request: OfficerRequest) -> HttpResponse:
    """Propose a peer by its signed card."""
    access.check(request.actor, "peer.propose")
    form = CardForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_peer(actor=request.actor, card=form.cleaned_data["card"])
        except Invalid as error:
            refuse_into(form, error)
        else:
            messages.success(request, _("Proposed. A second person must compare the fingerprint and approve."))
            return redirect("peers")
    return render(request, "web/peers/propose.html", {"form": form, "errors": bool(form.errors)})


@officer("GET", "POST")
def approve(request: OfficerRequest, proposal: str) -> HttpResponse:
    """Approve a proposed peer after comparing its fingerprint with what the other state says."""
    card = next((one for one in queries.proposals(request.actor) if one.id == proposal), None)
    if card is None:
        return redirect("peers")
    form = ApproveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if "refuse" in request.POST:
                actions.refuse_peer(actor=request.actor, proposal=proposal, reason=form.cleaned_data["reason"])
            else:
                actions.approve_peer(
                    actor=request.actor, proposal=proposal, fingerprint=form.cleaned_data["fingerprint"]
                )
        except Invalid as error:
            refuse_into(form, error)
        else:
            messages.success(request, _("Decided. The log has both names."))
            return redirect("peers")
    return render(request, "web/peers/approve.html", {"form": form, "card": card, "errors": bool(form.errors)})


@officer("GET", "POST")
def suspend(request: OfficerRequest, state: str) -> HttpResponse:
    """Suspend a peer, or resume it, with a reason."""
    access.check(request.actor, "peer.suspend")
    peer = next((one for one in queries.peers_health(request.actor) if one.state == state), None)
    if peer is None:
        return redirect("peers")
    form = ReasonForm(request.POST or None)
    suspended = peer.status.value == "suspended"
    if request.method == "POST" and form.is_valid():
        act = actions.resume_peer if suspended else actions.suspend_peer
        act(actor=request.actor, state=state, reason=form.cleaned_data["reason"])
        messages.success(request, _("Done. Documents that wait are kept."))
        return redirect("peers")
    context = {"form": form, "peer": peer, "suspended": suspended, "errors": bool(form.errors)}
    return render(request, "web/peers/suspend.html", context)


@officer()
def problems(request: OfficerRequest) -> HttpResponse:
    """List what was refused on the wire."""
    settled = request.GET.get("show") == "settled"
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    status = ProblemState.SETTLED if settled else ProblemState.OPEN
    found = queries.problems(request.actor, status=status, page=max(1, page))
    context = {"problems": found, "settled": settled, "page": page, "more": len(found) == queries.PAGE}
    return render(request, "web/peers/problems.html", context)


@officer("GET", "POST")
def problem(request: OfficerRequest, problem: str) -> HttpResponse:
    """Show one problem and let somebody settle it with a note."""
    found = queries.problem(request.actor, problem)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.settle_problem(actor=request.actor, problem=problem, note=form.cleaned_data["reason"])
        messages.success(request, _("Settled. It stays in the list of settled problems."))
        return redirect("problems")
    return render(request, "web/peers/problem.html", {"problem": found, "form": form, "errors": bool(form.errors)})


ADDRESSES = [
    path("states/", peers, name="peers"),
    path("states/add/", propose, name="propose_peer"),
    path("states/approve/<str:proposal>/", approve, name="approve_peer"),
    path("states/<str:state>/suspend/", suspend, name="suspend_peer"),
    path("problems/", problems, name="problems"),
    path("problems/<str:problem>/", problem, name="problem"),
]

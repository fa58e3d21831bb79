"""What needs me now: work by the time that is left, alerts, and what was done today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from somec.access import trails
from somec.alerts import actions, queries
from somec.alerts.needs import Banner, Need, NeedList
from somec.alerts.rules import Group, Verb
from somec.kernel.errors import Invalid, NotFound
from somec.movements import actions as movements
from somec.movements import queries as movement_queries
from somec.persons import queries as persons
from somec.web import times
from somec.web.forms.submission import refuse_into
from somec.web.forms.work import FilterForm, SettleForm, waiting_documents, wanted
from somec.web.naming import state_name
from somec.web.templatetags.somec import trouble
from somec.web.views.access import OfficerRequest, officer

LOOKED_AT = frozenset({"consultation", "security"})


@officer()
def home(_request: OfficerRequest) -> HttpResponse:
    """Lead to the first page."""
    return redirect("needs_me_now")


@officer()
def needs_me_now(request: OfficerRequest) -> HttpResponse:
    """Show what the reader or the desk must do, least time first."""
    filters = wanted(request.GET)
    found = queries.needs_me_now(request.actor, filters)
    request.needs_counted = found.total
    groups = [
        (group, [(need, address(need)) for need in found.needs if need.group is group], count)
        for group, count in found.groups
    ]
    context = {
        "found": found, "groups": groups, "filters": filters,
        "form": FilterForm(
            {"whose": filters.whose, "state": filters.state, "verb": filters.verb.value if filters.verb else "",
             "mechanism": filters.mechanism}, found=found,
        ),
        "banners": [_banner(one, found) for one in found.banners], "narrowed": _narrowed(request),
    }  # fmt: skip
    return render(request, "web/work/list.html", context)


def _narrowed(request: OfficerRequest) -> bool:
    return any(request.GET.get(name) for name in ("state", "verb", "mechanism")) or (
        request.GET.get("whose", "desk") != "desk"
    )


def _banner(one: Banner, found: NeedList) -> dict[str, str]:
    """Say which state is not reached, since when, what waits, and which limit comes first."""
    since = ""
    if one.since is not None:
        length = times.duration(found.checked - one.since)
        since = _(" since %(at)s (%(length)s)") % {"at": times.instant(one.since, year=False), "length": length}
    parts = [_("You can keep working.")]
    if one.waiting:
        parts.insert(0, _("%(documents)s and go out in order when it answers.") % {
            "documents": waiting_documents(one.waiting)
        })  # fmt: skip
    if one.next_due is not None:
        parts.append(_("The first limit of these comes %(at)s.") % {"at": times.instant(one.next_due)})
    title = f"{state_name(one.state)}: {trouble(one.code)}{since}"
    return {"title": title, "text": " ".join(parts)}


def address(need: Need) -> str:
    """Return the page of the very thing that a line of work is about."""
    if need.verb in _PAGE_OF_VERB:
        name, mark = _PAGE_OF_VERB[need.verb]
        return reverse(name, args=[need.subject_id]) + mark
    if need.subject_kind == "disclosure":
        return reverse("conversation", args=[need.conversation])
    if need.verb is Verb.RENEW_CERTIFICATE:
        return reverse("peers") + "#own"
    if need.verb in {Verb.CARE_FOR_CERTIFICATE, Verb.CALL_PEER}:
        return reverse("peers")
    if need.verb is Verb.CLAIM_DOCUMENT:
        return reverse("alert", args=[need.alert_id])
    return reverse("received", args=[need.subject_id]) + f"#{need.verb.value}"


_PAGE_OF_VERB = {
    Verb.APPROVE: ("notice", "#decide"),
    Verb.CORRECT_AND_SUBMIT: ("notice", "#fill"),
    Verb.TRANSMIT: ("notice", "#decide"),
    Verb.DECIDE_MATCH: ("match", ""),
    Verb.REVIEW_LINK: ("match", ""),
    Verb.APPROVE_DECISION: ("decision", ""),
    Verb.APPROVE_PEER: ("approve_peer", ""),
    Verb.APPROVE_MERGE: ("merge", ""),
    Verb.SETTLE_PROBLEM: ("problem", ""),
}


@officer("POST")
def take(request: OfficerRequest, alert: str) -> HttpResponse:
    """Take an alert: from now on the reader is named."""
    actions.take(actor=request.actor, alert_id=alert)
    messages.success(request, _("You have it now. Both your desk and the log say so."))
    return redirect("needs_me_now")


@officer("POST")
def take_certificate(request: OfficerRequest, name: str) -> HttpResponse:
    """Take the renewal of one of the node's own certificates."""
    actions.take_certificate(actor=request.actor, name=name)
    messages.success(request, _("You have it now. It ends by itself when the certificate is renewed."))
    return redirect(reverse("peers") + "#own")


@officer("POST")
def take_work(request: OfficerRequest, incoming: str) -> HttpResponse:
    """Take over work that was assigned to one's own authority and nobody has."""
    view = movement_queries.incoming(request.actor, incoming)
    mine = next(
        (one for one in view.row.owners if one.taken is None and one.authority_id in request.actor.authority_ids), None
    )
    if mine is None:
        raise NotFound("incoming.unknown", id=incoming)
    movements.take(actor=request.actor, id=incoming, version=view.row.version, service=mine.service)
    messages.success(request, _("You have it now. The other state is told your name."))
    return redirect("received", incoming)


@officer("GET", "POST")
def alert(request: OfficerRequest, alert: str) -> HttpResponse:
    """Show one alert, and let somebody take it or end it with a note."""
    need = next((one for one in queries.needs_me_now(request.actor).needs if one.alert_id == alert), None)
    if need is None:
        raise NotFound("alert.unknown", id=alert)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle(actor=request.actor, alert_id=alert, note=form.cleaned_data["note"])
        except Invalid as error:
            refuse_into(form, error)
        else:
            messages.success(request, _("Ended. The note stands in the log."))
            return redirect("needs_me_now")
    link = address(need) if need.verb is not Verb.CLAIM_DOCUMENT else ""
    context = {"need": need, "form": form, "link": link, "errors": bool(form.errors)}
    return render(request, "web/work/alert.html", context)


@officer()
def done_today(request: OfficerRequest) -> HttpResponse:
    """List what the reader did since midnight, views left out."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = trails.own_trail(actor=request.actor)
    entries = [one for one in found.trail.entries if _counts(one.at, one.kind, midnight)]
    cases = persons.labels({one.case for one in entries if one.case})
    return render(request, "web/work/done.html", {"entries": entries, "midnight": midnight, "cases": cases})


def _counts(at: datetime, kind: Any, midnight: datetime) -> bool:
    return at >= midnight and str(getattr(kind, "value", kind)) not in LOOKED_AT


ADDRESSES = [
    path("", home, name="home"),
    path("work/", needs_me_now, name="needs_me_now"),
    path("work/done/", done_today, name="done_today"),
    path("work/alerts/<str:alert>/", alert, name="alert"),
    path("work/alerts/<str:alert>/take/", take, name="take_alert"),
    path("work/certificates/<str:name>/take/", take_certificate, name="take_certificate"),
    path("work/received/<str:incoming>/take/", take_work, name="take_work"),
]
__all__ = ["ADDRESSES", "Group", "address"]

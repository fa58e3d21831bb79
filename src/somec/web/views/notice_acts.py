"""Acts on a notice of ours: decide, send, change, take back, take an answer, close. Each is one POST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from somec.kernel.errors import Invalid
from somec.movements import actions, queries
from somec.web.forms.notices import CancelForm, SaidForm
from somec.web.forms.submission import refuse_into
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.notices import page_context, submitted


def _version(request: OfficerRequest) -> int:
    """Return the version that the reader saw; none is the version that never was, so that the act conflicts."""
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1  # noqa: PLR2004 - fits every database


@officer("POST")
def submit(request: OfficerRequest, notice: str) -> HttpResponse:
    """Put a notice before a second person."""
    return submitted(request, notice, _version(request))


@officer("POST")
def approve(request: OfficerRequest, notice: str) -> HttpResponse:
    """Agree as second person."""
    actions.approve_notice(actor=request.actor, id=notice, version=_version(request))
    messages.success(request, _("Approved. The contact point can send it now; you may close this page."))
    return redirect("notice", notice)


def _with_reason(act: Callable[..., Any], done: Callable[[], str]) -> Callable[..., HttpResponse]:
    """Return a page that does ``act`` with a reason, or shows the notice again with the mistake at the reason."""

    @officer("POST")
    def view(request: OfficerRequest, notice: str) -> HttpResponse:
        form = SaidForm(request.POST)
        if form.is_valid():
            try:
                act(
                    actor=request.actor, id=notice, version=_version(request), reason=form.cleaned_data["reason"]
                )  # fmt: skip
            except Invalid as error:
                refuse_into(form, error)
            else:
                messages.success(request, done())
                return redirect("needs_me_now")
        found = queries.notice(request.actor, notice)
        return render(request, "web/notices/page.html", page_context(request, found, None, said=form))

    return view


send_back = _with_reason(actions.return_notice, lambda: _("Returned to its author with your reason."))
unsent = _with_reason(
    actions.send_back_notice, lambda: _("Given back to its author with your reason. It was not sent.")
)
refuse = _with_reason(actions.refuse_notice, lambda: _("Decided: nobody is told. The reason is kept."))
withdraw = _with_reason(actions.withdraw_notice, lambda: _("Decided: nobody is told. The reason is kept."))


@officer("POST")
def transmit(request: OfficerRequest, notice: str) -> HttpResponse:
    """Send to every state, or to those chosen."""
    actions.transmit_notice(
        actor=request.actor, id=notice, version=_version(request), states=tuple(request.POST.getlist("states"))
    )
    messages.success(request, _("It is on its way. The receipts appear below as they come."))
    return redirect("notice", notice)


@officer("POST")
def change(request: OfficerRequest, notice: str) -> HttpResponse:
    """Begin a change; it goes the same way as the notice."""
    made = actions.draft_change(actor=request.actor, id=notice)
    messages.success(request, _("A change was begun. It needs a second person like the notice itself."))
    return redirect("notice", made)


@officer("GET", "POST")
def cancel(request: OfficerRequest, notice: str) -> HttpResponse:
    """Take a notice back from everybody who was told."""
    view = queries.notice(request.actor, notice)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.cancel_notice(
                actor=request.actor, id=notice, version=_version(request), reason_code=given["reason_code"],
                reason=given["reason"], data_were_wrong=given["data_were_wrong"],
            )  # fmt: skip
        except Invalid as error:
            refuse_into(form, error)
        else:
            messages.success(request, _("Taken back. Each state that was told has to confirm it."))
            return redirect("notice", notice)
    context = {"form": form, "view": view, "row": view.row, "errors": bool(form.errors)}
    return render(request, "web/notices/cancel.html", context)


@officer("GET", "POST")
def close(request: OfficerRequest, notice: str, disclosure: str) -> HttpResponse:
    """End our side of one telling."""
    view = queries.notice(request.actor, notice)
    told = next((one for one in view.disclosures if one.id == disclosure), None)
    form = SaidForm(request.POST or None)
    if told is not None and request.method == "POST" and form.is_valid():
        actions.close_disclosure(
            actor=request.actor, disclosure_id=disclosure, reason=form.cleaned_data["reason"]
        )  # fmt: skip
        messages.success(request, _("Closed on our side. The documents and the log stay."))
        return redirect("notice", notice)
    context = {"form": form, "view": view, "row": view.row, "told": told, "errors": bool(form.errors)}
    return render(request, "web/notices/close.html", context)


@officer("POST")
def take_answer(request: OfficerRequest, disclosure: str) -> HttpResponse:
    """Take an answer of the other state in the name of our authority."""
    document, back = request.POST.get("document", ""), request.POST.get("conversation", "")
    actions.take_answer(actor=request.actor, disclosure_id=disclosure, document_id=document)
    messages.success(request, _("Taken. The other state sees that somebody here has read it."))
    return redirect("conversation", back)


ADDRESSES = [
    path("notices/<str:notice>/submit/", submit, name="submit_notice"),
    path("notices/<str:notice>/approve/", approve, name="approve_notice"),
    path("notices/<str:notice>/return/", send_back, name="return_notice"),
    path("notices/<str:notice>/send-back/", unsent, name="send_back_notice"),
    path("notices/<str:notice>/refuse/", refuse, name="refuse_notice"),
    path("notices/<str:notice>/withdraw/", withdraw, name="withdraw_notice"),
    path("notices/<str:notice>/send/", transmit, name="transmit_notice"),
    path("notices/<str:notice>/change/", change, name="change_notice"),
    path("notices/<str:notice>/cancel/", cancel, name="cancel_notice"),
    path("notices/<str:notice>/close/<str:disclosure>/", close, name="close_notice"),
    path("tellings/<str:disclosure>/take-answer/", take_answer, name="take_answer"),
]

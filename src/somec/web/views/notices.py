"""Notices: the list of ours and of other states', a new one, and the page of one of ours."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from somec.access import rules as access
from somec.access import trails
from somec.kernel.errors import Conflict, Invalid
from somec.movements import actions, queries
from somec.movements.rules import Kind, State
from somec.movements.views import IncomingFilter, NoticeFilter, NoticeView
from somec.persons import queries as persons
from somec.web import sentences, two_versions
from somec.web.context import may_by_role
from somec.web.forms.notice_content import ContentForm
from somec.web.forms.notice_reading import old_number, written
from somec.web.forms.notices import FilterForm, NewNoticeForm, SaidForm
from somec.web.forms.submission import refuse_into
from somec.web.views import notice_page, purpose
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.people import page_number


@officer()
def notices(request: OfficerRequest) -> HttpResponse:
    """List notices of ours, or those that came from other states."""
    sides = [side for side, action in (("sent", "notice.read"), ("received", "incoming.read"))
             if may_by_role(request.actor, action)]  # fmt: skip
    if not sides:
        access.check(request.actor, "notice.read")
    given = {**request.GET.dict(), "stands": request.GET.get("stands", "open")}
    form = FilterForm(given, sides=sides)
    chosen = form.cleaned_data if form.is_valid() else {}
    side = chosen.get("side") or sides[0]
    context = {"form": form, "side": side, "sides": sides, "found": _found(request, side, chosen)}
    return render(request, "web/notices/list.html", context)


def _found(request: OfficerRequest, side: str, chosen: dict[str, Any]) -> Any:
    stands = chosen.get("stands", "")
    shared: dict[str, Any] = {
        "kinds": frozenset({Kind(chosen["kind"])} if chosen.get("kind") else ()),
        "states": frozenset({State(stands)} if stands and stands != "open" else ()),
        "open_only": stands == "open",
        "reference": chosen.get("reference", ""),
    }
    other = chosen.get("state", "")
    if side == "sent":
        return queries.notices(request.actor, NoticeFilter(to_state=other, **shared), page_number(request))
    return queries.incoming_list(request.actor, IncomingFilter(from_state=other, **shared), page_number(request))


@officer("GET", "POST")
def new_notice(request: OfficerRequest, person: str) -> HttpResponse:
    """Begin a notice about a person."""
    access.check(request.actor, "notice.draft", persons.target(request.actor, person))
    form = NewNoticeForm(request.POST or None, own=settings.CONFIG.state)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft_notice(
                actor=request.actor, person_id=person, kind=Kind(form.cleaned_data["kind"]),
                destinations=tuple(form.cleaned_data["destinations"]),
            )  # fmt: skip
        except Invalid as error:
            refuse_into(form, error)
        else:
            return redirect("notice", made)
    context = {
        "form": form, "known": persons.labels([person]).get(person), "person": person, "errors": bool(form.errors),
        "purpose": purpose.line(request.actor, person),
    }  # fmt: skip
    return render(request, "web/notices/new.html", context)


@officer("GET", "POST")
def notice(request: OfficerRequest, notice: str) -> HttpResponse:
    """Show one notice of ours: write it, decide about it, send it, follow it."""
    if request.method == "GET":
        actions.open_notice(actor=request.actor, id=notice)
    view = queries.notice(request.actor, notice)
    typed = two_versions.settled(request.POST) if request.method == "POST" else None
    if "notice.edit" not in view.actions:
        return _too_late(request, view, typed) if typed and view.readiness else _page(request, view, None)
    form = notice_page.content_form(request.actor, view, typed)
    if typed is not None and form.is_valid() and not two_versions.wants_form(request.POST):
        try:
            return _saved(request, view, form)
        except Invalid as error:
            _refuse(form, view, error)
        except Conflict:
            return _both(request, view, form)
    return _page(request, view, form)


def _page(request: OfficerRequest, view: NoticeView, form: ContentForm | None) -> HttpResponse:
    return render(request, "web/notices/page.html", page_context(request, view, form))


def _too_late(request: OfficerRequest, view: NoticeView, typed: QueryDict) -> HttpResponse:
    """Show what was typed into a notice that meanwhile went on, so that it can be copied."""
    return _both(request, view, notice_page.content_form(request.actor, view, typed), locked=True)


def _both(request: OfficerRequest, view: NoticeView, form: ContentForm, *, locked: bool = False) -> HttpResponse:
    """Show what was typed beside what somebody else saved meanwhile."""
    stands = notice_page.content_form(request.actor, view)
    by, at = trails.last_change(view.row.id, "notice.edit")
    found = two_versions.compare(
        form, stands, version=view.row.version, saved=two_versions.Saved(by, at), locked=locked
    )  # fmt: skip
    if not found.differences:
        messages.info(request, _("Somebody else saved the same meanwhile. Nothing differs."))
        return redirect("notice", view.row.id)
    context = {
        "title": view.row.reference,
        "about": view.row.person.label,
        "back": reverse("notice", args=[view.row.id]),
    }
    return two_versions.page(request, found, context)


def _saved(request: OfficerRequest, view: NoticeView, form: ContentForm) -> HttpResponse:
    """Keep what was typed; with "submit" ask the second person at once."""
    version = actions.save_notice(
        actor=request.actor, id=view.row.id, version=form.cleaned_data["version"],
        content=written(view.content, form.cleaned_data),
    )  # fmt: skip
    if "submit" in request.POST:
        return submitted(request, view.row.id, version)
    messages.success(request, _("Saved. Nothing is sent until a second person approves."))
    return redirect("notice", view.row.id)


def submitted(request: OfficerRequest, notice: str, version: int) -> HttpResponse:
    """Ask the second person; where something is missing, say so and stay."""
    try:
        actions.submit_notice(actor=request.actor, id=notice, version=version)
    except Invalid as error:
        messages.error(request, sentences.of(error))
    else:
        messages.success(request, _("Put before a second person. You cannot change it while they look at it."))
    return redirect("notice", notice)


def _refuse(form: ContentForm, view: NoticeView, error: Invalid) -> None:
    """Put the mistakes at their fields; rules count the destinations that stay, the form those that are shown."""
    moved: dict[str, list[str]] = {}
    for name, codes in error.fields.items():
        first, _dot, rest = name.partition(".")
        number, _dot, field = rest.partition(".")
        if first == "destinations" and number.isdecimal():
            moved[f"destinations.{old_number(view.content, form.cleaned_data, int(number))}.{field}"] = codes
        else:
            moved[name] = codes
    refuse_into(form, Invalid(error.code, fields=moved))


def page_context(
    request: OfficerRequest, view: NoticeView, form: ContentForm | None, said: SaidForm | None = None
) -> dict[str, Any]:
    """Return everything that the page of a notice shows."""
    read_in = (get_language() or "en")[:2]
    shown, lacking = notice_page.previews(request.actor, view.row.id, request.GET.get("shown", ""), read_in)
    return {
        "view": view, "row": view.row, "form": form, "shown": shown,
        "lacking": sentences.of(lacking) if lacking else "", "said": said or SaidForm(),
        "errors": bool((form and form.errors) or (said and said.errors)),
        "second_persons": notice_page.second_persons(request.actor, view) if view.readiness else [],
        "purpose": purpose.line(request.actor, view.row.person.id) if view.row.person.id else None,
        "may_read_person": view.row.author_id == request.actor.id,
        **notice_page.gate(view, form),
    }  # fmt: skip


ADDRESSES = [
    path("notices/", notices, name="notices"),
    path("people/<str:person>/notices/new/", new_notice, name="new_notice"),
    path("notices/<str:notice>/", notice, name="notice"),
]

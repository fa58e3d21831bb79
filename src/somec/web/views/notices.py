"""Notices: the list of ours and of other states', a new one, and the page of one of ours."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from somec.access import rules as access
from somec.kernel.errors import Conflict, Invalid
from somec.movements import actions, queries
from somec.movements.rules import Kind, State
from somec.movements.views import IncomingFilter, NoticeFilter, NoticeView
from somec.persons import queries as persons
from somec.web import sentences
from somec.web.context import may_by_role
from somec.web.forms.notice_content import ContentForm
from somec.web.forms.notice_reading import initial, old_number, written
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
    form = None
    if "notice.edit" in view.actions:
        form = notice_page.content_form(request.actor, view, request.POST or None)
    both: list[dict[str, Any]] = []
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return _saved(request, view, form)
        except Invalid as error:
            _refuse(form, view, error)
        except Conflict:
            both = _both_versions(form, view)
    return render(request, "web/notices/page.html", page_context(request, view, form, both))


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


def _both_versions(form: ContentForm, view: NoticeView) -> list[dict[str, Any]]:
    """Return each field that stands differently in what was typed and in what somebody else saved meanwhile."""
    theirs, mine = initial(view.content), form.cleaned_data
    typed = QueryDict(mutable=True)
    typed.update(form.data)  # a form that was sent holds what the browser sent, every value of every field
    typed["version"] = str(view.row.version)
    form.data = typed
    return [
        {"label": field.label, "mine": mine.get(name), "theirs": theirs.get(name)}
        for name, field in form.fields.items()
        if name != "version" and (mine.get(name) or "") != (theirs.get(name) or "")
    ]


def page_context(
    request: OfficerRequest, view: NoticeView, form: ContentForm | None, both: list[dict[str, Any]] | None = None,
    said: SaidForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return everything that the page of a notice shows."""
    read_in = (get_language() or "en")[:2]
    shown, lacking = notice_page.previews(request.actor, view.row.id, request.GET.get("shown", ""), read_in)
    return {
        "view": view, "row": view.row, "form": form, "both": both or [], "shown": shown,
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

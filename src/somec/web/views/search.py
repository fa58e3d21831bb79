"""Do we know this person? The question with its purpose, and the answer of the matching engine.

What was typed never stands in an address: it is posted, kept in the session for a while, and the answer's address names
only the question's number. So the answer can be read again, gone back to and paged without sending the form anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from somec.catalogue import queries as catalogue
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotAllowed
from somec.kernel.ids import new_id
from somec.persons import queries
from somec.web import comparison
from somec.web.forms.search import SearchForm, WhyForm
from somec.web.forms.submission import refuse_into
from somec.web.templatetags.somec import error_count
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.people import WHY_KEY, may_record, page_number, search_why

ASKED_KEY: Final = "searches"
MOST_KEPT: Final = 5
"""Questions of a session that can be gone back to."""


@officer("GET", "POST")
def find(request: OfficerRequest) -> HttpResponse:
    """Ask for what is known of a person, and why he is searched."""
    held = search_why(request)
    asks_why = held is None or "purpose" in request.POST or "change" in request.GET
    sent = request.POST if request.method == "POST" else None
    why = WhyForm(sent, actor=request.actor, initial=held) if asks_why else None
    if why is not None and not why.purposes:
        raise NotAllowed("access.role", action="person.find", kind="person")
    form = SearchForm(sent, initial=_kept(request).get(request.GET.get("again", "")))
    if sent is not None and form.is_valid() and (why is None or why.is_valid()):
        if why is not None:
            request.session[WHY_KEY] = why.held()
        return redirect("person_search", _keep(request, {name: sent.get(name, "") for name in form.fields}))
    return _form_page(request, form, why)


def _form_page(request: OfficerRequest, form: SearchForm, why: WhyForm | None) -> HttpResponse:
    wrong = sum(error_count(one) for one in (form, why) if one is not None and one.is_bound)
    context = {
        "form": form, "why": why, "purpose": _purpose_line(request) if why is None else None, "errors": bool(wrong),
        "mistakes": wrong,
    }  # fmt: skip
    return render(request, "web/search/form.html", context)


@officer()
def answer(request: OfficerRequest, search: str) -> HttpResponse:
    """Show who may be the person, how sure that is and why."""
    typed, held = _kept(request).get(search), search_why(request)
    if typed is None:
        messages.info(request, _("This search is not kept any more. Type it again."))
        return redirect("find_person")
    if held is None:
        messages.info(request, _("Your purpose has ended. Say again why you search; what you typed is still here."))
        return redirect(f"{reverse('find_person')}?again={search}")
    form = SearchForm(typed)
    try:
        form.full_clean()
        found = queries.search_people(
            request.actor, form.query(), purpose=held["purpose"], reason=held["reason"], page=page_number(request)
        )
    except Invalid as error:
        refuse_into(form, error)
        return _form_page(request, form, None)
    chosen = comparison.chosen(found, request.GET.get("candidate", ""))
    context = {
        "answer": found, "outcome": comparison.outcome(found, form.query()), "chosen": chosen, "search": search,
        "asked": comparison.asked(form.query()), "purpose": _purpose_line(request),
        "may_record": may_record(request.actor),
    }  # fmt: skip
    return render(request, "web/search/answer.html", context)


def _kept(request: OfficerRequest) -> dict[str, dict[str, str]]:
    return dict(request.session.get(ASKED_KEY, []))


def _keep(request: OfficerRequest, typed: Mapping[str, str]) -> str:
    """Keep a question in the session, the oldest one going; returns its number."""
    number = new_id("qry")
    request.session[ASKED_KEY] = [*request.session.get(ASKED_KEY, []), [number, dict(typed)]][-MOST_KEPT:]
    return number


def _purpose_line(request: OfficerRequest) -> dict[str, Any] | None:
    held = search_why(request)
    if held is None:
        return None
    label = catalogue.purpose(held["purpose"]).label(get_language() or request.actor.language).text
    return {
        "label": label, "case": "", "since": clock.parse(held["since"]), "until": clock.parse(held["until"]),
        "change": f"{reverse('find_person')}?change=1",
    }  # fmt: skip


ADDRESSES = [
    path("people/find/", find, name="find_person"),
    path("people/find/<str:search>/", answer, name="person_search"),
]

"""People: the list of the files that one may open."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from somec.access import rules
from somec.access.rules import Actor
from somec.persons import actions, queries
from somec.persons.queries import PersonQuery
from somec.web.forms.people import FindForm
from somec.web.views.access import OfficerRequest, officer


def page_number(request: OfficerRequest) -> int:
    """Return the page asked for in the address; the first for anything else."""
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 9 else 1  # noqa: PLR2004 - fits every database


FILTER_KEY: Final = "people_filter"
"""Where the session keeps how the list was narrowed: names do not belong into addresses, which are kept and sent on."""


@officer("GET", "POST")
def people(request: OfficerRequest) -> HttpResponse:
    """List the files that the officer may open without a new purpose."""
    kept = request.session.get(FILTER_KEY) if "filter" in request.GET else None
    form = FindForm(request.POST if request.method == "POST" else kept, initial={"relation": "readable"})
    if request.method == "POST" and form.is_valid():
        request.session[FILTER_KEY] = {name: request.POST.get(name, "") for name in form.fields}
        return redirect(f"{reverse('people')}?filter=1")
    chosen = form.cleaned_data if form.is_valid() else {}
    query = PersonQuery(
        text=chosen.get("text", ""), born=str(chosen.get("born") or ""), relation=chosen.get("relation") or "readable",
        order=chosen.get("order") or "name",
    )  # fmt: skip
    found = queries.find(request.actor, query, page_number(request))
    _log(request, query, found.total)
    context = {
        "form": form, "found": found, "query": query, "errors": bool(form.is_bound and form.errors),
        "may_record": may_record(request.actor),
    }  # fmt: skip
    return render(request, "web/people/list.html", context)


def may_record(actor: Actor) -> bool:
    """Tell whether the officer may open a file for somebody."""
    return rules.can(actor, "person.record", rules.Target(kind="person", id="", authority_id=actor.authority_id))


def _log(request: OfficerRequest, query: PersonQuery, found: int) -> None:
    """Log a search: which fields were filled, never what was typed. Only looking at one's own list is none."""
    filled = [name for name in ("text", "born") if getattr(query, name)]
    if filled:
        actions.log_search(actor=request.actor, fields=filled, found=found)


ADDRESSES = [path("people/", people, name="people")]

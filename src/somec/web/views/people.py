"""People: the list of what one may open, and finding somebody."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from somec.persons import queries
from somec.persons.queries import PersonQuery
from somec.web.forms.people import FindForm
from somec.web.views.access import OfficerRequest, officer


def page_number(request: OfficerRequest) -> int:
    """Return the page asked for in the address; the first for anything else."""
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 9 else 1  # noqa: PLR2004 - fits every database


@officer()
def people(request: OfficerRequest) -> HttpResponse:
    """List the files that the officer may open, own cases first chosen."""
    form = FindForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    query = PersonQuery(
        text=chosen.get("text", ""), born=chosen.get("born", ""), relation=chosen.get("relation") or "readable",
        order=chosen.get("order") or "name",
    )  # fmt: skip
    found = queries.find(request.actor, query, page_number(request))
    context = {"form": form, "found": found, "query": query, "errors": bool(form.is_bound and form.errors)}
    return render(request, "web/people/list.html", context)


@officer()
def find(request: OfficerRequest) -> HttpResponse:
    """Find a person by what is known."""
    form = FindForm(request.GET or None)
    found = None
    if form.is_bound and form.is_valid() and (form.cleaned_data["text"] or form.cleaned_data["born"]):
        query = PersonQuery(
            text=form.cleaned_data["text"], born=form.cleaned_data["born"],
            relation=form.cleaned_data["relation"] or "all", order=form.cleaned_data["order"] or "name",
        )  # fmt: skip
        found = queries.find(request.actor, query, page_number(request))
    context = {"form": form, "found": found, "errors": bool(form.is_bound and form.errors)}
    return render(request, "web/people/find.html", context)


ADDRESSES = [path("people/", people, name="people"), path("people/find/", find, name="find_person")]

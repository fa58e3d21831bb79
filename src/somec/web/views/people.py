"""People: the list of the files that one may open."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from somec.access import rules
from somec.access.rules import Actor
from somec.kernel import clock
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
    filled = [name for name in ("text", "born") if getattr(query, name)]
    why = (search_why(request) or {}).get("purpose", "") or request.actor.purpose
    if filled and query.relation == "all" and not why:
        messages.info(
            request, _("To search files that are not yours, say why. Here names that sound alike are found too.")
        )
        return redirect("find_person")
    found = queries.find(request.actor, query, page_number(request))
    if filled:
        actions.log_search(actor=request.actor, fields=filled, found=found.total, purpose=why, relation=query.relation)
    context = {
        "form": form, "found": found, "query": query, "errors": bool(form.is_bound and form.errors),
        "may_record": may_record(request.actor),
    }  # fmt: skip
    return render(request, "web/people/list.html", context)


def may_record(actor: Actor) -> bool:
    """Tell whether the officer may open a file for somebody."""
    return rules.can(actor, "person.record", rules.Target(kind="person", id="", authority_id=actor.authority_id))


WHY_KEY: Final = "search_why"


def search_why(request: OfficerRequest) -> dict[str, str] | None:
    """Return why the officer searches, while that lasts."""
    held: dict[str, str] | None = request.session.get(WHY_KEY)
    return held if held is not None and clock.parse(held["until"]) > clock.now() else None


ADDRESSES = [path("people/", people, name="people")]

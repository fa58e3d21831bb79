"""Two files of one person: the list of likely ones, both side by side, the proposal, the second person, separating."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from somec.access import queries as access
from somec.access import rules
from somec.kernel.errors import Invalid, NotFound
from somec.persons import apart, duplicates, merging, separating
from somec.persons import queries as persons
from somec.persons.duplicates import MergeView
from somec.persons.merging_rules import FINDINGS, Item, Weight
from somec.web import words_merges, words_people
from somec.web.forms.merges import AgreeForm, MergeForm, OtherForm, PairForm, SeparateForm, WhyForm
from somec.web.forms.refusals import refuse, required_words, version
from somec.web.times import instant
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.case import case_page, entered
from somec.web.views.people import page_number
from somec.web.views.purpose import line
from somec.web.words import Word, word


@officer()
def likely(request: OfficerRequest) -> HttpResponse:
    """List likely duplicates, what waits for the reader, what he has proposed, and pairs that are two people."""
    actor = request.actor
    form = PairForm(request.GET if "kept" in request.GET else None)
    required_words(form)
    if form.is_bound and form.is_valid():
        chosen = [_by_number(request, form, name) for name in ("kept", "merged")]
        if all(chosen):
            return redirect("compare_files", *chosen)
    waiting, own = duplicates.waiting_merges(actor), duplicates.own_proposals(actor)
    kept_apart = duplicates.kept_apart(actor)
    context = {
        "found": duplicates.likely(actor, page_number(request)), "waiting": waiting, "own": own, "apart": kept_apart,
        "form": form, "errors": bool(form.is_bound and form.errors), "may_propose": _may_propose(request),
        "people": access.people_by_id({row.author_id for row in (*waiting, *own)} | {row.by for row in kept_apart}),
    }  # fmt: skip
    return render(request, "web/merges/list.html", context)


@case_page()
def merge_with(request: OfficerRequest, person: str) -> HttpResponse:
    """Show what a file was merged with, and ask for the other file of the same person."""
    view = persons.person(request.actor, person)
    form = OtherForm(request.GET if "number" in request.GET else None)
    required_words(form)
    if form.is_bound and form.is_valid():
        other = _by_number(request, form, "number")
        if other:
            return redirect("compare_files", person, other)
    context = {
        "person": view, "form": form, "merges": duplicates.of_person(request.actor, person),
        "errors": bool(form.is_bound and form.errors), "purpose": line(request.actor, person),
        "may": rules.can(request.actor, "person.merge", persons.target(request.actor, person)),
    }  # fmt: skip
    return render(request, "web/merges/with.html", context)


def _may_propose(request: OfficerRequest) -> bool:
    """Tell whether the reader's role may merge files of his own authority."""
    own = rules.Target(kind="person", id="", authority_id=request.actor.authority_id)
    return rules.can(request.actor, "person.merge", own)


def _by_number(request: OfficerRequest, form: PairForm | OtherForm, name: str) -> str:
    """Return the file with this case number, among those that the reader may find."""
    number = form.cleaned_data[name].strip()
    rows = persons.find(request.actor, persons.PersonQuery(text=number)).rows
    if not rows or number.upper() not in {row.case_number.upper() for row in rows}:
        form.add_error(name, _("No file that you may find has this number."))
        return ""
    return next(row.id for row in rows if row.case_number.upper() == number.upper())


@officer("GET", "POST")
def compare(request: OfficerRequest, kept: str, merged: str) -> HttpResponse:
    """Show two files side by side, and take the reader's word: one person, or two."""
    for one in (kept, merged):
        stopped = entered(request, one)
        if stopped is not None:
            return stopped
    compared = merging.compare(actor=request.actor, kept_id=kept, merged_id=merged)
    merge = MergeForm(
        request.POST if request.POST.get("act") == "merge" else None, prefix="merge",
        findings=[(code, words_merges.FINDINGS[code]) for code in compared.to_answer],
    )  # fmt: skip
    two = WhyForm(request.POST if request.POST.get("act") == "apart" else None, prefix="apart")
    form = merge if merge.is_bound else two
    if form.is_bound and form.is_valid():
        try:
            return _said(request, kept, merged, form)
        except Invalid as error:
            refuse(form, error)
    target = persons.target(request.actor, kept)
    context = {
        "kept": compared.kept, "merged": compared.merged, "merge": merge, "two": two,
        "refusals": [words_merges.FINDINGS[code] for code in compared.refusals],
        "warnings": [
            words_merges.FINDINGS[code] for code in compared.findings if FINDINGS[code] is not Weight.REFUSES
        ],
        "errors": bool(form.is_bound and form.errors), "may": rules.can(request.actor, "person.merge", target),
    }  # fmt: skip
    return render(request, "web/merges/compare.html", context)


def _said(request: OfficerRequest, kept: str, merged: str, form: MergeForm | WhyForm) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    if isinstance(form, MergeForm):
        made = merging.propose_merge(
            actor=request.actor, kept_id=kept, merged_id=merged, reason=reason, grounds=form.grounds()
        )
        messages.success(request, _("Put before a second person. Nothing changes until then."))
        return redirect("merge", made)
    apart.keep_apart(actor=request.actor, first_id=kept, second_id=merged, reason=reason)
    messages.success(request, _("Recorded: two people. The pair does not come back unless that is taken back."))
    return redirect("duplicates")


@officer("GET", "POST")
def take_back(request: OfficerRequest, pair: str) -> HttpResponse:
    """Take the word back that two files are two people."""
    found = next((row for row in duplicates.kept_apart(request.actor) if row.id == pair), None)
    if found is None:
        raise NotFound("page")
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            apart.withdraw_keep_apart(actor=request.actor, apart_id=pair, reason=form.cleaned_data["reason"])
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("Taken back. The pair may be proposed again."))
            return redirect("duplicates")
    return render(request, "web/merges/take_back.html", {"pair": found, "form": form, "errors": bool(form.errors)})


# --- one merge --------------------------------------------------------------------------------------------------------

_WITH_REASON: dict[str, Callable[..., None]] = {
    "merge.refuse": merging.refuse_merge, "merge.withdraw": merging.withdraw_merge,
    "separation.refuse": separating.refuse_separation, "separation.withdraw": separating.withdraw_separation,
}  # fmt: skip
_AGREE: dict[str, Callable[..., None]] = {
    "merge.approve": merging.approve_merge, "separation.approve": separating.approve_separation,
}  # fmt: skip


@officer("GET", "POST")
def merge(request: OfficerRequest, merge: str) -> HttpResponse:
    """Show one merge with its history, and take the reader's step."""
    view = duplicates.merge(request.actor, merge)
    for one in dict.fromkeys(persons.head(each) for each in (view.row.kept.id, view.row.merged.id)):
        stopped = entered(request, one)
        if stopped is not None:
            return stopped
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms = _forms(request, view, act)
    form: Any = forms.get(_PLACES.get(act, ""))
    if act and form is None:
        raise NotFound("page")
    if act and form.is_valid():
        try:
            _done(request, view, act, form)
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, str(words_merges.DONE[act]))
            return redirect("merge", merge)
    known = {view.row.kept.id: view.row.kept, view.row.merged.id: view.row.merged}
    context = forms | {
        "view": view, "row": view.row, "form": form, "errors": bool(act and form.errors),
        "people": access.people_by_id({one.by for one in view.acts}),
        "grounds": [(words_merges.FINDINGS[code], view.grounds.get(code, "")) for code in view.findings],
        "placed": [(_words(item), known[view.homes[item.id]]) for item in view.items if item.id in view.homes],
    }  # fmt: skip
    return render(request, "web/merges/merge.html", context)


_PLACES = {
    "merge.approve": "agree", "separation.approve": "agree", "merge.refuse": "refusal",
    "separation.refuse": "refusal", "merge.withdraw": "withdrawal", "separation.withdraw": "withdrawal",
    "separation.propose": "separation",
}  # fmt: skip


def _forms(request: OfficerRequest, view: MergeView, act: str) -> dict[str, Any]:
    """Return a form for each step that the reader may take, the one he has sent with what he typed."""
    found: dict[str, Any] = {}
    files = [(one.id, f"{one.label}, {one.case_number}") for one in (view.row.kept, view.row.merged)]
    for action in view.actions:
        place = _PLACES[action]
        sent = request.POST if action == act else None
        if place == "separation":
            items = [(item, _words(item)) for item in view.items if not item.fixed]
            found[place] = SeparateForm(sent, items=items, files=files, prefix=place)
        else:
            found[place] = (AgreeForm if place == "agree" else WhyForm)(sent, prefix=place)
        found[f"{place}_act"] = action
    return found


def _words(item: Item) -> Word:
    """Say what an item is and since when; the words of the closed part are not shown."""
    thing = words_merges.THINGS.get(item.kind) or word(words_people.THINGS, item.kind)
    return _("%(what)s, written %(at)s") % {"what": thing, "at": instant(item.at, year=False)}


def _done(request: OfficerRequest, view: MergeView, act: str, form: Any) -> None:
    shared = {
        "actor": request.actor, "merge_id": view.row.id, "version": version(request.POST),
        "reason": form.cleaned_data["reason"],
    }  # fmt: skip
    if act == "separation.propose":
        separating.propose_separation(**shared, homes=form.homes())
    else:
        (_AGREE | _WITH_REASON)[act](**shared)


ADDRESSES = [
    path("people/duplicates/", likely, name="duplicates"),
    path("people/duplicates/<str:kept>/<str:merged>/", compare, name="compare_files"),
    path("people/<str:person>/merge/", merge_with, name="merge_with"),
    path("people/apart/<str:pair>/", take_back, name="take_back_apart"),
    path("merges/<str:merge>/", merge, name="merge"),
]

"""A statement that somebody withdrew while another was writing about it: who, why, and what was typed is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from somec.access import queries as access
from somec.kernel.errors import NotFound
from somec.persons import queries
from somec.persons.messages import PersonView
from somec.persons.queries import ChangeView
from somec.web import words_people
from somec.web.forms.refusals import required_words
from somec.web.views.access import OfficerRequest
from somec.web.views.purpose import line
from somec.web.words import word

HISTORY = 200  # newest changes looked through; what was withdrawn earlier is in nobody's open form


def withdrawn(
    request: OfficerRequest, view: PersonView, item: str, missing: NotFound, form: Callable[[str], Any] | None = None
) -> HttpResponse:
    """Answer who came to a statement that is no longer on record; raises ``missing`` where it never was.

    ``form`` makes the form of a kind of statement from what was typed. It is shown as an addition that can be recorded
    at once; without it, or before anybody typed, the reader is led to what is on record and told who withdrew it.
    """
    last = next((one for one in queries.history(request.actor, view.id, HISTORY) if one.entity_id == item), None)
    if last is None:
        raise missing
    if form is None or request.method != "POST":
        messages.warning(request, _said(last))
        return redirect("person_record", view.id)
    kept = form(last.entity)
    required_words(kept)
    messages.warning(request, f"{_said(last)} {_('What you typed is below: record it anew if it holds.')}")
    context = {
        "person": view, "form": kept, "title": _("Add: %(what)s") % {"what": word(words_people.THINGS, last.entity)},
        "target": reverse("person_add", args=[view.id, last.entity]), "purpose": line(request.actor, view.id),
        "errors": bool(kept.errors),
    }  # fmt: skip
    return render(request, "web/record/form.html", context, status=409)


def _said(last: ChangeView) -> str:
    name = access.names([last.by]).get(last.by, last.by)
    values = {"name": name, "why": last.reason}
    said = _("%(name)s has withdrawn this meanwhile: “%(why)s”.") if last.reason else _("%(name)s has withdrawn this.")
    return said % values

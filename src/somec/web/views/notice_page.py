"""What the page of one notice shows: steps, readiness, the form, and the document that each state will see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from somec.access import queries as access
from somec.access.rules import Actor, Role
from somec.catalogue import queries as catalogue
from somec.kernel.errors import Invalid
from somec.movements import queries
from somec.movements.readiness import Item, Presence, Readiness
from somec.movements.views import LeftOut, NoticeView, Preview
from somec.offenders import queries as offenders
from somec.web import paper, paper_record
from somec.web.forms.notice_content import Choice, ContentForm, Surroundings
from somec.web.forms.notices import tellable
from somec.web.templatetags.somec import label
from somec.web.times import day


@dataclass(frozen=True)
class Shown:
    """What one state will see (or saw), drawn in the chosen language."""

    state: str
    html: str
    sent: bool
    left_out: tuple[LeftOut, ...]
    languages: tuple[str, ...]
    language: str


def previews(actor: Actor, notice: str, wanted: str, read_in: str) -> tuple[list[Shown], Invalid | None]:
    """Return the document of each state, and instead of them what every document still lacks."""
    try:
        found = queries.preview(actor, notice)
    except Invalid as error:
        return [], error
    return [_shown(one, wanted, read_in) for one in found], None


def _shown(one: Preview, wanted: str, read_in: str) -> Shown:
    languages = tuple(dict.fromkeys([read_in, "en", *catalogue.state(one.to_state).languages]))
    language = wanted if wanted in languages else read_in
    return Shown(one.to_state, drawn(one.document, language), one.sent, one.left_out, languages, language)


def drawn(document: Mapping[str, Any], language: str) -> str:
    """Draw a document with its codes in a language; what the screens cannot say in it stays English."""
    with translation.override(language):
        return render_to_string("web/notices/paper.html", {"paper": paper.read(document)})


def content_form(actor: Actor, view: NoticeView, data: QueryDict | None = None) -> ContentForm:
    """Return the form in which the author writes, empty or with what was typed."""
    assert view.readiness is not None  # noqa: S101 - the author writes only while the gate is checked
    around = Surroundings(
        advice=queries.advice(actor, view.row.id), record=_record(actor, view.row.person.id), readiness=view.readiness,
        tellable=tellable(settings.CONFIG.state), amends=bool(view.row.amends_id),
    )  # fmt: skip
    form = ContentForm(data, content=view.content, around=around)
    form.initial["version"] = view.row.version
    return form


def _record(actor: Actor, person: str) -> list[Choice]:
    """Return what of the record can go along, in words."""
    found = offenders.record(actor, person)
    convictions = [
        Choice(one.id, f"{'; '.join(_offence(offence.code) for offence in one.offences)}, {day(one.decided)}")
        for one in found.convictions
    ]
    orders = [Choice(one.id, f"{paper_record.order_kind(one.kind)}, {day(one.starts)}") for one in found.orders]
    assessments = [
        Choice(one.id, f"{one.instrument}: “{one.level}”, {day(one.performed)}") for one in found.assessments
    ]
    return [*convictions, *orders, *assessments]


def _offence(code: str) -> str:
    return label(catalogue.offence(code))


@dataclass(frozen=True)
class Line:
    """An item of the readiness check with the place where it is repaired."""

    item: Item
    href: str
    reason: Any = None


def gate(view: NoticeView, form: ContentForm | None) -> dict[str, Any]:
    """Return the readiness check for the template: what is missing, what may be, how much is there."""
    found: Readiness | None = view.readiness
    if found is None:
        return {"readiness": None}
    open_items = [one for one in found.items if one.presence is not Presence.THERE]
    lines = [
        Line(one, place(one, view, form), form.reason_for(one.code) if form else None)
        for one in sorted(open_items, key=lambda one: one.presence is not Presence.MISSING)
    ]
    there = [one for one in found.items if one.presence is Presence.THERE]
    return {
        "readiness": found, "lines": lines, "missing": [one for one in lines if one.item.presence is Presence.MISSING],
        "there": _names(there), "there_count": len(there),
        "steps_done": sum(step.state.value == "done" for step in found.steps),
        "current_step": next((step.step for step in found.steps if step.state.value == "in_progress"), None),
        "step_places": {step.step.value: _step_place(step.step.value, view) for step in found.steps},
    }  # fmt: skip


def _names(there: Sequence[Item]) -> list[str]:
    return list(dict.fromkeys(one.code for one in there if not one.code.startswith("person.item.")))


def _step_place(step: str, view: NoticeView) -> str:
    person = view.row.person.id
    return {
        "person": reverse("person", args=[person]), "criteria": reverse("criteria", args=[person]),
        "necessity": reverse("decision", args=[view.decision_id]) if view.decision_id
        else reverse("decide", args=[person]),
        "channel": "#channel", "content": "#fill", "second_person": "#decide",
    }[step]  # fmt: skip


_FIELD_OF = {"record": "selected", "assessment": "selected", "observed.place": "observed.place.town"}


def place(item: Item, view: NoticeView, form: ContentForm | None) -> str:
    """Return where an item is repaired: a field of the form, or the page of the person or of the decision."""
    if item.place in {"person", "criteria"}:
        return _step_place(item.place, view)
    if item.place == "decision":
        return _step_place("necessity", view)
    if form is None:
        return ""
    name = "text" if item.code.startswith("translation") else _FIELD_OF.get(item.place, item.place)
    return f"#id_{name}" if name in form.fields else "#fill"


def second_persons(actor: Actor, view: NoticeView) -> list[str]:
    """Return who could approve: those with the role at the notice's authority or above it, not its author."""
    own = access.authority(view.row.authority_id)
    near = {own.id, own.parent_id}
    return [
        card.name
        for card in access.colleagues(actor, Role.AUTHORISER)
        if card.authority_id in near and card.id != view.row.author_id
    ]

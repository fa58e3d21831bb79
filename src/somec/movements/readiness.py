"""Is a notice ready for a second person? Each thing that must be there, with what is missing and what may be (pure).

Three answers for each item: *there*, *missing*, and *missing, allowed* - the last only where the author gave a
reason, and only for items that a notice can do without. The codes are stable; screens and programs make the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from somec.movements.rules import ARRIVAL_ACTIONS, KINDS, Kind, RequestedAction
from somec.movements.travel import Content, Destination, Lead


class Presence(StrEnum):
    """Whether an item is there."""

    THERE = "there"
    MISSING = "missing"
    ALLOWED = "missing_allowed"


class Step(StrEnum):
    """The six questions of a notice, in order."""

    PERSON = "person"
    CRITERIA = "criteria"
    NECESSITY = "necessity"
    CHANNEL = "channel"
    CONTENT = "content"
    SECOND_PERSON = "second_person"


class StepState(StrEnum):
    """How far a question is answered."""

    DONE = "done"
    IN_PROGRESS = "in_progress"
    CANNOT_START = "cannot_start"


@dataclass(frozen=True)
class Item:
    """One thing that is checked. ``place`` names the form field to repair it; ``state`` the destination it concerns."""

    code: str
    step: Step
    presence: Presence
    optional: bool = False
    reason: str = field(default="", repr=False)
    place: str = ""
    state: str = ""


@dataclass(frozen=True)
class StepView:
    """One question with its count of items that are there or allowed."""

    step: Step
    state: StepState
    settled: int
    total: int


@dataclass(frozen=True)
class Readiness:
    """The whole gate."""

    items: tuple[Item, ...]
    steps: tuple[StepView, ...]
    lead: Lead
    warnings: tuple[str, ...] = ()
    """Codes of what does not keep the notice back, and must be seen by author and second person."""

    @property
    def missing(self) -> tuple[Item, ...]:
        """Return what keeps the notice from going to a second person."""
        return tuple(item for item in self.items if item.presence is Presence.MISSING)

    @property
    def ready(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True)
class Facts:
    """What the check needs to know beside the content, collected by the caller.

    ``person_missing``: completeness codes of the person's file -> whether the notice can do without. ``decision``:
    state of the decision to exchange, empty when there is none. ``bases``: for each destination the ids
    (``MECHANISM:article``) that the catalogue allows. ``languages``: for each destination those its authorities read,
    always with English. ``uses``: for each of these bases what the addressee may use the notice for.
    """

    person_missing: Mapping[str, bool]
    person_checked: int
    decision: str
    decision_states: frozenset[str]
    criteria_met: bool
    bases: Mapping[str, frozenset[str]]
    languages: Mapping[str, frozenset[str]]
    handling_needs_note: bool
    convictions: int
    orders: int
    assessments: int
    lead: Lead
    approved: bool = False
    uses: Mapping[str, frozenset[str]] = field(default_factory=dict)


def check(content: Content, facts: Facts) -> Readiness:
    """Return every item with its presence, and the six steps."""
    items = tuple(
        _with_reason(item, content)
        for part in (_person, _decision, _channel, _content)
        for item in part(content, facts)
    )
    return Readiness(items, _steps(items, approved=facts.approved), facts.lead, tuple(_warnings(content, facts)))


def _warnings(content: Content, facts: Facts) -> Iterator[str]:
    """Warn where the chosen use is wider than the chosen basis allows (Dir. 2023/977 Art. 7(2): serious offences)."""
    allowed = facts.uses.get(f"{content.basis.mechanism}:{content.basis.article}")
    if allowed and content.basis.purpose and content.basis.purpose not in allowed:
        yield "basis.wider_use"


def _with_reason(item: Item, content: Content) -> Item:
    reason = content.allowed_missing.get(item.code, "").strip()
    if item.presence is Presence.MISSING and item.optional and reason:
        return Item(
            item.code, item.step, Presence.ALLOWED, optional=True, reason=reason, place=item.place, state=item.state
        )
    return item


def _item(code: str, step: Step, *, there: bool, optional: bool = False, place: str = "", state: str = "") -> Item:
    return Item(
        code, step, Presence.THERE if there else Presence.MISSING, optional=optional, place=place or code, state=state
    )


def _person(_content: Content, facts: Facts) -> Iterator[Item]:
    for code, optional in facts.person_missing.items():
        yield _item(f"person.{code}", Step.PERSON, there=False, optional=optional, place="person")
    for number in range(max(0, facts.person_checked - len(facts.person_missing))):
        yield _item(f"person.item.{number + 1}", Step.PERSON, there=True, place="person")


def _decision(content: Content, facts: Facts) -> Iterator[Item]:
    approved = facts.decision == "approved"
    yield _item("criteria.met", Step.CRITERIA, there=facts.criteria_met, optional=approved, place="criteria")
    yield _item("decision.approved", Step.NECESSITY, there=approved, place="decision")
    for one in content.destinations:
        covered = not facts.decision_states or one.state in facts.decision_states
        if approved and not covered:
            yield _item("decision.covers", Step.NECESSITY, there=False, place="decision", state=one.state)


def _channel(content: Content, facts: Facts) -> Iterator[Item]:
    basis = content.basis
    chosen = f"{basis.mechanism}:{basis.article}"
    yield _item("basis", Step.CHANNEL, there=bool(basis.mechanism), place="basis")
    for one in content.destinations if basis.mechanism else ():
        if chosen not in facts.bases.get(one.state, frozenset()):
            yield _item("basis.open", Step.CHANNEL, there=False, place="basis", state=one.state)
    yield _item("basis.reason", Step.CHANNEL, there=bool(basis.reason.strip()))
    yield _item("basis.purpose", Step.CHANNEL, there=bool(basis.purpose))
    yield _item("basis.handling_code", Step.CHANNEL, there=bool(basis.handling_code))
    if facts.handling_needs_note:
        yield _item("basis.handling_note", Step.CHANNEL, there=bool(basis.handling_note.strip()))


def _content(content: Content, facts: Facts) -> Iterator[Item]:
    kind = KINDS[content.kind]
    fixed = content.kind in {Kind.PLANNED_TRAVEL, Kind.DEPORTATION}
    yield _item("destinations", Step.CONTENT, there=bool(content.destinations))
    yield _item("requested", Step.CONTENT, there=content.requested is not None)
    yield _item("expires", Step.CONTENT, there=content.expires is not None)
    yield _item("source", Step.CONTENT, there=bool(content.source.strip()))
    yield _item("record", Step.CONTENT, there=bool(facts.convictions or facts.orders), optional=True)
    yield _item("assessment", Step.CONTENT, there=bool(facts.assessments), optional=True)
    if kind.departure:
        yield _item("departs", Step.CONTENT, there=content.departs is not None, optional=not fixed)
    if kind.observed:
        yield _item("observed.at", Step.CONTENT, there=content.observed.at is not None)
        yield _item("observed.place", Step.CONTENT, there=content.observed.place.known, optional=True)
    if content.requested is RequestedAction.FIND_AND_REPORT:
        yield _item("reply_by", Step.CONTENT, there=content.reply_by is not None)
    if facts.lead.late:
        yield _item("late_reason", Step.CONTENT, there=bool(content.late_reason.strip()))
    for number, one in enumerate(content.destinations):
        yield from _destination(content, one, f"destinations.{number}", facts)


def _destination(content: Content, one: Destination, place: str, facts: Facts) -> Iterator[Item]:
    def item(code: str, field_name: str, *, there: bool, optional: bool = False) -> Item:
        return _item(
            f"{code}.{one.state}",
            Step.CONTENT,
            there=there,
            optional=optional,
            place=f"{place}.{field_name}",
            state=one.state,
        )

    asks = content.requested in ARRIVAL_ACTIONS
    if KINDS[content.kind].arrival or asks:
        yield item("arrival", "arrives_until", there=one.latest is not None, optional=not asks)
        yield _first_night(one, place)
        yield item("arrival_point", "arrival_point", there=bool(one.arrival_point), optional=True)
    if content.text:
        read = facts.languages.get(one.state, frozenset({"en"}))
        written = {content.language, *(language for language, text in content.translations.items() if text.strip())}
        yield item("translation", "text", there=bool(read & written))


def _first_night(one: Destination, place: str) -> Item:
    code, where = f"first_night.{one.state}", f"{place}.first_night"
    if one.first_night.known:
        return Item(code, Step.CONTENT, Presence.THERE, optional=True, place=where, state=one.state)
    reason = one.first_night_unknown.strip()
    presence = Presence.ALLOWED if reason else Presence.MISSING
    return Item(code, Step.CONTENT, presence, optional=True, reason=reason, place=where, state=one.state)


def _steps(items: tuple[Item, ...], *, approved: bool) -> tuple[StepView, ...]:
    views = []
    for step in list(Step)[:-1]:
        mine = [item for item in items if item.step is step]
        settled = sum(item.presence is not Presence.MISSING for item in mine)
        state = StepState.DONE if settled == len(mine) else StepState.IN_PROGRESS
        views.append(StepView(step, state, settled, len(mine)))
    all_done = all(view.state is StepState.DONE for view in views)
    last = StepState.DONE if approved else StepState.IN_PROGRESS if all_done else StepState.CANNOT_START
    return (*views, StepView(Step.SECOND_PERSON, last, int(approved), 1))

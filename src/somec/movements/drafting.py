"""What a state does with a notice before it leaves: write, ask a second person, return, approve, decide not to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from somec.access import rules as access
from somec.access.rules import Actor
from somec.audit import actions as audit
from somec.audit.rules import Kind as AuditKind
from somec.catalogue import queries as catalogue
from somec.exchange import identity
from somec.kernel import clock
from somec.kernel.canonical import Json
from somec.kernel.errors import Invalid, NotPossibleNow
from somec.kernel.ids import new_id
from somec.kernel.text import has_controls
from somec.movements import gate, travel
from somec.movements.models import Disclosure, Notice, Numbering
from somec.movements.rules import DRAFTING, ENDED, SENDER, Kind, RequestedAction, State, step
from somec.movements.targets import notice_for, person_target
from somec.movements.travel import Content, Destination, from_json, to_json
from somec.offenders.models import Decision
from somec.persons import queries as persons

MAX_REASON = 500


def next_reference(now: datetime) -> str:
    """Return the next reference number of this state in this year; two writers never get the same."""
    Numbering.objects.get_or_create(year=now.year)
    row = Numbering.objects.select_for_update().get(year=now.year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{identity.own_state()}-{now.year}-{row.last:04d}"


def note(
    actor: Actor, action: str, notice: Notice, *, reason: str = "", kind: AuditKind = AuditKind.ALTERATION,
    recipient: str = "", **detail: Json,
) -> None:  # fmt: skip
    """Write the one log entry of an action on a notice."""
    audit.record(
        actor=actor, action=action, kind=kind, subject=notice.id, case=notice.person_id, purpose=actor.purpose,
        reason=reason, recipient=recipient,
        detail={"state": notice.state, "version": notice.version, **{key: str(value) for key, value in detail.items()}},
    )  # fmt: skip


def _moved(notice: Notice, action: str) -> None:
    """Take the step in the chart and count the version up; the caller saves."""
    notice.state = step(SENDER, action, State(notice.state)).value
    notice.version += 1
    notice.changed = clock.now()


@transaction.atomic
def draft_notice(
    *, actor: Actor, person_id: str, kind: Kind, destinations: tuple[str, ...] = (), decision_id: str = ""
) -> str:
    """Begin a notice about a person; returns its id.

    Without ``decision_id`` the newest approved decision to exchange is taken. Handling code, expiry and language
    start with the defaults of the project; everything can be changed until a second person has agreed.
    """
    access.check(actor, "notice.draft", person_target(person_id))
    now = clock.now()
    decision = decision_id or _decision_of(person_id)
    content = Content(
        kind=kind, destinations=tuple(Destination(state) for state in dict.fromkeys(destinations)),
        expires=travel.default_expiry(now),
        basis=travel.Basis(handling_code=catalogue.default_handling_code().id), as_of=now,
    )  # fmt: skip
    _refuse_mistakes(content, now)
    notice = Notice(
        id=new_id("ntc"), reference=next_reference(now), kind=kind.value, person_id=person_id, decision_id=decision,
        author_id=actor.id, authority_id=actor.authority_id, content=to_json(content), starts=travel.starts(content),
        expires=content.expires, created=now, changed=now,
    )  # fmt: skip
    notice.save(force_insert=True)
    note(actor, "notice.draft", notice, kind=AuditKind.COLLECTION, notice_kind=kind.value)
    return notice.id


def _decision_of(person_id: str) -> str:
    newest = (
        Decision.objects.filter(person_id__in=persons.file_ids(person_id), outcome="exchange", state="approved")
        .order_by("-decided_at").values_list("id", flat=True).first()
    )  # fmt: skip
    return newest or ""


def _refuse_mistakes(content: Content, now: datetime) -> None:
    fields = gate.unknown_codes(content) | travel.mistakes(content, own_state=identity.own_state(), now=now)
    if fields:
        raise Invalid("notice.content", fields=fields)


@transaction.atomic
def save_notice(*, actor: Actor, id: str, version: int, content: Content, decision_id: str | None = None) -> int:  # noqa: A002
    """Keep what the author wrote; returns the new version. Gaps are allowed, contradictions are Invalid by field."""
    notice = notice_for(actor, "notice.edit", id, version=version)
    now = clock.now()
    if content.kind.value != notice.kind:
        raise Invalid("notice.content", fields={"kind": ["notice.kind.fixed"]})
    _refuse_mistakes(content, now)
    if notice.amends is not None:
        _refuse_other_states(notice.amends, content)
    content = replace(content, basis=_checked_basis(notice, content))
    _moved(notice, "notice.edit")
    notice.content = to_json(content)
    notice.starts, notice.expires = travel.starts(content), content.expires
    if decision_id is not None:
        known = Decision.objects.filter(id=decision_id, person_id__in=persons.file_ids(notice.person_id))
        if decision_id and not known.exists():
            raise Invalid("notice.content", fields={"decision_id": ["notice.decision.other_person"]})
        notice.decision_id = decision_id
    notice.save()
    note(actor, "notice.edit", notice)
    return notice.version


def _refuse_other_states(original: Notice, content: Content) -> None:
    told = set(_live(original).values_list("to_state", flat=True))
    if {one.state for one in content.destinations} != told:
        raise Invalid("notice.content", fields={"destinations": ["notice.destinations.fixed_in_change"]})


def _checked_basis(notice: Notice, content: Content) -> travel.Basis:
    """Fill in what the catalogue knows of the chosen basis: its channel, and whether its text was checked."""
    basis = content.basis
    if not basis.mechanism or not content.destinations:
        return replace(basis, verified=False, channel="")
    found = gate.advice(notice.authority_id, content.destinations[0].state).basis(f"{basis.mechanism}:{basis.article}")
    if found is None:
        return replace(basis, verified=False, channel="")
    return replace(basis, verified=found.verified, channel=found.mechanism.channel)


@transaction.atomic
def submit_notice(*, actor: Actor, id: str, version: int) -> None:  # noqa: A002 - the notice's id
    """Ask a second person. Raises Invalid (``notice.not_ready``) naming each missing item."""
    notice = notice_for(actor, "notice.submit", id, version=version)
    now = clock.now()
    _require_ready(notice, now)
    _moved(notice, "notice.submit")
    notice.submitted_at, notice.said = now, ""
    notice.save()
    note(actor, "notice.submit", notice)


def _require_ready(notice: Notice, now: datetime) -> None:
    content = from_json(notice.content)
    _refuse_mistakes(content, now)
    result = gate.check(notice, content, now)
    if not result.ready:
        fields: dict[str, list[str]] = {}
        for item in result.missing:
            fields.setdefault(item.place, []).append(item.code)
        raise Invalid("notice.not_ready", fields=fields, missing=len(result.missing))


@transaction.atomic
def approve_notice(*, actor: Actor, id: str, version: int) -> None:  # noqa: A002 - the notice's id
    """Agree as second person, after which the contact point can send. The author never can."""
    notice = notice_for(actor, "notice.approve", id, version=version)
    now = clock.now()
    _require_ready(notice, now)
    content = from_json(notice.content)
    _moved(notice, "notice.approve")
    notice.approver_id, notice.approved_at, notice.desk = actor.id, now, True
    notice.late = gate.lead(notice, content, now).late
    notice.save()
    if notice.amends_id is None:
        Disclosure.objects.bulk_create([_disclosure(notice, one.state) for one in content.destinations])
    note(actor, "notice.approve", notice, author=notice.author_id)


def _disclosure(notice: Notice, state: str) -> Disclosure:
    return Disclosure(id=new_id("dsc"), notice=notice, to_state=state, conversation=new_id("cnv"))


@transaction.atomic
def return_notice(*, actor: Actor, id: str, version: int, reason: str) -> None:  # noqa: A002 - the notice's id
    """Give the notice back to its author with what is to be changed."""
    notice = notice_for(actor, "notice.return", id, version=version)
    _moved(notice, "notice.return")
    notice.said = _reason(reason)
    notice.save()
    note(actor, "notice.return", notice, reason=reason)


@transaction.atomic
def send_back_notice(*, actor: Actor, id: str, version: int, reason: str) -> None:  # noqa: A002 - the notice's id
    """Give an approved notice back to its author, as the contact point that would have to send it.

    The approval falls: what the author then changes needs a second person again. Once one state was told, the notice
    can only be changed or taken back (NotPossibleNow, ``notice.already_sent``).
    """
    notice = notice_for(actor, "notice.send_back", id, version=version)
    told = notice.disclosures.all()
    if told.filter(sent_at__isnull=False).exists():
        raise NotPossibleNow("notice.already_sent", id=notice.id)
    approver = notice.approver_id
    _moved(notice, "notice.send_back")
    notice.said = _reason(reason)
    notice.approver_id, notice.approved_at, notice.desk = "", None, False
    notice.save()
    told.delete()  # approval makes one for each state that the notice then names
    note(actor, "notice.send_back", notice, reason=reason, approver=approver)


@transaction.atomic
def refuse_notice(*, actor: Actor, id: str, version: int, reason: str) -> None:  # noqa: A002 - the notice's id
    """Decide as second person that nobody is told. Kept, with its reason."""
    notice = notice_for(actor, "notice.refuse", id, version=version)
    _end_unsent(actor, "notice.refuse", notice, reason)


@transaction.atomic
def withdraw_notice(*, actor: Actor, id: str, version: int, reason: str) -> None:  # noqa: A002 - the notice's id
    """Decide not to tell, before anything was sent. Kept, with its reason."""
    notice = notice_for(actor, "notice.withdraw", id, version=version)
    _end_unsent(actor, "notice.withdraw", notice, reason)


def _end_unsent(actor: Actor, action: str, notice: Notice, reason: str) -> None:
    sent = notice.disclosures.filter(sent_at__isnull=False).exists()
    if sent and notice.amends_id is None:
        raise NotPossibleNow("notice.already_sent", id=notice.id)
    _moved(notice, action)
    notice.said = _reason(reason)
    notice.save()
    notice.disclosures.update(state=State.WITHDRAWN.value)
    note(actor, action, notice, reason=reason)


def _reason(text: str) -> str:
    given = text.strip()
    if not given:
        raise Invalid("notice.reason", fields={"reason": ["missing"]})
    if len(given) > MAX_REASON:
        raise Invalid("notice.reason", fields={"reason": ["too_long"]})
    if has_controls(given):
        raise Invalid("notice.reason", fields={"reason": ["control_characters"]})
    return given


def _live(notice: Notice):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a queryset of the stubs' private kind
    return notice.disclosures.exclude(state__in=[state.value for state in ENDED]).filter(sent_at__isnull=False)


@transaction.atomic
def draft_change(*, actor: Actor, id: str) -> str:  # noqa: A002 - the notice that is changed
    """Begin a change of a notice that was sent; returns the id of the draft, which goes the same way as a notice.

    It tells the states that were told, with the whole movement as it then stands. One change at a time.
    """
    original = notice_for(actor, "notice.change", id)
    if original.amends_id is not None:
        raise NotPossibleNow("notice.change_of_change", id=id)
    step(SENDER, "notice.change", State(original.state))
    if original.amendments.filter(state__in=[one.value for one in DRAFTING - {State.WITHDRAWN}]).exists():
        raise NotPossibleNow("notice.change_under_way", id=id)
    now = clock.now()
    told = set(_live(original).values_list("to_state", flat=True))
    before = from_json(original.content)
    content = replace(
        before, destinations=tuple(one for one in before.destinations if one.state in told), late_reason="",
        requested=before.requested or RequestedAction.INFORMATION_ONLY,
    )  # fmt: skip
    change = Notice(
        id=new_id("ntc"), reference=f"{original.reference}/{original.amendments.count() + 1}", kind=original.kind,
        amends=original, person_id=original.person_id, decision_id=original.decision_id, author_id=actor.id,
        authority_id=actor.authority_id, content=to_json(content), starts=original.starts, expires=original.expires,
        created=now, changed=now,
    )  # fmt: skip
    change.save(force_insert=True)
    note(actor, "notice.change", change, kind=AuditKind.COLLECTION, amends=original.id)
    return change.id

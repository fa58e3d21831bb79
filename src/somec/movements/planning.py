"""What will be done about an incoming notice, by whom and by when; and what is seen of a person's movements."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from somec.access import queries as access_queries
from somec.access import rules as access
from somec.access.rules import Actor
from somec.audit import actions as audit
from somec.audit.rules import Kind as AuditKind
from somec.catalogue import queries as catalogue
from somec.exchange import identity
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotFound, NotPossibleNow
from somec.kernel.ids import new_id
from somec.movements.events import Certainty, EventKind
from somec.movements.handling import note
from somec.movements.models import Event, PlanAction
from somec.movements.rules import RECEIVER, Service, State, step
from somec.movements.targets import incoming_for, person_target

MAX_WHAT = 300


@transaction.atomic
def plan_action(
    *,
    actor: Actor,
    id: str,  # noqa: A002 - the word of the wire and of every action
    version: int,
    what: str,
    service: Service,
    due: datetime,
    owner_id: str = "",
) -> str:
    """Add one thing to do with its date; returns its id."""
    incoming = incoming_for(actor, "incoming.plan", id, version=version)
    fields: dict[str, list[str]] = {}
    now = clock.now()
    if not what.strip():
        fields["what"] = ["missing"]
    if len(what) > MAX_WHAT:
        fields["what"] = ["too_long"]
    if due <= now:
        fields["due"] = ["past"]
    if owner_id and owner_id not in access_queries.people_by_id([owner_id]):
        fields["owner_id"] = ["unknown_person"]
    if fields:
        raise Invalid("incoming.plan", fields=fields)
    incoming.state = step(RECEIVER, "incoming.plan", State(incoming.state)).value
    incoming.version += 1
    incoming.save(update_fields=["state", "version"])
    row = PlanAction.objects.create(
        id=new_id("pla"), incoming=incoming, what=what.strip(), service=service.value, owner_id=owner_id, due=due,
        created=now, created_by=actor.id,
    )  # fmt: skip
    note(actor, "incoming.plan", incoming, plan=row.id, service=service.value)
    return row.id


@transaction.atomic
def finish_action(*, actor: Actor, plan_id: str, result: str = "") -> None:
    """Say that a planned thing was done, and how it went."""
    row = PlanAction.objects.select_for_update().filter(id=plan_id).first()
    if row is None:
        raise NotFound("plan.unknown", id=plan_id)
    incoming = incoming_for(actor, "incoming.plan", row.incoming_id)
    if row.done_at is not None:
        raise NotPossibleNow("plan.done_already", id=plan_id)
    row.done_at, row.done_by, row.result = clock.now(), actor.id, result.strip()[:500]
    row.save()
    note(actor, "incoming.finish_action", incoming, plan=row.id)


@transaction.atomic
def record_movement(
    *, actor: Actor, person_id: str, kind: EventKind, at: datetime, state: str = "", place: str = "",
    certainty: Certainty = Certainty.CONFIRMED, remark: str = "",
) -> str:  # fmt: skip
    """Record where a person of ours was seen, left or is expected; tells nobody. Returns the statement's id."""
    access.check(actor, "person.change", person_target(person_id))
    now = clock.now()
    where = state or identity.own_state()
    fields: dict[str, list[str]] = {}
    if kind in {EventKind.TOLD, EventKind.NOT_ARRIVED}:
        fields["kind"] = ["not_by_hand"]
    if kind is not EventKind.EXPECTED and at > now:
        fields["at"] = ["future"]
    if len(where) != len("LV") or not catalogue.territory_name(where).text:
        fields["state"] = ["unknown"]
    if fields:
        raise Invalid("movement.event", fields=fields)
    row = Event.objects.create(
        id=new_id("mev"), person_id=person_id, kind=kind.value, at=at, state=where, place=place.strip()[:200],
        certainty=(Certainty.EXPECTED if kind is EventKind.EXPECTED else certainty).value,
        source_state=identity.own_state(),
        note=remark.strip()[:500], recorded=now, recorded_by=actor.id,
    )  # fmt: skip
    audit.record(
        actor=actor, action="movement.record", kind=AuditKind.COLLECTION, subject=row.id, case=person_id,
        purpose=actor.purpose,
        detail={"kind": kind.value, "state": where},
    )  # fmt: skip
    return row.id

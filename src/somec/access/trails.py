"""The log as somebody may read it: who asks is checked, names are put to ids, and the reading is itself logged."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from somec.access import queries, rules
from somec.access.queries import PersonCard
from somec.access.rules import Actor, Target
from somec.audit import checking
from somec.audit import queries as log
from somec.audit.actions import record
from somec.audit.queries import EVERYTHING, Trail, TrailFilter
from somec.audit.rules import Kind
from somec.kernel.canonical import Json


@dataclass(frozen=True, slots=True)
class NamedTrail:
    """A page of the log with the colleagues it speaks of, by id (the node and machines of peers have no card)."""

    trail: Trail
    people: Mapping[str, PersonCard]


def _named(trail: Trail) -> NamedTrail:
    return NamedTrail(trail, queries.people_by_id({entry.actor for entry in trail.entries}))


@transaction.atomic
def case_trail(
    *, actor: Actor, target: Target, page: int = 1, only: TrailFilter = EVERYTHING, also: Collection[str] = ()
) -> NamedTrail:
    """Return who did what in a case; ``target`` is the person's file (``person``), ``also`` those merged into it."""
    rules.check(actor, "audit.read_case", target)
    found = _named(log.trail(target.id, page, only=only, also=also))
    _logged(actor, "audit.read_case", target.id, target.id)
    return found


@transaction.atomic
def own_trail(*, actor: Actor, page: int = 1, only: TrailFilter = EVERYTHING) -> NamedTrail:
    """Return what the actor himself did and read."""
    rules.check(actor, "audit.read_own")
    return _named(log.trail_of(actor.id, page, only=only))


@transaction.atomic
def whole_trail(*, actor: Actor, page: int = 1, only: TrailFilter = EVERYTHING) -> NamedTrail:
    """Return the whole log, for the data protection officer."""
    rules.check(actor, "audit.read_all")
    found = _named(log.whole(page, only=only))
    _logged(actor, "audit.read_all", "log", "")
    return found


@transaction.atomic
def export_case(*, actor: Actor, target: Target, also: Collection[str] = ()) -> dict[str, Json]:
    """Return the sealed entries of a case with their proofs, to be checked without this system."""
    rules.check(actor, "audit.read_case", target)
    bundle = log.export(target.id, also)
    _logged(actor, "audit.export_case", target.id, target.id)
    return bundle


def ask_for_proof(*, actor: Actor) -> None:
    """Let the node prove its whole log now; the result stands on the pages of the log."""
    rules.check(actor, "audit.verify")
    checking.ask(actor=actor)


def last_change(subject: str, action: str) -> tuple[str, datetime | None]:
    """Return who did ``action`` last to a thing, by name, and when; for pages whose reader may see the thing."""
    found = log.last(subject, action)
    return ("", None) if found is None else (queries.names([found.actor]).get(found.actor, ""), found.at)


def _logged(actor: Actor, action: str, subject: str, case: str) -> None:
    record(actor=actor, action=action, kind=Kind.CONSULTATION, subject=subject, case=case, purpose=actor.purpose)

"""Collects what the readiness check of a notice needs: the person's file, the decision, law, the time left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Manager, QuerySet

from somec.access import queries as access_queries
from somec.catalogue import queries as catalogue
from somec.catalogue.entries import AuthorityKind
from somec.catalogue.initiative import OwnInitiativeAdvice
from somec.exchange import identity
from somec.kernel.errors import NotFound
from somec.movements import readiness, travel
from somec.movements.models import Notice
from somec.movements.travel import Content
from somec.offenders.models import Assessment, Conviction, Decision, Order, PersonAtRisk, Trigger
from somec.persons import completeness
from somec.persons import queries as persons
from somec.persons.models import Address

_KINDS: Mapping[str, AuthorityKind] = {
    "probation": AuthorityKind.PROBATION_SERVICE,
    "police": AuthorityKind.POLICE,
    "prison": AuthorityKind.PRISON_SERVICE,
    "court": AuthorityKind.COURT,
    "central": AuthorityKind.CRIMINAL_RECORDS_AUTHORITY,
    "ministry": AuthorityKind.POLICE_CONTACT_POINT,
}


def lead_hours() -> Mapping[str, int]:
    """Return the state's own lead times in hours by kind (and ``change``), where it set any."""
    chosen: Mapping[str, int] = getattr(settings, "SOMEC_LEAD_HOURS", {})
    return chosen


def authority_kind(authority_id: str) -> AuthorityKind:
    """Return the catalogue's kind of an authority of ours."""
    return _KINDS[access_queries.authority(authority_id).kind]


def advice(authority_id: str, state: str) -> OwnInitiativeAdvice:
    """Return by which articles this authority may tell that state on its own initiative, and why not by the others."""
    return catalogue.own_initiative_bases(
        authority=authority_kind(authority_id), sending_state=identity.own_state(), receiving_state=state
    )


def unknown_codes(content: Content) -> dict[str, list[str]]:
    """Return the fields whose code the catalogue does not know; a draft with one could never be shown again."""
    basis = content.basis
    asked: list[tuple[str, str, Callable[[str], object]]] = [
        (f"destinations.{number}.state", one.state, catalogue.state) for number, one in enumerate(content.destinations)
    ]
    asked += [
        ("basis.handling_code", basis.handling_code, catalogue.handling_code),
        ("basis.purpose", basis.purpose, catalogue.permitted_use),
        ("evaluation", content.evaluation, catalogue.evaluation),
    ]
    return {field: ["choice"] for field, code, look_up in asked if code and not _known(look_up, code)}


def _known(look_up: Callable[[str], object], code: str) -> bool:
    try:
        look_up(code)
    except NotFound:
        return False
    return True


def lead(notice: Notice, content: Content, now: datetime) -> travel.Lead:
    """Return the lead-time check of a notice."""
    return travel.lead(content, now=now, amends=notice.amends_id is not None, hours=lead_hours())


def check(notice: Notice, content: Content, now: datetime) -> readiness.Readiness:
    """Return the whole gate for this content of a notice."""
    return readiness.check(content, _facts(notice, content, now))


def _facts(notice: Notice, content: Content, now: datetime) -> readiness.Facts:
    decision = Decision.objects.filter(id=notice.decision_id, person_id__in=persons.file_ids(notice.person_id)).first()
    approved = decision is not None and decision.outcome == "exchange"
    states = [one.state for one in content.destinations]
    advised = {state: advice(notice.authority_id, state).possible for state in set(states)}
    return readiness.Facts(
        person_missing={
            item.code: item.needed != completeness.REQUIRED for item in persons.completeness(notice.person_id)
        },
        person_checked=completeness.checked(),
        decision=decision.state if decision is not None and approved else "",
        decision_states=frozenset(decision.destinations) if decision is not None else frozenset(),
        criteria_met=decision is not None and decision.criteria_met,
        bases={state: frozenset(basis.id for basis in bases) for state, bases in advised.items()},
        uses={one.id: frozenset(one.basis.permitted_uses) for bases in advised.values() for one in bases},
        languages={state: frozenset({"en", *catalogue.state(state).languages}) for state in set(states)},
        handling_needs_note=bool(content.basis.handling_code)
        and catalogue.handling_code(content.basis.handling_code).text_required,
        convictions=_count(Conviction.objects, notice, content),
        orders=_count(Order.objects, notice, content),
        assessments=_count(Assessment.objects, notice, content),
        lead=lead(notice, content, now),
        approved=bool(notice.approver_id),
    )


def _count(rows: Manager[Any], notice: Notice, content: Content) -> int:
    if not content.selected:
        return 0
    return _standing(rows, notice.person_id).filter(id__in=content.selected).count()


def not_in_notice(person_id: str, selected: Collection[str]) -> dict[str, int]:
    """Return what the files hold of this person that a notice does not say: code of the kind -> how many."""
    entries = (("conviction", Conviction.objects), ("order", Order.objects), ("assessment", Assessment.objects))
    counted = {
        f"{name}.not_chosen": _standing(rows, person_id).exclude(id__in=selected).count() for name, rows in entries
    }
    counted["person_at_risk.protected"] = _standing(PersonAtRisk.objects, person_id).count()
    counted["trigger.internal"] = _standing(Trigger.objects, person_id).count()
    counted["address.not_needed"] = _standing(Address.objects, person_id).count()
    return counted


def _standing(rows: Manager[Any], person_id: str) -> QuerySet[Any]:
    return rows.filter(person_id__in=persons.file_ids(person_id), withdrawn_at__isnull=True)

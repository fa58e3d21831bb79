"""The made-up case of the movement tests: a person, a record, an approved decision, a notice that is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from somec.catalogue import queries as catalogue
from somec.catalogue.entries import AuthorityKind
from somec.kernel import clock
from somec.movements import actions, queries
from somec.movements.rules import Carrier, Kind, RequestedAction, Service, TravelPurpose
from somec.movements.travel import Basis, Content, Destination, Observation, Place
from somec.offenders import actions as offenders
from somec.offenders import queries as records
from somec.offenders.proposals import Proposal
from somec.offenders.rules import Necessity
from somec.simulation.cases import main_person
from somec.simulation.people import populate
from two_nodes import Node

__all__ = ["Observation", "Place", "Service"]
NOW = datetime(2026, 11, 6, 8, 20, tzinfo=UTC)
DEPARTS = NOW + timedelta(days=11)
ARRIVES = DEPARTS + timedelta(hours=3)
EXPECTED = DEPARTS + timedelta(days=3)


def person(node: Node) -> str:
    """Record the man of the story at this node; returns the id of his file."""
    officer = node.actor("officer")
    return populate(actor=officer, count=0, seed=0, people=[main_person(clock.now().date())], owners=(officer.id,))[0]


def decision(node: Node, person_id: str, *states: str) -> str:
    """Decide, with a second person, to tell these states."""
    officer, head = node.actor("officer"), node.actor("head")
    decision_id = offenders.propose_decision(
        actor=officer, person_id=person_id,
        proposal=Proposal(
            outcome="exchange", destinations=states,
            necessity=Necessity(
                aim="Prevent a further serious offence in the Netherlands",
                less_intrusive="A promise to report by himself was considered",
                effect_on_person="He may be visited at his address by the police",
                effect_on_resettlement="The address stays with two offices; his employer is not told",
            ),
        ),
    )  # fmt: skip
    offenders.submit_decision(actor=officer, decision_id=decision_id)
    codes = records.decision(head, decision_id).open_codes
    offenders.approve_decision(
        actor=head, decision_id=decision_id, overrides=dict.fromkeys(codes, "Looked at: still needed")
    )
    return decision_id


def basis(*, state: str = "LV", to: str = "NL") -> Basis:
    """Return the first lawful basis of a probation service for telling another state on its own initiative."""
    found = catalogue.own_initiative_bases(
        authority=AuthorityKind.PROBATION_SERVICE, sending_state=state, receiving_state=to
    ).possible[0]
    return Basis(
        mechanism=found.mechanism.id, article=found.basis.article, purpose=found.basis.permitted_uses[0],
        handling_code=found.basis.handling_code, reason="He said himself that he moves; two serious convictions",
    )  # fmt: skip


def content(person_id: str, node: Node, *states: str) -> Content:
    """Return a notice of relocation with nothing missing."""
    record = records.record(node.actor("officer"), person_id)
    selected = [entry.id for entry in (*record.convictions, *record.orders, *record.assessments)]
    return Content(
        kind=Kind.RELOCATION,
        destinations=tuple(
            Destination(
                state=state, arrival_point="Schiphol", arrives_from=ARRIVES, arrives_until=EXPECTED,
                carrier=Carrier.AIR,
                carrier_reference="BT 619", first_night=Place("Westzeedijk 12", "Rotterdam", "3016"),
            )
            for state in states
        ),
        departs=DEPARTS, departure_place=Place(town="Riga"), travel_purpose=TravelPurpose.WORK,
        source="Copy of the ticket",
        evaluation="B3", as_of=clock.now(), requested=RequestedAction.CONFIRM_ARRIVAL, basis=basis(state=node.state),
        expires=clock.now() + timedelta(days=180), text="He will live with a cousin and work in a warehouse.",
        language="en",
        selected=tuple(selected),
    )  # fmt: skip


def written(node: Node, *states: str, kind: Kind = Kind.RELOCATION, **changes: object) -> str:
    """Write a notice that is ready for a second person; returns its id. Only inside ``with node:``."""
    person_id = person(node)
    decision(node, person_id, *states)
    officer = node.actor("officer")
    notice_id = actions.draft_notice(actor=officer, person_id=person_id, kind=kind, destinations=states)
    made = replace(content(person_id, node, *states), kind=kind, **changes)
    missing = queries.readiness(officer, notice_id)
    allowed = {item.code: "Not known today" for item in missing.items if item.optional}
    actions.save_notice(actor=officer, id=notice_id, version=1, content=replace(made, allowed_missing=allowed))
    return notice_id


def version(node: Node, notice_id: str) -> int:
    """Return the present version of a notice."""
    return queries.notice(node.actor("officer"), notice_id).row.version


def approved(node: Node, *states: str, **changes: object) -> str:
    """Write a notice and let the second person agree."""
    notice_id = written(node, *states, **changes)
    actions.submit_notice(actor=node.actor("officer"), id=notice_id, version=version(node, notice_id))
    actions.approve_notice(actor=node.actor("head"), id=notice_id, version=version(node, notice_id))
    return notice_id


def sent(node: Node, *states: str, **changes: object) -> str:
    """Write a notice, let the second person agree and the contact point send it."""
    notice_id = approved(node, *states, **changes)
    actions.transmit_notice(actor=node.actor("desk"), id=notice_id, version=version(node, notice_id))
    return notice_id


def received(node: Node) -> str:
    """Return the id of the only incoming notice of a node."""
    rows = queries.incoming_list(node.actor("desk")).rows
    assert len(rows) == 1
    return rows[0].id


def incoming_version(node: Node, incoming_id: str) -> int:
    """Return the present version of an incoming notice."""
    return queries.incoming(node.actor("desk"), incoming_id).row.version

"""A node with offices, staff, a case and an approved notice, and tokens for each part."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from somec.access import actions as access
from somec.access import queries as people
from somec.access.rules import ACTIONS, Role, node_actor
from somec.simulation import cases

STATE = "LV"


@dataclass(frozen=True)
class Part:
    """One officer with a token for everything the role may do."""

    id: str
    token: str


@dataclass(frozen=True)
class Desk:
    """The staff by role."""

    parts: dict[Role, Part]
    person: str

    def client(self, role: Role, **headers: str) -> Client:
        return Client(
            headers={"Authorization": f"Bearer {self.parts[role].token}", "X-Purpose": "supervise", **headers}
        )


def scopes(role: Role) -> list[str]:
    return [name for name, rule in ACTIONS.items() if any(role in grant.roles for grant in rule.grants)]


@pytest.fixture
def desk(db: None) -> Desk:
    node = node_actor(STATE)
    office = access.create_authority(actor=node, name="Probation, Example", kind="probation")
    ids = {
        role: access.create_user(
            actor=node, email=f"{role.value}@lv.example", name=f"Made Up {number}", authority=office, roles=[role]
        )
        for number, role in enumerate(Role)
    }
    admin = people.actor_by_id(ids[Role.ADMINISTRATOR])
    other = access.create_user(
        actor=node, email="second@lv.example", name="Second Admin", authority=office, roles=[Role.ADMINISTRATOR]
    )
    parts = {}
    for role, person in ids.items():
        issuer = people.actor_by_id(other) if role is Role.ADMINISTRATOR else admin
        token = access.issue_token(actor=issuer, user=person, name="test", scopes=scopes(role), days=1)
        parts[role] = Part(person, token)
    person = cases.record_main_person(actor=people.actor_by_id(ids[Role.PROBATION_OFFICER]))
    return Desk(parts, person)

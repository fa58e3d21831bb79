from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from people_pages import Office
from somec.access import actions as access
from somec.access import queries as people
from somec.access.rules import Role, node_actor
from somec.simulation import cases


@pytest.fixture
def office(db: None) -> Office:
    node = node_actor("LV")
    home = access.create_authority(actor=node, name="Probation, Example", kind="probation")
    away = access.create_authority(actor=node, name="Probation, Elsewhere", kind="probation")
    staff = {
        "officer": (home, Role.PROBATION_OFFICER), "colleague": (home, Role.PROBATION_OFFICER),
        "head": (home, Role.AUTHORISER), "stranger": (away, Role.PROBATION_OFFICER), "desk": (away, Role.CONTACT_POINT),
        "admin": (home, Role.ADMINISTRATOR), "protection": (home, Role.DATA_PROTECTION_OFFICER),
    }  # fmt: skip
    ids = {
        key: access.create_user(
            actor=node, email=f"{key}@lv.example", name=f"Made Up {key.capitalize()}", authority=authority, roles=[role]
        )
        for key, (authority, role) in staff.items()
    }
    return Office(ids, cases.record_main_person(actor=people.actor_by_id(ids["officer"])))


@pytest.fixture
def page(office: Office) -> Callable[..., str]:
    """Return the address of a page about the person of the story."""

    def address(name: str, *rest: str) -> str:
        return reverse(name, args=[office.person, *rest])

    return address

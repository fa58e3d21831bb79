"""Fill one training node: offices, staff, trusted peers, made-up people. Runs inside that node's process.

``python -m somec.simulation.prepare STATE CARD... < request`` leaves ``prepared.json`` in the node's folder; when that
file is there, the node is complete.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import django

from somec.simulation.cast import PASSWORD, Country, country

TOKEN_DAYS = 366


def main() -> int:
    """Prepare the node named by the environment."""
    parser = argparse.ArgumentParser()
    parser.add_argument("state")
    parser.add_argument("cards", nargs="*", type=Path)
    parser.add_argument("--people", type=int, default=0)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "somec.node.settings")
    django.setup()
    prepare(country(arguments.state), [card.read_text(encoding="utf-8") for card in arguments.cards], arguments.people)
    return 0


def prepare(land: Country, cards: list[str], people: int) -> None:
    """Make everything the story needs in this node, through the same actions that officers use."""
    from django.conf import settings  # noqa: PLC0415 - needs Django set up

    from somec.simulation import nodes  # noqa: PLC0415

    staff = _staff(land)
    kept = {f"id:{key}": person for key, person in staff.items()}
    kept |= {f"token:{key}": _token(land, key, person) for key, person in staff.items()}
    _trust(cards, staff)
    _population(land, staff, people)
    mark = Path(settings.CONFIG.folder) / nodes.MARK
    mark.touch(mode=0o600)
    mark.write_text(json.dumps(kept), encoding="utf-8")


def _staff(land: Country) -> dict[str, str]:
    from somec.access import actions  # noqa: PLC0415
    from somec.access.rules import node_actor  # noqa: PLC0415

    node = node_actor(land.state)
    offices: dict[str, str] = {}
    for office in land.offices:
        offices[office.key] = actions.create_authority(
            actor=node, name=office.name, kind=office.kind, state=land.state, parent=offices.get(office.parent),
            phone=office.phone, hours=office.hours,
        )  # fmt: skip
    return {
        one.key: actions.create_user(
            actor=node, email=one.email(land.state), name=one.name, authority=offices[one.office], roles=one.roles,
            password=PASSWORD, language=land.language,
        )
        for one in land.staff
    }  # fmt: skip


def _token(land: Country, key: str, person: str) -> str:
    """Issue a token with every action of the person's roles, as an integration of that desk would hold."""
    from somec.access import actions, queries  # noqa: PLC0415
    from somec.access.rules import ACTIONS  # noqa: PLC0415

    admin = queries.actor_by_id(_admin(land, key))
    roles = set(land.member(key).roles)
    scopes = [name for name, rule in ACTIONS.items() if any(grant.roles & roles for grant in rule.grants)]
    return actions.issue_token(actor=admin, user=person, name="somec demo", scopes=scopes, days=TOKEN_DAYS)


def _admin(land: Country, _key: str) -> str:
    from django.contrib.auth import get_user_model  # noqa: PLC0415

    found: str = get_user_model().objects.get(email=land.member("admin").email(land.state)).pk
    return found


def _trust(cards: list[str], staff: dict[str, str]) -> None:
    """Let two persons trust each card: one proposes it, the other compares the fingerprint."""
    from somec.access import queries  # noqa: PLC0415
    from somec.exchange import actions  # noqa: PLC0415
    from somec.exchange import cards as peer_cards  # noqa: PLC0415

    first, second = queries.actor_by_id(staff["admin"]), queries.actor_by_id(staff["second-admin"])
    for card in cards:
        proposal = actions.propose_peer(actor=first, card=card)
        actions.approve_peer(actor=second, proposal=proposal, fingerprint=peer_cards.fingerprint(card))


def _population(land: Country, staff: dict[str, str], people: int) -> None:
    from somec.access import queries  # noqa: PLC0415
    from somec.simulation.people import populate  # noqa: PLC0415

    if people:
        populate(actor=queries.actor_by_id(staff["officer"]), state=land.state, count=people, seed=land.state)


if __name__ == "__main__":
    sys.exit(main())

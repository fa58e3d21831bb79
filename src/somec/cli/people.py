"""``somec people``: authorities, the people who work with the node, their roles, and tokens for programs."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from somec.cli import setup
from somec.kernel.errors import Invalid

if TYPE_CHECKING:
    from somec.access.rules import Actor

_FIRST = (
    "The first people of a node are added by whoever holds its folder; later ones by an administrator (--as EMAIL)."
)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command and what is below it."""
    command = subparsers.add_parser("people", help="authorities, people, roles, tokens", description=_FIRST)
    below = command.add_subparsers(dest="people_command", required=True, metavar="WHAT")
    authority = _acting(below, "add-authority", "add an authority of this state")
    authority.add_argument("name")
    authority.add_argument("--kind", required=True, help="probation, police, prison, court, central or ministry")
    authority.add_argument("--parent", help="id of the authority above it")
    authority.add_argument("--phone", default="")
    authority.add_argument("--hours", default="")
    authority.set_defaults(run=_add_authority)
    person = _acting(below, "add", "add somebody who signs in")
    person.add_argument("email")
    person.add_argument("--name", required=True)
    person.add_argument("--authority", required=True, help="id of the authority")
    person.add_argument("--role", action="append", default=[], help="may be given several times")
    person.add_argument("--language", default="en")
    person.add_argument("--new-password-file", type=Path, help="file with the first password (otherwise one is made)")
    person.set_defaults(run=_add)
    for name, run, text in (("grant", _grant, "give somebody a role"), ("revoke", _revoke, "take a role back")):
        one = _acting(below, name, text)
        one.add_argument("user", help="id of the person")
        one.add_argument("role")
        one.set_defaults(run=run)
    token = _acting(below, "token", "issue a token for a program; it is shown once")
    token.add_argument("user", help="id of the person or machine it acts as")
    token.add_argument("--name", required=True, help="what the program is")
    token.add_argument(
        "--scope", action="append", required=True, help="an action it may do; may be given several times"
    )
    token.add_argument("--days", type=int, default=90)
    token.set_defaults(run=_token)
    listing = below.add_parser("list", help="authorities and people of this node")
    listing.set_defaults(run=_list)


def _acting(
    below: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    command = below.add_parser(name, help=text, description=f"{text}. {_FIRST}")
    command.add_argument("--as", dest="acting", metavar="EMAIL", help="the administrator who does this")
    command.add_argument("--password-file", type=Path, help="file with the administrator's password")
    return command


def _actor(arguments: argparse.Namespace) -> Actor:
    """Return the administrator, or the node itself while it has no administrator."""
    setup.ready_node()
    from django.conf import settings  # noqa: PLC0415 - needs Django set up

    from somec.access import queries  # noqa: PLC0415
    from somec.access.rules import Role, node_actor  # noqa: PLC0415

    if arguments.acting:
        return setup.signed_in(arguments.acting, arguments.password_file)
    node = node_actor(settings.CONFIG.state)
    if any(Role.ADMINISTRATOR in person.roles and person.active for person in queries.people(node)):
        raise Invalid("people.say_who", fields={"--as": ["missing"]})
    return node


def _add_authority(arguments: argparse.Namespace) -> int:
    actor = _actor(arguments)
    from somec.access import actions  # noqa: PLC0415 - needs Django set up

    made = actions.create_authority(
        actor=actor, name=arguments.name, kind=arguments.kind, parent=arguments.parent, phone=arguments.phone,
        hours=arguments.hours,
    )  # fmt: skip
    print(made)
    return 0


def _add(arguments: argparse.Namespace) -> int:
    actor = _actor(arguments)
    from somec.access import actions  # noqa: PLC0415 - needs Django set up
    from somec.access.rules import Role  # noqa: PLC0415

    unknown = [role for role in arguments.role if role not in set(Role)]
    if unknown:
        raise Invalid("people.role", fields={"--role": unknown})
    given = arguments.new_password_file
    password = given.read_text(encoding="utf-8").rstrip("\n") if given else secrets.token_urlsafe(15)
    made = actions.create_user(
        actor=actor, email=arguments.email, name=arguments.name, authority=arguments.authority,
        roles=[Role(role) for role in arguments.role], password=password, language=arguments.language,
    )  # fmt: skip
    print(made)
    if not given:
        print(f"first password, to be changed at the first sign-in: {password}")
    return 0


def _grant(arguments: argparse.Namespace) -> int:
    actor = _actor(arguments)
    from somec.access import actions  # noqa: PLC0415 - needs Django set up
    from somec.access.rules import Role  # noqa: PLC0415

    actions.grant_role(actor=actor, user=arguments.user, role=Role(arguments.role))
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    actor = _actor(arguments)
    from somec.access import actions  # noqa: PLC0415 - needs Django set up
    from somec.access.rules import Role  # noqa: PLC0415

    actions.revoke_role(actor=actor, user=arguments.user, role=Role(arguments.role))
    return 0


def _token(arguments: argparse.Namespace) -> int:
    actor = _actor(arguments)
    from somec.access import actions  # noqa: PLC0415 - needs Django set up

    text = actions.issue_token(
        actor=actor, user=arguments.user, name=arguments.name, scopes=arguments.scope, days=arguments.days
    )
    print(text)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    setup.ready_node()
    from django.conf import settings  # noqa: PLC0415 - needs Django set up

    from somec.access import queries  # noqa: PLC0415
    from somec.access.rules import node_actor  # noqa: PLC0415

    for authority in queries.authorities(settings.CONFIG.state):
        print(f"{authority.id}  {authority.kind:10} {authority.name}")
    for person in queries.people(node_actor(settings.CONFIG.state)):
        print(f"{person.id}  {person.name}, {person.authority_name}: {', '.join(role.value for role in person.roles)}")
    return 0

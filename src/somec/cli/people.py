"""``somec people``: authorities, people, roles and tokens from the command line, as the node's operator."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from somec.cli import setup

KINDS = ("probation", "police", "prison", "court", "central", "ministry")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    command = subparsers.add_parser(
        "people", help="authorities, people, roles and tokens",
        description="What the operator does here stands in the log as done by the node.",
    )  # fmt: skip
    acts = command.add_subparsers(dest="act", required=True, metavar="ACT")
    _authority(acts)
    _person(acts)
    _token(acts)
    for name, run, told in (("list", _list, "everybody, with roles"), ("roles", _roles, "the roles and what they are")):
        acts.add_parser(name, help=told).set_defaults(run=run)


def _authority(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = acts.add_parser("authority", help="add an authority; prints its id")
    made.add_argument("name")
    made.add_argument("--kind", choices=KINDS, required=True)
    made.add_argument("--parent", metavar="ID", help="the authority to which it belongs")
    made.add_argument("--phone", default="")
    made.add_argument("--hours", default="", help="when somebody answers the phone")
    made.set_defaults(run=_add_authority)


def _person(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = acts.add_parser("add", help="add a person; asks for the first password; prints the id")
    made.add_argument("email")
    made.add_argument("name")
    made.add_argument("--authority", metavar="ID", required=True)
    made.add_argument("--role", action="append", default=[], metavar="ROLE", help="see `somec people roles`")
    made.add_argument("--language", default="en")
    made.add_argument("--phone", default="")
    secret = made.add_mutually_exclusive_group()
    secret.add_argument(
        "--password-file", type=Path, metavar="FILE", help="read the password there (-: standard input)"
    )
    secret.add_argument("--no-password", action="store_true", help="signs in through the state's identity provider")
    secret.add_argument("--machine", action="store_true", help="a program of this state: only tokens, no sign-in")
    made.set_defaults(run=_add_person)
    for act, told in (("grant", "give a role"), ("revoke", "take a role")):
        role = acts.add_parser(act, help=told)
        role.add_argument("email")
        role.add_argument("role")
        role.set_defaults(run=_change_role)
    for act, told in (("off", "shut a person out now"), ("on", "let a person in again")):
        switch = acts.add_parser(act, help=told)
        switch.add_argument("email")
        switch.set_defaults(run=_switch)
    again = acts.add_parser("reset", help="new first password, second factors removed: for whoever lost them")
    again.add_argument("email")
    again.add_argument("--password-file", type=Path, metavar="FILE", help="read the password there (-: standard input)")
    again.set_defaults(run=_reset, no_password=False, machine=False)


def _token(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = acts.add_parser("token", help="issue a token of the JSON interface; shown this once")
    made.add_argument("email")
    made.add_argument("name", help="what it is for")
    made.add_argument("--scope", action="append", required=True, metavar="ACTION", help="such as notice.read")
    made.add_argument("--days", type=int, default=90)
    made.set_defaults(run=_issue)
    ended = acts.add_parser("revoke-token", help="end a token now")
    ended.add_argument("token", metavar="ID", help="tok-…")
    ended.set_defaults(run=_revoke)


def _node() -> Any:
    """Return the node as actor, with Django set up."""
    setup.ready_node()
    from django.conf import settings  # noqa: PLC0415 - settings need the node's folder

    from somec.access.rules import node_actor  # noqa: PLC0415

    return node_actor(settings.CONFIG.state)


def _add_authority(arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import actions  # noqa: PLC0415 - models need Django set up

    print(actions.create_authority(
        actor=actor, name=arguments.name, kind=arguments.kind, parent=arguments.parent, phone=arguments.phone,
        hours=arguments.hours,
    ))  # fmt: skip
    return 0


def _add_person(arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import actions  # noqa: PLC0415

    print(actions.create_user(
        actor=actor, email=arguments.email, name=arguments.name, authority=arguments.authority,
        roles=[_role(role) for role in arguments.role], password=_password(arguments), language=arguments.language,
        phone=arguments.phone, machine=arguments.machine,
    ))  # fmt: skip
    return 0


def _role(code: str) -> Any:
    from somec.access.rules import Role  # noqa: PLC0415
    from somec.kernel.errors import Invalid  # noqa: PLC0415

    try:
        return Role(code)
    except ValueError as error:
        raise Invalid("access.role_unknown", fields={"role": ["choice"]}, known=" ".join(Role)) from error


def _password(arguments: argparse.Namespace) -> str | None:
    if arguments.no_password or arguments.machine:
        return None
    if arguments.password_file is not None:
        file: Path = arguments.password_file
        return sys.stdin.read().rstrip("\r\n") if str(file) == "-" else setup.first_line(file)
    return getpass.getpass(f"First password of {arguments.email}: ")


def _change_role(arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import actions, queries  # noqa: PLC0415

    change = actions.grant_role if arguments.act == "grant" else actions.revoke_role
    change(actor=actor, user=queries.user_id(arguments.email), role=_role(arguments.role))
    return 0


def _switch(arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import actions, queries  # noqa: PLC0415

    actions.set_active(actor=actor, user=queries.user_id(arguments.email), active=arguments.act == "on")
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import queries, recovery  # noqa: PLC0415

    removed = recovery.reset_sign_in(
        actor=actor, user=queries.user_id(arguments.email), password=_password(arguments) or ""
    )
    print(f"New first password set; {removed} second factors removed.")
    return 0


def _issue(arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import actions, queries  # noqa: PLC0415

    print(actions.issue_token(
        actor=actor, user=queries.user_id(arguments.email), name=arguments.name, scopes=arguments.scope,
        days=arguments.days,
    ))  # fmt: skip
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import actions  # noqa: PLC0415

    actions.revoke_token(actor=actor, token=arguments.token)
    return 0


def _list(_arguments: argparse.Namespace) -> int:
    actor = _node()
    from somec.access import queries  # noqa: PLC0415

    for authority in queries.authorities(actor.state):
        print(f"{authority.id}  {authority.kind:10} {authority.name}")
    for person in queries.people(actor):
        state = "" if person.active else " (shut out)"
        print(f"{person.id}  {person.name}, {person.authority_name}: {' '.join(person.roles) or 'no role'}{state}")
    return 0


def _roles(_arguments: argparse.Namespace) -> int:
    from somec.access.rules import ACTIONS, Role  # noqa: PLC0415

    for role in Role:
        own = [action for action, rule in ACTIONS.items() if any(role in grant.roles for grant in rule.grants)]
        print(f"{role.value}\n    {' '.join(own)}")
    return 0

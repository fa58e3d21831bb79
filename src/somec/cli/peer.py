"""``somec peer``: this node's card, and whose cards it trusts.

Trusting one takes two persons, here as on the screens.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from somec.cli import setup
from somec.kernel import clock
from somec.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from somec.access.rules import Actor


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command and what is below it."""
    command = subparsers.add_parser("peer", help="this node's card; the nodes of other states")
    below = command.add_subparsers(dest="peer_command", required=True, metavar="WHAT")
    _card(below)
    _list(below)
    add = _for_person(below, "add", _run_add, "propose to trust a card; a second person approves")
    add.add_argument("file", type=Path, help="the card that the other state sent")
    approve = _for_person(below, "approve", _run_approve, "trust a proposed card, as the second person")
    approve.add_argument("proposal", help="id of the proposal")
    approve.add_argument("--fingerprint", required=True, help="what the other state read to you, over another channel")
    refuse = _for_person(below, "refuse", _run_refuse, "do not trust a proposed card")
    refuse.add_argument("proposal", help="id of the proposal")
    refuse.add_argument("--reason", required=True)
    for name, run, text in (
        ("suspend", _run_suspend, "stop exchange with a peer; what is queued waits"),
        ("resume", _run_resume, "go on exchanging with a suspended peer"),
    ):
        one = _for_person(below, name, run, text)
        one.add_argument("state", help="code of the state")
        one.add_argument("--reason", required=True)
    resend = _for_person(below, "resend", _run_resend, "send again what a peer lost when it put back a backup")
    resend.add_argument("state", help="code of the state")
    resend.add_argument("--since", required=True, metavar="INSTANT", help="moment of its backup, with zone")
    resend.add_argument("--reason", required=True)


def _card(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = below.add_parser("card", help="print the card to send to other states, and its fingerprint")
    command.set_defaults(run=_run_card)


def _list(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = below.add_parser("list", help="every peer, how it is reached, and proposals that wait")
    command.set_defaults(run=_run_list)


def _for_person(
    below: argparse._SubParsersAction[argparse.ArgumentParser], name: str,
    run: Callable[[argparse.Namespace], int], text: str,
) -> argparse.ArgumentParser:  # fmt: skip
    command = below.add_parser(name, help=text, description=text)
    command.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="who does this")
    command.add_argument("--password-file", type=Path, help="file with that person's password (otherwise asked for)")
    command.set_defaults(run=run)
    return command


def _run_card(arguments: argparse.Namespace) -> int:
    del arguments
    setup.ready_node()
    from somec.exchange import cards, keyring  # noqa: PLC0415 - needs Django set up

    ring = keyring.keyring()
    text = cards.write(ring.card, ring.node)
    print(text, end="")
    print(f"fingerprint: {_grouped(cards.fingerprint(text))}", file=sys.stderr)
    return 0


def _run_list(arguments: argparse.Namespace) -> int:
    del arguments
    setup.ready_node()
    from somec.exchange import queries  # noqa: PLC0415 - needs Django set up

    for peer in queries.peer_troubles():
        troubles = ", ".join(peer.troubles) or "well"
        heard = peer.last_success.isoformat(timespec="seconds") if peer.last_success else "never"
        print(f"{peer.state}  {peer.status}  {peer.name}  {peer.endpoint}")
        print(f"    {troubles}; answered last: {heard}; waiting: {peer.waiting}")
    for proposal in queries.open_proposals():
        print(f"{proposal.state}  proposed  {proposal.name}  {proposal.id}")
        print(f"    fingerprint: {_grouped(proposal.fingerprint)}")
    return 0


def _run_add(arguments: argparse.Namespace) -> int:
    actor = _person(arguments)
    from somec.exchange import actions, cards  # noqa: PLC0415 - needs Django set up

    try:
        text = arguments.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("peer.file", file=arguments.file.name) from error
    proposal = actions.propose_peer(actor=actor, card=text)
    print(f"proposed: {proposal}")
    print(f"fingerprint: {_grouped(cards.fingerprint(text))}")
    print("Compare it with the other state over another channel; then a second person runs:")
    print(f"  somec peer approve {proposal} --as EMAIL --fingerprint ...")
    return 0


def _run_approve(arguments: argparse.Namespace) -> int:
    actor = _person(arguments)
    from somec.exchange import actions  # noqa: PLC0415 - needs Django set up

    state = actions.approve_peer(actor=actor, proposal=arguments.proposal, fingerprint=arguments.fingerprint)
    print(f"{state} is a peer now.")
    return 0


def _run_refuse(arguments: argparse.Namespace) -> int:
    actor = _person(arguments)
    from somec.exchange import actions  # noqa: PLC0415 - needs Django set up

    actions.refuse_peer(actor=actor, proposal=arguments.proposal, reason=arguments.reason)
    print("refused.")
    return 0


def _run_suspend(arguments: argparse.Namespace) -> int:
    actor = _person(arguments)
    from somec.exchange import actions  # noqa: PLC0415 - needs Django set up

    actions.suspend_peer(actor=actor, state=arguments.state, reason=arguments.reason)
    print(f"{arguments.state} is suspended.")
    return 0


def _run_resume(arguments: argparse.Namespace) -> int:
    actor = _person(arguments)
    from somec.exchange import actions  # noqa: PLC0415 - needs Django set up

    actions.resume_peer(actor=actor, state=arguments.state, reason=arguments.reason)
    print(f"{arguments.state} is active again.")
    return 0


def _run_resend(arguments: argparse.Namespace) -> int:
    try:
        since = clock.parse(arguments.since)
    except ValueError as error:
        raise Invalid("peer.since", fields={"since": ["instant"]}) from error
    actor = _person(arguments)
    from somec.exchange import actions  # noqa: PLC0415 - needs Django set up

    count = actions.resend(actor=actor, state=arguments.state, since=since, reason=arguments.reason)
    print(f"{count} documents are sent to {arguments.state} again.")
    return 0


def _person(arguments: argparse.Namespace) -> Actor:
    setup.ready_node()
    return setup.signed_in(arguments.email, arguments.password_file)


def _grouped(fingerprint: str) -> str:
    return " ".join(fingerprint[start : start + 8] for start in range(0, len(fingerprint), 8))

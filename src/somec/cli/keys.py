"""``somec keys``: the node's certificates: when they end, how they are certified anew."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from somec.cli import setup
from somec.kernel.errors import Invalid

NAMES = ("signing", "encryption", "tls")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command and what is below it."""
    command = subparsers.add_parser(
        "keys", help="this node's certificates: when they end, and new ones",
        description="Keys stay as they are; certificates are renewed. Restart the node, then give peers its new card.",
    )  # fmt: skip
    below = command.add_subparsers(dest="keys_command", required=True, metavar="WHAT")
    below.add_parser("list", help="each certificate, whose it is, when it ends").set_defaults(run=_list)
    request = below.add_parser("request", help="write certificate requests for the state's PKI")
    request.add_argument("folder", type=Path, help="where to write signing.csr, encryption.csr and tls.csr")
    request.set_defaults(run=_request)
    install = below.add_parser("install", help="put a certificate that the PKI issued beside its key")
    install.add_argument("name", choices=NAMES, help="which key it is for")
    install.add_argument("file", type=Path, help="PEM: the certificate first, then those above it")
    install.set_defaults(run=_install)
    renew = below.add_parser("renew", help="let the node's own small authority certify the same keys anew")
    renew.set_defaults(run=_renew)


def _node() -> Any:
    """Return the node's configuration, with Django set up."""
    setup.ready_node()
    from django.conf import settings  # noqa: PLC0415 - settings need the node's folder

    return settings.CONFIG


def _list(_arguments: argparse.Namespace) -> int:
    config = _node()
    from somec.crypto.certificates import load_certificates  # noqa: PLC0415 - slow to load
    from somec.kernel import clock  # noqa: PLC0415

    for name in NAMES:
        for certificate in load_certificates((config.keys / f"{name}.pem").read_bytes())[:1]:
            left = (certificate.not_after - clock.now()).days
            print(f"{name:10}  ends {certificate.not_after:%Y-%m-%d %H:%M} UTC, in {left} days  {certificate.subject}")
    return 0


def _request(arguments: argparse.Namespace) -> int:
    config = _node()
    from somec.exchange import founding  # noqa: PLC0415 - needs Django set up

    arguments.folder.mkdir(parents=True, exist_ok=True)
    written = founding.requests(config.keys, state=config.state, name=config.name, endpoint=config.endpoint)
    for name, request in written.items():
        (arguments.folder / name).write_bytes(request)
        print(arguments.folder / name)
    return 0


def _install(arguments: argparse.Namespace) -> int:
    config = _node()
    from somec.exchange import founding  # noqa: PLC0415 - needs Django set up

    try:
        certificates = arguments.file.read_bytes()
    except OSError as error:
        raise Invalid("keys.file", file=arguments.file.name) from error
    founding.install(config.keys, f"{arguments.name}.pem", certificates)
    return _next()


def _renew(_arguments: argparse.Namespace) -> int:
    config = _node()
    from somec.exchange import founding  # noqa: PLC0415 - needs Django set up

    founding.renew(config.keys, state=config.state, name=config.name, endpoint=config.endpoint)
    return _next()


def _next() -> int:
    print("Installed. Restart the node; then send its new card to every peer:")
    print("  somec peer card > card.note")
    return 0

"""``somec serve``: run the node. One process does everything; with PostgreSQL, several may share the work."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from somec.cli import setup

if TYPE_CHECKING:
    from somec.cli.running import Node


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    command = subparsers.add_parser(
        "serve", help="run the node: screens, exchange with peers, sending",
        description="Runs until SIGTERM or Ctrl-C; requests that are running are finished, nothing queued is lost.",
    )  # fmt: skip
    command.add_argument(
        "--only", choices=("web", "exchange"),
        help="only one listener and no sending loop: for several processes on PostgreSQL, beside `somec work`",
    )  # fmt: skip
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    setup.ready_node()
    from somec.cli.running import Node  # noqa: PLC0415 - needs Django set up

    node = Node()
    try:
        _start(node, arguments.only)
        node.run()
    finally:
        node.close()
    return 0


def _start(node: Node, only: str | None) -> None:
    """Start the listeners and the loop that were asked for, and say where they are reached."""
    if only in {None, "exchange"}:
        node.serve_peers()
        print(f"peers:    {node.config.endpoint}", flush=True)
    if only in {None, "web"}:
        node.serve_people()
        scheme = "https" if node.config.web_tls else "http"
        print(f"officers: {scheme}://{node.config.web_address}/", flush=True)
    if only is None:
        node.work()

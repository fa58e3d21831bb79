"""``somec work``: the sending loop and the clock alone, for nodes whose listeners run in other processes."""

from __future__ import annotations

import argparse

from somec.cli import setup


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    command = subparsers.add_parser(
        "work", help="send what is queued, raise alerts, seal the log (part of `serve` unless that has --only)",
        description="May be started on several machines: one works, the others take over when it ends.",
    )  # fmt: skip
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Work until told to end."""
    del arguments
    setup.ready_node()
    from somec.cli.running import Node  # noqa: PLC0415 - needs Django set up

    node = Node()
    try:
        node.work()
        node.run()
    finally:
        node.close()
    return 0

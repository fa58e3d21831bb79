"""``somec``: one command line with a sub-command for each thing an operator does."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import Protocol

from somec import __version__
from somec.cli.refusals import told
from somec.kernel.errors import SomecError


class _Command(Protocol):
    def register(self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None: ...


COMMANDS = ("init", "serve", "work", "peer", "verify", "backup", "catalogue", "as4", "match", "people", "keys", "demo")
"""Modules of this package that register a sub-command; each imports what it needs only when it runs."""


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = argparse.ArgumentParser(
        prog="somec",
        description="A node with which EU states exchange information about serious mobile offenders.",
    )
    top.add_argument("--version", action="version", version=f"somec {__version__}")
    subparsers = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        try:
            module: _Command = importlib.import_module(f"somec.cli.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"somec.cli.{name}":
                raise
            continue
        module.register(subparsers)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 done, 1 refused or failed, 2 wrongly called."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "somec.node.settings")
    chosen = parser().parse_args(arguments)
    try:
        status: int | None = chosen.run(chosen)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SomecError as error:
        print(f"somec: {told(error)}", file=sys.stderr)
        return 1
    except OSError as error:  # a path that is not there or not ours, a full disk: the person can mend it
        if error.strerror is None:
            raise
        print(f"somec: {error.filename or 'file'}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status or 0


if __name__ == "__main__":
    sys.exit(main())

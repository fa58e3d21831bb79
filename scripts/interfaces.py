"""GENERATES the tables of docs/reference/cli.md and docs/reference/api.md from the command line and the JSON interface.

``--check`` writes nothing and fails when a table is not fresh.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
BEGIN, END = "<!-- table: made by scripts/interfaces.py -->", "<!-- end of table -->"


def commands() -> str:
    """Return a section for each command."""
    from somec.cli.main import parser  # noqa: PLC0415 - slow to load

    return "\n".join(_sections("somec", parser(), ""))


def _sections(path: str, parser: argparse.ArgumentParser, told: str) -> Iterator[str]:
    below = next((one for one in parser._actions if isinstance(one, argparse._SubParsersAction)), None)  # noqa: SLF001
    if path != "somec":
        yield f"{'##' if path.count(' ') == 1 else '###'} {path}\n\n{_sentence(told)}\n"
        if parser.description and parser.description != told:
            yield f"{_cell(parser.description)}\n"
    rows = [one for one in parser._actions if one is not below and one.dest not in {"help", "version"}]  # noqa: SLF001
    if rows:
        yield "| Argument | Meaning |\n|---|---|"
        yield "\n".join(f"| {_name(one)} | {_meaning(one)} |" for one in rows) + "\n"
    if below is not None:
        told_of = {one.dest: one.help or "" for one in below._choices_actions}  # noqa: SLF001
        for name, command in below.choices.items():
            yield from _sections(f"{path} {name}", command, told_of.get(name, ""))


def _name(one: argparse.Action) -> str:
    if not one.option_strings:
        return f"`{one.metavar or one.dest}`" + ("" if one.required else " (may be left out)")
    value = "" if one.nargs == 0 else " " + str(one.metavar or "|".join(map(str, one.choices or [one.dest.upper()])))
    return f"`{one.option_strings[-1]}{value}`".replace("|", "\\|") + (" (needed)" if one.required else "")


def _meaning(one: argparse.Action) -> str:
    default = one.default if isinstance(one.default, str | int) and not isinstance(one.default, bool) else ""
    told = (one.help or one.dest.replace("_", " ")).rstrip(".")
    shown = f" (default: `{default}`)" if default != "" and "default" not in told else ""
    return _cell(told) + shown


def _sentence(text: str) -> str:
    return _cell(text[:1].upper() + text[1:]).rstrip(".") + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("%%", "%")


def operations() -> str:
    """Return the table of all operations, by first step of their address."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "somec.node.settings"
    import django  # noqa: PLC0415 - reads settings

    django.setup()
    from somec.api.interface import api  # noqa: PLC0415 - needs Django set up

    found = [
        (path.removeprefix("/api/v1"), method.upper(), str(operation.get("description") or operation["summary"]))
        for path, methods in api.get_openapi_schema(path_prefix="/api/v1")["paths"].items()
        for method, operation in methods.items()
    ]
    lines = ["| Operation | What it does |", "|---|---|"]
    for _, rows in groupby(found, key=lambda row: row[0].split("/")[1]):
        for path, method, told in rows:
            first = re.split(r"(?<=\.)\s", told.strip(), maxsplit=1)[0]
            lines.append(f"| `{method} {path}` | {_cell(' '.join(first.split())).replace('``', '`')} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the tables, or with ``--check`` say which is stale."""
    stale = 0
    for name, table in (("cli.md", commands()), ("api.md", operations())):
        file = REFERENCE / name
        text = file.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        fresh = f"{head}{BEGIN}\n\n{table}\n{END}{rest.partition(END)[2]}"
        if fresh == text:
            continue
        stale += 1
        if "--check" in sys.argv:
            print(f"{file.relative_to(ROOT)} is not fresh: run `make docs`", file=sys.stderr)
        else:
            file.write_text(fresh, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())

"""``somec catalogue``: look up an entry of the law as data, list a kind, check the data and a state's criteria file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from somec.catalogue import criteria_file, index, queries
from somec.catalogue.criteria import Criteria
from somec.catalogue.entries import Entry, SourceBasis, Sourced, State
from somec.catalogue.errors import CriteriaInvalid, CriteriaMissing
from somec.kernel.canonical import Json

LANGUAGES = ("en", "lv", "nl", "es")
INDENT = "  "
SHORT = 32  # characters of a word or code; lists of such stand on one line
NOT_VERIFIED = {
    SourceBasis.READ: "not verified",
    SourceBasis.SECONDARY: "not verified: only a secondary source was read",
    SourceBasis.RECALLED: "not verified: from general knowledge, to be checked at the source",
    SourceBasis.PROJECT: "not verified: defined by the project, no law",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``somec catalogue`` to the command line."""
    top = subparsers.add_parser("catalogue", help="law as data: look up, list, check")
    commands = top.add_subparsers(dest="catalogue_command", required=True, metavar="COMMAND")
    show = commands.add_parser(
        "show",
        help="print one entry with its source and whether it was verified",
        description="IDs are those of the law where it has some: FD947, 1001 00, H2, LV. 'kind:ID' narrows to one kind;"
        " 'criteria:LV' shows a state's criteria.",
    )
    show.add_argument("id", nargs="+", metavar="ID")
    show.add_argument("--json", action="store_true", help="as JSON")
    show.add_argument("--criteria", type=Path, metavar="FOLDER", help="the state's own criteria instead of examples")
    show.set_defaults(run=_show)
    listing = commands.add_parser("list", help="list the kinds, or the entries of one kind")
    listing.add_argument("kind", nargs="?", choices=sorted(index.KINDS), metavar="KIND")
    listing.add_argument("--lang", default="en", choices=LANGUAGES, help="language of the words")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=_list)
    check = commands.add_parser("check", help="check the data of this release, and criteria files of a state")
    check.add_argument("files", nargs="*", type=Path, metavar="FILE", help="criteria file, for example LV.toml")
    check.set_defaults(run=_check)


def _show(chosen: argparse.Namespace) -> int:
    wanted = " ".join(chosen.id)
    if wanted.startswith("criteria:"):
        criteria = queries.criteria_for(wanted.removeprefix("criteria:"), directory=chosen.criteria)
        print(_dump(index.as_json(criteria)) if chosen.json else "\n".join(_criteria_lines(criteria)))
        return 0
    found = index.find(wanted)
    if chosen.json:
        shown: list[Json] = [{"kind": kind, "entry": index.as_json(entry)} for kind, entry in found]
        print(_dump(shown[0] if len(shown) == 1 else shown))
        return 0
    print("\n\n".join("\n".join(_entry_lines(kind, entry)) for kind, entry in found))
    return 0


def _list(chosen: argparse.Namespace) -> int:
    if chosen.kind is None:
        rows = [
            (kind, len(table()), sum(not entry.verified for entry in table().values())) for kind, table in _tables()
        ]
        if chosen.json:
            print(_dump([{"kind": kind, "entries": count, "not_verified": open_} for kind, count, open_ in rows]))
            return 0
        for kind, count, unverified in rows:
            print(f"{kind:24}{count:5} entries{f', {unverified} not verified' if unverified else ''}")
        return 0
    table = index.entries(chosen.kind)
    if chosen.json:
        print(_dump([index.as_json(entry) for entry in table.values()]))
        return 0
    for entry in table.values():
        print(f"{entry.id:24} {_words(entry, chosen.lang)}{'' if entry.verified else '  (not verified)'}")
    return 0


def _check(chosen: argparse.Namespace) -> int:
    edition = queries.edition()
    counts = [len(table()) for _, table in _tables()]
    print(f"catalogue {edition.number}, law as of {edition.law_as_of}: {sum(counts)} entries of {len(counts)} kinds")
    for state in queries.states():
        try:
            criteria = queries.criteria_for(state.id)
        except CriteriaMissing:
            continue
        print(f"criteria {state.id}, version {criteria.version}: correct (example made up by the project)")
    wrong = 0
    for file in chosen.files:
        wrong += not _check_file(file)
    return 1 if wrong else 0


def _check_file(file: Path) -> bool:
    try:
        criteria = criteria_file.read(str(file), file.read_bytes(), file.stem)
    except OSError as error:
        print(f"{file}: {error.strerror}", file=sys.stderr)
        return False
    except CriteriaInvalid as error:
        print("\n".join(error.lines()), file=sys.stderr)
        return False
    since = criteria.in_force_since
    print(f"{file}: correct; {criteria.state}, version {criteria.version}, in force since {since}")
    return True


def _tables() -> list[tuple[str, index.Lookup]]:
    return list(index.KINDS.items())


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _words(entry: Sourced, lang: str) -> str:
    if not isinstance(entry, Entry | State):
        return ""
    label = entry.label(lang)
    return label.text if label.translated else f"{label.text} [{label.lang}]"


def _entry_lines(kind: str, entry: Sourced) -> list[str]:
    source = entry.source
    lines = [f"{entry.id}  ({kind.replace('_', ' ')})", _words(entry, "en")]
    lines += [f"{INDENT}{lang}: {_words(entry, lang)}" for lang in LANGUAGES[1:]]
    lines += ["", f"Verified: {'yes, the text was read' if entry.verified else NOT_VERIFIED[source.basis]}"]
    lines += [f"Source: {source.citation}", f"{INDENT}{source.locator}"]
    lines += [f"{INDENT}CELEX {source.celex}"] if source.celex else []
    data = index.as_json(entry)
    if isinstance(data, dict):
        rest = {name: value for name, value in data.items() if name not in {"id", "labels", "source", "verified"}}
        lines += ["", *_tree(rest, "")] if rest else []
    return lines


def _criteria_lines(criteria: Criteria) -> list[str]:
    mark = "EXAMPLE made up by the project" if criteria.example else "verified" if criteria.verified else "not verified"
    lines = [
        f"{criteria.label()}",
        f"{criteria.state}, version {criteria.version}, in force since {criteria.in_force_since}; {mark}",
        f"Source: {criteria.source}",
        f"SHA-256: {criteria.digest}",
    ]
    for criterion in criteria.criteria:
        need = "required" if criterion.required else "for information"
        lines += ["", f"{criterion.id}  ({criterion.kind.replace('_', ' ')}, {need})", str(criterion.label())]
        data = index.as_json(criterion)
        if isinstance(data, dict):
            lines += _tree(
                {key: value for key, value in data.items() if key not in {"id", "labels", "required"}}, INDENT
            )
    return [*lines, "", "Warnings", *_tree(index.as_json(criteria.warnings), INDENT)]


def _tree(value: Json, indent: str) -> list[str]:
    """Return lines for JSON: short values beside their name, longer ones below it; flags and sources in words."""
    lines: list[str] = []
    for name, item in value.items() if isinstance(value, dict) else []:
        title = f"{indent}{name.replace('_', ' ')}"
        if item in (None, "", [], {}):
            continue
        if name == "verified":
            lines += [] if item else [f"{indent}not verified"]
        elif name == "source" and isinstance(item, dict):
            lines.append(f"{title}: {item['id']}")
        elif name == "labels" and isinstance(item, dict):
            lines.append(f"{indent}{item['en']}")
        elif isinstance(item, dict):
            lines += [f"{title}:", *_tree(item, indent + INDENT)]
        elif isinstance(item, list):
            lines += _list_lines(title, item, indent)
        else:
            lines.append(f"{title}: {_scalar(item)}")
    return lines


def _list_lines(title: str, items: list[Json], indent: str) -> list[str]:
    if all(isinstance(item, str) and len(item) <= SHORT for item in items):
        return [f"{title}: {', '.join(str(item) for item in items)}"]
    lines = [f"{title}:"]
    for item in items:
        block = _block(item, indent + INDENT * 2)
        lines += [f"{indent}{INDENT}- {block[0].strip()}", *block[1:]] if block else []
    return lines


def _block(item: Json, indent: str) -> list[str]:
    if not isinstance(item, dict):
        return [f"{indent}{item}"]
    if item.keys() == {"text", "verified"}:
        return [f"{indent}{item['text']}{'' if item['verified'] else '  (not verified)'}"]
    return _tree(item, indent)


def _scalar(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)

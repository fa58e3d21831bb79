"""`somec match`: find people of a file in an index, find duplicates in a file, train the model, rebuild the index."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from somec.cli import match_files, match_node
from somec.cli.matcherrors import told
from somec.kernel.errors import SomecError

ALONE: Final = frozenset({"duplicates", "rebuild", "transparency", "status", "follow", "warm"})
"""Sub-commands that need no file."""
_RUNS: Final = {
    "dedupe": match_files.dedupe, "train": match_files.train, "rebuild": match_files.rebuild,
    "transparency": match_files.transparency, "warm": match_files.warm, "status": match_node.status,
    "follow": match_node.follow, "duplicates": match_node.duplicates,
}  # fmt: skip
WORDS: Final = tuple(_RUNS)
FILE: Final = "FILE"
USED_BY: Final = {
    "against": {FILE, "rebuild"}, "index": {FILE}, "index_encoding": {FILE}, "top": {FILE}, "floor": {FILE},
    "language": {FILE}, "no_explain": {FILE}, "prior": {FILE}, "engine": {FILE}, "restart": {FILE},
    "processes": {FILE}, "threshold": {"dedupe"}, "out": {FILE, "dedupe", "train", "transparency"},
    "model": {FILE, "dedupe", "train", "transparency"}, "encoding": {FILE, "dedupe", "train", "rebuild"},
}  # fmt: skip
"""Which forms of the command an option means something to."""
EPILOG: Final = """\
forms:
  somec match FILE --index PEOPLE --out FILE      candidates for each row, from a throw-away index of another file
  somec match FILE --against FOLDER --out FILE    the same from an index that was made before
  somec match FILE --out FILE                     the same from the index of this node
  somec match dedupe FILE --out FILE              groups the rows that are one person
  somec match train FILE --out MODEL              estimates the model on national data (extra `train`)
  somec match rebuild FILE --against FOLDER       makes an index of a file
  somec match rebuild | status | follow           the index of this node: anew, how it stands, take what waits
  somec match duplicates                          likely duplicates among the files of this node
  somec match transparency [--out FILE]           what the model is and how it was made
  somec match warm                                compiles the kernels, so that no search waits for it

columns of a file of people (CSV with a header line, or Parquet):
  id, full_name or given_name + family_name, dob, sex, nationality, birthplace, document
  several values in one field are separated by `;`; other columns are left aside and named on standard error

what is written:
  query_id, candidate_id, rank, probability, bits, explanation; best first
  a query without candidates has one row with an empty candidate_id and the reason

An interrupted run is taken up by the same command. All columns, formats and errors: docs/reference/matching-files.md.
"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its sub-commands; `somec match FILE` is told from them by its first word."""
    match = subparsers.add_parser(
        "match", help="find people of a file in an index; find duplicates; train; rebuild",
        usage="somec match FILE [--index PEOPLE | --against INDEX-or-node] --out FILE [options]\n"
        "       somec match dedupe|train|rebuild|transparency|duplicates|status|follow|warm [FILE] [options]",
        description="Find the people of a file in an index, or duplicates within a file; look after the index.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    match.add_argument(
        "what", metavar="FILE | " + " | ".join(WORDS), help="a CSV or Parquet file of people, or a sub-command"
    )
    match.add_argument("file", nargs="?", type=Path, help="the file of a sub-command")
    _add_options(match)
    match.set_defaults(run=run, unset={name: match.get_default(name) for name in USED_BY})


def _add_options(match: argparse.ArgumentParser) -> None:
    add = match.add_argument
    add(
        "--against", metavar="INDEX-or-node",
        help=f"folder of an index, or `node` for the index of this node (default: ${match_files.INDEX_VARIABLE}, "
        "else `node`)",
    )  # fmt: skip
    add("--index", type=Path, metavar="FILE", help="search in a throw-away index of this CSV or Parquet file")
    add("--out", type=Path, metavar="FILE", help="where to write (CSV, or Parquet by its ending)")
    add("--top", type=int, default=10, metavar="N", help="candidates for each query (default 10)")
    add("--floor", type=float, metavar="P", help="leave out candidates less probable than this (default 1e-7)")
    add(
        "--threshold", type=float, metavar="P",
        help="dedupe: probability at which two rows are one person (default 0.35)",
    )  # fmt: skip
    add(
        "--prior", type=float, metavar="P",
        help="share of the queries whose person is in the index, between 0 and 1 (default: the model's)",
    )  # fmt: skip
    add("--model", type=Path, metavar="FILE", help="a model made by `somec match train` (default: the shipped one)")
    add("--language", choices=("en", "lv"), default="en", help="language of explanations")
    add(
        "--engine", choices=("local", "spark"), default="local",
        help="where to run; spark needs the extra `spark`, and the index folder on every worker",
    )  # fmt: skip
    add("--restart", action="store_true", help="begin anew instead of going on with an interrupted run")
    add("--no-explain", action="store_true", help="leave explanations out; faster")
    add("--encoding", default="utf-8", metavar="NAME", help="of FILE if it is CSV without a mark (default utf-8)")
    add("--index-encoding", default="utf-8", metavar="NAME", help="the same of the file of --index (default utf-8)")
    add("--processes", type=int, metavar="N", help="processes that share the work (default: all cores)")
    add("--quiet", action="store_true", help="no progress bar, no notes")


def run(chosen: argparse.Namespace) -> int:
    """Run what was asked; returns the exit status."""
    wrong = _misuse(chosen)
    if wrong:
        print(f"somec match: {wrong}", file=sys.stderr)
        return 2
    try:
        return _RUNS.get(chosen.what, match_files.match)(chosen)
    except SomecError as error:
        print(f"somec match: {told(error)}", file=sys.stderr)
        return 1


def _misuse(chosen: argparse.Namespace) -> str:
    """Say what is wrong with the options before any work is done; empty when nothing is. Notes what has no effect."""
    wrong = _miscalled(chosen) or _misnumbered(chosen) or _misplaced(chosen)
    if not wrong:
        _note_unused(chosen)
    return wrong


def _miscalled(chosen: argparse.Namespace) -> str:
    if chosen.what in WORDS and chosen.file is None and chosen.what not in ALONE:
        return f"somec match {chosen.what} needs a FILE"
    if chosen.what not in WORDS and chosen.file is not None:
        return f"{chosen.what} is no sub-command; these are: {', '.join(WORDS)}"
    if chosen.index is not None and chosen.against is not None:
        return "--index and --against are two places to search in; name one"
    return ""


def _misnumbered(chosen: argparse.Namespace) -> str:
    if chosen.top < 1 or (chosen.processes is not None and chosen.processes < 1):
        return "--top and --processes must be at least 1"
    for name in ("floor", "threshold"):
        share = getattr(chosen, name)
        if share is not None and not 0.0 <= share <= 1.0:
            return f"--{name} must be between 0 and 1"
    if chosen.prior is not None and not 0.0 < chosen.prior < 1.0:
        return "--prior must be above 0 and below 1: nobody knows beforehand that everybody, or nobody, is there"
    return ""


def _note_unused(chosen: argparse.Namespace) -> None:
    form = chosen.what if chosen.what in WORDS else FILE
    unused = [
        name for name, forms in USED_BY.items() if form not in forms and getattr(chosen, name) != chosen.unset[name]
    ]
    if unused and not chosen.quiet:
        options = ", ".join("--" + name.replace("_", "-") for name in unused)
        print(f"somec match {form}: {options}: not used here", file=sys.stderr)


def _misplaced(chosen: argparse.Namespace) -> str:
    """Say why the output cannot go where it was told to; empty when it can."""
    out: Path | None = chosen.out
    if out is None:
        needs = chosen.what in {"dedupe", "train"} or chosen.what not in WORDS
        return "--out FILE is needed" if needs else ""
    if out.is_dir():
        return f"--out {out} is a folder; name a file"
    if not out.absolute().parent.is_dir():
        return f"there is no folder {out.parent} to write into; make it first"
    inputs = [Path(chosen.what) if chosen.file is None else chosen.file, chosen.index, chosen.model]
    if out.exists() and any(one is not None and one.exists() and one.samefile(out) for one in inputs):
        return "--out would overwrite the file that is read"
    return ""

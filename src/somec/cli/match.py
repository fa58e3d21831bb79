"""`somec match`: find people of a file in an index, find duplicates in a file, train the model, rebuild the index."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from somec.cli import match_node
from somec.cli.matcherrors import told
from somec.kernel.errors import SomecError

if TYPE_CHECKING:
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.model import Model

INDEX_VARIABLE = "SOMEC_MATCH_INDEX"
WORDS = ("dedupe", "duplicates", "train", "rebuild", "transparency", "status", "follow", "warm")
ALONE = frozenset({"duplicates", "rebuild", "transparency", "status", "follow", "warm"})
"""Sub-commands that need no file."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its four sub-commands; `somec match FILE` is told from them by its first word."""
    match = subparsers.add_parser(
        "match", help="find people of a file in an index; find duplicates; train; rebuild",
        description="somec match FILE --against INDEX --out FILE | somec match dedupe FILE --out FILE | "
        "somec match train FILE --out MODEL | somec match rebuild [FILE] | somec match status | "
        "somec match follow | somec match duplicates | somec match transparency",
    )  # fmt: skip
    match.add_argument(
        "what",
        metavar="FILE | dedupe | duplicates | train | rebuild | status | follow | transparency",
        help="a CSV or Parquet file of people, or a sub-command",
    )
    match.add_argument("file", nargs="?", type=Path, help="the file of a sub-command")
    match.add_argument(
        "--against",
        metavar="INDEX-or-node",
        help=f"folder of an index, or `node` for the index of this node (default: ${INDEX_VARIABLE}, else `node`)",
    )
    match.add_argument(
        "--index", type=Path, metavar="FILE", help="search in a throw-away index of this CSV or Parquet file"
    )
    match.add_argument("--out", type=Path, metavar="FILE", help="where to write (CSV, or Parquet by its ending)")
    match.add_argument("--top", type=int, default=10, metavar="N", help="candidates for each query (default 10)")
    match.add_argument(
        "--floor", type=float, default=None, metavar="P", help="leave out candidates less probable than this"
    )
    match.add_argument(
        "--threshold",
        type=float,
        default=None,
        metavar="P",
        help="dedupe: probability at which two rows are one person",
    )
    match.add_argument(
        "--prior", type=float, default=None, metavar="P", help="share of queries whose person is in the index"
    )
    match.add_argument("--model", type=Path, metavar="FILE", help="a model made by `somec match train`")
    match.add_argument("--language", choices=("en", "lv"), default="en", help="language of explanations")
    match.add_argument("--engine", choices=("local", "spark"), default="local", help="where to run")
    match.add_argument("--restart", action="store_true", help="do not go on with an interrupted run")
    match.add_argument("--no-explain", action="store_true", help="leave explanations out; faster")
    match.add_argument("--encoding", default="utf-8", metavar="NAME", help="of CSV files (default utf-8)")
    match.add_argument(
        "--processes", type=int, default=None, metavar="N", help="processes that share the work (default: all cores)"
    )
    match.add_argument("--quiet", action="store_true", help="no progress bar")
    match.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Run what was asked; returns the exit status."""
    wrong = _misuse(chosen)
    if wrong:
        return _wrong(wrong)
    try:
        return _run(chosen)
    except SomecError as error:
        print(f"somec match: {told(error)}", file=sys.stderr)
        return 1


def _misuse(chosen: argparse.Namespace) -> str:
    """Say what is wrong with the options before any work is done; empty when nothing is."""
    if chosen.top < 1 or (chosen.processes is not None and chosen.processes < 1):
        return "--top and --processes must be at least 1"
    for name in ("floor", "threshold", "prior"):
        share = getattr(chosen, name)
        if share is not None and not 0.0 <= share <= 1.0:
            return f"--{name} must be between 0 and 1"
    return _misplaced(chosen) if chosen.out is not None else ""


def _misplaced(chosen: argparse.Namespace) -> str:
    """Say why the output cannot go where it was told to; empty when it can."""
    out: Path = chosen.out
    if out.is_dir():
        return f"--out {out} is a folder; name a file"
    if not out.absolute().parent.is_dir():
        return f"there is no folder {out.parent} to write into; make it first"
    inputs = [Path(chosen.what) if chosen.file is None else chosen.file, chosen.index]
    if out.exists() and any(one is not None and one.exists() and one.samefile(out) for one in inputs):
        return "--out would overwrite the file that is read"
    return ""


def _run(chosen: argparse.Namespace) -> int:
    if chosen.what in WORDS and not (chosen.file is None and chosen.what not in ALONE):
        return {
            "dedupe": _dedupe, "train": _train, "rebuild": _rebuild, "transparency": _transparency,
            "status": match_node.status, "follow": match_node.follow, "duplicates": match_node.duplicates,
            "warm": _warm,
        }[chosen.what](chosen)  # fmt: skip
    if chosen.what in WORDS:
        return _wrong(f"somec match {chosen.what} needs a FILE")
    return _match(chosen)


def _wrong(message: str) -> int:
    print(f"somec match: {message}", file=sys.stderr)
    return 2


def _model(chosen: argparse.Namespace) -> Model:
    from somec.persons.matching.model import load_model

    model = load_model(chosen.model)
    return model if chosen.prior is None else model.with_prior(chosen.prior)


@contextmanager
def _opened(chosen: argparse.Namespace, model: Model) -> Iterator[MatchIndex]:
    """Open the index asked for; a throw-away one lies in a folder of its own, so that all processes share it."""
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.tables import count_people, read_blocks

    if chosen.index is None:
        yield MatchIndex.open(_folder(chosen), model)
        return
    with tempfile.TemporaryDirectory(prefix="somec-match-") as folder:
        index = MatchIndex.create(Path(folder), model)
        with tqdm(total=count_people(chosen.index), unit=" people", desc="index", disable=_hidden(chosen)) as bar:
            index.rebuild(read_blocks(chosen.index, encoding=chosen.encoding), bar.update)
        yield index


def _folder(chosen: argparse.Namespace) -> Path:
    named = chosen.against or os.environ.get(INDEX_VARIABLE) or "node"
    if named != "node":
        return Path(named)
    from django.conf import settings

    folder: Path = settings.CONFIG.folder
    return folder / "match-index"


def _hidden(chosen: argparse.Namespace) -> bool:
    return bool(chosen.quiet) or not sys.stderr.isatty()


def _match(chosen: argparse.Namespace) -> int:
    from somec.persons.matching.batch import FLOOR, match_file
    from somec.persons.matching.tables import count_people

    file = Path(chosen.what)
    if chosen.out is None:
        return _wrong("--out FILE is needed")
    floor = FLOOR if chosen.floor is None else chosen.floor
    model = _model(chosen)
    if chosen.engine == "spark":
        from somec.persons.matching.spark import match_with_spark

        folder = None if chosen.index is not None else _folder(chosen)
        count = match_with_spark(
            file,
            chosen.out,
            people=chosen.index,
            folder=folder,
            model=model,
            top=chosen.top,
            floor=floor,
            language=chosen.language,
        )
    else:
        bar = tqdm(total=count_people(file), unit=" queries", desc="match", disable=_hidden(chosen))
        with _opened(chosen, model) as index, bar:
            count = match_file(
                file,
                index,
                chosen.out,
                top=chosen.top,
                floor=floor,
                language=chosen.language,
                resume=not chosen.restart,
                explain=not chosen.no_explain,
                progress=bar.update,
                processes=chosen.processes,
                encoding=chosen.encoding,
                against=_stamp(chosen.index),
            )
    print(f"{count} queries answered: {chosen.out}")
    return 0


def _stamp(file: Path | None) -> str:
    """Name what a throw-away index was made of, so that another run is not taken for the same."""
    if file is None or not file.exists():
        return ""
    state = file.stat()
    return f"{file.name} {state.st_size} {state.st_mtime_ns}"


def _dedupe(chosen: argparse.Namespace) -> int:
    from somec.persons.matching.cluster import dedupe_file

    if chosen.out is None:
        return _wrong("--out FILE is needed")
    with tqdm(unit=" people", desc="dedupe", disable=_hidden(chosen)) as bar:
        people, clusters = dedupe_file(
            chosen.file,
            chosen.out,
            _model(chosen),
            threshold=chosen.threshold,
            progress=bar.update,
            encoding=chosen.encoding,
        )
    print(f"{people} rows are {clusters} people: {chosen.out}")
    return 0


def _train(chosen: argparse.Namespace) -> int:
    from somec.persons.matching.training import train

    if chosen.out is None:
        return _wrong("--out FILE is needed")
    model = train(chosen.file, _model(chosen))
    model.save(chosen.out)
    print(f"model {model.digest()[:12]} of {model.made}: {chosen.out}")
    return 0


def _rebuild(chosen: argparse.Namespace) -> int:
    """From a file into the folder named by --against; without a file from this node's database."""
    if chosen.file is None:
        return match_node.rebuild(chosen)
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.tables import count_people, read_blocks

    folder = _folder(chosen)
    with tqdm(total=count_people(chosen.file), unit=" people", desc="rebuild", disable=_hidden(chosen)) as bar:
        people = MatchIndex.create(folder).rebuild(read_blocks(chosen.file, encoding=chosen.encoding), bar.update)
    print(f"{people} people in the index")
    return 0


def _warm(_chosen: argparse.Namespace) -> int:
    """Compile the kernels, so that no search waits for it."""
    from somec.persons.matching.warming import warm

    print(f"ready to search after {warm():.0f} s")
    return 0


def _transparency(chosen: argparse.Namespace) -> int:
    from somec.persons.matching.transparency import record

    text = record(_model(chosen))
    if chosen.out is None:
        print(text)
    else:
        chosen.out.write_text(text, encoding="utf-8")
    return 0

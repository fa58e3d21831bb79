"""``somec match FILE``, ``dedupe``, ``train``, ``rebuild FILE``, ``transparency``, ``warm``: these need no node."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tqdm import tqdm

from somec.cli import match_node

if TYPE_CHECKING:
    from somec.persons.matching.batch import Engine
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.model import Model

INDEX_VARIABLE: Final = "SOMEC_MATCH_INDEX"


def match(chosen: argparse.Namespace) -> int:
    """Write the candidates of each row of a file."""
    from somec.persons.matching.batch import FLOOR, match_file
    from somec.persons.matching.tables import count_people

    file = Path(chosen.what)
    _tell_columns(chosen, file, chosen.encoding)  # before an index is built for a file that cannot be read
    model = _model(chosen)
    bar = tqdm(total=count_people(file), unit=" queries", desc="match", disable=_hidden(chosen))
    with _opened(chosen, model) as index, bar:
        count = match_file(
            file, index, chosen.out, top=chosen.top, floor=FLOOR if chosen.floor is None else chosen.floor,
            language=chosen.language, resume=not chosen.restart, explain=not chosen.no_explain, progress=bar.update,
            processes=chosen.processes, encoding=chosen.encoding, against=_stamp(chosen.index), engine=_engine(chosen),
        )  # fmt: skip
    print(f"{count} queries answered: {chosen.out}")
    return 0


def _engine(chosen: argparse.Namespace) -> Engine | None:
    if chosen.engine == "local":
        return None
    from somec.persons.matching.spark import spark_answers

    return spark_answers


def dedupe(chosen: argparse.Namespace) -> int:
    """Write which rows of a file are one person."""
    from somec.persons.matching.cluster import dedupe_file

    _tell_columns(chosen, chosen.file, chosen.encoding)
    with tqdm(unit=" people", desc="dedupe", disable=_hidden(chosen)) as bar:
        people, clusters = dedupe_file(
            chosen.file, chosen.out, _model(chosen), threshold=chosen.threshold, progress=bar.update,
            encoding=chosen.encoding,
        )  # fmt: skip
    print(f"{people} rows are {clusters} people: {chosen.out}")
    return 0


def train(chosen: argparse.Namespace) -> int:
    """Write a model whose weights of dates and sex are estimated on a file."""
    from somec.persons.matching.training import train as estimated

    _tell_columns(chosen, chosen.file, chosen.encoding)
    model = estimated(chosen.file, _model(chosen), chosen.encoding)
    _put(chosen.out, model.save)
    print(f"model {model.digest()[:12]} of {model.made}: {chosen.out}")
    return 0


def rebuild(chosen: argparse.Namespace) -> int:
    """Build an index from a file into the folder named by --against; without a file from this node's database."""
    if chosen.file is None:
        return match_node.rebuild(chosen)
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.tables import count_people, read_index

    named = chosen.against or os.environ.get(INDEX_VARIABLE)
    if named is None or named == "node" or match_node.is_a_nodes(Path(named)):
        print(
            "somec match: name the folder of the new index with --against; the index of a node is made of its own "
            "database, by `somec match rebuild` without a file", file=sys.stderr,
        )  # fmt: skip
        return 2
    _tell_columns(chosen, chosen.file, chosen.encoding)
    with tqdm(total=count_people(chosen.file), unit=" people", desc="rebuild", disable=_hidden(chosen)) as bar:
        people = MatchIndex.create(Path(named)).rebuild(read_index(chosen.file, chosen.encoding), bar.update)
    print(f"{people} people in the index")
    return 0


def warm(_chosen: argparse.Namespace) -> int:
    """Compile the kernels, so that no search waits for it."""
    from somec.persons.matching.warming import warm as compile_all

    print(f"ready to search after {compile_all():.0f} s")
    return 0


def transparency(chosen: argparse.Namespace) -> int:
    """Print or write what the model is and how it was made."""
    from somec.persons.matching.transparency import record

    text = record(_model(chosen))
    if chosen.out is None:
        print(text)
    else:
        _put(chosen.out, lambda beside: beside.write_text(text, encoding="utf-8"))
    return 0


def _put(out: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then put it there: what stood there stays where writing fails."""
    from somec.persons.matching.errors import IndexStorage

    beside = out.with_name(out.name + ".new")
    try:
        write(beside)
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise IndexStorage("matching.output.not_written", reason=error.strerror or type(error).__name__) from error


def _model(chosen: argparse.Namespace) -> Model:
    from somec.persons.matching.model import load_model

    model = load_model(chosen.model)
    return model if chosen.prior is None else model.with_prior(chosen.prior)


@contextmanager
def _opened(chosen: argparse.Namespace, model: Model) -> Iterator[MatchIndex]:
    """Open the index asked for; a throw-away one lies in a folder of its own, so that all processes share it."""
    if chosen.index is None:
        from somec.persons.matching.index import MatchIndex

        named = chosen.against or os.environ.get(INDEX_VARIABLE) or "node"
        yield MatchIndex.open(Path(named) if named != "node" else match_node.followed(), model)
        return
    _tell_columns(chosen, chosen.index, chosen.index_encoding)
    from somec.persons.matching.index import MatchIndex
    from somec.persons.matching.tables import count_people, read_index

    with tempfile.TemporaryDirectory(prefix="somec-match-") as folder:
        index = MatchIndex.create(Path(folder), model)
        with tqdm(total=count_people(chosen.index), unit=" people", desc="index", disable=_hidden(chosen)) as bar:
            index.rebuild(read_index(chosen.index, chosen.index_encoding), bar.update)
        yield index


def _tell_columns(chosen: argparse.Namespace, file: Path, encoding: str) -> None:
    """Name the columns that are read and those that are not: a misspelled one must not vanish unseen."""
    from somec.persons.matching.tables import header_of

    header = header_of(file, encoding)
    if chosen.quiet:
        return
    read = ", ".join(
        ours if ours == theirs.strip() else f"{theirs.strip()[:40]} as {ours}" for ours, theirs in header.read.items()
    )
    ignored = ", ".join(name.strip()[:40] for name in header.ignored)
    print(f"{file.name}: reads {read}{f'; not used: {ignored}' if ignored else ''}", file=sys.stderr)


def _hidden(chosen: argparse.Namespace) -> bool:
    return bool(chosen.quiet) or not sys.stderr.isatty()


def _stamp(file: Path | None) -> str:
    """Name what a throw-away index was made of, so that another run is not taken for the same."""
    if file is None or not file.exists():
        return ""
    state = file.stat()
    return f"{file.name} {state.st_size} {state.st_mtime_ns}"

"""Many queries at once: a file of people in, a file of candidates out.

Answers are written in the order of the queries. The output grows in whole blocks, and a small file beside it says how
far it came and what it was made from, so that an interrupted run goes on
where it stopped; Parquet is written from that at the end.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import pyarrow as pa

from somec.persons.matching.answer import Answer
from somec.persons.matching.dates import parse_date
from somec.persons.matching.errors import IndexStorage, OtherRun
from somec.persons.matching.explain import explanation
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.model import Model
from somec.persons.matching.outputs import as_csv, finish
from somec.persons.matching.reasons import NOT_READ, reason_of
from somec.persons.matching.records import PersonRecord
from somec.persons.matching.tables import RowBlock, people_of, read_blocks
from somec.persons.matching.workers import Workers, available_cores

COLUMNS: Final = ("query_id", "candidate_id", "rank", "probability", "bits", "explanation")
BLOCK: Final = 200
"""Queries answered between two durable writes."""
ALONE: Final = 4
"""Blocks up to which one process is as quick as several, which have to start."""
TYPES: Final = {
    "query_id": pa.string(),
    "candidate_id": pa.string(),
    "rank": pa.int32(),
    "probability": pa.float64(),
    "bits": pa.float64(),
    "explanation": pa.string(),
}
"""The columns of an output in Parquet."""
FLOOR: Final = 1e-7
"""Candidates less probable are left out of a batch; what is shown is for a person to judge, so the bar is low."""

Row = tuple[str, str, str, str, str, str]


def rows_of(query: PersonRecord, answer: Answer, language: str = "en") -> list[Row]:
    """The rows of one query; a query without candidates has one row with an empty candidate and the reason.

    A date of birth that could not be read is told in every row: nothing is dropped silently.
    """
    unread = NOT_READ[language] if any(parse_date(text) is None for text in query.birth_dates) else ""
    if not answer.candidates:
        return [(query.id, "", "", "", "", "; ".join(filter(None, (reason_of(answer, language), unread))))]
    return [
        (
            query.id,
            one.id,
            str(one.rank),
            f"{one.probability:.7g}",
            f"{one.bits:.2f}",
            "; ".join(filter(None, (unread, "tied" if one.tied else "", explanation(one.evidence, language)))),
        )
        for one in answer.candidates
    ]


class Options(NamedTuple):
    """What is asked of every query."""

    top: int
    floor: float
    language: str
    explain: bool


Engine = Callable[[Iterable[RowBlock], MatchIndex, Options], Iterator[tuple[int, bytes]]]
"""For each block of rows how many queries it has and their answers as CSV, in order."""


def match_file(
    file: Path,
    index: MatchIndex,
    out: Path,
    *,
    top: int = 10,
    floor: float = FLOOR,
    language: str = "en",
    resume: bool = True,
    explain: bool = True,
    progress: Callable[[int], None] | None = None,
    processes: int | None = None,
    encoding: str = "utf-8",
    against: str = "",
    engine: Engine | None = None,
) -> int:
    """Answer every query of `file` against `index`, write `out` (CSV, or Parquet by its ending).

    Returns how many queries were answered in this run.

    With `resume`, a run that was stopped goes on after the last block it wrote; OtherRun when file, index, model or
    options are not the same, and when another process is writing this output. `processes` (all cores if None) share
    the index where it is in a folder. `against` names what a throw-away index was made of. `engine` answers the blocks
    elsewhere than on this machine's cores.
    """
    options = Options(top, floor, language, explain)
    work = engine if engine is not None else partial(answers, processes=processes)
    try:
        with _growing(out) as run:
            done = run.begin(_identity(file, index, options, encoding, against), resume=resume)
            if progress is not None and done:
                progress(done)
            answered = 0
            for count, rows in work(read_blocks(file, done, encoding, BLOCK), index, options):
                answered += count
                run.write(rows, done + answered)
                if progress is not None:
                    progress(count)
            run.end()
    except OSError as error:
        raise IndexStorage("matching.output.not_written", reason=error.strerror or type(error).__name__) from error
    return answered


def answers(
    blocks: Iterable[RowBlock], index: MatchIndex, options: Options, processes: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """For each block how many queries it has and their rows as CSV, in order.

    On several processes where the index lies in a folder and there is enough to do.
    """
    rest = iter(blocks)
    first = list(islice(rest, ALONE + 1))
    count = available_cores() if processes is None else processes
    if index.folder is None or count < 2 or len(first) <= ALONE:
        for block in chain(first, rest):
            yield _answered(block, index, options)
        return
    opening = Opening(str(index.folder.resolve()), index.model, options)
    with Workers(count) as workers:
        yield from workers.map(partial(answered_there, opening), chain(first, rest))


class Opening(NamedTuple):
    """What a worker has to open."""

    folder: str
    model: Model
    options: Options


_opened: dict[tuple[str, str], MatchIndex] = {}


def answered_there(opening: Opening, block: RowBlock) -> tuple[int, bytes]:
    """The answers of a block in a process that shares the work; it opens the index at its first block."""
    key = opening.folder, opening.model.digest()
    index = _opened.get(key)
    if index is None:
        index = _opened[key] = MatchIndex.open(Path(opening.folder), opening.model)
    return _answered(block, index, opening.options)


def _answered(block: RowBlock, index: MatchIndex, options: Options) -> tuple[int, bytes]:
    rows = [
        row
        for query in people_of(block)
        for row in rows_of(
            query,
            index.search(query, top=options.top, floor=options.floor, explain=options.explain),
            options.language,
        )
    ]
    return len(block), as_csv(rows)


Identity = dict[str, list[str | int | float]]


def _identity(file: Path, index: MatchIndex, options: Options, encoding: str, against: str) -> Identity:
    """What must be the same for a run to go on: the file as it was, the index, the model, the options."""
    state = file.stat() if file.exists() else None
    return {
        "file": [file.name, state.st_size if state else 0, state.st_mtime_ns if state else 0, encoding],
        "index": [against or str(index.status()["made"]), len(index)],
        "model": [index.model.digest()],
        "options": list(options),
    }


class _Run:
    """An output that grows beside its place, and how far it came."""

    def __init__(self, out: Path, handle: BinaryIO) -> None:
        self._out, self._handle = out, handle
        self._growing, self._state = _beside(out)
        self._identity: Identity = {}

    def begin(self, identity: Identity, *, resume: bool) -> int:
        """Go on with the run that lies there, or begin anew; returns how many queries are answered already."""
        done, end = _resumed(self._state, self._growing, identity) if resume else (0, 0)
        if not end:
            self._state.unlink(missing_ok=True)
        self._identity = identity
        self._handle.truncate(end)
        self._handle.seek(end)
        if not end:
            self._handle.write(as_csv([COLUMNS]))
        return done

    def write(self, rows: bytes, done: int) -> None:
        """Add the answers of a block, durable when this returns."""
        self._handle.write(rows)
        self._handle.flush()
        os.fsync(self._handle.fileno())
        _save(self._state, {"identity": self._identity, "done": done, "end": self._handle.tell()})

    def end(self) -> None:
        """Put the complete output in its place."""
        self._handle.flush()
        os.fsync(self._handle.fileno())
        finish(self._growing, self._out, TYPES)
        self._state.unlink(missing_ok=True)


def _beside(out: Path) -> tuple[Path, Path]:
    return out.with_name(out.name + ".part"), out.with_name(out.name + ".state")


@contextmanager
def _growing(out: Path) -> Iterator[_Run]:
    """Hold the output of one run; OtherRun while another process does. Nothing is left where nothing was answered."""
    growing, state = _beside(out)
    with growing.open("ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OtherRun("matching.run.busy") from error
        with growing.open("r+b") as writing:
            try:
                yield _Run(out, writing)
            finally:
                if not state.exists():
                    growing.unlink(missing_ok=True)


def _resumed(state: Path, growing: Path, identity: Identity) -> tuple[int, int]:
    """How many queries are answered and where their rows end; nothing when there is no run to go on with."""
    try:
        saved = json.loads(state.read_text(encoding="utf-8"))
        before, done, end = saved["identity"], int(saved["done"]), int(saved["end"])
        if not growing.is_file() or growing.stat().st_size < end:
            return 0, 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0
    if not isinstance(before, dict) or before != identity:
        changed = [name for name in identity if not isinstance(before, dict) or before.get(name) != identity[name]]
        raise OtherRun("matching.run.other", changed=" ".join(changed), done=done)
    return done, end


def _save(state: Path, content: dict[str, object]) -> None:
    beside = state.with_name(state.name + ".new")
    beside.write_text(json.dumps(content), encoding="utf-8")
    beside.replace(state)

"""Many queries at once: a file of people in, a file of candidates out.

Answers are written in the order of the queries. The output grows in whole blocks, and a small file beside it says how
far it came and what it was made from, so that an interrupted run goes on
where it stopped; Parquet is written from that at the end.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from somec.persons.matching.answer import Answer
from somec.persons.matching.dates import parse_date
from somec.persons.matching.errors import IndexStorage, OtherRun
from somec.persons.matching.explain import explanation
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.model import Model
from somec.persons.matching.records import PersonRecord
from somec.persons.matching.tables import RowBlock, people_of, read_blocks
from somec.persons.matching.workers import Workers, available_cores

COLUMNS: Final = ("query_id", "candidate_id", "rank", "probability", "bits", "explanation")
BLOCK: Final = 200
"""Queries answered between two durable writes."""
ALONE: Final = 4
"""Blocks up to which one process is as quick as several, which have to start."""
FLOOR: Final = 1e-7
"""Candidates less probable are left out of a batch; what is shown is for a person to judge, so the bar is low."""

NOT_READ: Final = {"en": "date of birth not understood; ", "lv": "dzimšanas datums nav saprasts; "}

Row = tuple[str, str, str, str, str, str]


def rows_of(query: PersonRecord, answer: Answer, language: str = "en") -> list[Row]:
    """The rows of one query; a query without candidates has one row with an empty candidate and the reason.

    A date of birth that could not be read is told in every row: nothing is dropped silently.
    """
    unread = NOT_READ[language] if any(parse_date(text) is None for text in query.birth_dates) else ""
    if not answer.candidates:
        reason = " ".join((answer.outcome.value, *answer.reasons))
        return [(query.id, "", "", "", "", f"{reason}; {unread}".rstrip("; "))]
    tie = {True: "tied; ", False: ""}
    return [
        (
            query.id,
            one.id,
            str(one.rank),
            f"{one.probability:.7g}",
            f"{one.bits:.2f}",
            unread + tie[one.tied] + explanation(one.evidence, language),
        )
        for one in answer.candidates
    ]


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
) -> int:
    """Answer every query of `file` against `index`, write `out` (CSV, or Parquet by its ending).

    Returns how many queries were answered in this run.

    With `resume`, a run that was stopped goes on after the last block it wrote; OtherRun when file, index, model or
    options are not the same. `processes` (all cores if None) share the index where it is in a folder. `against` names
    what the index was made of, for an index without folder.
    """
    growing = out.with_name(out.name + ".part")
    state = out.with_name(out.name + ".state")
    options = Options(top, floor, language, explain)
    identity = _identity(file, index, options, encoding, against)
    done, end = _resumed(state, growing, identity) if resume else (0, 0)
    if progress is not None and done:
        progress(done)
    answered = 0
    try:
        with growing.open("r+b" if end else "wb") as handle:
            handle.truncate(end)
            handle.seek(end)
            if not end:
                handle.write(_encoded([COLUMNS]))
            for count, rows in answers(read_blocks(file, done, encoding, BLOCK), index, options, processes):
                handle.write(rows)
                handle.flush()
                os.fsync(handle.fileno())
                answered += count
                _save(state, {"identity": identity, "done": done + answered, "end": handle.tell()})
                if progress is not None:
                    progress(count)
        _finish(growing, out)
        state.unlink(missing_ok=True)
    except OSError as error:
        raise IndexStorage("matching.output.not_written", reason=error.strerror or type(error).__name__) from error
    return answered


class Options(NamedTuple):
    """What is asked of every query."""

    top: int
    floor: float
    language: str
    explain: bool


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
        yield from workers.map(partial(_answered_there, opening), chain(first, rest))


class Opening(NamedTuple):
    """What a worker has to open."""

    folder: str
    model: Model
    options: Options


_opened: dict[str, MatchIndex] = {}


def _answered_there(opening: Opening, block: RowBlock) -> tuple[int, bytes]:
    index = _opened.get(opening.folder)
    if index is None:
        index = _opened[opening.folder] = MatchIndex.open(Path(opening.folder), opening.model)
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
    return len(block), _encoded(rows)


def _encoded(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


Identity = dict[str, list[str | int | float]]


def _identity(file: Path, index: MatchIndex, options: Options, encoding: str, against: str) -> Identity:
    """What must be the same for a run to go on: the file as it was, the index, the model, the options."""
    state = file.stat() if file.exists() else None
    return {
        "file": [file.name, state.st_size if state else 0, state.st_mtime_ns if state else 0, encoding],
        "index": [against, len(index)],
        "model": [index.model.digest()],
        "options": list(options),
    }


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


def _finish(growing: Path, out: Path) -> None:
    if out.suffix.lower() not in {".parquet", ".pq"}:
        growing.replace(out)
        return
    types = {
        "query_id": pa.string(),
        "candidate_id": pa.string(),
        "rank": pa.int32(),
        "probability": pa.float64(),
        "bits": pa.float64(),
        "explanation": pa.string(),
    }
    options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    with pyarrow.csv.open_csv(growing, convert_options=options, parse_options=parse) as reader:
        beside = out.with_name(out.name + ".new")
        with pq.ParquetWriter(beside, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
        beside.replace(out)
    growing.unlink()

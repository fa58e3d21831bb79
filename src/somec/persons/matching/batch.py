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
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from somec.persons.matching.answer import Answer
from somec.persons.matching.errors import IndexStorage
from somec.persons.matching.explain import explanation
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.records import PersonRecord
from somec.persons.matching.tables import read_people

COLUMNS: Final = ("query_id", "candidate_id", "rank", "probability", "bits", "explanation")
BLOCK: Final = 200
"""Queries answered between two durable writes."""
FLOOR: Final = 1e-7
"""Candidates less probable are left out of a batch; what is shown is for a person to judge, so the bar is low."""

Row = tuple[str, str, str, str, str, str]


def rows_of(query: PersonRecord, answer: Answer, language: str = "en") -> list[Row]:
    """The rows of one query; a query without candidates has one row with an empty candidate and the reason."""
    if not answer.candidates:
        return [(query.id, "", "", "", "", " ".join((answer.outcome.value, *answer.reasons)))]
    tie = {True: "tied; ", False: ""}
    return [
        (
            query.id,
            one.id,
            str(one.rank),
            f"{one.probability:.7g}",
            f"{one.bits:.2f}",
            tie[one.tied] + explanation(one.evidence, language),
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
) -> int:
    """Answer every query of `file` against `index`, write `out` (CSV, or Parquet by its ending).

    Returns how many queries were answered in this run.

    With `resume`, a run that was stopped goes on after the last block it wrote, when file, model and options are the
    same.
    """
    growing = out.with_name(out.name + ".part")
    state = out.with_name(out.name + ".state")
    identity = _identity(file, index, top, floor, language)
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
            for block in _blocks(read_people(file, skip=done)):
                rows = [
                    row
                    for query in block
                    for row in rows_of(query, index.search(query, top=top, floor=floor, explain=explain), language)
                ]
                handle.write(_encoded(rows))
                handle.flush()
                os.fsync(handle.fileno())
                answered += len(block)
                _save(state, {"identity": identity, "done": done + answered, "end": handle.tell()})
                if progress is not None:
                    progress(len(block))
        _finish(growing, out)
        state.unlink(missing_ok=True)
    except OSError as error:
        raise IndexStorage("matching.output.not_written", reason=error.strerror or type(error).__name__) from error
    return answered


def _blocks(records: Iterable[PersonRecord]) -> Iterator[list[PersonRecord]]:
    iterator = iter(records)
    while block := list(islice(iterator, BLOCK)):
        yield block


def _encoded(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _identity(file: Path, index: MatchIndex, top: int, floor: float, language: str) -> list[str | int | float]:
    """What must be the same for a run to go on: the file as it was, the model, the number of people, the options."""
    state = file.stat() if file.exists() else None
    return [
        file.name,
        state.st_size if state else 0,
        state.st_mtime_ns if state else 0,
        index.model.digest(),
        len(index),
        top,
        floor,
        language,
    ]


def _resumed(state: Path, growing: Path, identity: list[str | int | float]) -> tuple[int, int]:
    try:
        saved = json.loads(state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0, 0
    if saved.get("identity") != identity or not growing.is_file() or growing.stat().st_size < saved["end"]:
        return 0, 0
    return int(saved["done"]), int(saved["end"])


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

"""Beyond one machine: the same kernel and model inside PySpark, query by partition.

Needs the extra `spark` and the index folder on every worker.

Each worker opens the index once (memory-mapped, so tasks on one machine share it) and answers its part of the queries
with exactly the code of the local engine.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from somec.persons.matching.batch import COLUMNS, FLOOR, Row, rows_of
from somec.persons.matching.errors import BadTable, IndexStorage
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.model import Model, load_model
from somec.persons.matching.records import PersonRecord
from somec.persons.matching.tables import read_people

MASTER_VARIABLE: Final = "SOMEC_SPARK_MASTER"
QUERIES_A_PARTITION: Final = 2_000

_open: dict[tuple[str, str], MatchIndex] = {}


def match_with_spark(
    file: Path,
    out: Path,
    *,
    people: Path | None,
    folder: Path | None,
    model: Model,
    top: int = 10,
    floor: float = FLOOR,
    language: str = "en",
) -> int:
    """Answer every query of `file` on Spark and write `out` as CSV in the order of the queries; returns how many.

    One of `people` (a file to index) and `folder` (an index) is given.

    The cluster is `SOMEC_SPARK_MASTER`, else all cores of this machine.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise BadTable("matching.spark.not_installed", extra="spark") from error
    with tempfile.TemporaryDirectory(prefix="somec-match-") as scratch:
        if people is not None:
            folder = Path(scratch) / "index"
            MatchIndex.create(folder).rebuild(read_people(people))
        chosen = Path(scratch) / "model.json"
        model.save(chosen)
        place, numbers = str(folder), chosen.read_text(encoding="utf-8")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers need the interpreter that has somec
        builder = SparkSession.builder.master(os.environ.get(MASTER_VARIABLE, "local[*]")).appName("somec match")
        session = builder.config("spark.ui.enabled", "false").getOrCreate()
        try:
            queries = list(read_people(file))
            parts = max(1, -(-len(queries) // QUERIES_A_PARTITION))
            answered = session.sparkContext.parallelize(list(enumerate(queries)), parts).mapPartitions(
                lambda part: _answered(part, place, numbers, top, floor, language)
            )
            count = _written(answered.toLocalIterator(), out)
        finally:
            session.stop()
    return count


def _answered(
    queries: Iterable[tuple[int, PersonRecord]], folder: str, numbers: str, top: int, floor: float, language: str
) -> Iterator[list[Row]]:
    index = _opened(folder, numbers)
    for _, query in queries:
        yield rows_of(query, index.search(query, top=top, floor=floor), language)


def _opened(folder: str, numbers: str) -> MatchIndex:
    known = _open.get((folder, numbers))
    if known is None:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as handle:
            handle.write(numbers)
            handle.flush()
            known = _open[folder, numbers] = MatchIndex.open(Path(folder), load_model(Path(handle.name)))
    return known


def _written(blocks: Iterator[Any], out: Path) -> int:
    beside, count = out.with_name(out.name + ".new"), 0
    try:
        with beside.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(COLUMNS)
            for rows in blocks:
                writer.writerows(rows)
                count += 1
        beside.replace(out)
    except OSError as error:
        raise IndexStorage("matching.output.not_written", reason=error.strerror) from error
    return count

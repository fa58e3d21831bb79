"""Beyond one machine: the same kernel and model inside PySpark, block by block.

Needs the extra `spark` and the index folder on every worker. Each worker opens the index once (memory-mapped, so tasks
on one machine share it) and answers its blocks with exactly the code of the local engine, which also reads the file and
writes the output: a stopped run goes on, and memory stays constant.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Final

from somec.persons.matching.batch import Opening, Options, answered_there
from somec.persons.matching.errors import BadTable, IndexMissing, WorkerLost
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.tables import RowBlock

MASTER_VARIABLE: Final = "SOMEC_SPARK_MASTER"
TASKS_A_CORE: Final = 4
"""Blocks of one job for each core of the cluster: enough to keep all busy, few enough for the driver's memory."""


def spark_answers(blocks: Iterable[RowBlock], index: MatchIndex, options: Options) -> Iterator[tuple[int, bytes]]:
    """An engine for `batch.match_file`: the answers of each block, in order, worked out on a cluster.

    The cluster is `SOMEC_SPARK_MASTER`, else all cores of this machine. Raises BadTable where Spark is not installed,
    WorkerLost where it cannot do the work: the index folder is not on every worker, or a worker died.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise BadTable("matching.spark.not_installed", extra="spark") from error
    if index.folder is None:
        raise IndexMissing("matching.index.in_memory")
    opening = Opening(str(index.folder.resolve()), index.model, options)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers need the interpreter that has somec
    builder = SparkSession.builder.master(os.environ.get(MASTER_VARIABLE, "local[*]")).appName("somec match")
    rest = iter(blocks)
    try:
        session = builder.config("spark.ui.enabled", "false").getOrCreate()
        try:
            context = session.sparkContext
            while some := list(islice(rest, TASKS_A_CORE * max(1, context.defaultParallelism))):
                yield from context.parallelize(some, len(some)).map(partial(answered_there, opening)).collect()
        finally:
            session.stop()
    except (Py4JError, PySparkException) as error:
        raise WorkerLost("matching.spark.failed", reason=type(error).__name__) from error

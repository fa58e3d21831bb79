"""Other ways to find a person, as their users run them, on the same people and the same queries in the same run.

Each peer gets the same romanised text (ICU `Any-Latin; Latin-ASCII`). Peers that are not installed beside somec are
looked for in the folder SOMEC_BENCH_PEERS (a `site-packages` of another
environment), so that measuring them never changes what the product runs on; splink 4 runs there in a process of its
own.
"""

# ruff: noqa: E501 - the script that runs in the peer's own environment is kept as it is run

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import icu
import numpy as np

from bench.people import Made

_ASCII = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII; Lower")
Found = list[tuple[str, float]]
SPLINK_SECONDS = 600
"""After which splink is left out of the table."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer: its name, how it answers one query with (id, score) best first, and how many queries it is given (slow
    ones get fewer)."""

    name: str
    ask: Callable[[Made], Found]
    queries: int
    note: str = ""


def imported(name: str) -> ModuleType | None:
    """A module from here or from the folder of peers; None where it is not installed."""
    folder = os.environ.get("SOMEC_BENCH_PEERS")
    if folder and folder not in sys.path:
        sys.path.append(folder)
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def roman(name: str) -> str:
    """The text every peer gets."""
    return str(_ASCII.transliterate(name)).replace("'", "")


def brute_force(people: list[Made]) -> Peer:
    """Every record by Jaro-Winkler of sorted words, with a bonus for the date."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    names = [" ".join(sorted(roman(one.full_name).split())) for one in people]
    dates = np.array([one.dob for one in people])

    def ask(query: Made) -> Found:
        text = " ".join(sorted(roman(query.full_name).split()))
        scores = process.cdist([text], names, scorer=JaroWinkler.similarity, dtype=np.float32)[0]
        if query.dob:
            scores = scores + 0.2 * (dates == query.dob)
        best = np.argpartition(-scores, 10)[:10]
        return [(people[i].id, float(scores[i])) for i in best[np.argsort(-scores[best])]]

    return Peer("rapidfuzz brute force", ask, 60)


def tantivy_trigrams(people: list[Made]) -> Peer | None:
    """BM25 over trigrams of the name and the parts of the date: the best off the shelf."""
    tantivy = imported("tantivy")
    if tantivy is None:
        return None
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("grams", stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("row", stored=True, indexed=False)
    index = tantivy.Index(builder.build())
    writer = index.writer(300_000_000, 1)
    for row, one in enumerate(people):
        writer.add_document(tantivy.Document(grams=" ".join(_terms(one)), row=row))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(query: Made) -> Found:
        hits = searcher.search(index.parse_query(" ".join(_terms(query)), ["grams"]), 50).hits
        return [(people[searcher.doc(address)["row"][0]].id, float(score)) for score, address in hits]

    return Peer("tantivy trigram + date terms", ask, 2000, "its score is no probability")


def _terms(one: Made) -> list[str]:
    terms = []
    for word in roman(one.full_name).replace("-", " ").split():
        bare = "".join(character for character in word if character.isalnum())
        marked = f"0{bare}1"
        terms += [marked[start : start + 3] for start in range(len(marked) - 2)]
    if one.dob:
        terms.append("y" + one.dob[:4])
    if len(one.dob) == 10:
        low, high = sorted((one.dob[5:7], one.dob[8:]))
        terms += ["d" + one.dob.replace("-", ""), "m" + low + high, "n" + one.dob[:7].replace("-", "")]
    return terms


def nomenklatura(people: list[Made], retrieve: Peer, name: str) -> Peer | None:
    """yente's shape: candidates from a text index, scored by logic-v1 or logic-v2."""
    matching, entity = imported("nomenklatura.matching"), imported("followthemoney")
    if matching is None or entity is None:
        return None
    algorithm = matching.get_algorithm(name)
    config = algorithm.default_config()
    known = {one.id: one for one in people}

    def proxy(one: Made) -> object:
        values = {"name": [one.full_name]} | {
            key: [value]
            for key, value in (
                ("birthDate", one.dob),
                ("gender", {"M": "male", "F": "female"}.get(one.sex, "")),
                ("nationality", one.nationality.lower()),
            )
            if value
        }
        return entity.model.get_proxy({"id": one.id, "schema": "Person", "properties": values})

    def ask(query: Made) -> Found:
        asked = proxy(query)
        scored = [
            (identity, float(algorithm.compare(asked, proxy(known[identity]), config).score))
            for identity, _ in retrieve.ask(query)
        ]
        return sorted(scored, key=lambda one: -one[1])

    return Peer(f"the same 50 + nomenklatura {name}", ask, 150)


_SPLINK = """
import json, logging, sys, time, warnings
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
import pandas as pd, pyarrow as pa, pyarrow.parquet as pq, splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
people, queries = pd.read_parquet(sys.argv[1]), pq.read_table(sys.argv[2])
rules = [block_on("family"), block_on("given", "dob"), block_on("dob", "substr(family,1,2)"), block_on("substr(family,1,4)", "substr(given,1,2)"), block_on("given", "substr(dob,1,4)"),
         block_on("substr(dob,1,4)", "substr(family,1,3)"), block_on("dob", "substr(given,1,2)"), block_on("substr(dob,6,5)", "substr(family,1,3)")]
settings = SettingsCreator(link_type="dedupe_only", unique_id_column_name="id", blocking_rules_to_generate_predictions=rules, comparisons=[
    cl.JaroWinklerAtThresholds("given", [0.9, 0.8]).configure(term_frequency_adjustments=True), cl.JaroWinklerAtThresholds("family", [0.9, 0.8]).configure(term_frequency_adjustments=True),
    cl.DamerauLevenshteinAtThresholds("dob", [1, 2]), cl.ExactMatch("sex")])
linker = Linker(people, settings, db_api=DuckDBAPI())
linker.training.estimate_probability_two_random_records_match([block_on("given", "family", "dob")], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("family", "substr(given,1,1)"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
for column in ("given", "family"):
    linker.table_management.compute_tf_table(column)  # without it the weight of a new record is null
found = []
for row, record in enumerate(queries.to_pylist()):
    asked = queries.slice(row, 1).cast(pa.schema([(name, pa.string()) for name in queries.column_names]))  # a lone None has no type
    start = time.perf_counter()
    answer = linker.inference.find_matches_to_new_records(asked, blocking_rules=rules, match_weight_threshold=-20).as_pandas_dataframe()
    spent = time.perf_counter() - start
    answer = answer.sort_values("match_weight", ascending=False).head(10)
    left, right = answer["id_l"].tolist(), answer["id_r"].tolist()
    found.append([spent, [[a if a != record["id"] else b, w] for a, b, w in zip(left, right, answer["match_weight"].tolist())]])
print(json.dumps(found))
"""


def splink_answers(people: list[Made], queries: list[Made]) -> list[tuple[float, Found]] | None:
    """splink 4 `find_matches_to_new_records` (gone in splink 5): seconds and answer of each query; None where no
    splink 4 is installed in SOMEC_BENCH_PEERS.
    """
    folder = os.environ.get("SOMEC_BENCH_PEERS")
    if not folder or not list(Path(folder).glob("splink-4*")):
        return None
    import pyarrow as pa
    import pyarrow.parquet as pq

    def table(made: list[Made]) -> pa.Table:
        return pa.table(
            {
                "id": [one.id for one in made],
                "given": [roman(one.given) for one in made],
                "family": [roman(one.family) for one in made],
                "dob": [one.dob or None for one in made],
                "sex": [one.sex or None for one in made],
            }
        )

    with tempfile.TemporaryDirectory() as scratch:
        pq.write_table(table(people), f"{scratch}/people.parquet")
        pq.write_table(table(queries), f"{scratch}/queries.parquet")
        try:
            done = _splink_run(scratch, folder)
        except subprocess.TimeoutExpired:
            print(f"splink 4: no answer within {SPLINK_SECONDS} s")
            return None
    if done.returncode:
        print("splink 4 failed:", *done.stderr.strip().splitlines()[-6:], sep="\n    ")
        return None
    answered = json.loads(done.stdout.strip().splitlines()[-1])
    if not any(found for _, found in answered):
        print("splink 4 ran and answered no query at all, which is no measurement: it is left out of the table")
        return None
    return [(spent, [(identity, weight) for identity, weight in found]) for spent, found in answered]


def _splink_run(scratch: str, folder: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _SPLINK, f"{scratch}/people.parquet", f"{scratch}/queries.parquet"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SPLINK_SECONDS,
        env={**os.environ, "PYTHONPATH": folder},
    )


def timed(ask: Callable[[Made], Found], query: Made) -> tuple[float, Found]:
    """Seconds and answer of one query."""
    start = time.perf_counter()
    found = ask(query)
    return time.perf_counter() - start, found

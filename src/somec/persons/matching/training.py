"""Re-estimate the model on national data: `somec match train`.

Splink (Ministry of Justice, MIT) on DuckDB estimates, without labels, how often each level of agreement occurs among
true pairs (m) and among others (u), by expectation maximisation over
blocked pairs. The comparisons are the engine's own, worked out before, so what is estimated is what is used. Needs
the extra `train`.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from somec.kernel.clock import now
from somec.persons.matching.dates import DateLevel
from somec.persons.matching.errors import BadModel
from somec.persons.matching.keys import word_keys
from somec.persons.matching.model import Model
from somec.persons.matching.records import normalise
from somec.persons.matching.tables import read_people

LEAST_ROWS: Final = 500
"""Fewer rows say nothing about a nation."""
MOST_ROWS: Final = 1_000_000
TYPICAL_CHANGE: Final = 8.0
"""Bits by which one training may move a date weight: a guard against a file that is not what it says."""


def train(file: Path, model: Model, encoding: str = "utf-8") -> Model:
    """`model` with the m and u probabilities of dates of birth and sex estimated on `file` (CSV or Parquet).

    Raises BadModel when the file is too small, when splink is not installed, or when the estimate is not finite.
    """
    rows = _rows(file, encoding)
    if len(rows) < LEAST_ROWS:
        raise BadModel("matching.train.too_few", rows=len(rows), least=LEAST_ROWS)
    estimated = _estimate(rows)
    date_m, date_u = list(model.date_m), list(model.date_u)
    for level in DateLevel:
        m, u = estimated.get(f"date_{int(level)}", (0.0, 0.0))
        if (
            level
            and m > 0
            and u > 0
            and abs(math.log2(m / u) - math.log2(date_m[level] / date_u[level])) <= TYPICAL_CHANGE
        ):
            date_m[level], date_u[level] = m, u
    same_sex = estimated.get("sex_1", (model.sex[0], 0.5))[0]
    how = (
        f"{model.how}; date of birth and sex re-estimated by splink expectation maximisation"
        f" on {len(rows)} rows of national data"
    )
    return replace(
        model,
        made=now().date().isoformat(),
        how=how,
        date_m=tuple(round(value, 6) for value in date_m),
        date_u=tuple(round(value, 8) for value in date_u),
        sex=(round(min(0.999, same_sex), 4), *model.sex[1:]),
    )


def _rows(file: Path, encoding: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for record in read_people(file, encoding=encoding):
        normal = normalise(record)
        parts = [part.text for parts in normal.names[:1] for part in parts]
        forms = [word_keys(word).forms for word in parts]
        sounds = sorted(form[0].decode() for form in forms if form)
        date = normal.dates[0] if normal.dates else 0
        found.append(
            {
                "unique_id": str(len(found)),
                "sound_first": sounds[0] if sounds else None,
                "sound_last": sounds[-1] if sounds else None,
                "year": (date >> 9) or None,
                "month": (date >> 5 & 15) or None,
                "day": (date & 31) or None,
                "sex": normal.sex or None,
            }
        )
        if len(found) == MOST_ROWS:
            break
    return found


def _date_comparison() -> dict[str, Any]:
    """The date levels of the engine in SQL, for whole dates; partial ones count as missing."""
    same_day, same_month, same_year = "day_l = day_r", "month_l = month_r", "year_l = year_r"
    near_year = "abs(year_l - year_r) in (1, 10)"
    conditions = [
        (DateLevel.SAME_DAY, f"{same_year} and {same_month} and {same_day}"),
        (DateLevel.DAY_MONTH_SWAPPED, f"{same_year} and month_l = day_r and day_l = month_r"),
        (DateLevel.DAY_NEAR, f"{same_year} and {same_month} and abs(day_l - day_r) = 1"),
        (DateLevel.YEAR_AND_MONTH, f"{same_year} and {same_month}"),
        (DateLevel.MONTH_NEAR, f"{same_year} and {same_day}"),
        (DateLevel.YEAR_NEAR, f"{same_month} and {same_day} and {near_year}"),
        (DateLevel.DAY_AND_MONTH, f"{same_month} and {same_day}"),
        (DateLevel.YEAR_SAME, same_year),
        (DateLevel.YEAR_ADJACENT, "abs(year_l - year_r) = 1"),
        (DateLevel.YEARS_CLOSE, "abs(year_l - year_r) <= 5"),
    ]
    levels: list[dict[str, Any]] = [
        {"sql_condition": "day_l is null or day_r is null", "label_for_charts": "missing", "is_null_level": True}
    ]
    levels += [
        {"sql_condition": condition, "label_for_charts": f"date_{int(level)}"} for level, condition in conditions
    ]
    levels.append({"sql_condition": "ELSE", "label_for_charts": f"date_{int(DateLevel.DIFFERENT)}"})
    return {"output_column_name": "date", "comparison_levels": levels}


def _equal_comparison(column: str, label: str) -> dict[str, Any]:
    return {
        "output_column_name": column,
        "comparison_levels": [
            {
                "sql_condition": f"{column}_l is null or {column}_r is null",
                "label_for_charts": "missing",
                "is_null_level": True,
            },
            {"sql_condition": f"{column}_l = {column}_r", "label_for_charts": f"{label}_1"},
            {"sql_condition": "ELSE", "label_for_charts": f"{label}_3"},
        ],
    }


def _estimate(rows: list[dict[str, Any]]) -> Mapping[str, tuple[float, float]]:
    """M and u by level label."""
    try:
        import pandas as pd
        from splink import DuckDBAPI, Linker
    except ImportError as error:
        raise BadModel("matching.train.not_installed", extra="train", module=str(error.name)) from error
    settings = {
        "link_type": "dedupe_only",
        "comparisons": [
            _equal_comparison("sound_first", "first"),
            _equal_comparison("sound_last", "last"),
            _date_comparison(),
            _equal_comparison("sex", "sex"),
        ],
        "blocking_rules_to_generate_predictions": ["l.sound_last = r.sound_last"],
        "additional_columns_to_retain": [],
        "retain_intermediate_calculation_columns": False,
        "max_iterations": 12,
        "em_convergence": 0.002,
    }
    logging.getLogger("splink").setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecations between splink, pandas and DuckDB are theirs
            database = DuckDBAPI()
            linker: Any = Linker(database.register(pd.DataFrame(rows)), settings)
            linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
            linker.training.estimate_parameters_using_expectation_maximisation(
                "l.sound_first = r.sound_first and l.sound_last = r.sound_last"
            )
            linker.training.estimate_parameters_using_expectation_maximisation(
                "l.year = r.year and l.month = r.month and l.day = r.day"
            )
            described = linker.misc.save_model_to_json()
    except Exception as error:
        raise BadModel("matching.train.failed", reason=type(error).__name__) from error
    found = {}
    for comparison in described["comparisons"]:
        for level in comparison["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if m and u and math.isfinite(m) and math.isfinite(u):
                found[level["label_for_charts"]] = (float(m), float(u))
    return found

"""The algorithmic transparency record of a model: what it does, on what it rests, how it fails, who decides.

Generated, so that it cannot say other than what runs.

Follows the fields of the Algorithmic Transparency Recording Standard (UK, 2023), with what Art. 13 and 26 AI Act ask
of a system that helps to find people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from somec.persons.matching.answer import CANDIDATE, HIT
from somec.persons.matching.dates import DateLevel
from somec.persons.matching.model import Model
from somec.persons.matching.scoring import Field


@dataclass(frozen=True, slots=True)
class GroupError:
    """How the model does for one group (a script, an origin, a sex).

    Queries, share found first, share found among ten, false candidates for each query whose person is absent.
    """

    group: str
    queries: int
    found_first: float
    found: float
    false_candidates: float


def record(model: Model, errors: Sequence[GroupError] = ()) -> str:
    """The record as Markdown; `errors` is the error report of the build (`bench/matching.py`)."""
    lines = [*_about(model), "| evidence | value |", "|---|---|"]
    lines += [
        f"| birth date: {level.name.lower().replace('_', ' ')} (share of true pairs) | {model.date_m[level]:.3f} |"
        for level in DateLevel
        if level
    ]
    lines += [f"| scale of {field.name.lower().replace('_', ' ')} | {model.scale[field]:.3f} |" for field in Field]
    lines += [f"| rarity of the second and later name parts counts | {model.further:.2f} |"]
    lines += [f"| a name part missing / extra | {model.missing[0]:+.1f} / {model.extra[0]:+.1f} |", ""]
    if errors:
        lines += [
            "## Errors by group",
            "",
            "| group | queries | found first | found among ten | false candidates per absent person |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {one.group} | {one.queries} | {one.found_first:.3f} | {one.found:.3f} | {one.false_candidates:.2f} |"
            for one in errors
        ]
        lines += ["", *_spreads(errors), ""]
    lines += [
        "## Who answers for it",
        "",
        "The controller of the node. Every query, candidate and judgement is in the tamper-evident log.",
        "",
    ]
    return "\n".join(lines)


def _spreads(errors: Sequence[GroupError]) -> list[str]:
    """How far groups of one kind (the first word of "script arabic") lie apart: the figures to bring down."""
    kinds: dict[str, list[GroupError]] = {}
    for one in errors:
        kind, _, rest = one.group.partition(" ")
        kinds.setdefault(kind if rest else "group", []).append(one)
    lines = []
    for kind, groups in kinds.items():
        found, first, false = (
            max(values) - min(values)
            for values in (
                [one.found for one in groups],
                [one.found_first for one in groups],
                [one.false_candidates for one in groups],
            )
        )
        worst = min(groups, key=lambda one: one.found)
        lines.append(
            f"Spread of recall by {kind}: {found:.3f} among ten, {first:.3f} found first; "
            f"of false candidates: {false:.2f}. Least found: {worst.group}."
        )
    return lines


def _about(model: Model) -> list[str]:
    """What the model is for, uses, and was made from."""
    text = f"""# Transparency record: {model.name}

Made {model.made}. Digest (SHA-256) `{model.digest()}`.

## What it does

Ranks the people of this index by the evidence that each is the person asked for, and says for each field how much it
speaks for, against, or is missing. It never decides, never merges records, never scores dangerousness: a person judges
every candidate, with reasons kept.

A candidate is called a hit from {HIT:.0%} and the answer is "no candidate" below {CANDIDATE:.0%}. No probability
exceeds {model.cap:.2%}. Before looking, the person is thought to be in the index with {model.prior:.0%}.

## What it uses

Names, dates of birth, sex, nationalities, birthplaces, document numbers. Nothing else: no offence, no address, no
photograph, no origin.

## How it was made

{model.how}

Method: Fellegi-Sunter weights; the rarity of each name part is counted in the index for each query.

## Weights
"""
    return text.split("\n")

"""Reads and checks a state's criteria file (TOML 1.0). Every mistake is named with its line and its field, all at once.

The shape is checked by ``data/criteria.schema.json``, then what the file says is checked against the catalogue. A field
that is not in the schema is refused, so nationality or birthplace cannot come in through the configuration either.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import TypeAlias, cast

import jsonschema_rs

from somec.catalogue import loading
from somec.catalogue.criteria import Criteria, WarningLimits
from somec.catalogue.criterion_kinds import (
    AssessmentRule,
    Criterion,
    CurrentAssessment,
    MovementLink,
    OrderInForce,
    QualifyingConviction,
)
from somec.catalogue.entries import OffenceTag
from somec.catalogue.errors import CriteriaInvalid, CriteriaMissing
from somec.catalogue.labels import Labels
from somec.catalogue.lines import line_of, lines_of
from somec.catalogue.reading import LANGUAGES, packaged
from somec.kernel.canonical import Json

Table: TypeAlias = Mapping[str, object]
Problem: TypeAlias = tuple[int, str, str]
Path_: TypeAlias = tuple[str | int, ...]

REQUIRED_KINDS = (QualifyingConviction.kind, CurrentAssessment.kind, MovementLink.kind)
DEPRIVATION_OF_FREEDOM = "1000"
MAXIMUM_BYTES = 200_000


def load(state: str, directory: Path | None) -> Criteria:
    """Return the criteria of a state from its own directory, or the project's example where there is no directory."""
    if directory is None:
        file = resources.files("somec.catalogue").joinpath("data", "criteria", f"{state}.toml")
        if not file.is_file():
            raise CriteriaMissing(state)
        return read(f"{state}.toml", file.read_bytes(), state)
    own = directory / f"{state}.toml"
    if not own.is_file():
        raise CriteriaMissing(state)
    return read(own.name, own.read_bytes(), state)


@lru_cache(maxsize=64)
def read(file: str, content: bytes, state: str | None = None) -> Criteria:
    """Return the criteria in ``content``, for ``state`` if given; raises CriteriaInvalid with every mistake."""
    if len(content) > MAXIMUM_BYTES:
        raise CriteriaInvalid(file, ((1, "", f"larger than {MAXIMUM_BYTES} bytes"),))
    data = _parse(file, content)
    lines = lines_of(content.decode())
    mistakes = _schema_mistakes(data) or _content_mistakes(data, state)
    if mistakes:
        problems = sorted((line_of(lines, path), _field(path), message) for path, message in mistakes)
        raise CriteriaInvalid(file, tuple(problems))
    return _build(data, hashlib.sha256(content).hexdigest())


def _parse(file: str, content: bytes) -> dict[str, object]:
    try:
        data = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CriteriaInvalid(file, ((line, "", "not UTF-8"),)) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found.group(1)) if found else content.count(b"\n") + 1
        message = re.sub(r" \(at [^)]*\)$", "", str(error))
        raise CriteriaInvalid(file, ((line, "", message),)) from error
    return cast("dict[str, object]", _plain(data))


def _plain(value: object) -> object:
    """Return TOML values as JSON has them: dates become ISO 8601 texts."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(packaged("criteria.schema.json").decode(), validate_formats=True)


def _schema_mistakes(data: Table) -> list[tuple[Path_, str]]:
    return [(tuple(error.instance_path), error.message) for error in _validator().iter_errors(cast("Json", data))]


def _field(path: Path_) -> str:
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _content_mistakes(data: Table, state: str | None) -> list[tuple[Path_, str]]:
    """Return what the schema cannot see: unknown codes, ids twice, dates the wrong way round, a missing kind."""
    mistakes: list[tuple[Path_, str]] = []
    if state is not None and data["state"] != state:
        mistakes.append((("state",), f"the file is named for {state}"))
    if str(data["state"]) not in loading.states():
        mistakes.append((("state",), "not a Member State"))
    if "in_force_until" in data and str(data["in_force_until"]) < str(data["in_force_since"]):
        mistakes.append((("in_force_until",), "earlier than in_force_since"))
    if data["example"] and data["verified"]:
        mistakes.append((("verified",), "an example cannot be verified"))
    mistakes += _languages(("title",), cast("Table", data["title"]))
    criteria = cast("list[Table]", data["criterion"])
    for index, item in enumerate(criteria):
        place = ("criterion", index)
        mistakes += _languages((*place, "label"), cast("Table", item["label"]))
        mistakes += _codes(place, item)
        if item["id"] in [other["id"] for other in criteria[:index]]:
            mistakes.append(((*place, "id"), f"{item['id']} stands twice"))
    return mistakes + _missing_kinds(criteria)


def _missing_kinds(criteria: list[Table]) -> list[tuple[Path_, str]]:
    required = {str(item["kind"]) for item in criteria if item.get("required", True)}
    return [(("criterion",), f"a required {kind} is missing") for kind in REQUIRED_KINDS if kind not in required]


def _languages(path: Path_, words: Table) -> list[tuple[Path_, str]]:
    return [((*path, lang), "not a language of the EU") for lang in words if lang not in LANGUAGES]


def _codes(place: Path_, item: Table) -> list[tuple[Path_, str]]:
    known: dict[str, Mapping[str, object]] = {
        "offence_codes": loading.offences(),
        "except_offence_codes": loading.offences(),
        "sentence_codes": loading.sanctions(),
        "signs": loading.plain_entries("movement_sign"),
    }
    mistakes: list[tuple[Path_, str]] = [
        ((*place, field), f"{code} is not in the catalogue")
        for field, table in known.items()
        for code in cast("list[str]", item.get(field, []))
        if code not in table
    ]
    if not mistakes and item["kind"] == QualifyingConviction.kind and not _offence_codes(item):
        mistakes.append(((*place, "offence_tags"), "tags and codes leave no offence"))
    return mistakes


def _offence_codes(item: Table) -> frozenset[str]:
    tags = {OffenceTag(tag) for tag in cast("list[str]", item["offence_tags"])}
    tagged = {offence.id for offence in loading.offences().values() if offence.tags & tags}
    named = set(cast("list[str]", item.get("offence_codes", [])))
    return frozenset((tagged - set(cast("list[str]", item.get("except_offence_codes", [])))) | named)


def _build(data: Table, digest: str) -> Criteria:
    until = data.get("in_force_until")
    limits = cast("Mapping[str, int | bool]", data["warnings"])
    return Criteria(
        state=str(data["state"]),
        version=cast("int", data["version"]),
        in_force_since=date.fromisoformat(str(data["in_force_since"])),
        in_force_until=None if until is None else date.fromisoformat(str(until)),
        example=bool(data["example"]),
        source=str(data["source"]),
        verified=bool(data["verified"]),
        labels=Labels.of(cast("Mapping[str, str]", data["title"])),
        criteria=tuple(_criterion(item) for item in cast("list[Table]", data["criterion"])),
        warnings=WarningLimits(
            juvenile_below_age=limits.get("juvenile_below_age"),
            old_conviction_years=limits.get("old_conviction_years"),
            low_level_at_most=limits.get("low_level_at_most"),
            destination_only=bool(limits.get("destination_only", True)),
            whole_group=bool(limits.get("whole_group", True)),
            no_order_in_force=bool(limits.get("no_order_in_force", True)),
        ),
        digest=digest,
    )


def _criterion(item: Table) -> Criterion:
    identity, labels = str(item["id"]), Labels.of(cast("Mapping[str, str]", item["label"]))
    required = bool(item.get("required", True))
    if item["kind"] == QualifyingConviction.kind:
        return _qualifying_conviction(item, identity, labels, required=required)
    if item["kind"] == CurrentAssessment.kind:
        return CurrentAssessment(
            id=identity,
            labels=labels,
            required=required,
            maximum_age_months=cast("int", item["maximum_age_months"]),
            minimum_level=cast("int", item["minimum_level"]),
            instruments=frozenset(name.casefold() for name in cast("list[str]", item.get("instruments", []))),
            rule=AssessmentRule(str(item.get("rule", AssessmentRule.LATEST))),
        )
    if item["kind"] == MovementLink.kind:
        signs = cast("list[str] | None", item.get("signs"))
        return MovementLink(
            id=identity,
            labels=labels,
            required=required,
            signs=frozenset(loading.plain_entries("movement_sign") if signs is None else signs),
            maximum_age_days=cast("int", item["maximum_age_days"]),
        )
    return OrderInForce(id=identity, labels=labels, required=required)


def _qualifying_conviction(item: Table, identity: str, labels: Labels, *, required: bool) -> QualifyingConviction:
    freedom = [code for code, entry in loading.sanctions().items() if entry.category == DEPRIVATION_OF_FREEDOM]
    return QualifyingConviction(
        id=identity,
        labels=labels,
        required=required,
        offence_codes=_offence_codes(item),
        sentence_codes=frozenset(cast("list[str]", item.get("sentence_codes", freedom))),
        minimum_months=cast("int | None", item.get("minimum_months")),
        count_suspended=bool(item.get("count_suspended", True)),
        minimum_age_at_offence=cast("int | None", item.get("minimum_age_at_offence")),
        maximum_years_since_final=cast("int | None", item.get("maximum_years_since_final")),
        count_spent=bool(item.get("count_spent", False)),
    )

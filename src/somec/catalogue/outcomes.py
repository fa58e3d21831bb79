"""What comes out of criteria: met, not met or missing data for each, with reasons as codes. No sentence, no score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias, cast

from somec.kernel.canonical import Json

Value: TypeAlias = str | int | tuple[str, ...]


class Outcome(StrEnum):
    """The three answers. Missing data is not "no": somebody can find out."""

    MET = "met"
    NOT_MET = "not_met"
    MISSING_DATA = "missing_data"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a stable code with the values that fill its sentence; dates are ISO 8601, references are record ids."""

    code: str
    parameters: Mapping[str, Value]

    @classmethod
    def of(cls, code: str, /, **parameters: Value) -> Reason:
        """Return a reason that nobody can change afterwards."""
        return cls(code, MappingProxyType(dict(sorted(parameters.items()))))

    def __hash__(self) -> int:
        return hash((self.code, tuple(self.parameters.items())))

    def as_json(self) -> dict[str, Json]:
        """Return the reason for storage."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in self.parameters.items()}
        return {"code": self.code, "parameters": cast("Json", values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Reason:
        """Read back what ``as_json`` wrote."""
        values = cast("Mapping[str, str | int | list[str]]", data["parameters"])
        return cls.of(
            str(data["code"]),
            **{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()},
        )


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """The answer for one criterion. The first reason is the one to show first."""

    criterion_id: str
    kind: str
    required: bool
    outcome: Outcome
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Json]:
        """Return the result for storage."""
        return {
            "criterion_id": self.criterion_id,
            "kind": self.kind,
            "required": self.required,
            "outcome": self.outcome.value,
            "reasons": [reason.as_json() for reason in self.reasons],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> CriterionResult:
        """Read back what ``as_json`` wrote."""
        return cls(
            criterion_id=str(data["criterion_id"]),
            kind=str(data["kind"]),
            required=bool(data["required"]),
            outcome=Outcome(str(data["outcome"])),
            reasons=_reasons(data["reasons"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Whether a state's criteria are met by recorded facts, and every warning of disproportion (needs.md R10).

    ``digest`` is SHA-256 of the criteria file, so that a decision can show years later what it was held against.
    """

    state: str
    version: int
    digest: str
    example: bool
    evaluated_on: date
    outcome: Outcome
    results: tuple[CriterionResult, ...]
    warnings: tuple[Reason, ...]

    def result(self, criterion_id: str) -> CriterionResult:
        """Return the result of one criterion; KeyError if the criteria have none with this id."""
        for result in self.results:
            if result.criterion_id == criterion_id:
                return result
        raise KeyError(criterion_id)

    def as_json(self) -> dict[str, Json]:
        """Return the evaluation for storage with the decision it supports."""
        return {
            "state": self.state,
            "version": self.version,
            "digest": self.digest,
            "example": self.example,
            "evaluated_on": self.evaluated_on.isoformat(),
            "outcome": self.outcome.value,
            "results": [result.as_json() for result in self.results],
            "warnings": [warning.as_json() for warning in self.warnings],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Evaluation:
        """Read back what ``as_json`` wrote."""
        results = cast("list[Mapping[str, Json]]", data["results"])
        return cls(
            state=str(data["state"]),
            version=int(cast("int", data["version"])),
            digest=str(data["digest"]),
            example=bool(data["example"]),
            evaluated_on=date.fromisoformat(str(data["evaluated_on"])),
            outcome=Outcome(str(data["outcome"])),
            results=tuple(CriterionResult.from_json(result) for result in results),
            warnings=_reasons(data["warnings"]),
        )


def _reasons(data: Json) -> tuple[Reason, ...]:
    return tuple(Reason.from_json(item) for item in cast("list[Mapping[str, Json]]", data))

"""What every operation of the interface shares: its answers, its paging, who is asking."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from ninja import Path, Query
from pydantic import BaseModel, StringConstraints

from somec.access.rules import Actor
from somec.api.problems import Problem
from somec.api.shapes import Strict
from somec.kernel.ids import MAX_LENGTH

T = TypeVar("T")
REFUSALS = frozenset({400, 401, 403, 404, 409, 413, 415, 422, 429})
Id = Annotated[str, Path(max_length=MAX_LENGTH, pattern=r"^[a-z]{2,8}-[0-9a-z]{26}$")]
StateCode = Annotated[str, Path(pattern=r"^[A-Z]{2}$")]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class Made(BaseModel):
    """The id of what was made."""

    id: str


class AtVersion(Strict):
    """The version that the caller saw; another one by now is a conflict."""

    version: int


class WithReason(AtVersion):
    """A version and why."""

    reason: Reason


class OnlyReason(Strict):
    """Why."""

    reason: Reason


def answers(kind: Any) -> dict[Any, Any]:
    """Return the answers of an operation that reads or changes: what it gives, and every way of saying no."""
    return {200: kind, REFUSALS: Problem}


def makes(kind: Any = Made) -> dict[Any, Any]:
    """Return the answers of an operation that makes something."""
    return {201: kind, REFUSALS: Problem}


def actor(request: HttpRequest) -> Actor:
    """Return who is asking."""
    found: Actor = request.auth  # type: ignore[attr-defined]
    return found

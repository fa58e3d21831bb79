"""The log: trails, proofs, verification."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from somec.access import rules as access
from somec.access import trails
from somec.api.contract import Id, PageNumber, actor, answers
from somec.api.shapes import plain, view_model
from somec.audit import queries
from somec.audit.verify import Finding, verify
from somec.exchange import keyring
from somec.kernel.errors import NotFound
from somec.persons import queries as persons

of_person = Router(tags=["log"])
router = Router(tags=["log"])
TrailOut, CheckpointOut = view_model(queries.Trail), view_model(queries.CheckpointView)
FindingOut = view_model(Finding)


class Bundle(BaseModel):
    """Sealed entries of a case with their proofs, to be checked without this node (format somec-trail-1)."""

    format: str
    checkpoint: str | None
    entries: list[dict[str, Any]]


class Verified(BaseModel):
    """What the verification of the whole log found. ``rate``: entries a second."""

    ok: bool
    entries: int
    checkpoints: int
    signatures: int
    rate: int
    finding: FindingOut | None  # type: ignore[valid-type]


@of_person.get("/{person}/log", response=answers(TrailOut))
def case(request: HttpRequest, person: Id, page: PageNumber = 1) -> Any:
    """Return who did what in a case, newest first."""
    target = persons.target(actor(request), person)
    return plain(trails.case_trail(actor=actor(request), target=target, page=page, also=persons.file_ids(person)).trail)


@of_person.get("/{person}/log/proof", response=answers(Bundle))
def proof(request: HttpRequest, person: Id) -> Any:
    """Return the sealed entries of a case with their proofs."""
    target = persons.target(actor(request), person)
    return trails.export_case(actor=actor(request), target=target, also=persons.file_ids(person))


@router.get("", response=answers(TrailOut))
def whole(request: HttpRequest, page: PageNumber = 1) -> Any:
    """Return the whole log, for the data protection officer."""
    return plain(trails.whole_trail(actor=actor(request), page=page).trail)


@router.get("/checkpoint", response=answers(CheckpointOut))
def checkpoint(request: HttpRequest) -> Any:
    """Return the newest signed checkpoint."""
    access.check(actor(request), "audit.read_own")
    found = queries.checkpoint()
    if found is None:
        raise NotFound("audit.checkpoint")
    return plain(found)


@router.post("/verify", response=answers(Verified))
def verified(request: HttpRequest) -> Any:
    """Check the whole log now; takes seconds for each hundred thousand entries."""
    access.check(actor(request), "audit.verify")
    result = verify(verifiers=[keyring.node_signer().verifier])
    return {
        "ok": result.ok, "entries": result.entries, "checkpoints": result.checkpoints, "signatures": result.signatures,
        "rate": round(result.rate), "finding": plain(result.finding),
    }  # fmt: skip

"""Two files of one person: likely duplicates, merging, separating, and the word that two files are two people."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field, StringConstraints

from somec.api.contract import AtVersion, Id, Made, OnlyReason, PageNumber, WithReason, actor, answers, makes
from somec.api.shapes import Strict, plain, view_model
from somec.kernel.ids import MAX_LENGTH
from somec.persons import apart, duplicates, merging, separating

router = Router(tags=["merges"])
likely = Router(tags=["merges"])
FileId = Annotated[str, StringConstraints(max_length=MAX_LENGTH, pattern=r"^[a-z]{2,8}-[0-9a-z]{26}$")]
FileQuery = Annotated[str, Query(max_length=MAX_LENGTH, pattern=r"^[a-z]{2,8}-[0-9a-z]{26}$")]
Words = Annotated[str, StringConstraints(max_length=4_000, pattern=r"^[^\x00]*$")]
LikelyOut = view_model(duplicates.LikelyPage)
MergeOut = view_model(duplicates.MergeView)
RowOut = view_model(duplicates.MergeRow)
ApartOut = view_model(duplicates.ApartView)
ComparisonOut = view_model(merging.Comparison)


class MergeIn(Strict):
    """Which file is read as part of which, why, and a ground for each finding that asks for one."""

    kept: FileId
    merged: FileId
    reason: Words
    grounds: Annotated[dict[str, Words], Field(max_length=20)] = {}


class ApartIn(Strict):
    """Two files that are two people, and why."""

    first: FileId
    second: FileId
    reason: Words


class SeparationIn(AtVersion):
    """Why two files are two people after all, and for what was written since: item id to file id."""

    reason: Words
    homes: Annotated[dict[str, FileId], Field(max_length=2_000)] = {}


class Agreement(AtVersion):
    """The version that the second person saw, and what he wants to say."""

    reason: Words = ""


@likely.get("", response=answers(LikelyOut))
def pairs(request: HttpRequest, page: PageNumber = 1) -> Any:
    """List files that the engine holds for one person, the likeliest first. It decides nothing."""
    return plain(duplicates.likely(actor(request), page))


@likely.get("/compare", response=answers(ComparisonOut))
def compare(request: HttpRequest, kept: FileQuery, merged: FileQuery) -> Any:
    """Return two files side by side with what speaks against making them one.

    Asks for a purpose (header ``X-Purpose``); both readings are logged with it.
    """
    return plain(merging.compare(actor=actor(request), kept_id=kept, merged_id=merged))


@likely.get("/apart", response=answers(list[ApartOut]))  # type: ignore[valid-type]
def apart_pairs(request: HttpRequest) -> Any:
    """List pairs that somebody said are two people."""
    return plain(duplicates.kept_apart(actor(request)))


@likely.post("/apart", response=makes())
def keep_apart(request: HttpRequest, body: ApartIn) -> Any:
    """Say that two files are two people: the pair does not come back."""
    made = apart.keep_apart(actor=actor(request), first_id=body.first, second_id=body.second, reason=body.reason)
    return Status(201, {"id": made})


@likely.post("/apart/{apart_id}/withdraw", response=answers(Made))
def take_back(request: HttpRequest, apart_id: Id, body: OnlyReason) -> Any:
    """Take the word back; the pair may be proposed again."""
    apart.withdraw_keep_apart(actor=actor(request), apart_id=apart_id, reason=body.reason)
    return {"id": apart_id}


@router.get("", response=answers(list[RowOut]))  # type: ignore[valid-type]
def waiting(request: HttpRequest) -> Any:
    """List proposals to merge or to separate that wait for the caller as second person."""
    return plain(duplicates.waiting_merges(actor(request)))


@router.post("", response=makes())
def propose(request: HttpRequest, body: MergeIn) -> Any:
    """Propose to read one file as part of another (header ``X-Purpose``); a second person decides."""
    made = merging.propose_merge(
        actor=actor(request), kept_id=body.kept, merged_id=body.merged, reason=body.reason, grounds=body.grounds
    )
    return Status(201, {"id": made})


def _read(request: HttpRequest, merge: str) -> Any:
    return plain(duplicates.merge(actor(request), merge))


@router.get("/{merge}", response=answers(MergeOut))
def read(request: HttpRequest, merge: Id) -> Any:
    """Return a merge with its history, and what was written since."""
    return _read(request, merge)


@router.post("/{merge}/approve", response=answers(MergeOut))
def approve(request: HttpRequest, merge: Id, body: Agreement) -> Any:
    """Agree as the second person (header ``X-Purpose``): both files are read as one."""
    merging.approve_merge(actor=actor(request), merge_id=merge, version=body.version, reason=body.reason)
    return _read(request, merge)


@router.post("/{merge}/refuse", response=answers(MergeOut))
def refuse(request: HttpRequest, merge: Id, body: WithReason) -> Any:
    """Refuse as the second person."""
    merging.refuse_merge(actor=actor(request), merge_id=merge, version=body.version, reason=body.reason)
    return _read(request, merge)


@router.post("/{merge}/withdraw", response=answers(MergeOut))
def withdraw(request: HttpRequest, merge: Id, body: WithReason) -> Any:
    """Take a proposal back that nobody has decided."""
    merging.withdraw_merge(actor=actor(request), merge_id=merge, version=body.version, reason=body.reason)
    return _read(request, merge)


@router.post("/{merge}/separation", response=answers(MergeOut))
def propose_separation(request: HttpRequest, merge: Id, body: SeparationIn) -> Any:
    """Propose to read both as two again (header ``X-Purpose``), with a file for each thing written since."""
    separating.propose_separation(
        actor=actor(request), merge_id=merge, version=body.version, reason=body.reason, homes=body.homes
    )
    return _read(request, merge)


@router.post("/{merge}/separation/approve", response=answers(MergeOut))
def approve_separation(request: HttpRequest, merge: Id, body: Agreement) -> Any:
    """Agree as the second person (header ``X-Purpose``): each file is itself again."""
    separating.approve_separation(actor=actor(request), merge_id=merge, version=body.version, reason=body.reason)
    return _read(request, merge)


@router.post("/{merge}/separation/refuse", response=answers(MergeOut))
def refuse_separation(request: HttpRequest, merge: Id, body: WithReason) -> Any:
    """Refuse as the second person: both go on as one."""
    separating.refuse_separation(actor=actor(request), merge_id=merge, version=body.version, reason=body.reason)
    return _read(request, merge)


@router.post("/{merge}/separation/withdraw", response=answers(MergeOut))
def withdraw_separation(request: HttpRequest, merge: Id, body: WithReason) -> Any:
    """Take the proposal to separate back."""
    separating.withdraw_separation(actor=actor(request), merge_id=merge, version=body.version, reason=body.reason)
    return _read(request, merge)

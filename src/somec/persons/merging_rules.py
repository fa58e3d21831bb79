"""Merging two files of one person, and separating them again: states, steps, and what speaks against it; pure.

A merge is a link from one file to the one that is kept; nothing is copied or deleted. Each step that changes what
people see is proposed by one person and approved by another. Codes only; sentences are made at the edge.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from somec.persons.messages import Document, PersonView
from somec.persons.names import number_key
from somec.persons.rules import DocumentStatus, NumberCheck, Sex, Source, Status

ENOUGH_WORDS: Final = 20
"""Letters of a reason or ground: shorter than this nobody can weigh it."""
VERIFYING: Final = frozenset({
    Source.POPULATION_REGISTER.value, Source.IDENTITY_DOCUMENT.value, Source.BORDER_CHECK.value,
    Source.BIRTH_CERTIFICATE.value,
})  # fmt: skip
"""Sources from which a document number is verified: somebody read it in a register or on paper."""
SUGGEST_AT: Final = 0.5
"""Two files at least this likely to be one person are put on the list of likely duplicates."""


class MergeState(StrEnum):
    """Where the link between two files stands."""

    PROPOSED = "proposed"
    MERGED = "merged"
    SEPARATION_PROPOSED = "separation_proposed"
    SEPARATED = "separated"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chart. ``second_person``: never made by who proposed it; ``by_author``: only by him."""

    action: str
    source: MergeState | None
    target: MergeState
    second_person: bool = False
    by_author: bool = False


_S = MergeState
MERGE_CHART: Final = (
    Step("merge.propose", None, _S.PROPOSED),
    Step("merge.approve", _S.PROPOSED, _S.MERGED, second_person=True),
    Step("merge.refuse", _S.PROPOSED, _S.REFUSED, second_person=True),
    Step("merge.withdraw", _S.PROPOSED, _S.WITHDRAWN, by_author=True),
    Step("separation.propose", _S.MERGED, _S.SEPARATION_PROPOSED),
    Step("separation.approve", _S.SEPARATION_PROPOSED, _S.SEPARATED, second_person=True),
    Step("separation.refuse", _S.SEPARATION_PROPOSED, _S.MERGED, second_person=True),
    Step("separation.withdraw", _S.SEPARATION_PROPOSED, _S.MERGED, by_author=True),
)
STANDING: Final = frozenset({_S.MERGED, _S.SEPARATION_PROPOSED})
"""States in which the second file is read as part of the first."""
OPEN: Final = STANDING | {_S.PROPOSED}
"""States in which the same two files cannot be proposed once more."""


def step(action: str, state: str) -> Step | None:
    """Return the step that an action makes from a state, or None where the chart has no such way."""
    return next((one for one in MERGE_CHART if one.action == action and one.source == state), None)


def possible(state: str) -> tuple[Step, ...]:
    """Return the steps that the chart has from a state."""
    return tuple(one for one in MERGE_CHART if one.source == state)


def pair(first: str, second: str) -> str:
    """Return the one name of two files, whichever is named first."""
    return ":".join(sorted((first, second)))


class Weight(StrEnum):
    """What a finding does: stop the merge, ask for a written ground, or only be seen."""

    REFUSES = "refuses"
    NEEDS_GROUND = "needs_ground"
    SHOWN = "shown"


FINDINGS: Final[Mapping[str, Weight]] = {
    "same_file": Weight.REFUSES,
    "other_authority": Weight.REFUSES,
    "already_merged": Weight.REFUSES,
    "holds_files": Weight.REFUSES,
    "restricted": Weight.REFUSES,
    "both_await_approval": Weight.REFUSES,
    "kept_apart": Weight.REFUSES,
    "sex_differs": Weight.NEEDS_GROUND,
    "number_differs": Weight.NEEDS_GROUND,
    "both_closed_parts": Weight.NEEDS_GROUND,
    "twin": Weight.NEEDS_GROUND,
    "parent_child": Weight.NEEDS_GROUND,
    "shared_document": Weight.NEEDS_GROUND,
    "other_owner": Weight.SHOWN,
    "closed_file": Weight.SHOWN,
    "desk_differs": Weight.SHOWN,
}
"""Every finding and what it does. ``already_merged``: one of them is part of another file; ``holds_files``: the file to
be merged has files merged into it (chains are not made: separate them first, or keep that file)."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the two files themselves do not say. ``cautions``: codes of :mod:`somec.persons.relations`."""

    cautions: tuple[str, ...] = ()
    kept_is_merged: bool = False
    merged_is_merged: bool = False
    merged_holds: bool = False
    kept_apart: bool = False
    both_await_approval: bool = False
    both_closed_parts: bool = False


def findings(kept: PersonView, merged: PersonView, known: Circumstances) -> tuple[str, ...]:
    """Return the codes of what speaks against merging, in the order of :data:`FINDINGS`."""
    other_owner = bool(kept.owner_id and merged.owner_id) and kept.owner_id != merged.owner_id
    held = {
        "same_file": kept.id == merged.id,
        "other_authority": kept.authority_id != merged.authority_id,
        "already_merged": known.kept_is_merged or known.merged_is_merged,
        "holds_files": known.merged_holds,
        "restricted": Status.RESTRICTED.value in {kept.status, merged.status},
        "both_await_approval": known.both_await_approval,
        "kept_apart": known.kept_apart,
        "sex_differs": {kept.sex, merged.sex} == {Sex.MALE.value, Sex.FEMALE.value},
        "number_differs": numbers_differ(kept.documents, merged.documents),
        "both_closed_parts": known.both_closed_parts and other_owner,
        "other_owner": other_owner,
        "closed_file": Status.CLOSED.value in {kept.status, merged.status},
        "desk_differs": kept.desk != merged.desk,
    } | dict.fromkeys(known.cautions, True)
    return tuple(code for code in FINDINGS if held.get(code))


def numbers_differ(ours: Collection[Document], theirs: Collection[Document]) -> bool:
    """Tell whether both files hold a verified number of one state and kind, and share none of that kind and state.

    Verified is a number that was taken from a register or from the paper itself, without a wrong check digit, of a
    paper that is not lost, stolen, withdrawn or false. A passport is renewed, so its numbers are contradictory only
    where their times overlap; a national number has no times and stays for life.
    """
    left, right = _verified(ours), _verified(theirs)
    shared = {_issue(one) for one in left if any(_same_number(one, other) for other in right)}
    return any(
        _issue(one) == _issue(other) and _issue(one) not in shared and _overlap(one, other)
        for one in left
        for other in right
    )


def _verified(papers: Collection[Document]) -> list[Document]:
    return [
        one
        for one in papers
        if one.origin.source in VERIFYING and one.check != NumberCheck.WRONG and one.status == DocumentStatus.IN_ORDER
    ]


def _issue(paper: Document) -> tuple[str, str]:
    return paper.kind, paper.state


def _same_number(one: Document, other: Document) -> bool:
    return _issue(one) == _issue(other) and number_key(one.number) == number_key(other.number)


def _overlap(one: Document, other: Document) -> bool:
    """Tell whether both papers may have been valid at one time; an unknown limit excludes nothing."""
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_until or date.max, other.valid_until or date.max)


def refusals(found: Collection[str]) -> list[str]:
    """Return the findings that stop a merge, whatever is written."""
    return [code for code in found if FINDINGS[code] is Weight.REFUSES]


def open_grounds(found: Collection[str], grounds: Mapping[str, str]) -> list[str]:
    """Return the findings for which nobody has yet written why it is one person all the same."""
    return [
        code
        for code in found
        if FINDINGS[code] is Weight.NEEDS_GROUND and len(grounds.get(code, "").strip()) < ENOUGH_WORDS
    ]


@dataclass(frozen=True, slots=True)
class Item:
    """Something written down while two files were one, which a separation puts into one of them.

    ``person_id``: the file through which it was written, where it stays unless somebody says otherwise. ``needs``: the
    file of what it rests on (an order its conviction, a notice its decision), empty where it rests on nothing;
    ``needs_id``: what that is. ``main``: a main name, without which its file would have none. ``closed``: of the
    compartment whose words are not shown here. ``fixed``: older than the merge, so it
    stays; it is here because it rests on something newer.
    """

    kind: str
    id: str
    person_id: str
    at: datetime
    by: str = ""
    needs_id: str = ""
    needs: str = ""
    main: bool = False
    closed: bool = False
    fixed: bool = False


def misplaced(items: Collection[Item], homes: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what is wrong with a choice of files for items: the item's id and the codes.

    ``unknown``: not one of the items. ``main_name``: its file goes by this name. ``together``: what it rests on would
    lie in the other file.
    """
    wrong = {item_id: ["unknown"] for item_id in set(homes) - {item.id for item in items if not item.fixed}}
    places = {item.id: homes.get(item.id, item.person_id) for item in items}
    for item in items:
        if item.main and places[item.id] != item.person_id:
            wrong.setdefault(item.id, []).append("main_name")
        if item.needs and places.get(item.needs_id, item.needs) != places[item.id]:
            wrong.setdefault(item.needs_id if item.fixed else item.id, []).append("together")
    return wrong

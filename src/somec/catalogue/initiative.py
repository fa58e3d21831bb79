"""Which mechanisms let an authority tell another state on its own initiative, and why the others do not.

A pure selection over catalogue data. It says what the law offers; whether its conditions hold is for a person to
decide,
who also writes the reason. Several bases may be open at once: the order is that of the catalogue, duties (must) first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from somec.catalogue.entries import AuthorityKind
from somec.catalogue.mechanisms import Force, Mechanism, OwnInitiative


class WhoActs(StrEnum):
    """What the author's own authority can do with a basis."""

    TRANSMITS = "transmits"
    DRAFTS = "drafts"


class Excluded(StrEnum):
    """Why a mechanism or one of its articles cannot be used here; mechanisms add codes of their own."""

    STATE_NOT_BOUND = "state-not-bound"
    NO_RUNNING_CASE = "no-running-case"
    AUTHORITY_NOT_ENTITLED = "authority-not-entitled"


@dataclass(frozen=True, slots=True)
class OwnInitiativeBasis:
    """A mechanism and the article in it that can be used, with what the author's authority may do.

    ``id`` names the pair for storage (``DIR977_OWN_INITIATIVE:7(2)``). ``verified``: mechanism and article were read.
    ``who_verified`` and ``who_note``: the same for what the author's kind of authority may do.
    """

    mechanism: Mechanism
    basis: OwnInitiative
    who: WhoActs
    verified: bool
    who_verified: bool
    who_note: str

    @property
    def id(self) -> str:
        """Return mechanism id and article, stable across editions."""
        return f"{self.mechanism.id}:{self.basis.article}"

    @property
    def transmitters(self) -> frozenset[AuthorityKind]:
        """Return the kinds of authority that may send under this basis."""
        return self.basis.transmit


@dataclass(frozen=True, slots=True)
class ExcludedMechanism:
    """A mechanism, or one article of it, that cannot be used, with the reason as a code and the article it rests on."""

    mechanism: Mechanism
    code: str
    article: str
    verified: bool


@dataclass(frozen=True, slots=True)
class OwnInitiativeAdvice:
    """What is open and what is not; together they name every mechanism of the catalogue."""

    possible: tuple[OwnInitiativeBasis, ...]
    excluded: tuple[ExcludedMechanism, ...]

    def basis(self, basis_id: str) -> OwnInitiativeBasis | None:
        """Return the open basis with this id, or None."""
        return next((basis for basis in self.possible if basis.id == basis_id), None)


def advise(
    mechanisms: Iterable[Mechanism],
    *,
    authority: AuthorityKind,
    states: frozenset[str],
    running: frozenset[str],
) -> OwnInitiativeAdvice:
    """Sort mechanisms into open and not.

    ``authority``: kind of the author's authority. ``states``: the two states concerned. ``running``: ids of mechanisms
    under which this person's supervision or sentence is already handed over between them.
    """
    possible: list[OwnInitiativeBasis] = []
    excluded: list[ExcludedMechanism] = []
    for mechanism in mechanisms:
        if mechanism.no_own_initiative is not None:
            reason = mechanism.no_own_initiative
            excluded.append(ExcludedMechanism(mechanism, reason.code, reason.article, mechanism.verified))
            continue
        for basis in mechanism.own_initiative:
            obstacle = _obstacle(mechanism, basis, authority, states, running)
            if obstacle is None:
                possible.append(_open(mechanism, basis, authority))
            else:
                code, verified = obstacle
                excluded.append(ExcludedMechanism(mechanism, code.value, basis.article, verified))
    possible.sort(key=lambda item: item.basis.force is not Force.MUST)
    return OwnInitiativeAdvice(tuple(possible), tuple(excluded))


def _obstacle(
    mechanism: Mechanism,
    basis: OwnInitiative,
    authority: AuthorityKind,
    states: frozenset[str],
    running: frozenset[str],
) -> tuple[Excluded, bool] | None:
    """Return why this basis is not open, and whether that reason was checked at its source; None if it is open."""
    for entry in mechanism.participation:
        if entry.state in states and not entry.takes_part:
            return Excluded.STATE_NOT_BOUND, entry.verified
    if basis.needs_running_case and mechanism.id not in running:
        return Excluded.NO_RUNNING_CASE, basis.verified
    if authority not in basis.transmit | basis.draft:
        return Excluded.AUTHORITY_NOT_ENTITLED, basis.verified
    return None


def _open(mechanism: Mechanism, basis: OwnInitiative, authority: AuthorityKind) -> OwnInitiativeBasis:
    who = WhoActs.TRANSMITS if authority in basis.transmit else WhoActs.DRAFTS
    user = next((user for user in mechanism.users if user.authority is authority), None)
    return OwnInitiativeBasis(
        mechanism,
        basis,
        who,
        verified=mechanism.verified and basis.verified,
        who_verified=user is not None and user.verified,
        who_note="" if user is None else user.note,
    )

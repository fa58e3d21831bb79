"""The shape of a mechanism: users, limits, grounds of refusal, and whether it allows telling another state unasked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from somec.catalogue.entries import AuthorityKind, Entry, Source
from somec.catalogue.labels import ENGLISH, Label, Labels


class LimitUnit(StrEnum):
    """How the law counts a time limit. The last four set no number; the law only says how soon."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    IMMEDIATELY = "immediately"
    AS_SOON_AS_POSSIBLE = "as_soon_as_possible"
    WITHOUT_DELAY = "without_delay"
    WITHOUT_UNDUE_DELAY = "without_undue_delay"


COUNTED_UNITS = frozenset(
    {
        LimitUnit.HOURS,
        LimitUnit.CALENDAR_DAYS,
        LimitUnit.WORKING_DAYS,
        LimitUnit.WEEKS,
        LimitUnit.MONTHS,
        LimitUnit.YEARS,
    }
)


class Part(StrEnum):
    """What an authority may do with a mechanism."""

    DRAFT = "draft"
    DECIDE = "decide"
    TRANSMIT = "transmit"


class Force(StrEnum):
    """Whether the law obliges or allows."""

    MUST = "must"
    MAY = "may"


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A sentence of an entry in English, with its own mark."""

    text: str
    verified: bool


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A limit that a mechanism sets. ``value`` is a count of ``unit``; None where the law gives no number."""

    id: str
    value: int | None
    unit: LimitUnit
    starts: str
    article: str
    note: str
    source: Source
    verified: bool


@dataclass(frozen=True, slots=True)
class RefusalGround:
    """A ground on which the addressee may refuse. ``consult_first``: it must ask the issuing State before."""

    code: str
    labels: Labels
    consult_first: bool
    source: Source
    verified: bool

    def label(self, lang: str = ENGLISH) -> Label:
        """Return the ground's words in ``lang``, or in English and marked so."""
        return self.labels.label(lang)


@dataclass(frozen=True, slots=True)
class MechanismUser:
    """Which kind of authority may do what with a mechanism."""

    authority: AuthorityKind
    may: frozenset[Part]
    article: str
    note: str
    source: Source
    verified: bool


@dataclass(frozen=True, slots=True)
class Participation:
    """Whether a state takes part in a mechanism; a state that is not named is not known to stay out."""

    state: str
    takes_part: bool
    source: Source
    verified: bool


@dataclass(frozen=True, slots=True)
class OwnInitiative:
    """An article that lets (``may``) or makes (``must``) an authority tell another state unasked.

    ``transmit`` and ``draft``: kinds of authority. ``conditions`` and ``exceptions``: codes; a person confirms them.
    ``needs_running_case``: only while supervision or enforcement under the mechanism is already handed over.
    ``handling_code``: the default of the project, changed by the sender where needed.
    """

    article: str
    force: Force
    transmit: frozenset[AuthorityKind]
    draft: frozenset[AuthorityKind]
    permitted_uses: tuple[str, ...]
    handling_code: str
    conditions: tuple[str, ...]
    exceptions: tuple[str, ...]
    needs_running_case: bool
    note: str
    source: Source
    verified: bool


@dataclass(frozen=True, slots=True)
class NoOwnInitiative:
    """Why a mechanism cannot be used to tell another state of a movement."""

    code: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism(Entry):
    """A lawful way to exchange information or hand over supervision. ``channel`` is the id of a channel entry."""

    act: str
    celex: tuple[str, ...]
    articles: str
    phases: tuple[str, ...]
    channel: str
    channel_note: str
    eligibility: tuple[CheckedText, ...]
    documents: tuple[str, ...]
    time_limits: tuple[TimeLimit, ...]
    refusal_grounds: tuple[RefusalGround, ...]
    outcome: str
    reporting: tuple[str, ...]
    notes: tuple[CheckedText, ...]
    users: tuple[MechanismUser, ...]
    participation: tuple[Participation, ...]
    own_initiative: tuple[OwnInitiative, ...]
    no_own_initiative: NoOwnInitiative | None

    def time_limit(self, limit_id: str) -> TimeLimit | None:
        """Return the limit with this id, or None."""
        return next((limit for limit in self.time_limits if limit.id == limit_id), None)

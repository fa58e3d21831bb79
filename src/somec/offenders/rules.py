"""Codes and pure conditions of the record and of the decision to exchange."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from somec.kernel.text import has_controls


class Responsibility(StrEnum):
    """What the court found about criminal responsibility (a finding of none is a valid outcome, scenario S12)."""

    RESPONSIBLE = "responsible"
    DIMINISHED = "diminished"
    NOT_RESPONSIBLE = "not_responsible"


class Spent(StrEnum):
    """Whether the conviction is still disclosable under the law of the convicting state."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class OrderKind(StrEnum):
    """Kinds of decisions with conditions (FD 2008/947/JHA Art. 2) and others that supervise."""

    SUSPENDED_SENTENCE = "suspended_sentence"
    CONDITIONAL_SENTENCE = "conditional_sentence"
    ALTERNATIVE_SANCTION = "alternative_sanction"
    CONDITIONAL_RELEASE = "conditional_release"
    SUPERVISION = "supervision_after_sentence"


class ConditionStatus(StrEnum):
    """State of one condition."""

    IN_FORCE = "in_force"
    BROKEN = "broken"
    SUSPENDED = "suspended"
    LIFTED = "lifted"


class AssessmentSubject(StrEnum):
    """What an instrument speaks about."""

    SEXUAL = "sexual_offending"
    VIOLENT = "violent_offending"
    PARTNER = "partner_violence"
    GENERAL = "general_offending"
    OTHER = "other"


class TriggerKind(StrEnum):
    """Events at which a person is asked to decide (needs R4); none of them decides anything."""

    SENTENCE = "sentence"
    RELEASE = "release"
    SUPERVISION_ENDS = "supervision_ends"
    MOVE_PLANNED = "move_planned"
    FOREIGN_ADDRESS = "foreign_address"
    FOREIGN_WORK = "foreign_work"
    ABSCONDED = "absconded"
    DEPORTATION = "deportation"
    ARREST = "arrest"
    OTHER = "other"


class Relation(StrEnum):
    """How a protected person stands to the case; kept in the closed compartment only."""

    INJURED_PARTY = "injured_party"
    CHILD = "child"
    PARTNER = "partner"
    FAMILY = "family"
    WITNESS = "witness"
    OTHER = "other"


class Outcome(StrEnum):
    """What is decided. Not to exchange is a decision like the other, kept with its reason."""

    EXCHANGE = "exchange"
    NOT_EXCHANGE = "not_exchange"


class DecisionState(StrEnum):
    """Where a decision stands."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


# (action, from, to): the chart of a decision. The second person approves, returns or refuses; the author does the rest.
DECISION_CHART: tuple[tuple[str, DecisionState, DecisionState], ...] = (
    ("decision.change", DecisionState.DRAFT, DecisionState.DRAFT),
    ("decision.change", DecisionState.RETURNED, DecisionState.RETURNED),
    ("decision.submit", DecisionState.DRAFT, DecisionState.AWAITING_APPROVAL),
    ("decision.submit", DecisionState.RETURNED, DecisionState.AWAITING_APPROVAL),
    ("decision.withdraw", DecisionState.DRAFT, DecisionState.WITHDRAWN),
    ("decision.withdraw", DecisionState.RETURNED, DecisionState.WITHDRAWN),
    ("decision.withdraw", DecisionState.AWAITING_APPROVAL, DecisionState.WITHDRAWN),
    ("decision.return", DecisionState.AWAITING_APPROVAL, DecisionState.RETURNED),
    ("decision.approve", DecisionState.AWAITING_APPROVAL, DecisionState.APPROVED),
    ("decision.refuse", DecisionState.AWAITING_APPROVAL, DecisionState.REFUSED),
)
SETTLED = frozenset({DecisionState.APPROVED, DecisionState.REFUSED, DecisionState.WITHDRAWN})
BY_SECOND_PERSON = frozenset({"decision.return", "decision.approve", "decision.refuse"})

NEUTRAL_LEVELS = range(1, 6)  # 1 lowest to 5 highest: a translation of someone's words, not a measurement of ours
ENOUGH_WORDS = 20  # letters of a reason: shorter than this nobody can weigh it
OTHER_MEASURE = "other-notified"  # FD 2008/947/JHA Art. 4(2): only its words say what it is
MAX_TEXT = 4_000
MAX_MONTHS = 1_200


@dataclass(frozen=True, slots=True, repr=False)
class Necessity:
    """Why the exchange is necessary and proportionate (LED Art. 4 and 8; needs R7): four written answers.

    ``aim``: what it is to prevent. ``less_intrusive``: what else was considered and why it is not enough.
    ``effect_on_person``: what it does to the person's rights. ``effect_on_resettlement``: to his return into society.
    """

    aim: str = ""
    less_intrusive: str = ""
    effect_on_person: str = ""
    effect_on_resettlement: str = ""

    def mistakes(self) -> dict[str, list[str]]:
        """Return the codes of what is missing or too short to be weighed, by field."""
        found: dict[str, list[str]] = {}
        for name in ("aim", "less_intrusive", "effect_on_person", "effect_on_resettlement"):
            text = str(getattr(self, name)).strip()
            if not text:
                found[name] = ["missing"]
            elif len(text) < ENOUGH_WORDS:
                found[name] = ["too_short"]
            elif words_mistakes(text):
                found[name] = words_mistakes(text)
        return found


def words_mistakes(text: str) -> list[str]:
    """Return the codes of what is wrong with several lines of text that may be empty."""
    found = ["too_long"] if len(text) > MAX_TEXT else []
    return found + (["control_characters"] if has_controls(text) else [])


def next_state(action: str, state: str) -> DecisionState | None:
    """Return where an action leads from a state, or None where the chart has no such way."""
    for name, start, end in DECISION_CHART:
        if name == action and start.value == state:
            return end
    return None


def open_overrides(outcome: str, warnings: Collection[str], overrides: Mapping[str, str]) -> list[str]:
    """Return the warnings for which an approver of an exchange has not yet written why it is still right.

    Not exchanging needs no override: the warnings speak against sending, never against keeping silent.
    """
    if outcome != Outcome.EXCHANGE.value:
        return []
    return [code for code in warnings if len(overrides.get(code, "").strip()) < ENOUGH_WORDS]

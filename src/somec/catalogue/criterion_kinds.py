"""The kinds of criteria a state may use. Each is a rule written by people over recorded facts (AI Act, recital 12).

A criterion answers *met* if one record satisfies it whole. It answers *missing data* if none does but one would if
something unknown turned out well; otherwise *not met*. Nothing is added up across records.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from somec.catalogue.facts import AssessmentFact, ConvictionFact, Facts, MovementFact, OrderFact, SanctionFact
from somec.catalogue.labels import ENGLISH, Label, Labels
from somec.catalogue.outcomes import CriterionResult, Outcome, Reason

LIFE_IMPRISONMENT = "1002"
WHOLLY_SUSPENDED = frozenset({"a", "c"})
MONTHS_IN_YEAR = 12


def months_later(day: date, months: int) -> date:
    """Return the same day of the month ``months`` later, or the last day of a shorter month."""
    index = day.year * MONTHS_IN_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_IN_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class AssessmentRule(StrEnum):
    """Which of several current assessments counts."""

    LATEST = "latest"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(ABC):
    """What every criterion has: an id that stays the same across versions, words, and whether it is required."""

    kind: ClassVar[str]
    id: str
    labels: Labels
    required: bool

    def label(self, lang: str = ENGLISH) -> Label:
        """Return the state's own words for the criterion."""
        return self.labels.label(lang)

    @abstractmethod
    def judge(self, facts: Facts) -> CriterionResult:
        """Return met, not met or missing data with reasons."""

    def _result(self, outcome: Outcome, reasons: Iterable[Reason]) -> CriterionResult:
        return CriterionResult(self.id, self.kind, self.required, outcome, tuple(reasons))


@dataclass(frozen=True, slots=True)
class _Checks:
    """What spoke against one record, and what about it is unknown."""

    against: tuple[Reason, ...]
    unknown: tuple[Reason, ...]

    @property
    def outcome(self) -> Outcome:
        if self.against:
            return Outcome.NOT_MET
        return Outcome.MISSING_DATA if self.unknown else Outcome.MET


@dataclass(frozen=True, slots=True, kw_only=True)
class QualifyingConviction(Criterion):
    """A conviction of a serious kind. ``offence_codes`` is complete: tags and exceptions are already worked in."""

    kind: ClassVar[str] = "qualifying_conviction"
    offence_codes: frozenset[str]
    sentence_codes: frozenset[str]
    minimum_months: int | None
    count_suspended: bool
    minimum_age_at_offence: int | None
    maximum_years_since_final: int | None
    count_spent: bool

    def judge(self, facts: Facts) -> CriterionResult:
        """Look for one conviction that satisfies every part; say for each other one why it does not."""
        if not facts.convictions:
            return self._result(Outcome.NOT_MET, [Reason.of("no-conviction-recorded")])
        relevant = self.relevant(facts)
        if not relevant:
            return self._result(Outcome.NOT_MET, [Reason.of("no-listed-offence", recorded=len(facts.convictions))])
        judged = [(conviction, self._check(conviction, facts.as_of)) for conviction in relevant]
        met = [conviction for conviction, checks in judged if checks.outcome is Outcome.MET]
        if met:
            return self._result(Outcome.MET, [self._qualifies(conviction) for conviction in met])
        open_ones = [checks for _, checks in judged if checks.outcome is Outcome.MISSING_DATA]
        if open_ones:
            return self._result(Outcome.MISSING_DATA, [reason for checks in open_ones for reason in checks.unknown])
        return self._result(Outcome.NOT_MET, self._refusals(relevant, [checks for _, checks in judged]))

    def relevant(self, facts: Facts) -> tuple[ConvictionFact, ...]:
        """Return the convictions for an offence of the list."""
        return tuple(item for item in facts.convictions if item.offence_codes & self.offence_codes)

    def _refusals(self, relevant: tuple[ConvictionFact, ...], checks: list[_Checks]) -> list[Reason]:
        reasons = [reason for check in checks for reason in check.against]
        minimum = self.minimum_age_at_offence
        young = [item for item in relevant if _under(item.age_at_offence, minimum)]
        if minimum is not None and len(young) == len(relevant):
            reasons.insert(0, Reason.of("juvenile-only", convictions=len(young), minimum_age=minimum))
        return reasons

    def _qualifies(self, conviction: ConvictionFact) -> Reason:
        codes = tuple(sorted(conviction.offence_codes & self.offence_codes))
        return Reason.of("conviction-qualifies", conviction=conviction.reference, offences=codes)

    def _check(self, conviction: ConvictionFact, as_of: date) -> _Checks:
        found = [
            self._age(conviction),
            self._final(conviction, as_of),
            self._spent(conviction),
            self._sentence(conviction),
        ]
        given = [item for item in found if item is not None]
        return _Checks(
            against=tuple(reason for is_known, reason in given if is_known),
            unknown=tuple(reason for is_known, reason in given if not is_known),
        )

    def _age(self, conviction: ConvictionFact) -> tuple[bool, Reason] | None:
        minimum, age = self.minimum_age_at_offence, conviction.age_at_offence
        if minimum is None:
            return None
        if age is None:
            return False, Reason.of("age-at-offence-unknown", conviction=conviction.reference)
        if age < minimum:
            return True, Reason.of("juvenile-at-offence", conviction=conviction.reference, age=age, minimum_age=minimum)
        return None

    def _final(self, conviction: ConvictionFact, as_of: date) -> tuple[bool, Reason] | None:
        final = conviction.final_on
        if final is None:
            return False, Reason.of("date-final-unknown", conviction=conviction.reference)
        if final > as_of:
            return True, Reason.of("not-yet-final", conviction=conviction.reference, final_on=final.isoformat())
        years = self.maximum_years_since_final
        if years is not None and months_later(final, years * MONTHS_IN_YEAR) < as_of:
            return True, Reason.of(
                "conviction-too-old", conviction=conviction.reference, final_on=final.isoformat(), maximum_years=years
            )
        return None

    def _spent(self, conviction: ConvictionFact) -> tuple[bool, Reason] | None:
        if self.count_spent or conviction.spent is False:
            return None
        code = "spent" if conviction.spent else "spent-unknown"
        return bool(conviction.spent), Reason.of(
            code, conviction=conviction.reference, convicting_state=conviction.convicting_state
        )

    def _sentence(self, conviction: ConvictionFact) -> tuple[bool, Reason] | None:
        minimum = self.minimum_months
        if minimum is None:
            return None
        if not conviction.sanctions:
            return False, Reason.of("sentence-unknown", conviction=conviction.reference)
        counted = [sanction for sanction in conviction.sanctions if self._counts(sanction)]
        if any(sanction.code == LIFE_IMPRISONMENT or (sanction.months or 0) >= minimum for sanction in counted):
            return None
        if any(sanction.months is None for sanction in counted):
            return False, Reason.of("sentence-length-unknown", conviction=conviction.reference)
        longest = max((sanction.months or 0 for sanction in counted), default=0)
        return True, Reason.of(
            "sentence-too-short", conviction=conviction.reference, months=longest, minimum_months=minimum
        )

    def _counts(self, sanction: SanctionFact) -> bool:
        if sanction.code not in self.sentence_codes:
            return False
        return self.count_suspended or not sanction.parameters & WHOLLY_SUSPENDED


def _under(age: int | None, minimum: int | None) -> bool:
    return age is not None and minimum is not None and age < minimum


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentAssessment(Criterion):
    """An assessment of this very person, not older than ``maximum_age_months``, at ``minimum_level`` or above (1 to 5).

    ``instruments``: names that count, in any case of letters; empty means any named instrument.
    """

    kind: ClassVar[str] = "current_assessment"
    maximum_age_months: int
    minimum_level: int
    instruments: frozenset[str]
    rule: AssessmentRule

    def judge(self, facts: Facts) -> CriterionResult:
        """Judge the current assessments; without one, say what is missing."""
        named = [item for item in facts.assessments if self._named(item)]
        individual = [item for item in named if item.individual]
        current = self.current(facts)
        if current:
            return self._judge_levels(current)
        dated = [item.assessed_on for item in individual if item.assessed_on is not None]
        if dated:
            latest = max(dated).isoformat()
            reason = Reason.of("assessment-outdated", latest=latest, maximum_age_months=self.maximum_age_months)
        elif individual:
            reason = Reason.of("assessment-undated", assessment=individual[0].reference)
        elif named:
            reason = Reason.of("no-individual-assessment", group_assessments=len(named))
        else:
            reason = Reason.of("no-assessment-recorded", recorded=len(facts.assessments))
        return self._result(Outcome.MISSING_DATA, [reason])

    def current(self, facts: Facts) -> tuple[AssessmentFact, ...]:
        """Return the individual assessments that are still current, latest first."""
        found = [
            item
            for item in facts.assessments
            if self._named(item)
            and item.individual
            and item.assessed_on is not None
            and item.assessed_on <= facts.as_of <= months_later(item.assessed_on, self.maximum_age_months)
            and (item.valid_until is None or item.valid_until >= facts.as_of)
        ]
        return tuple(sorted(found, key=lambda item: item.assessed_on or date.min, reverse=True))

    def _named(self, item: AssessmentFact) -> bool:
        return not self.instruments or item.instrument.casefold() in self.instruments

    def _judge_levels(self, current: tuple[AssessmentFact, ...]) -> CriterionResult:
        if self.rule is AssessmentRule.LATEST:
            counted = [item for item in current if item.assessed_on == current[0].assessed_on]
        else:
            counted = list(current)
        unmapped = [item for item in counted if item.neutral_level is None]
        reached = [item for item in counted if (item.neutral_level or 0) >= self.minimum_level]
        below = [item for item in counted if item.neutral_level is not None and item.neutral_level < self.minimum_level]
        every_one = self.rule is AssessmentRule.LATEST
        if reached and not (every_one and (below or unmapped)):
            outcome, shown, code = Outcome.MET, reached, "level-reached"
        elif unmapped and not (every_one and below):
            outcome, shown, code = Outcome.MISSING_DATA, unmapped, "level-not-mapped"
        else:
            outcome, shown, code = Outcome.NOT_MET, below, "level-too-low"
        reasons = [self._reason(code, item) for item in shown]
        known = {item.neutral_level >= self.minimum_level for item in current if item.neutral_level is not None}
        if len(known) > 1:
            reasons.append(Reason.of("assessments-differ", assessments=tuple(item.reference for item in current)))
        return self._result(outcome, reasons)

    def _reason(self, code: str, item: AssessmentFact) -> Reason:
        return Reason.of(
            code,
            assessment=item.reference,
            instrument=item.instrument,
            assessed_on=item.assessed_on.isoformat() if item.assessed_on else "",
            level=item.neutral_level or "",
            minimum_level=self.minimum_level,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementLink(Criterion):
    """A sign of movement, or of a link to another state, not older than ``maximum_age_days``."""

    kind: ClassVar[str] = "movement_link"
    signs: frozenset[str]
    maximum_age_days: int

    def judge(self, facts: Facts) -> CriterionResult:
        """Look for one sign that counts and is recent enough."""
        listed = [item for item in facts.movements if item.sign in self.signs]
        if not listed:
            return self._result(Outcome.NOT_MET, [Reason.of("no-movement-sign", recorded=len(facts.movements))])
        earliest = facts.as_of - timedelta(days=self.maximum_age_days)
        recent = [item for item in listed if item.as_of is not None and item.as_of >= earliest]
        if recent:
            return self._result(Outcome.MET, [_sign("movement-sign", item) for item in recent])
        undated = [item for item in listed if item.as_of is None]
        if undated:
            return self._result(Outcome.MISSING_DATA, [_sign("movement-sign-undated", item) for item in undated])
        reason = Reason.of("movement-sign-outdated", recorded=len(listed), maximum_age_days=self.maximum_age_days)
        return self._result(Outcome.NOT_MET, [reason])


def _sign(code: str, item: MovementFact) -> Reason:
    return Reason.of(code, movement=item.reference, sign=item.sign, states=tuple(sorted(item.states)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInForce(Criterion):
    """An order with conditions that runs on the day of the evaluation."""

    kind: ClassVar[str] = "order_in_force"

    def judge(self, facts: Facts) -> CriterionResult:
        """Look for one order that runs."""
        running = running_orders(facts)
        if running:
            return self._result(Outcome.MET, [Reason.of("order-in-force", order=item.reference) for item in running])
        undated = [item for item in facts.orders if item.starts_on is None]
        if undated:
            return self._result(
                Outcome.MISSING_DATA, [Reason.of("order-start-unknown", order=item.reference) for item in undated]
            )
        return self._result(Outcome.NOT_MET, [Reason.of("no-order-in-force", recorded=len(facts.orders))])


def running_orders(facts: Facts) -> tuple[OrderFact, ...]:
    """Return the orders that run on the day of the evaluation; the last day still counts."""
    return tuple(
        item
        for item in facts.orders
        if item.starts_on is not None
        and item.starts_on <= facts.as_of
        and (item.ends_on is None or item.ends_on >= facts.as_of)
    )

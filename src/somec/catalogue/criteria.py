"""A state's own criteria for "serious mobile offender", and how recorded facts are held against them.

No common definition is public, so each state configures its own (needs.md 2.2). The rules are written by people and
only compare recorded facts with limits: no score, no learned weight, no ranking. All required criteria must be met.
The result never decides anything; a person does, and a second person approves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from somec.catalogue.criterion_kinds import (
    MONTHS_IN_YEAR,
    Criterion,
    CurrentAssessment,
    MovementLink,
    QualifyingConviction,
    months_later,
    running_orders,
)
from somec.catalogue.facts import ConvictionFact, Facts, StatedReason
from somec.catalogue.labels import ENGLISH, Label, Labels
from somec.catalogue.outcomes import CriterionResult, Evaluation, Outcome, Reason
from somec.kernel.errors import NotPossibleNow

ADULT_AGE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningLimits:
    """When to warn of disproportion (needs.md R10). None switches a warning off."""

    juvenile_below_age: int | None
    old_conviction_years: int | None
    low_level_at_most: int | None
    destination_only: bool
    whole_group: bool
    no_order_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """One version of a state's criteria. ``example``: made up by the project, not the criteria of any authority.

    ``digest`` is SHA-256 of the file in hex; ``in_force_until`` is the last day, None while no end is set.
    """

    state: str
    version: int
    in_force_since: date
    in_force_until: date | None
    example: bool
    source: str
    verified: bool
    labels: Labels
    criteria: tuple[Criterion, ...]
    warnings: WarningLimits
    digest: str

    def label(self, lang: str = ENGLISH) -> Label:
        """Return the state's own title for its criteria."""
        return self.labels.label(lang)

    def in_force(self, on: date) -> bool:
        """Return whether this version applies on a day."""
        return self.in_force_since <= on and (self.in_force_until is None or on <= self.in_force_until)


def evaluate(criteria: Criteria, facts: Facts) -> Evaluation:
    """Hold recorded facts against a state's criteria; raises NotPossibleNow where they are not in force on that day."""
    if not criteria.in_force(facts.as_of):
        raise NotPossibleNow("criteria.not_in_force", state=criteria.state, version=criteria.version)
    results = tuple(criterion.judge(facts) for criterion in criteria.criteria)
    return Evaluation(
        state=criteria.state,
        version=criteria.version,
        digest=criteria.digest,
        example=criteria.example,
        evaluated_on=facts.as_of,
        outcome=overall(results),
        results=results,
        warnings=warnings(criteria, facts, results),
    )


def overall(results: tuple[CriterionResult, ...]) -> Outcome:
    """Return met only if every required criterion is met; one that is not met outweighs missing data."""
    outcomes = {result.outcome for result in results if result.required}
    for outcome in (Outcome.NOT_MET, Outcome.MISSING_DATA):
        if outcome in outcomes:
            return outcome
    return Outcome.MET


def warnings(criteria: Criteria, facts: Facts, results: tuple[CriterionResult, ...]) -> tuple[Reason, ...]:
    """Return every warning of disproportion. A warning stops nothing; the authoriser must answer it in writing."""
    limits = criteria.warnings
    convictions = _convictions_that_matter(criteria, facts)
    found = [
        _juvenile_only(limits, convictions),
        _old(limits, convictions, facts.as_of),
        _low_level(criteria, facts),
        _destination_only(limits, facts, results),
        _whole_group(limits, facts),
        _no_order(limits, facts),
    ]
    return tuple(warning for warning in found if warning is not None)


def _convictions_that_matter(criteria: Criteria, facts: Facts) -> tuple[ConvictionFact, ...]:
    """Return the convictions for listed offences; where there are none, all of them."""
    kinds = [item for item in criteria.criteria if isinstance(item, QualifyingConviction)]
    listed = {conviction for kind in kinds for conviction in kind.relevant(facts)}
    return tuple(item for item in facts.convictions if item in listed) or facts.convictions


def _juvenile_only(limits: WarningLimits, convictions: tuple[ConvictionFact, ...]) -> Reason | None:
    below = limits.juvenile_below_age
    if below is None or not convictions:
        return None
    ages = [item.age_at_offence for item in convictions if item.age_at_offence is not None]
    if len(ages) == len(convictions) and max(ages) < below:
        return Reason.of("juvenile-only", convictions=len(convictions), below_age=below)
    return None


def _old(limits: WarningLimits, convictions: tuple[ConvictionFact, ...], as_of: date) -> Reason | None:
    years = limits.old_conviction_years
    finals = [item.final_on for item in convictions if item.final_on is not None]
    if years is None or not finals or len(finals) < len(convictions):
        return None
    newest = max(finals)
    if months_later(newest, years * MONTHS_IN_YEAR) < as_of:
        return Reason.of("old-conviction", newest_final_on=newest.isoformat(), years=years)
    return None


def _low_level(criteria: Criteria, facts: Facts) -> Reason | None:
    limit = criteria.warnings.low_level_at_most
    for criterion in criteria.criteria:
        if limit is None or not isinstance(criterion, CurrentAssessment):
            continue
        levels = [item.neutral_level for item in criterion.current(facts) if item.neutral_level is not None]
        if levels and levels[0] <= limit:
            return Reason.of("low-level", level=levels[0], limit=limit)
    return None


def _destination_only(limits: WarningLimits, facts: Facts, results: tuple[CriterionResult, ...]) -> Reason | None:
    """Warn where the movement is all there is: by what the officer says, or because nothing else required is met."""
    if not limits.destination_only:
        return None
    where = {StatedReason.DESTINATION, StatedReason.MOVEMENT}
    if facts.stated_reasons and facts.stated_reasons <= where:
        return Reason.of("destination-only", ground="stated-reason")
    met = {result.kind for result in results if result.required and result.outcome is Outcome.MET}
    if met == {MovementLink.kind}:
        return Reason.of("destination-only", ground="recorded-facts")
    return None


def _whole_group(limits: WarningLimits, facts: Facts) -> Reason | None:
    """Warn where the person is told about as one of a group (scenario S13)."""
    if not limits.whole_group:
        return None
    if facts.selected_together > 1:
        return Reason.of("whole-group", ground="selected-together", people=facts.selected_together)
    if StatedReason.GROUP in facts.stated_reasons and StatedReason.ASSESSMENT not in facts.stated_reasons:
        return Reason.of("whole-group", ground="stated-reason")
    if facts.assessments and not any(item.individual for item in facts.assessments):
        return Reason.of("whole-group", ground="group-assessment")
    return None


def _no_order(limits: WarningLimits, facts: Facts) -> Reason | None:
    """Warn that nothing is being supervised: police channel only, stronger justification (needs.md R6)."""
    if limits.no_order_in_force and not running_orders(facts):
        return Reason.of("no-order-in-force")
    return None

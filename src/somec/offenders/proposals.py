"""A decision's content: what an author proposes, what is missing from it, and what the criteria say to it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

from somec.access.rules import Actor, Target
from somec.audit import actions as audit
from somec.audit.rules import Kind
from somec.catalogue import queries as catalogue
from somec.catalogue.criteria import Criteria, evaluate
from somec.catalogue.facts import StatedReason
from somec.catalogue.outcomes import Evaluation, Outcome
from somec.exchange import identity
from somec.kernel import clock
from somec.kernel.errors import Invalid
from somec.offenders import facts, models, rules
from somec.offenders.rules import DecisionState, Necessity
from somec.persons import families
from somec.persons.rules import state_mistakes

CRITERIA_FOLDER = "criteria"  # in the node's folder: LV.toml and nothing else
GROUP_DAYS = 30  # the same words about several people within this time look like one decision for a group
DECISION = "decision"
NOTHING_WRITTEN = Necessity()
NECESSITY_FIELDS = tuple(field.name for field in fields(Necessity))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Proposal:
    """What an author proposes: outcome, states to be told, reasons, and for "not exchange" why and when to look again.

    ``stated_reasons`` are codes of :class:`somec.catalogue.facts.StatedReason`.
    """

    outcome: str
    destinations: tuple[str, ...] = ()
    necessity: Necessity = NOTHING_WRITTEN
    stated_reasons: tuple[str, ...] = ()
    reason: str = ""
    review_on: date | None = None


def warning_codes(row: models.Decision) -> list[str]:
    """Return the codes an approver must answer: each warning, and that the criteria are not met or lack data."""
    codes = [str(warning["code"]) for warning in row.warnings]
    outcome = row.criteria.get("outcome")
    return codes if outcome == Outcome.MET.value else [f"criteria-{outcome}".replace("_", "-"), *codes]


def target(row: models.Decision) -> Target:
    """Return a decision as access sees it: its authority is that of the file, its author never its second person."""
    return Target(
        kind=DECISION, id=row.id, authority_id=row.authority_id, author_id=row.author_id, state=row.state,
        owner_ids=frozenset({row.author_id}), case=row.person_id,
    )  # fmt: skip


def check_codes(proposal: Proposal) -> None:
    """Raise Invalid for codes that do not exist and texts that are too long; drafts may be incomplete."""
    wrong = {
        "outcome": [] if proposal.outcome in set(rules.Outcome) else ["choice"],
        "destinations": sorted(
            {code for state in proposal.destinations for code in state_mistakes(state, required=True)}
        ),
        "stated_reasons": ["choice"] if set(proposal.stated_reasons) - set(StatedReason) else [],
        "reason": rules.words_mistakes(proposal.reason),
    }
    wrong |= {field: rules.words_mistakes(getattr(proposal.necessity, field)) for field in NECESSITY_FIELDS}
    found = {field: codes for field, codes in wrong.items() if codes}
    if found:
        raise Invalid("decision.invalid", fields=found)


def missing(proposal: Proposal, today: date) -> dict[str, list[str]]:
    """Return what must be written before a second person is asked."""
    if proposal.outcome == rules.Outcome.EXCHANGE.value:
        found = proposal.necessity.mistakes()
        return found if proposal.destinations else found | {"destinations": ["missing"]}
    found = {} if len(proposal.reason.strip()) >= rules.ENOUGH_WORDS else {"reason": ["too_short"]}
    if proposal.review_on is None:
        found["review_on"] = ["missing"]
    elif proposal.review_on <= today:
        found["review_on"] = ["not_in_the_future"]
    return found


def of_row(row: models.Decision) -> Proposal:
    """Return what a stored decision proposes."""
    return Proposal(
        outcome=row.outcome, destinations=tuple(row.destinations), stated_reasons=tuple(row.stated_reasons),
        necessity=Necessity(row.aim, row.less_intrusive, row.effect_on_person, row.effect_on_resettlement),
        reason=row.reason, review_on=row.review_on,
    )  # fmt: skip


def evaluated(actor: Actor, person_id: str, proposal: Proposal) -> Evaluation:
    """Hold the facts of now against the criteria of the actor's state; nothing is stored."""
    together = _selected_together(actor, person_id, proposal)
    held = facts.of_person(
        person_id, clock.now().date(), stated_reasons=proposal.stated_reasons, selected_together=together
    )
    return evaluate(criteria_of(actor.state), held)


def criteria_of(state: str) -> Criteria:
    """Return a state's own criteria from the node's folder, or where it has none the project's example, marked as one.

    Read anew each time, so that a new version counts from the moment it lies there; unchanged bytes are parsed once.
    """
    own = identity.config().folder / CRITERIA_FOLDER
    return catalogue.criteria_for(state, directory=own if own.is_dir() else None)


def _selected_together(actor: Actor, person_id: str, proposal: Proposal) -> int:
    """Return about how many people this author wrote the very same aim lately: one decision is for one person (S13)."""
    aim = proposal.necessity.aim.strip()
    if not aim:
        return 1
    since = clock.now() - timedelta(days=GROUP_DAYS)
    same = models.Decision.objects.filter(author_id=actor.id, aim=aim, written_at__gte=since)
    others = same.exclude(person_id__in=families.ids(person_id))
    return 1 + others.values("person_id").distinct().count()


def write(row: models.Decision, proposal: Proposal, evaluation: Evaluation) -> None:
    """Set a row's content and what the criteria said; not yet saved."""
    necessity = proposal.necessity
    row.outcome, row.destinations = proposal.outcome, list(proposal.destinations)
    row.stated_reasons, row.reason, row.review_on = list(proposal.stated_reasons), proposal.reason, proposal.review_on
    row.aim, row.less_intrusive = necessity.aim.strip(), necessity.less_intrusive.strip()
    row.effect_on_person = necessity.effect_on_person.strip()
    row.effect_on_resettlement = necessity.effect_on_resettlement.strip()
    row.criteria = evaluation.as_json()
    row.criteria_version = f"{evaluation.state} {evaluation.version}"
    row.criteria_met = evaluation.outcome is Outcome.MET
    row.warnings = [warning.as_json() for warning in evaluation.warnings]


def log(actor: Actor, row: models.Decision, action: str, reason: str = "") -> None:
    """Record an act on a decision in the log: codes only, no words of the decision itself."""
    overrides = ",".join(sorted(row.overrides)) if row.state == DecisionState.APPROVED.value else ""
    audit.record(
        actor=actor, action=action, kind=Kind.ALTERATION, subject=row.id, case=row.person_id, purpose=actor.purpose,
        reason=reason, detail={
            "outcome": row.outcome, "state": row.state, "criteria": row.criteria_version,
            "criteria_met": row.criteria_met, "warnings": ",".join(warning_codes(row)), "overrides": overrides,
        },
    )  # fmt: skip

"""Tables of the record and the decision. Constraints repeat :mod:`somec.offenders.rules`."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from somec.kernel import ids
from somec.offenders import rules
from somec.persons.belonging import Belongs
from somec.persons.models import Person, Row, Stated, code_field, id_field, line_field, one_of, together


def forward(name: str, start: str, end: str) -> models.CheckConstraint:
    """Return the constraint that a period does not end before it starts."""
    return models.CheckConstraint(
        condition=Q(**{f"{start}__isnull": True}) | Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)}),
        name=name,
    )


def text_field() -> models.TextField[str, str]:
    """Return a column for words that may be empty."""
    return models.TextField(default="", blank=True)


class Entry(Stated):
    """An entry of a person's record."""

    belongs: ClassVar = Belongs(at="recorded_at", only=(("withdrawn_at", None),))
    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.CASCADE)

    class Meta(Stated.Meta):
        """As every statement."""

        abstract = True


class Conviction(Entry):
    """A final or not yet final conviction (fields of FD 2009/315/JHA Art. 11(1))."""

    state = models.CharField(max_length=2)
    court = line_field()
    reference = line_field(100)
    decided = models.DateField()
    final = models.DateField(null=True)
    responsibility = code_field("responsible")
    spent = code_field("unknown")

    class Meta(Entry.Meta):
        """A conviction becomes final on or after the day it is given."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Entry.Meta.constraints,
            one_of("responsibility", rules.Responsibility, "offenders_conviction_responsib"),
            one_of("spent", rules.Spent, "offenders_conviction_spent"),
            forward("offenders_conviction_final", "decided", "final"),
        )


class Offence(Row):
    """One offence of a conviction: ECRIS code with its parameters, the national words, when and where."""

    id = id_field()
    conviction = models.ForeignKey(Conviction, on_delete=models.CASCADE, related_name="offences")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=7)
    parameters = models.JSONField(default=list)
    classification = line_field(400)
    language = models.CharField(max_length=12, default="", blank=True)
    provision = line_field()
    committed_from = models.CharField(max_length=10, default="", blank=True)  # partial date, see persons.dates
    committed_until = models.CharField(max_length=10, default="", blank=True)
    place = line_field()
    state = models.CharField(max_length=2, default="", blank=True)

    class Meta:
        """In the order of the judgment."""

        constraints = (models.UniqueConstraint(fields=["conviction", "position"], name="offenders_offence_position"),)
        indexes = (models.Index(fields=["code"], name="offenders_offence_code"),)


class Sanction(Row):
    """One penalty or measure: ECRIS code with its parameters and length in months and days."""

    id = id_field()
    conviction = models.ForeignKey(Conviction, on_delete=models.CASCADE, related_name="sanctions")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=5)
    parameters = models.JSONField(default=list)
    months = models.PositiveIntegerField(null=True)
    days = models.PositiveIntegerField(null=True)
    note = line_field(400)
    language = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        """In the order of the judgment."""

        constraints = (models.UniqueConstraint(fields=["conviction", "position"], name="offenders_sanction_position"),)


class Order(Entry):
    """A decision that puts the person under conditions, with the authority that supervises."""

    belongs: ClassVar = replace(Entry.belongs, needs=("conviction_id", "offenders.conviction"))
    conviction = models.ForeignKey(Conviction, on_delete=models.SET_NULL, null=True, related_name="orders")
    kind = code_field()
    state = models.CharField(max_length=2)
    court = line_field()
    reference = line_field(100)
    decided = models.DateField()
    starts = models.DateField()
    ends = models.DateField(null=True)
    supervisor = line_field()
    supervising_state = models.CharField(max_length=2)

    class Meta(Entry.Meta):
        """Periods run forward."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Entry.Meta.constraints,
            one_of("kind", rules.OrderKind, "offenders_order_kind"),
            forward("offenders_order_period", "starts", "ends"),
        )


class Condition(Row):
    """One condition of an order: a measure of FD 2008/947/JHA Art. 4 (ids of the catalogue), with words."""

    id = id_field()
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="conditions")
    position = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=60)
    words = text_field()
    language = models.CharField(max_length=12, default="", blank=True)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    status = code_field("in_force")
    status_since = models.DateField(null=True)
    binds_in = models.JSONField(default=list)

    class Meta:
        """Only measures of the list, or words."""

        constraints = (
            models.UniqueConstraint(fields=["order", "position"], name="offenders_condition_position"),
            one_of("status", rules.ConditionStatus, "offenders_condition_status"),
            models.CheckConstraint(condition=~Q(measure=""), name="offenders_condition_measure"),
            models.CheckConstraint(
                condition=~Q(measure=rules.OTHER_MEASURE, words=""), name="offenders_condition_words"
            ),
            forward("offenders_condition_period", "starts", "ends"),
        )


class Assessment(Entry):
    """An assessment made elsewhere: its own words first, a neutral level only with the source of the mapping."""

    subject = code_field("other")
    individual = models.BooleanField(default=True)
    instrument = line_field(100)
    instrument_version = line_field(60)
    performed = models.DateField()
    valid_until = models.DateField(null=True)
    assessor_role = line_field()
    assessor_authority = line_field()
    state = models.CharField(max_length=2)
    level = models.CharField(max_length=300)
    language = models.CharField(max_length=12)
    points = line_field(60)
    neutral = models.PositiveSmallIntegerField(null=True)
    mapping_source = line_field(300)

    class Meta(Entry.Meta):
        """No assessment without instrument, role and words; no neutral level without its mapping."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Entry.Meta.constraints,
            one_of("subject", rules.AssessmentSubject, "offenders_assessment_subject"),
            models.CheckConstraint(
                condition=~Q(instrument="") & ~Q(assessor_role="") & ~Q(level=""), name="offenders_assessment_named"
            ),
            models.CheckConstraint(
                condition=Q(neutral__isnull=True) | (Q(neutral__gte=1, neutral__lte=5) & ~Q(mapping_source="")),
                name="offenders_assessment_neutral",
            ),
            forward("offenders_assessment_valid", "performed", "valid_until"),
        )


class Trigger(Entry):
    """An event at which somebody is asked to decide."""

    kind = code_field()
    on = models.DateField()
    state = models.CharField(max_length=2, default="", blank=True)
    words = text_field()
    language = models.CharField(max_length=12, default="", blank=True)

    class Meta(Entry.Meta):
        """Known kinds only."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Entry.Meta.constraints,
            one_of("kind", rules.TriggerKind, "offenders_trigger_kind"),
        )
        indexes = (models.Index(fields=["on"], name="offenders_trigger_on"),)


class MovementSign(Entry):
    """A sign that the person moves or has a link to another state; ``sign`` is an id of the catalogue."""

    sign = models.CharField(max_length=60)
    states = models.JSONField(default=list)
    on = models.DateField(null=True)
    words = text_field()
    language = models.CharField(max_length=12, default="", blank=True)

    class Meta(Entry.Meta):
        """A sign has a kind."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=~Q(sign=""), name="offenders_movementsign_kind"),
        )


class PersonAtRisk(Entry):
    """A person to be kept safe. The closed compartment: own permission, each reading logged, never in a notice."""

    belongs: ClassVar = replace(Entry.belongs, closed=True)
    relation = code_field()
    name = line_field()
    state = models.CharField(max_length=2, default="", blank=True)
    words = text_field()
    language = models.CharField(max_length=12, default="", blank=True)
    contact_authority = line_field()
    no_contact = models.BooleanField(default=False)

    class Meta(Entry.Meta):
        """Known relations only."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Entry.Meta.constraints,
            one_of("relation", rules.Relation, "offenders_personatrisk_relation"),
        )


class Decision(Row):
    """Whether to tell another state: criteria frozen, necessity written, a second person's word."""

    belongs: ClassVar = Belongs(at="written_at", awaits=("state", rules.DecisionState.AWAITING_APPROVAL.value))
    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="decisions")
    outcome = code_field()
    state = code_field("draft")
    destinations = models.JSONField(default=list)
    stated_reasons = models.JSONField(default=list)
    aim = text_field()
    less_intrusive = text_field()
    effect_on_person = text_field()
    effect_on_resettlement = text_field()
    reason = text_field()
    review_on = models.DateField(null=True)
    criteria = models.JSONField(default=dict)
    criteria_version = line_field(60)
    criteria_met = models.BooleanField(default=False)
    warnings = models.JSONField(default=list)
    overrides = models.JSONField(default=dict)
    authority_id = models.CharField(max_length=ids.MAX_LENGTH, db_index=True)
    author_id = models.CharField(max_length=ids.MAX_LENGTH)
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decider_id = models.CharField(max_length=ids.MAX_LENGTH, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decider_reason = text_field()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """The author never decides, and nothing is submitted without its reasons."""

        constraints = (
            one_of("outcome", rules.Outcome, "offenders_decision_outcome"),
            one_of("state", rules.DecisionState, "offenders_decision_state"),
            models.CheckConstraint(condition=~Q(decider_id=F("author_id")), name="offenders_decision_two_people"),
            together("offenders_decision_decided", "decided_at", "decider_id"),
            models.CheckConstraint(
                condition=~Q(state__in=[rules.DecisionState.APPROVED.value, rules.DecisionState.REFUSED.value])
                | ~Q(decider_id=""),
                name="offenders_decision_second",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | (Q(outcome=rules.Outcome.NOT_EXCHANGE.value, review_on__isnull=False) & ~Q(reason=""))
                | (
                    Q(outcome=rules.Outcome.EXCHANGE.value)
                    & ~Q(aim="")
                    & ~Q(less_intrusive="")
                    & ~Q(effect_on_person="")
                    & ~Q(effect_on_resettlement="")
                ),
                name="offenders_decision_reasons",
            ),
        )
        indexes = (
            models.Index(fields=["state", "submitted_at"], name="offenders_decision_waiting"),
            models.Index(fields=["review_on"], name="offenders_decision_review"),
        )

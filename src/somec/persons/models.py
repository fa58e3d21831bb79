"""Tables of the person file. A row is one statement with its origin; constraints repeat :mod:`somec.persons.rules`.

Rows are changed only by :mod:`somec.persons.actions`, which keeps the old value of each change in :class:`Change`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, TypeVar

from django.db import models
from django.db.models import F, Q
from django.db.models.signals import post_delete
from django.dispatch import receiver

from somec.kernel import ids
from somec.persons import rules
from somec.persons.belonging import Belongs

AnyModel = TypeVar("AnyModel", bound=models.Model)


def every(model: type[AnyModel]) -> models.Manager[AnyModel]:
    """Return all rows of a table that is known at run time only."""
    return model._default_manager  # noqa: SLF001 - Django's public name for it is the class's own


def id_field() -> models.CharField[str, str]:
    """Return the primary key column that every table of somec has."""
    return models.CharField(max_length=ids.MAX_LENGTH, primary_key=True)


def code_field(default: str = "") -> models.CharField[str, str]:
    """Return a column for one code."""
    return models.CharField(max_length=40, default=default, blank=True)


def line_field(length: int = rules.MAX_LINE) -> models.CharField[str, str]:
    """Return a column for one line of text that may be empty."""
    return models.CharField(max_length=length, default="", blank=True)


def one_of(field: str, choices: type[StrEnum], name: str) -> models.CheckConstraint:
    """Return the constraint that a column holds one of the codes."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": [choice.value for choice in choices]}), name=name)


def together(name: str, first: str, second: str) -> models.CheckConstraint:
    """Return the constraint that an instant and who it was by are both there or both absent."""
    both = Q(**{f"{first}__isnull": False}) & ~Q(**{second: ""})
    none = Q(**{f"{first}__isnull": True, second: ""})
    return models.CheckConstraint(condition=both | none, name=name)


class Row(models.Model):
    """Prints as kind and id: whatever is logged by accident holds no personal data."""

    class Meta:
        """A base only."""

        abstract = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pk}>"

    __str__ = __repr__


class Stated(Row):
    """Where a statement comes from, who wrote it down, and whether it was withdrawn (withdrawn rows are kept)."""

    source = code_field("not_stated")
    note = line_field(rules.MAX_NOTE)
    as_of = models.DateField(null=True)
    evaluation = models.CharField(max_length=2, default="X4")
    position = models.PositiveIntegerField(default=0)  # order among what was written down at the same instant
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=ids.MAX_LENGTH)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=ids.MAX_LENGTH, default="", blank=True)

    class Meta:
        """Every statement has these constraints."""

        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            one_of("source", rules.Source, "%(app_label)s_%(class)s_source"),
            models.CheckConstraint(
                condition=Q(evaluation__in=[f"{source}{accuracy}" for source in "ABCX" for accuracy in "1234"]),
                name="%(app_label)s_%(class)s_evaluation",
            ),
            together("%(app_label)s_%(class)s_withdrawn", "withdrawn_at", "withdrawn_by"),
        )


class Person(Row):
    """A person file: whose it is, how sure the identity is, and what lists show without reading further tables."""

    id = id_field()
    state = models.CharField(max_length=2)
    case_number = models.CharField(max_length=32, unique=True)
    authority_id = models.CharField(max_length=ids.MAX_LENGTH, db_index=True)
    owner_id = models.CharField(max_length=ids.MAX_LENGTH, default="", blank=True, db_index=True)
    desk = models.BooleanField(default=False)
    status = code_field("active")
    sex = code_field("unknown")
    certainty = code_field("not_settled")
    certainty_source = code_field("not_stated")
    certainty_note = line_field(rules.MAX_NOTE)
    certainty_as_of = models.DateField(null=True)
    certainty_evaluation = models.CharField(max_length=2, default="X4")
    adopted_from = models.CharField(max_length=ids.MAX_LENGTH, default="", blank=True)
    label = line_field(2 * rules.MAX_NAME)
    born = line_field(100)
    sort_key = line_field(2 * rules.MAX_NAME)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=ids.MAX_LENGTH)
    changed_at = models.DateTimeField()

    class Meta:
        """Lists are ordered by name or by the last change."""

        indexes = (
            models.Index(fields=["sort_key", "id"], name="persons_person_sort"),
            models.Index(fields=["changed_at"], name="persons_person_changed"),
        )
        constraints = (
            one_of("status", rules.Status, "persons_person_status"),
            one_of("sex", rules.Sex, "persons_person_sex"),
            one_of("certainty", rules.IdentityCertainty, "persons_person_certainty"),
            models.CheckConstraint(condition=~Q(authority_id=""), name="persons_person_authority"),
            models.UniqueConstraint(
                fields=["adopted_from"], condition=~Q(adopted_from=""), name="persons_person_adopted_once"
            ),
        )


class PersonStatement(Stated):
    """A statement about one person."""

    belongs: ClassVar = Belongs(at="recorded_at", only=(("withdrawn_at", None),))
    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.CASCADE)

    class Meta(Stated.Meta):
        """As every statement."""

        abstract = True


class Name(PersonStatement):
    """A name in its original script; romanisations hang on it."""

    kind = code_field()
    family = line_field(rules.MAX_NAME)
    given = line_field(rules.MAX_NAME)
    patronymic = line_field(rules.MAX_NAME)
    full = line_field(2 * rules.MAX_NAME)
    script = models.CharField(max_length=4, default="Zyyy")
    language = models.CharField(max_length=12, default="", blank=True)
    main = models.BooleanField(default=False)

    class Meta(PersonStatement.Meta):
        """One main name for each person, and none without letters."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            one_of("kind", rules.NameKind, "persons_name_kind"),
            models.CheckConstraint(condition=~Q(family="", given="", full=""), name="persons_name_not_empty"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(main=True, withdrawn_at__isnull=True), name="persons_name_one_main"
            ),
        )


class Romanisation(Row):
    """A name in Latin letters by a named rule."""

    id = models.BigAutoField(primary_key=True)
    name = models.ForeignKey(Name, on_delete=models.CASCADE, related_name="romanisations")
    rule = code_field()
    family = line_field(2 * rules.MAX_NAME)
    given = line_field(2 * rules.MAX_NAME)
    patronymic = line_field(2 * rules.MAX_NAME)

    class Meta:
        """A rule gives one result."""

        constraints = (models.UniqueConstraint(fields=["name", "rule"], name="persons_romanisation_rule"),)


class Birth(PersonStatement):
    """One statement of the date of birth; month and day may be unknown."""

    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField(null=True)
    day = models.PositiveSmallIntegerField(null=True)
    certainty = code_field("said")

    class Meta(PersonStatement.Meta):
        """No day without a month."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            one_of("certainty", rules.Certainty, "persons_birth_certainty"),
            models.CheckConstraint(condition=Q(year__gte=rules.OLDEST_YEAR, year__lte=9999), name="persons_birth_year"),
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__gte=1, month__lte=12), name="persons_birth_month"
            ),
            models.CheckConstraint(
                condition=Q(day__isnull=True) | Q(day__gte=1, day__lte=31, month__isnull=False),
                name="persons_birth_day",
            ),
        )


class Birthplace(PersonStatement):
    """Where the person was born."""

    locality = line_field()
    other_names = models.JSONField(default=list)
    state = models.CharField(max_length=2, default="", blank=True)

    class Meta(PersonStatement.Meta):
        """A place or at least a state."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            models.CheckConstraint(condition=~Q(locality="", state=""), name="persons_birthplace_not_empty"),
        )


class Nationality(PersonStatement):
    """One nationality; several are usual."""

    state = models.CharField(max_length=2)
    certainty = code_field("said")

    class Meta(PersonStatement.Meta):
        """Each nationality once."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            one_of("certainty", rules.Certainty, "persons_nationality_certainty"),
            models.UniqueConstraint(
                fields=["person", "state"], condition=Q(withdrawn_at__isnull=True), name="persons_nationality_once"
            ),
        )


class Document(PersonStatement):
    """A document or number that points to the person."""

    kind = code_field()
    number = models.CharField(max_length=60)
    state = models.CharField(max_length=2)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    status = code_field("in_order")
    status_since = models.DateField(null=True)
    check_result = code_field("unchecked")

    class Meta(PersonStatement.Meta):
        """Periods run forward."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            one_of("kind", rules.DocumentKind, "persons_document_kind"),
            one_of("status", rules.DocumentStatus, "persons_document_status"),
            one_of("check_result", rules.NumberCheck, "persons_document_check"),
            models.CheckConstraint(condition=~Q(number=""), name="persons_document_number"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="persons_document_period",
            ),
        )


class Address(PersonStatement):
    """Where the person can be found."""

    kind = code_field("home")
    street = line_field()
    locality = line_field()
    postal_code = line_field(20)
    state = models.CharField(max_length=2, default="", blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta(PersonStatement.Meta):
        """Periods run forward, and something is said."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            one_of("kind", rules.AddressKind, "persons_address_kind"),
            models.CheckConstraint(condition=~Q(street="", locality="", state=""), name="persons_address_not_empty"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="persons_address_period",
            ),
        )


class Description(PersonStatement):
    """One feature by which the person is recognised."""

    feature = code_field()
    value = line_field(rules.MAX_NOTE)
    language = models.CharField(max_length=12, default="", blank=True)

    class Meta(PersonStatement.Meta):
        """Known features only."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            one_of("feature", rules.Feature, "persons_description_feature"),
            models.CheckConstraint(condition=~Q(value=""), name="persons_description_not_empty"),
        )


class Biometric(PersonStatement):
    """That an authority holds an original; there is no column for the data themselves."""

    kind = code_field()
    held_by = line_field()
    state = models.CharField(max_length=2)
    reference = line_field(100)
    taken = models.DateField(null=True)

    class Meta(PersonStatement.Meta):
        """Somebody holds it."""

        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *PersonStatement.Meta.constraints,
            one_of("kind", rules.BiometricKind, "persons_biometric_kind"),
            models.CheckConstraint(condition=~Q(held_by=""), name="persons_biometric_held_by"),
        )


class PersonKey(Row):
    """A key by which a file is found: folded name, phonetic code, date, document number (see ``names.py``)."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys", db_index=False)
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=64)

    class Meta:
        """One index answers a search, the other the renewal of one file's keys."""

        constraints = (models.UniqueConstraint(fields=["person", "kind", "key"], name="persons_key_once"),)
        indexes = (models.Index(fields=["kind", "key", "person"], name="persons_key_find"),)


class Change(Row):
    """What one row of a file held before and after one change. Kept as long as the file itself."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.CharField(max_length=ids.MAX_LENGTH)
    kind = code_field()
    entity = code_field()
    entity_id = models.CharField(max_length=ids.MAX_LENGTH)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = line_field(rules.MAX_NOTE)

    class Meta:
        """A correction and a withdrawal say why."""

        constraints = (
            one_of("kind", rules.ChangeKind, "persons_change_kind"),
            models.CheckConstraint(
                condition=Q(kind=rules.ChangeKind.ADDED.value) | ~Q(reason=""), name="persons_change_reason"
            ),
        )
        indexes = (models.Index(fields=["person", "at"], name="persons_change_time"),)


class Judgement(Row):
    """A human answer to "is this the same person?", with its reason; taken back, never deleted."""

    belongs: ClassVar = Belongs(at="at", only=(("withdrawn_at", None),))
    id = id_field()
    subject = models.CharField(max_length=ids.MAX_LENGTH)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="judgements")
    verdict = code_field()
    grounds = models.JSONField(default=list)
    reason = models.CharField(max_length=rules.MAX_NOTE)
    at = models.DateTimeField()
    by = models.CharField(max_length=ids.MAX_LENGTH)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=ids.MAX_LENGTH, default="", blank=True)
    withdrawn_because = line_field(rules.MAX_NOTE)
    subject_person = models.CharField(max_length=rules.MAX_SUBJECT_PERSON, default="", blank=True)
    probability = models.FloatField(null=True)
    model = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        """One standing verdict for each pair and for "nobody", and at most one standing "same" for each subject."""

        constraints = (
            one_of("verdict", rules.Verdict, "persons_judgement_verdict"),
            models.CheckConstraint(condition=~Q(reason=""), name="persons_judgement_reason"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(verdict=rules.Verdict.SAME.value), name="persons_judgement_whom"
            ),
            together("persons_judgement_withdrawn", "withdrawn_at", "withdrawn_by"),
            models.UniqueConstraint(
                fields=["subject", "person"],
                condition=Q(withdrawn_at__isnull=True, person__isnull=False),
                name="persons_judgement_pair",
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(withdrawn_at__isnull=True, verdict=rules.Verdict.SAME.value),
                name="persons_judgement_one_same",
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(withdrawn_at__isnull=True, person__isnull=True),
                name="persons_judgement_one_nobody",
            ),
            models.CheckConstraint(
                condition=Q(probability__isnull=True) | Q(probability__gte=0.0, probability__lte=1.0),
                name="persons_judgement_probability",
            ),
        )
        indexes = (
            models.Index(fields=["subject"], name="persons_judgement_subject"),
            models.Index(fields=["subject_person"], name="persons_judgement_theirs"),
        )


class IndexChange(Row):
    """That a file was written and the search index does not show it yet; written with the change, in one transaction.

    No foreign key: the row of an erased file outlives it until the index has forgotten him.
    """

    id = models.BigAutoField(primary_key=True)
    person_id = models.CharField(max_length=ids.MAX_LENGTH)

    class Meta:
        """Somebody is named."""

        constraints = (models.CheckConstraint(condition=~Q(person_id=""), name="persons_indexchange_whom"),)


class SearchIndex(Row):
    """Which state of the index folder belongs to this database (:mod:`somec.persons.indexing`); one row."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    token = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """One row, and a token in it."""

        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="persons_searchindex_one"),
            models.CheckConstraint(condition=~Q(token=""), name="persons_searchindex_token"),
        )


@receiver(post_delete, sender=Person)
def _forget(instance: Person, **_: object) -> None:
    """Whoever erases a file, by whatever way: the index forgets him with the next question."""
    IndexChange(person_id=instance.pk).save(force_insert=True)


class CaseCounter(Row):
    """The last case number given in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

"""Convictions with their offences and sanctions, orders with their conditions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from somec.catalogue import queries as catalogue
from somec.offenders.messages import Condition, Conviction, Offence, Order, Sanction
from somec.web import words_notices, words_people
from somec.web.forms import choices
from somec.web.forms.choices import OriginForm, chosen
from somec.web.forms.dates import DayField, PartialDateField
from somec.web.forms.rows import RowsMixin
from somec.web.templatetags.somec import label


class ConvictionForm(RowsMixin, OriginForm):
    """A conviction, its offences and sanctions."""

    row_kinds = ("offences", "sanctions")
    row_titles = {"offences": _("Offence"), "sanctions": _("Sanction")}  # noqa: RUF012 - a table, never changed
    state = forms.ChoiceField(label=_("State of the court"), choices=[])
    court = forms.CharField(label=_("Court"), required=False, max_length=200)
    reference = forms.CharField(label=_("Reference of the court"), required=False, max_length=100)
    decided = DayField(label=_("Decided on"))
    final = DayField(label=_("Final since"), required=False, help_text=_("Without it no criterion can be answered."))
    responsibility = forms.ChoiceField(label=_("Criminal responsibility"), choices=[])
    spent = forms.ChoiceField(
        label=_("Spent under the law of that state?"), choices=[], initial="unknown",
        help_text=_("Read by whoever decides what is told."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen(self, "state", choices.all_states())
        chosen(self, "responsibility", choices.of(words_people.RESPONSIBILITY))
        chosen(self, "spent", choices.of(words_people.SPENT))

    def row_fields(self, kind: str) -> dict[str, forms.Field]:
        """Return the fields of an offence or of a sanction."""
        if kind == "offences":
            return {
                "code": forms.ChoiceField(label=_("Offence (ECRIS)"), required=False, choices=choices.offences()),
                "parameters": _letters(catalogue.offence_parameters()),
                "provision": forms.CharField(label=_("Provision of national law"), required=False, max_length=200),
                "committed_from": PartialDateField(label=_("Committed on, or from"), required=False),
                "committed_until": PartialDateField(label=_("Committed until"), required=False),
                "place": forms.CharField(label=_("Place of the act"), required=False, max_length=200),
            }
        return {
            "code": forms.ChoiceField(label=_("Sanction (ECRIS)"), required=False, choices=choices.sanctions()),
            "parameters": _letters(catalogue.sanction_parameters()),
            "months": forms.IntegerField(label=_("Months"), required=False, min_value=0, max_value=1200),
            "days": forms.IntegerField(label=_("Days"), required=False, min_value=0, max_value=36600),
            "note": forms.CharField(label=_("Remark on the sanction"), required=False, max_length=400),
        }

    def entry(self) -> Conviction:
        """Return what the form says."""
        data = self.cleaned_data
        names = ("state", "court", "reference", "decided", "final", "responsibility", "spent")
        return Conviction(
            **{name: data[name] for name in names},
            offences=tuple(
                Offence(**one | {"parameters": tuple(one["parameters"]), "state": data["state"]})
                for one in self.row_values("offences")
            ),
            sanctions=tuple(
                Sanction(**one | {"parameters": tuple(one["parameters"])}) for one in self.row_values("sanctions")
            ),
            origin=self.origin(),
        )

    @classmethod
    def shown(cls, entry: Conviction) -> dict[str, Any]:
        """Return what the fields show for a conviction that is on record."""
        names = ("state", "court", "reference", "decided", "final", "responsibility", "spent")
        values = {name: getattr(entry, name) for name in names} | cls.origin_values(entry.origin)
        values |= {"offences-count": len(entry.offences), "sanctions-count": len(entry.sanctions)}
        for number, offence in enumerate(entry.offences):
            for name in ("code", "parameters", "provision", "place"):
                values[f"offences-{number}-{name}"] = getattr(offence, name)
            values[f"offences-{number}-committed_from"] = str(offence.committed_from or "")
            values[f"offences-{number}-committed_until"] = str(offence.committed_until or "")
        for number, sanction in enumerate(entry.sanctions):
            for name in ("code", "parameters", "months", "days", "note"):
                values[f"sanctions-{number}-{name}"] = getattr(sanction, name)
        return values


def _letters(parameters: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Letters of the table"), required=False, widget=forms.SelectMultiple(attrs={"size": 4}),
        choices=[(one.id, f"{one.id}: {label(one)}") for one in parameters],
    )  # fmt: skip


class OrderForm(RowsMixin, OriginForm):
    """An order with its conditions, and who supervises."""

    row_kinds = ("conditions",)
    row_titles = {"conditions": _("Condition")}  # noqa: RUF012 - a table, never changed
    kind = forms.ChoiceField(label=_("Kind"), choices=[])
    state = forms.ChoiceField(label=_("State of the court"), choices=[])
    court = forms.CharField(label=_("Court"), required=False, max_length=200)
    reference = forms.CharField(label=_("Reference of the court"), required=False, max_length=100)
    conviction_id = forms.ChoiceField(label=_("Rests on the conviction"), required=False, choices=[])
    decided = DayField(label=_("Decided on"))
    starts = DayField(label=_("Starts on"))
    ends = DayField(label=_("Ends on"), required=False)
    supervising_state = forms.ChoiceField(label=_("State that supervises"), choices=[])
    supervisor = forms.CharField(label=_("Authority that supervises"), required=False, max_length=200)

    def __init__(self, *args: Any, convictions: choices.Choices = (), **kwargs: Any) -> None:  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        chosen(self, "kind", choices.of(words_notices.ORDER_KINDS))
        chosen(self, "state", choices.all_states())
        chosen(self, "supervising_state", choices.all_states())
        chosen(self, "conviction_id", [choices.EMPTY, *convictions])

    def row_fields(self, kind: str) -> dict[str, forms.Field]:
        """Return the fields of a condition."""
        del kind
        return {
            "measure": forms.ChoiceField(
                label=_("Condition (FD 2008/947/JHA, Art. 4)"), required=False,
                choices=[choices.EMPTY, *((one.id, f"{label(one)}, {one.article}") for one in catalogue.measures())],
            ),
            "words": forms.CharField(
                label=_("In the words of the court"), required=False, max_length=4000,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
            "starts": DayField(label=_("From"), required=False),
            "ends": DayField(label=_("To"), required=False),
            "binds_in": forms.MultipleChoiceField(
                label=_("Binds today in"), required=False, widget=forms.SelectMultiple(attrs={"size": 4}),
                choices=choices.eu_states(),
            ),
        }  # fmt: skip

    def row_keys(self, kind: str) -> tuple[str, ...]:
        """Return the fields by which a condition says anything."""
        del kind
        return ("measure", "words")

    def entry(self) -> Order:
        """Return what the form says; a condition keeps its state, which is changed on a page of its own."""
        data = self.cleaned_data
        kept = {one.measure: one for one in self.initial.get("kept", ())}
        conditions = []
        for one in self.row_values("conditions"):
            before = kept.get(one["measure"])
            state = {"status": before.status, "status_since": before.status_since} if before else {}
            conditions.append(Condition(**one | {"binds_in": tuple(one["binds_in"])}, **state))
        return Order(
            **{name: data[name] for name in _ORDER}, conditions=tuple(conditions), origin=self.origin(),
        )  # fmt: skip

    @classmethod
    def shown(cls, entry: Order) -> dict[str, Any]:
        """Return what the fields show for an order that is on record."""
        values = {name: getattr(entry, name) for name in _ORDER} | cls.origin_values(entry.origin)
        values |= {"conditions-count": len(entry.conditions), "kept": entry.conditions}
        for number, condition in enumerate(entry.conditions):
            for name in ("measure", "words", "starts", "ends", "binds_in"):
                values[f"conditions-{number}-{name}"] = getattr(condition, name)
        return values


_ORDER = (
    "kind", "state", "court", "reference", "conviction_id", "decided", "starts", "ends", "supervising_state",
    "supervisor",
)  # fmt: skip

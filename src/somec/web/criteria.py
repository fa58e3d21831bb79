"""What the criteria said, in words: the answer as a whole, each criterion with its reasons, each warning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from somec.catalogue import queries as catalogue
from somec.catalogue.outcomes import Evaluation, Outcome, Reason
from somec.kernel.errors import SomecError
from somec.offenders.queries import RecordView
from somec.web import times, words_criteria, words_people
from somec.web.naming import state_name
from somec.web.templatetags.people import offence_name, sign_name
from somec.web.templatetags.somec import label, state_names
from somec.web.words import word


def _day(text: str) -> str:
    return times.day(date.fromisoformat(text))


_WRITTEN: dict[str, Any] = {
    "final_on": _day, "latest": _day, "assessed_on": _day, "newest_final_on": _day,
    "offences": lambda codes: ", ".join(f"{offence_name(code)} ({code})" for code in codes),
    "convicting_state": state_name, "states": lambda codes: state_names(list(codes)), "sign": sign_name,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One criterion: its own words, the answer, whether it is required, why."""

    title: str
    outcome: str
    look: str
    required: bool
    reasons: tuple[str, ...]


def answer(evaluation: Evaluation) -> str:
    """Return the answer as a whole in one sentence."""
    return {
        Outcome.MET: _("All required criteria are met."),
        Outcome.NOT_MET: _("The criteria are not met."),
        Outcome.MISSING_DATA: _("The criteria cannot be answered yet: data are missing."),
    }[evaluation.outcome]


def outcome_lines(evaluation: Evaluation, record: RecordView) -> list[OutcomeLine]:
    """Return each criterion with its answer and reasons in words."""
    titles = _titles(evaluation)
    dated = _dated(record)
    return [
        OutcomeLine(
            title=titles.get(one.criterion_id, one.criterion_id),
            outcome=word(words_people.OUTCOMES, one.outcome.value),
            look=words_people.OUTCOME_LABELS[one.outcome.value], required=one.required,
            reasons=tuple(sentence(words_criteria.REASONS, reason, dated) for reason in one.reasons),
        )
        for one in evaluation.results
    ]  # fmt: skip


def _titles(evaluation: Evaluation) -> dict[str, str]:
    """Return the words of each criterion, from the state's present file."""
    try:
        found = catalogue.criteria_for(evaluation.state)
    except SomecError:
        return {}
    return {one.id: label(one) for one in found.criteria}


def _dated(record: RecordView) -> dict[str, str]:
    """Return by which day each entry is named in a sentence."""
    entries: list[tuple[str, date | None]] = [
        *((one.id, one.decided) for one in record.convictions), *((one.id, one.decided) for one in record.orders),
        *((one.id, one.performed) for one in record.assessments), *((one.id, one.on) for one in record.signs),
    ]  # fmt: skip
    return {entry: times.day(on) if on else _("unknown day") for entry, on in entries}


def warning_lines(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Return each warning that an approver must answer, by code: first that the criteria are not met."""
    found = []
    if evaluation.outcome is not Outcome.MET:
        code = f"criteria-{evaluation.outcome.value}".replace("_", "-")
        found.append((code, str(words_criteria.WARNING_CODES[code])))
    return found + [(one.code, sentence(words_criteria.WARNINGS, one, {})) for one in evaluation.warnings]


def sentence(table: Any, reason: Reason, dated: dict[str, str]) -> str:
    """Return a reason in words; days, states, offences and entries are written as a reader names them."""
    values = {name: _value(name, value, dated) for name, value in reason.parameters.items()}
    return word(table, reason.code) % values


def _value(name: str, value: Any, dated: dict[str, str]) -> str:
    if value and name in _WRITTEN:
        return str(_WRITTEN[name](value))
    if name == "states":
        return _("no state named")
    if isinstance(value, tuple):
        return ", ".join(dated.get(str(one), str(one)) for one in value)
    return dated.get(str(value), str(value))

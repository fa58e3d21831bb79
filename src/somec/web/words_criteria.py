"""Why a criterion is met or not, and what each warning of disproportion means, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from somec.web.words import Word

REASONS: Mapping[str, Word] = {
    "no-conviction-recorded": _("No conviction is recorded."),
    "no-listed-offence": _("None of the %(recorded)s recorded convictions is for an offence of the list."),
    "conviction-qualifies": _("The conviction of %(conviction)s qualifies: %(offences)s."),
    "juvenile-only": _("All convictions that matter are for acts committed as a minor (%(convictions)s)."),
    "age-at-offence-unknown": _("The age at the offence is not known for the conviction of %(conviction)s."),
    "juvenile-at-offence": _(
        "Aged %(age)s at the offence of the conviction of %(conviction)s; at least %(minimum_age)s is asked for."
    ),
    "date-final-unknown": _("It is not recorded when the conviction of %(conviction)s became final."),
    "not-yet-final": _("The conviction of %(conviction)s is not final before %(final_on)s."),
    "conviction-too-old": _(
        "The conviction of %(conviction)s became final on %(final_on)s, more than %(maximum_years)s years ago."
    ),
    "spent": _("The conviction of %(conviction)s is spent under the law of %(convicting_state)s."),
    "spent-unknown": _(
        "It is not known whether the conviction of %(conviction)s is spent under the law of %(convicting_state)s."
    ),
    "sentence-unknown": _("No sentence is recorded for the conviction of %(conviction)s."),
    "sentence-length-unknown": _("The length of the sentence of %(conviction)s is not recorded."),
    "sentence-too-short": _(
        "The sentence of %(conviction)s is %(months)s months; at least %(minimum_months)s are asked for."
    ),
    "assessment-outdated": _(
        "The latest individual assessment is of %(latest)s, older than %(maximum_age_months)s months."
    ),
    "assessment-undated": _("An assessment is recorded without its date."),
    "no-individual-assessment": _(
        "Only assessments of a whole group are recorded (%(group_assessments)s). They say nothing about this person."
    ),
    "no-assessment-recorded": _("No assessment with a named instrument is recorded."),
    "level-reached": _(
        "%(instrument)s of %(assessed_on)s: level %(level)s of 5; at least %(minimum_level)s is asked for."
    ),
    "level-not-mapped": _("%(instrument)s of %(assessed_on)s: nobody has mapped its wording to the neutral scale yet."),
    "level-too-low": _(
        "%(instrument)s of %(assessed_on)s: level %(level)s of 5; at least %(minimum_level)s is asked for."
    ),
    "assessments-differ": _("Current assessments differ. Read each of them."),
    "no-movement-sign": _("No sign of a move of the kinds that count is recorded."),
    "movement-sign": _("%(sign)s (%(states)s)."),
    "movement-sign-undated": _("%(sign)s (%(states)s), but its day is not recorded."),
    "movement-sign-outdated": _("Every recorded sign is older than %(maximum_age_days)s days."),
    "order-in-force": _("The order of %(order)s runs today."),
    "order-start-unknown": _("It is not recorded when the order of %(order)s starts."),
    "no-order-in-force": _("No order with conditions runs today."),
}
WARNINGS: Mapping[str, Word] = {
    "juvenile-only": _("Every conviction that matters is for an act committed under the age of %(below_age)s."),
    "old-conviction": _("The newest conviction became final on %(newest_final_on)s, more than %(years)s years ago."),
    "low-level": _("The latest assessment is at level %(level)s of 5. Levels up to %(limit)s count as low."),
    "destination-only": _("The move or its destination is the only reason. That alone never justifies telling."),
    "whole-group": _("This looks like a decision about a group. Each person needs a decision of his or her own."),
    "no-order-in-force": _(
        "No order is in force. Nobody supervises this person now: only the police channel, with stronger reasons."
    ),
}
WARNING_CODES: Mapping[str, Word] = {
    "criteria-not-met": _("The criteria are not met."),
    "criteria-missing-data": _("The criteria cannot be answered: data are missing."),
}

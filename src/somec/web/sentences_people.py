"""Sentences for what goes wrong with person files, records and decisions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from somec.web.words import Word

TABLE: Mapping[str, Word] = {
    # acts that are refused as a whole
    "person.no_purpose": _("A file is opened with a purpose. Say why you need it."),
    "person.changed_meanwhile": _("Somebody else changed this file meanwhile. Both versions are kept. Read it again."),
    "person.in_address": _("Names and dates of birth do not belong into an address. Nothing was searched."),
    "person.still_needed": _(
        "Notices about this person are still kept. They have times of their own and go first. Nothing was erased."
    ),
    "erasure.invalid": _("Choose why the file is erased. Nothing was erased."),
    "person.main_name": _("The file goes by this name. Make another name the main one first."),
    "search.invalid": _("The search cannot be done like this. What you typed is still here."),
    "person.invalid": _("The file cannot be taken like this. Nothing was changed."),
    "statement": _("This statement no longer stands. Somebody may have withdrawn it. Nothing was changed."),
    "statement.other_kind": _("A statement can only be corrected by one of its own kind. Nothing was changed."),
    "entry": _("This entry no longer stands. Somebody may have withdrawn it. Nothing was changed."),
    "entry.other_kind": _("An entry can only be corrected by one of its own kind. Nothing was changed."),
    "condition": _("This condition is not on record any more. Nothing was changed."),
    "condition.invalid": _("The condition cannot be changed like this. Nothing was changed."),
    "decision": _("This decision is not on record."),
    "decision.changed_meanwhile": _(
        "Somebody else changed this decision meanwhile. Both versions are kept. Read it again."
    ),
    "decision.state": _("The decision has gone on meanwhile; this is no longer possible. Nothing was lost."),
    "decision.invalid": _("The decision cannot be taken like this. It is kept as it was."),
    "decision.incomplete": _("Something is missing before a second person can be asked. Your draft is kept."),
    "decision.override_missing": _("Each warning needs a written answer before you can approve."),
    "identity.no_name": _("Nobody can be recorded without a name."),
    "identity.malformed": _(
        "What the other state sent about the person cannot be read. The document is kept as it came."
    ),
    "nationality.invalid": _("This nationality cannot be taken like this."),
    "order.invalid": _("This order cannot be taken like this."),
    "reason.invalid": _("The reason cannot be taken like this."),
    "criteria.not_in_force": _("The criteria of %(state)s (version %(version)s) are not in force today."),
    "access.opening": _("The purpose could not be opened. Check what is marked."),
    "access.role": _("Your role cannot do this."),
    "access.relation": _("You have no relation to this case."),
    # mistakes at a field
    "field.choice": _("Choose one of the list."),
    "field.control_characters": _("There are invisible characters in the text. Write it anew."),
    "field.state_code": _("Choose a state of the list."),
    "field.in_the_future": _("This day lies in the future."),
    "field.end_before_start": _("The end lies before the start."),
    "field.out_of_range": _("This number is not possible here."),
    "field.unknown_code": _("This code is not in the catalogue."),
    "field.unknown": _("This is not on record."),
    "field.too_many": _("At most ten at once. Leave out what you are least sure of."),
    "field.twice": _("This is recorded already."),
    "field.malformed": _("This cannot be a number of a document."),
    "field.too_old": _("Nobody alive was born then."),
    "field.before_birth": _("The date lies before the birth of the person. Put one of them right."),
    "field.after_conviction": _("The act lies after the conviction."),
    "field.not_in_the_future": _("Choose a day in the future."),
    "field.several_main": _("Only one name can be the main one."),
    "field.override_missing": _("Write why it is right all the same: at least 20 letters."),
    "family.missing": _("Write a family name, a first name or the whole name."),
    "mapping_source.missing": _("Say who mapped it, by which table, or leave the neutral scale open."),
    "words.missing": _("Write what the condition is; “other” says nothing by itself."),
    "destinations.missing": _("Choose at least one state."),
    "review_on.missing": _("Write the day on which somebody looks at it again."),
    "offences.missing": _("Choose at least one offence."),
}

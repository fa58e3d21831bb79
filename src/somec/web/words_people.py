"""What codes of person files, records, criteria and decisions are called on screens."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from somec.web.words import Word

SOURCES: Mapping[str, Word] = {
    "population_register": _("Population register"),
    "identity_document": _("Identity document"),
    "birth_certificate": _("Birth certificate"),
    "court_file": _("Court file"),
    "prison_file": _("Prison file"),
    "probation_file": _("Probation file"),
    "police_file": _("Police file"),
    "border_check": _("Border check"),
    "interview": _("Interview"),
    "other_state": _("Another state"),
    "other": _("Other source"),
    "not_stated": _("Source not stated"),
}
CERTAINTIES: Mapping[str, Word] = {
    "shown": _("Shown on paper"), "said": _("Said by the person"), "estimated": _("Estimated"),
    "doubted": _("Doubted"),
}  # fmt: skip
FEATURES: Mapping[str, Word] = {
    "height_cm": _("Height in cm"), "weight_kg": _("Weight in kg"), "build": _("Build"), "eye_colour": _("Eyes"),
    "hair_colour": _("Hair"), "mark": _("Mark"), "spoken_language": _("Speaks"), "other": _("Something else"),
}  # fmt: skip
ADDRESS_KINDS: Mapping[str, Word] = {
    "home": _("Lives there"), "work": _("Works there"), "contact": _("Can be reached there"),
    "institution": _("Is kept there"),
}  # fmt: skip
NUMBER_CHECKS: Mapping[str, Word] = {
    "right": _("Check digits agree"),
    "wrong": _("Check digits do not agree: misprint, or not genuine"),
    "unchecked": _("Not checked: no public rule for this kind"),
}
STATUS: Mapping[str, Word] = {
    "active": _("Active"), "restricted": _("Restricted: may be read, not used"),
    "closed": pgettext_lazy("file of a person", "Closed"),
}  # fmt: skip
CHANGES: Mapping[str, Word] = {"added": _("Added"), "corrected": _("Corrected"), "withdrawn": _("Withdrawn")}
SEXES: Mapping[str, Word] = {
    "male": _("Male"), "female": _("Female"), "other": _("Other"), "unknown": _("Not known"),
}  # fmt: skip
ROMANISATION_RULES: Mapping[str, Word] = {
    "icao_9303": _("romanised, ICAO 9303"), "iso_9": _("romanised, ISO 9"), "bgn_pcgn": _("romanised, BGN/PCGN"),
    "ungegn": _("romanised, UNGEGN"), "icu_any_latin": _("romanised by the computer"),
}  # fmt: skip
THINGS: Mapping[str, Word] = {
    "person": _("File"), "name": _("Name"), "birth": _("Date of birth"), "birthplace": _("Place of birth"),
    "nationality": _("Nationality"), "document": _("Document or number"), "address": _("Address"),
    "description": _("Description"), "biometric": _("Where biometric originals are held"),
    "conviction": _("Conviction"), "order": _("Order with conditions"),
    "assessment": _("Assessment made elsewhere"), "trigger": _("Event at which somebody decides"),
    "movementsign": _("Sign of a move"), "personatrisk": _("Person to be kept safe"),
}  # fmt: skip
THING_HELP: Mapping[str, Word] = {
    "name": _("True name, alias, name at birth, in any script. Latin spellings are made by rule."),
    "birth": _("Only the parts that are known. Two sources may say two days; both stand."),
    "birthplace": _("With old or other names of the place."),
    "nationality": _("Each nationality on its own."),
    "document": _("Check digits are tried. A wrong one is a warning, not a refusal."),
    "address": _("Since when and until when."),
    "description": _("What helps to recognise the person."),
    "biometric": _("Who holds fingerprints or a photograph. The data themselves stay there."),
    "conviction": _("Court, dates, offences and sanctions with their ECRIS codes."),
    "order": _("Supervision, conditions, and the states where they bind."),
    "assessment": _("By a qualified person with a named instrument, in its own words."),
    "trigger": _("Release, end of supervision, a planned move."),
    "movementsign": _("What shows a link to another state."),
}
RESPONSIBILITY: Mapping[str, Word] = {
    "responsible": _("Responsible"), "diminished": _("Diminished"),
    "not_responsible": _("Not responsible"),
}  # fmt: skip
SPENT: Mapping[str, Word] = {
    "no": _("No, it may be told"), "yes": _("Yes, spent or expunged"), "unknown": _("Not known"),
}  # fmt: skip
SPENT_LINES: Mapping[str, Word] = {"yes": _("Spent"), "unknown": _("Not known whether it is spent")}
TRIGGERS: Mapping[str, Word] = {
    "sentence": _("Sentence"), "release": _("Release"), "supervision_ends": _("Supervision ends"),
    "move_planned": _("A move is planned"), "foreign_address": _("Address in another state"),
    "foreign_work": _("Work in another state"), "absconded": _("Absconded"), "deportation": _("Deportation"),
    "arrest": _("Arrest"), "other": _("Other event"),
}  # fmt: skip
RELATIONS: Mapping[str, Word] = {
    "injured_party": _("Injured party"), "child": _("Child"), "partner": _("Partner or former partner"),
    "family": _("Family"), "witness": _("Witness"), "other": _("Other"),
}  # fmt: skip
CONDITION_STATES: Mapping[str, Word] = {
    "broken": _("Broken"), "suspended": _("Suspended"), "lifted": _("Lifted"),
}  # fmt: skip
COLUMNS: Mapping[str, Word] = {
    "kind": _("Kind"), "family": _("Family name"), "given": _("First name"), "patronymic": _("Father’s name"),
    "full": _("Whole name"), "script": _("Script"), "language": _("Language"), "main": _("Main name"),
    "year": _("Year"), "month": _("Month"), "day": _("Day"), "certainty": _("How sure"), "state": _("State"),
    "locality": _("Place"), "other_names": _("Other names"), "number": _("Number"), "valid_from": _("Valid from"),
    "valid_until": _("Valid until"), "status": _("State of it"), "status_since": _("Since"),
    "check_result": _("Check digits"), "street": _("Street"), "postal_code": _("Postal code"), "since": _("Since"),
    "until": _("Until"), "feature": _("Feature"), "value": _("What it is"), "held_by": _("Held by"),
    "reference": _("Reference"), "taken": _("Taken on"), "source": _("Source"), "note": _("More about the source"),
    "as_of": _("As of"), "evaluation": _("4x4 code"), "origin": _("Source"), "sex": _("Sex"),
    "certainty_source": _("Source"), "certainty_note": _("More about the source"), "certainty_as_of": _("As of"),
    "certainty_evaluation": _("4x4 code"), "owner_id": _("Owner"), "authority_id": _("Authority"),
    "decided": _("Decided on"), "final": _("Final since"), "court": _("Court"), "spent": _("Spent"),
    "responsibility": _("Criminal responsibility"), "offences": _("Offences"), "sanctions": _("Sanctions"),
    "starts": _("Starts"), "ends": _("Ends"), "supervisor": _("Supervised by"), "conditions": _("Conditions"),
    "supervising_state": _("State that supervises"), "conviction_id": _("Conviction"), "condition": _("Condition"),
    "instrument": _("Instrument"), "instrument_version": _("Version"), "performed": _("Made on"),
    "assessor_role": _("Role of the assessor"), "assessor_authority": _("Authority"), "level": _("In its own words"),
    "points": _("Points"), "neutral": _("Neutral scale"), "mapping_source": _("Mapped by"), "subject": _("About"),
    "individual": _("About this person alone"), "on": _("Day"), "words": _("In words"), "sign": _("Sign"),
    "states": _("States"), "merged_into": _("Merged into"), "includes": _("Merged with it"), "file": _("File"),
}  # fmt: skip
OUTCOMES: Mapping[str, Word] = {
    "met": pgettext_lazy("criterion", "Met"), "not_met": _("Not met"), "missing_data": _("Missing data"),
}  # fmt: skip
OUTCOME_LABELS: Mapping[str, str] = {
    "met": "ecl-label--low", "not_met": "sm-label--none", "missing_data": "sm-label--hollow",
}  # fmt: skip
DECISION_STATES: Mapping[str, Word] = {
    "draft": _("Draft"), "awaiting_approval": _("Waits for a second person"),
    "returned": _("Returned to its author"), "approved": _("Approved"), "refused": _("Refused by the second person"),
    "withdrawn": _("Withdrawn"),
}  # fmt: skip
DECISION_LABELS: Mapping[str, str] = {
    "draft": "ecl-label--medium", "awaiting_approval": "ecl-label--high", "returned": "ecl-label--high",
    "approved": "ecl-label--low", "refused": "sm-label--none", "withdrawn": "sm-label--none",
}  # fmt: skip
DECISION_OUTCOMES: Mapping[str, Word] = {"exchange": _("Tell other states"), "not_exchange": _("Do not tell")}
STATED_REASONS: Mapping[str, Word] = {
    "conviction": _("A conviction"), "assessment": _("An individual assessment"),
    "movement": _("The movement itself"), "breach": _("A broken condition"),
    "destination": _("The destination alone"), "group": _("Belongs to a group"),
}  # fmt: skip
NECESSITY: Mapping[str, Word] = {
    "aim": _("What is it to prevent?"),
    "less_intrusive": _("What else was considered, and why is it not enough?"),
    "effect_on_person": _("What does it do to the person’s rights?"),
    "effect_on_resettlement": _("What does it do to the return into society?"),
}
ENTRY_KINDS: Mapping[str, Word] = {
    "conviction": _("Convictions"), "order": _("Orders"), "assessment": _("Assessments"), "trigger": _("Events"),
    "movement": _("Movements"), "decision": _("Decisions"), "disclosure": _("Disclosures"), "message": _("Messages"),
}  # fmt: skip
ENTRY_KIND: Mapping[str, Word] = {
    "conviction": _("Conviction"), "order": _("Order"), "assessment": _("Assessment"), "trigger": _("Event"),
    "movement": _("Movement"), "decision": _("Decision"), "disclosure": _("Disclosure"), "message": _("Message"),
}  # fmt: skip
STATEMENTS: Mapping[str, Word] = {"fact": _("Fact"), "assessment": _("Assessment"), "intelligence": _("Intelligence")}
STATEMENT_LOOKS: Mapping[str, str] = {"fact": "sm-fact", "assessment": "sm-view", "intelligence": "sm-intel"}
MOVEMENTS: Mapping[str, Word] = {
    "here": _("Here"), "expected": _("Expected"), "left": _("Left"), "arrived": _("Arrived"),
    "not_arrived": _("Did not arrive"), "sighting": pgettext_lazy("somebody was seen", "Met"),
    "absconded": _("Absconded"), "told": _("Told"), "not_told": _("Not told"), "not_seen": _("Not seen"),
}  # fmt: skip
MOVED: Mapping[str, Word] = {
    "here": _("Is in %(state)s"), "expected": _("Expected in %(state)s"), "left": _("Left %(state)s"),
    "arrived": _("Arrived in %(state)s"), "not_arrived": _("Did not arrive in %(state)s"),
    "sighting": _("Met in %(state)s"), "absconded": _("Absconded from %(state)s"), "told": _("Told %(state)s"),
}  # fmt: skip
LANE_CERTAINTIES: Mapping[str, Word] = {
    "confirmed": _("confirmed"), "reported": _("reported"), "expected": _("expected"),
}  # fmt: skip
LANE_LOOKS: Mapping[tuple[str, str], str] = {
    ("here", "confirmed"): "sm-here", ("arrived", "confirmed"): "sm-here", ("sighting", "confirmed"): "sm-here",
    ("not_arrived", "confirmed"): "sm-absent", ("not_arrived", "reported"): "sm-absent",
    ("not_arrived", "expected"): "sm-absent", ("absconded", "confirmed"): "sm-absent",
    ("absconded", "reported"): "sm-absent",
}  # fmt: skip

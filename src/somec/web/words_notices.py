"""What codes of notices, duties, matches and work are called on screens."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from somec.web.words import Word

KINDS: Mapping[str, Word] = {
    "planned_travel": _("Planned travel"),
    "relocation": _("Move to another state"),
    "release": _("Release"),
    "deportation": _("Deportation"),
    "absconding": _("Absconding"),
    "failed_to_arrive": _("Failed to arrive"),
    "sighting": _("Sighting"),
    "return": _("Return"),
}
KIND_HELP: Mapping[str, Word] = {
    "planned_travel": _("Leaves for a time and comes back. Tell at least seven days before."),
    "relocation": _("Moves for good or for long. Tell at least seven days before."),
    "release": _("Leaves prison and may go abroad. Tell two weeks before."),
    "deportation": _("Is brought to the border. Tell three days before."),
    "absconding": _("Has left supervision and may have crossed a border. Tell at once."),
    "failed_to_arrive": _("Was expected and did not come. Tell at once."),
    "sighting": _("Was met or seen. Tell the state that is concerned."),
    "return": _("Comes back. Tell a day before."),
}
STATES: Mapping[str, Word] = {
    "draft": _("Draft"),
    "awaiting_approval": _("Waits for a second person"),
    "returned": _("Returned to its author"),
    "approved": _("Approved, not sent"),
    "withdrawn": _("Not told"),
    "sent": _("Sent, no receipt yet"),
    "receipted": _("Stored there, not taken"),
    "received": _("Not taken yet"),
    "acknowledged": _("Taken"),
    "assigned": _("Has an owner"),
    "arrived": _("Arrived"),
    "not_arrived": _("Did not arrive"),
    "cancelled": _("Cancelled"),
    "expired": _("Expired"),
    "closed": _("Closed"),
}
STATE_LABELS: Mapping[str, str] = {
    "draft": "ecl-label--medium",
    "awaiting_approval": "ecl-label--high",
    "returned": "ecl-label--high",
    "approved": "ecl-label--high",
    "withdrawn": "sm-label--none",
    "sent": "ecl-label--medium",
    "receipted": "ecl-label--high",
    "received": "ecl-label--high",
    "acknowledged": "ecl-label--low",
    "assigned": "ecl-label--low",
    "arrived": "ecl-label--low",
    "not_arrived": "sm-label--bad",
    "cancelled": "sm-label--none",
    "expired": "sm-label--none",
    "closed": "sm-label--none",
}
REQUESTED: Mapping[str, Word] = {
    "information_only": _("Information only"),
    "confirm_arrival": _("Confirm the arrival, and tell us"),
    "confirm_and_visit": _("Confirm the arrival, visit, and report back"),
    "find_and_report": _("Find the person, and report back"),
}
REQUESTED_HELP: Mapping[str, Word] = {
    "information_only": _("No reply is owed except that an authority took it."),
    "confirm_arrival": _("Opens a duty with the same due instant on both sides."),
    "confirm_and_visit": _("As before, and somebody goes to the first-night address."),
    "find_and_report": _("Opens a duty to answer by the instant that you give below."),
}
CARRIERS: Mapping[str, Word] = {
    "air": _("By air"),
    "rail": _("By train"),
    "coach": _("By coach"),
    "sea": _("By sea"),
    "car": _("By car"),
    "on_foot": _("On foot"),
    "escorted": _("Escorted"),
    "not_known": _("Not known"),
}
TRAVEL_PURPOSES: Mapping[str, Word] = {
    "residence": _("To live there"),
    "work": _("Work"),
    "study": _("Study"),
    "family": _("Family"),
    "holiday": _("Holiday"),
    "treatment": _("Treatment"),
    "ordered": _("Ordered by an authority"),
    "other": _("Other"),
    "not_known": _("Not known"),
}
SOURCES: Mapping[str, Word] = {
    "interview": _("Interview with the person"),
    "identity_document": _("Identity document"),
    "birth_certificate": _("Birth certificate"),
    "population_register": _("Population register"),
    "court_file": _("Court file"),
    "prison_file": _("Prison file"),
    "probation_file": _("Probation file"),
    "police_file": _("Police file"),
    "border_check": _("Check at a border"),
    "other_state": _("Another state"),
    "other": _("Something else"),
    "own_record": _("Own record"),
    "not_stated": _("Not stated"),
}
MATCHES: Mapping[str, Word] = {
    "undecided": _("Not decided yet"),
    "same": _("Same person"),
    "not_same": _("Not the same person"),
    "cannot_tell": _("Cannot tell yet"),
}
SERVICES: Mapping[str, Word] = {"police": _("Police"), "probation": _("Probation"), "prison": _("Prison")}
OUTCOMES: Mapping[str, Word] = {
    "managed": _("Supervised or managed here"),
    "located": _("Found, not spoken to"),
    "spoken_to": _("Found and spoken to"),
    "not_found": _("Not found"),
    "returned_home": _("Went back"),
    "left_for_another_state": _("Left for another state"),
    "not_same_person": _("Not the person you mean"),
    "unusable": _("We cannot use the notice as it is"),
    "refused": _("Refused"),
}
PROGRESS: Mapping[str, Word] = {
    "matched": _("The person is known or has a file now"),
    "not_same": _("Nobody here is the person"),
    "cannot_tell": _("It cannot be told yet who the person is"),
    "assigned": _("An owner was assigned"),
    "taken": _("The owner took the work"),
    "arrived": _("The person arrived"),
    "not_arrived": _("The person did not arrive"),
    "sighting": _("The person was seen"),
    "left": _("The person left"),
    "closed": _("The work is closed"),
}
DOCUMENTS: Mapping[str, Word] = {
    "movement-notice": _("Movement notice"),
    "movement-change": _("Change of the notice"),
    "movement-cancellation": _("Cancellation of the notice"),
    "acknowledgement": _("An authority took it"),
    "movement-progress": _("What happened"),
    "movement-answer": _("Answer"),
}
CANCEL_REASONS: Mapping[str, Word] = {
    "plans_changed": _("The person does not travel"),
    "wrong_person": _("The notice was about the wrong person"),
    "wrong_data": _("The data were wrong"),
    "decision_lifted": _("The decision to tell no longer holds"),
    "sent_by_mistake": _("It was sent by mistake"),
}
STEP_QUESTIONS: Mapping[str, Word] = {
    "person": _("Is the person recognisable?"),
    "criteria": _("Are your criteria met?"),
    "necessity": _("Is it necessary and proportionate?"),
    "channel": _("Which channel is lawful?"),
    "content": _("What will it say?"),
    "second_person": _("Second person"),
}
STEP_STATES: Mapping[str, Word] = {
    "done": _("Done"),
    "in_progress": _("In progress"),
    "cannot_start": _("Cannot start yet"),
}
STEP_LABELS: Mapping[str, str] = {
    "done": "ecl-label--low", "in_progress": "ecl-label--high", "cannot_start": "sm-label--none",
}  # fmt: skip
ITEMS: Mapping[str, Word] = {
    "person.file_active": _("A file in use: not restricted, not closed"),
    "person.family_name": _("A full name"),
    "person.birth_year": _("Year of birth"),
    "person.sex": _("Sex"),
    "person.nationality": _("Nationality"),
    "person.full_birth_date": _("Full date of birth"),
    "person.birthplace": _("Place of birth"),
    "person.latin_spelling": _("A spelling in Latin script"),
    "person.document": _("An identity document"),
    "person.travel_document": _("A valid travel document"),
    "person.fingerprints": _("Where fingerprints are held"),
    "person.photograph": _("Where a photograph is held"),
    "person.recent_photograph": _("Photograph younger than two years"),
    "person.height": _("Height"),
    "person.evaluated_source": _("How sure the identity is, evaluated"),
    "person.biometric_for_alias_user": _("A biometric reference, because false names were used"),
    "criteria.met": _("Criteria for telling, met"),
    "decision.approved": _("Approved decision to exchange"),
    "decision.covers": _("Decision covers this state"),
    "basis": _("Legal basis"),
    "basis.open": _("Legal basis open for this state"),
    "basis.reason": _("Why this legal basis"),
    "basis.purpose": _("What it may be used for"),
    "basis.handling_code": _("Handling code"),
    "basis.handling_note": _("Text for handling code H3"),
    "destinations": _("States to tell"),
    "requested": _("What you ask for"),
    "expires": _("When it expires"),
    "source": _("Source"),
    "record": _("Convictions or the order"),
    "assessment": _("An assessment"),
    "departs": _("When the person leaves"),
    "observed.at": _("When it happened"),
    "observed.place": _("Where it happened"),
    "reply_by": _("By when you need the answer"),
    "late_reason": _("Why it is late"),
    "arrival": _("Expected arrival"),
    "first_night": _("First-night address"),
    "arrival_point": _("Point of arrival"),
    "translation": _("Text in a language that is read there"),
}
ITEM_WHY: Mapping[str, Word] = {
    "person.recent_photograph": _("Faces on old pictures are hard to recognise"),
    "criteria.met": _("The decision was taken although they are not met"),
    "decision.approved": _("Nobody is told before two persons decided so"),
    "decision.covers": _("The decision names other states"),
    "basis": _("A notice without a legal basis is not lawful"),
    "basis.open": _("The law does not open this basis towards this state"),
    "basis.reason": _("The second person and the data protection officer read it"),
    "basis.purpose": _("The other state is bound by it"),
    "basis.handling_code": _("The other state is bound by it"),
    "basis.handling_note": _("H3 means nothing without a text"),
    "destinations": _("Somebody must be told"),
    "requested": _("A notice without an action is filed, not acted on"),
    "source": _("The other state must know how far it can rely on it"),
    "record": _("Choose what the other state needs to know"),
    "assessment": _("Choose one, or say why none goes along"),
    "departs": _("Without it nobody can prepare"),
    "observed.at": _("The notice rests on it"),
    "reply_by": _("The duty to answer has this instant on both sides"),
    "late_reason": _("Less time is left than the rule asks for"),
    "arrival": _("Without it nobody can notice that the person does not come"),
    "first_night": _("They cannot check an arrival without a place. Most returned notices lack it"),
    "arrival_point": _("They may want to meet the person there"),
    "translation": _("The text is in no language that is read there"),
}
LEFT_OUT: Mapping[str, Word] = {
    "conviction.not_chosen": _("Convictions not chosen: %(n)s"),
    "order.not_chosen": _("Orders not chosen: %(n)s"),
    "assessment.not_chosen": _("Assessments not chosen: %(n)s"),
    "person_at_risk.protected": _("Injured parties and third persons, protected: %(n)s"),
    "trigger.internal": _("Internal triggers: %(n)s"),
    "address.not_needed": _("Addresses that are not needed: %(n)s"),
}
STEP_LINES: Mapping[str, Word] = {
    "notice_sent": _("Notice sent"),
    "node_stored": _("Node stored it"),
    "authority_took": _("Authority took it"),
    "matched": _("Person compared"),
    "assigned": _("Owner assigned"),
    "arrived": _("Arrival"),
    "not_arrived": _("Did not arrive"),
    "answered": _("Answer"),
    "ended": _("End"),
}
DUTIES: Mapping[str, Word] = {
    "movement-notice.acknowledge": _("Take the notice for an authority"),
    "movement-notice.say-arrival": _("Say whether the person arrived"),
    "movement-notice.feedback": _("Say what was done, if the person does not arrive"),
    "movement-notice.answer": _("Answer the notice"),
    "movement-change.acknowledge": _("Take note of the change"),
    "movement-change.say-arrival": _("Say whether the person arrived, after the change"),
    "movement-change.feedback": _("Say what was done, after the change"),
    "movement-change.answer": _("Answer, after the change"),
    "movement-cancellation.acknowledge": _("Take note of the cancellation"),
    "movement-answer.acknowledge": _("Take the answer"),
}
DUTY_BASES: Mapping[str, Word] = {"house_rule": _("House rule"), "agreed_in_notice": _("Agreed in the notice")}
GROUNDS: Mapping[str, Word] = {
    "name_in_both_scripts": _("Name in both scripts"),
    "date_and_place": _("Date and place of birth"),
    "document": _("A document"),
    "fingerprints": _("Fingerprints"),
    "known_by_colleague": _("A colleague knows the person"),
    "other": _("Something else"),
}
SEXES: Mapping[str, Word] = {
    "male": _("male"), "female": _("female"), "other": _("other"), "unknown": _("sex not known"),
}  # fmt: skip
CERTAINTIES: Mapping[str, Word] = {
    "confirmed": _("Confirmed"), "probable": _("Probable"), "reported": _("Reported by others"),
    "expected": _("Expected"),
}  # fmt: skip
GROUPS: Mapping[str, Word] = {
    "overdue": _("Overdue"),
    "today": _("Today"),
    "week": _("This week"),
    "later": _("Later"),
    "no_limit": _("No limit in law"),
}
VERBS: Mapping[str, Word] = {
    "take": _("Take the notice of %(state)s"),
    "decide_match": _("Decide whether it is the same person"),
    "review_link": _("Look again: the person of the notice of %(state)s and our file may be two"),
    "assign": _("Assign an owner"),
    "take_ownership": _("Take over the work that was assigned to you"),
    "say_arrival": _("Tell %(state)s whether the person arrived"),
    "tell_what_was_done": _("Tell %(state)s what was done after the failed arrival"),
    "answer": _("Answer %(state)s"),
    "confirm_change": _("Confirm a change by %(state)s"),
    "confirm_cancellation": _("Confirm a cancellation by %(state)s"),
    "read_answer": _("Read and take the answer of %(state)s"),
    "carry_out": _("Carry out what was planned"),
    "approve": _("Approve or return a notice (second person)"),
    "correct_and_submit": _("Correct the notice that came back to you"),
    "transmit": _("Send the notice to %(state)s"),
    "ask_whether_taken": _("Ask %(state)s whether it took your notice"),
    "find_out": _("Find out why the person did not arrive in %(state)s"),
    "renew_or_close": _("Tell anew, or close what has expired"),
    "close": _("Close what is over"),
    "settle_problem": _("Settle a problem on the wire"),
    "claim_document": _("Find the notice to which a document belongs"),
    "approve_decision": _("Approve or return a decision (second person)"),
    "approve_peer": _("Compare and approve the card of %(state)s"),
    "approve_merge": _("Decide whether two files are one person (second person)"),
    "care_for_certificate": _("Care for the certificate of %(state)s"),
    "renew_certificate": _("Renew our own certificate"),
    "call_peer": _("Phone %(state)s"),
}
VERB_NAMES: Mapping[str, Word] = {
    "take": _("Take a notice"),
    "decide_match": _("Decide a match"),
    "review_link": _("Look again at a link"),
    "assign": _("Assign an owner"),
    "take_ownership": _("Take over work"),
    "say_arrival": _("Say whether somebody arrived"),
    "tell_what_was_done": _("Tell what was done"),
    "answer": pgettext_lazy("to do", "Answer"),
    "confirm_change": _("Confirm a change"),
    "confirm_cancellation": _("Confirm a cancellation"),
    "read_answer": _("Read an answer"),
    "carry_out": _("Carry out a plan"),
    "approve": _("Approve a notice"),
    "correct_and_submit": _("Correct a notice"),
    "transmit": _("Send a notice"),
    "ask_whether_taken": _("Ask whether it was taken"),
    "find_out": _("Find out about a failed arrival"),
    "renew_or_close": _("Tell anew or close"),
    "close": _("Close"),
    "settle_problem": _("Settle a problem"),
    "claim_document": _("Claim a document"),
    "approve_decision": _("Approve a decision"),
    "approve_peer": _("Approve a state’s card"),
    "approve_merge": _("Decide about two files"),
    "care_for_certificate": _("Care for a certificate"),
    "renew_certificate": _("Renew an own certificate"),
    "call_peer": _("Phone a state"),
}
ACTIONS: Mapping[str, Word] = {
    "notice.edit": _("Write on"),
    "notice.submit": _("Put before a second person"),
    "notice.approve": _("Approve"),
    "notice.return": _("Return to its author"),
    "notice.send_back": _("Give back to its author"),
    "notice.refuse": _("Do not tell"),
    "notice.withdraw": _("Decide not to tell"),
    "notice.transmit": _("Send"),
    "notice.change": _("Change what was told"),
    "notice.cancel": _("Take the notice back"),
    "notice.close": _("Close our side"),
    "incoming.acknowledge": _("Take the notice for your authority"),
    "incoming.confirm_change": _("Confirm what was changed"),
    "incoming.judge": _("Compare with our own people"),
    "incoming.assign": _("Assign owners"),
    "incoming.reassign": _("Assign other owners"),
    "incoming.take": _("Take over the work"),
    "incoming.record_arrival": _("Record the arrival"),
    "incoming.record_no_arrival": _("Record that the person did not arrive"),
    "incoming.record_sighting": _("Record that the person was seen or left"),
    "incoming.plan": _("Plan an action"),
    "incoming.answer": pgettext_lazy("to do", "Answer"),
    "incoming.close": _("Close the notice"),
}
PARTIES: Mapping[str, Word] = {
    "author": _("author"),
    "authoriser": _("second person"),
    "contact_point": _("contact point"),
    "owner": _("owner"),
    "other_state": _("other state"),
    "node": _("node"),
    "nobody": _("nobody"),
}
CONDITIONS_CHECKED: Word = _("A person confirms these conditions; the node cannot.")
NAME_KINDS: Mapping[str, Word] = {
    "true": _("True name"), "birth": _("Name at birth"), "maiden": _("Maiden name"), "previous": _("Earlier name"),
    "alias": _("Alias"), "claimed": _("Claimed name"),
}  # fmt: skip
IDENTITY_CERTAINTY: Mapping[str, Word] = {
    "confirmed_by_fingerprints": _("Confirmed by fingerprints"),
    "confirmed_by_dna": _("Confirmed by DNA"),
    "documented": _("Documented"),
    "said_by_himself": _("Said by the person"),
    "not_settled": _("Not settled"),
}
DOCUMENT_KINDS: Mapping[str, Word] = {
    "passport": _("Passport"), "identity_card": _("Identity card"), "national_number": _("National number"),
    "residence_permit": _("Residence permit"), "driving_licence": _("Driving licence"), "other": _("Document"),
}  # fmt: skip
DOCUMENT_STATUS: Mapping[str, Word] = {
    "in_order": _("in order"), "lost": _("lost"), "stolen": _("stolen"), "withdrawn": _("withdrawn"),
    "false": _("false"),
}  # fmt: skip
FEATURES: Mapping[str, Word] = {
    "height_cm": _("Height in cm"), "weight_kg": _("Weight in kg"), "build": _("Build"), "eye_colour": _("Eyes"),
    "hair_colour": _("Hair"), "mark": _("Mark"), "spoken_language": _("Speaks"),
}  # fmt: skip
BIOMETRICS: Mapping[str, Word] = {
    "fingerprints": _("Fingerprints"), "palm_prints": _("Palm prints"), "face_image": _("Photograph"),
    "dna_profile": _("DNA profile"),
}  # fmt: skip
ORDER_KINDS: Mapping[str, Word] = {
    "suspended_sentence": _("Suspended sentence"),
    "conditional_sentence": _("Conditional sentence"),
    "alternative_sanction": _("Alternative sanction"),
    "conditional_release": _("Conditional release"),
    "supervision_after_sentence": _("Supervision after the sentence"),
}
CONDITION_STATUS: Mapping[str, Word] = {
    "in_force": _("in force"), "broken": _("broken"), "suspended": _("suspended"), "lifted": _("lifted"),
}  # fmt: skip
SUBJECTS: Mapping[str, Word] = {
    "sexual_offending": _("Sexual offending"), "violent_offending": _("Violent offending"),
    "partner_violence": _("Violence against a partner"), "general_offending": _("Offending in general"),
    "other": _("Other"),
}  # fmt: skip
DECISIONS: Mapping[str, Word] = {
    "exchange": _("Decision to exchange"), "not_exchange": _("Decision not to exchange"),
}  # fmt: skip

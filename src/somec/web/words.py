"""What codes are called on screens: roles, authorities, acts in the log. Codes of the law are in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Word = str | Promise

ROLES: Mapping[str, Word] = {
    "probation_officer": _("probation officer"),
    "authoriser": _("second person"),
    "contact_point": _("contact point"),
    "police_officer": _("police officer"),
    "prison": _("prison officer"),
    "central_authority": _("central authority"),
    "sirene": _("SIRENE bureau"),
    "court": _("court"),
    "analyst": _("analyst"),
    "data_protection_officer": _("data protection officer"),
    "policy": _("policy"),
    "trainer": _("trainer"),
    "administrator": _("administrator"),
}

AUTHORITY_KINDS: Mapping[str, Word] = {
    "probation": _("Probation"),
    "police": _("Police"),
    "prison": _("Prison"),
    "court": _("Court"),
    "central": _("Central authority"),
    "ministry": _("Ministry"),
}

LOG_KINDS: Mapping[str, Word] = {
    "collection": _("Recorded"),
    "alteration": _("Changes"),
    "consultation": _("Views"),
    "disclosure": _("Messages"),
    "combination": _("Comparisons"),
    "erasure": _("Erasures"),
    "security": _("Access and administration"),
}

ACTS: Mapping[str, Word] = {
    "access.refused": _("Was refused"),
    "alert.raise": _("Alerted the people who must act"),
    "alert.settle": _("Settled an alert"),
    "alert.take": _("Took an alert"),
    "attachment.store": _("Added a file"),
    "audit.verify": _("Asked for a proof of the whole log"),
    "audit.erase_reason": _("Erased the text of a reason"),
    "audit.export_case": _("Downloaded the log of the case with its proof"),
    "audit.read_all": _("Read the whole log"),
    "audit.read_case": _("Read this log"),
    "authority.create": _("Added an authority"),
    "decision.approve": _("Approved the decision to exchange"),
    "decision.change": _("Changed the decision"),
    "decision.propose": _("Wrote a decision about exchange"),
    "decision.refuse": _("Refused the decision to exchange"),
    "decision.return": _("Returned the decision to its author"),
    "decision.submit": _("Put the decision before a second person"),
    "decision.withdraw": _("Withdrew the decision"),
    "delivery.resend": _("Sent again what a state had lost"),
    "delivery.retry": _("Had a document tried again at once"),
    "delivery.withdraw": _("Withdrew a document that waited"),
    "document.receive": _("A document came in"),
    "document.receipted": _("The other node stored a document"),
    "document.refused": _("The other node refused a document"),
    "document.send": _("Sent a document"),
    "factor.add": _("Added a second factor"),
    "factor.refused": _("Gave a wrong code"),
    "factor.remove": _("Removed a second factor"),
    "factor.reset": _("Made new recovery codes"),
    "incoming.acknowledge": _("Took the notice for an authority"),
    "incoming.adopt": _("Made a file from the notice"),
    "incoming.answer": _("Answered the notice"),
    "incoming.assign": _("Assigned an owner"),
    "incoming.close": _("Closed the notice"),
    "incoming.confirm_change": _("Confirmed a change of the notice"),
    "incoming.expire": _("The received notice expired"),
    "incoming.finish_action": _("Recorded a planned action as done"),
    "incoming.judge": _("Decided whether it is the same person"),
    "incoming.plan": _("Planned an action"),
    "incoming.read": _("Opened the received notice"),
    "incoming.receive": _("A notice came in"),
    "incoming.record_arrival": _("Recorded the arrival"),
    "incoming.record_no_arrival": _("Recorded that the person did not arrive"),
    "incoming.record_sighting": _("Recorded a sighting"),
    "incoming.take": _("Took over the case"),
    "movement.record": _("Recorded a movement"),
    "notice.approve": _("Approved the notice"),
    "notice.cancel": _("Cancelled the notice"),
    "notice.change": _("Changed the notice"),
    "notice.close": _("Closed the notice"),
    "notice.draft": _("Began a notice"),
    "notice.edit": _("Changed the draft notice"),
    "notice.expire": _("The notice expired"),
    "notice.read": _("Opened the notice"),
    "notice.receive_progress": _("The other state told of progress"),
    "notice.refuse": _("Decided not to tell"),
    "notice.return": _("Returned the notice to its author"),
    "notice.send_back": _("Gave the approved notice back to its author"),
    "notice.submit": _("Put the notice before a second person"),
    "notice.take_answer": _("Took the answer of the other state"),
    "notice.transmit": _("Sent the notice"),
    "notice.withdraw": _("Withdrew the notice"),
    "opening.close": _("Closed what was opened with a purpose"),
    "opening.open": _("Opened with a purpose"),
    "opening.review": _("Reviewed an emergency opening"),
    "peer.approve": _("Approved a peer"),
    "peer.propose": _("Proposed a peer"),
    "peer.refuse": _("Refused a peer"),
    "peer.resume": _("Resumed a peer"),
    "peer.suspend": _("Suspended a peer"),
    "person.add": _("Added to the file"),
    "person.assign": _("Gave the file to an officer"),
    "person.correct": _("Corrected the file"),
    "person.find": _("Searched for a person"),
    "person.judge": _("Decided whether two files are of the same person"),
    "person.judgement_withdrawn": _("Took back a decision about two files"),
    "person.read": _("Opened the person page"),
    "person.read_protected": _("Opened the protected part"),
    "person.record": _("Recorded a person"),
    "person.withdraw": _("Withdrew something from the file"),
    "problem.settle": _("Settled a problem on the wire"),
    "record.add": _("Added to the record"),
    "record.condition": _("Changed the state of a condition"),
    "record.correct": _("Corrected the record"),
    "record.withdraw": _("Withdrew something from the record"),
    "role.grant": _("Gave a role"),
    "role.revoke": _("Took a role back"),
    "session.begin": _("Signed in"),
    "session.end": _("Signed out"),
    "session.locked": _("Was locked out after wrong passwords"),
    "session.refused": _("Could not sign in"),
    "token.issue": _("Issued a token"),
    "token.revoke": _("Revoked a token"),
    "user.activate": _("Let a person in again"),
    "user.create": _("Added a person to the desk"),
    "user.deactivate": _("Shut a person out"),
    "user.language": _("Changed the language"),
    "user.password": _("Changed the password"),
}

TROUBLES: Mapping[str, Word] = {
    "peer.silent": _("Does not answer"),
    "peer.suspended": _("Suspended by this node"),
    "peer.refuses": _("Refuses our messages"),
    "peer.certificate_expired": _("Its certificate has expired. Documents wait; nothing is lost."),
    "peer.certificate_expiring": _("Its certificate expires soon"),
    "node.certificate_expired": _("Our certificate has expired. Documents wait; nothing is lost."),
    "node.certificate_expiring": _("Our certificate expires soon"),
}
_LOST = _("Something that was recorded is no longer there.")
_FOREIGN = _("Something stands in the log that the node did not write there.")
_ALTERED = _("Something was changed after it was recorded.")
LOG_FAULTS: Mapping[str, Word] = {
    "entry.changed": _ALTERED,
    "entry.rewritten": _ALTERED,
    "entry.missing": _LOST,
    "entry.added": _FOREIGN,
    "entry.unreadable": _("The table of entries cannot be read."),
    "reason.added": _FOREIGN,
    "reason.changed": _("The reason that somebody typed was changed afterwards."),
    "reason.missing": _("The reason that somebody typed is no longer there."),
    "log.cut": _("The end of the log was cut off."),
    "tree.changed": _ALTERED,
    "tree.missing": _LOST,
    "subtree.added": _FOREIGN,
    "subtree.changed": _ALTERED,
    "checkpoint.changed": _("A checkpoint was changed after it was signed."),
    "checkpoint.missing": _("A checkpoint that was given out is no longer there."),
    "checkpoint.root": _("The entries do not match the checkpoint that was signed over them."),
    "checkpoint.signature": _("The signature under a checkpoint does not hold."),
}
KEYS: Mapping[str, Word] = {
    "signing": _("for signing"),
    "encryption": _("for what is encrypted for us"),
    "tls": _("for the connection"),
}


def word(table: Mapping[str, Word], code: str) -> str:
    """Return what a code is called; an unknown code is shown as it is, so that nothing is hidden."""
    return str(table.get(code, code))

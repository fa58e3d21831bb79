"""What is raised and kept until somebody has settled it, and how work is sorted by the time left (pure)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class AlertKind(StrEnum):
    """Why an alert was raised. Everything else that needs a person is computed from obligations and states.

    A certificate of the node itself is computed too; its alert is written when somebody takes it.
    """

    NOT_ARRIVED = "not_arrived"
    UNCLAIMED_DOCUMENT = "unclaimed_document"
    CERTIFICATE = "certificate"


class AlertState(StrEnum):
    """Whether somebody has taken the alert, and whether it still needs anybody."""

    RAISED = "raised"
    TAKEN = "taken"
    SETTLED = "settled"


class Settlement(StrEnum):
    """What settled an alert."""

    ARRIVED = "arrived"
    NOT_ARRIVED_CONFIRMED = "not_arrived_confirmed"
    ANSWERED = "answered"
    CHANGED = "changed"
    ENDED = "ended"
    CLAIMED = "claimed"
    RENEWED = "renewed"
    BY_PERSON = "by_person"


class Verb(StrEnum):
    """What the reader must do: each line of work begins with one."""

    TAKE = "take"
    DECIDE_MATCH = "decide_match"
    REVIEW_LINK = "review_link"
    ASSIGN = "assign"
    TAKE_OWNERSHIP = "take_ownership"
    SAY_ARRIVAL = "say_arrival"
    TELL_WHAT_WAS_DONE = "tell_what_was_done"
    ANSWER = "answer"
    CONFIRM_CHANGE = "confirm_change"
    CONFIRM_CANCELLATION = "confirm_cancellation"
    READ_ANSWER = "read_answer"
    CARRY_OUT = "carry_out"
    APPROVE = "approve"
    CORRECT_AND_SUBMIT = "correct_and_submit"
    TRANSMIT = "transmit"
    ASK_WHETHER_TAKEN = "ask_whether_taken"
    FIND_OUT = "find_out"
    RENEW_OR_CLOSE = "renew_or_close"
    CLOSE = "close"
    SETTLE_PROBLEM = "settle_problem"
    CLAIM_DOCUMENT = "claim_document"
    APPROVE_DECISION = "approve_decision"
    APPROVE_PEER = "approve_peer"
    APPROVE_MERGE = "approve_merge"
    CARE_FOR_CERTIFICATE = "care_for_certificate"
    RENEW_CERTIFICATE = "renew_certificate"
    CALL_PEER = "call_peer"


class Group(StrEnum):
    """The four parts of the list, by the time that is left."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    NO_LIMIT = "no_limit"


class Bar(StrEnum):
    """The mark at the row: overdue, due before the reader's shift ends, or none."""

    OVERDUE = "overdue"
    SHIFT = "shift"
    NONE = "none"


TODAY, WEEK = timedelta(hours=24), timedelta(days=7)
SHIFT = timedelta(hours=8)
UNCLAIMED_AFTER = timedelta(hours=1)  # a notice that follows its change at once is no trouble; an hour later it is


def group(due: datetime | None, now: datetime) -> Group:
    """Return the part of the list in which work with this due instant stands."""
    if due is None:
        return Group.NO_LIMIT
    if due < now:
        return Group.OVERDUE
    left = due - now
    if left <= TODAY:
        return Group.TODAY
    return Group.WEEK if left <= WEEK else Group.LATER


def bar(due: datetime | None, now: datetime, *, shift: timedelta = SHIFT) -> Bar:
    """Return the mark at the row."""
    if due is None or due - now > shift:
        return Bar.NONE
    return Bar.OVERDUE if due < now else Bar.SHIFT

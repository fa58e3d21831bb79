"""Everything that people and peers do with movement notices; one function is one transaction and one log entry.

Writing (drafting), sending (telling), receiving by people (handling, judging, planning), by documents (inbound) and by
the clock (expiring) stand in modules of their own; whoever calls movements calls this one.
"""

from __future__ import annotations

from somec.movements.drafting import (
    approve_notice,
    draft_change,
    draft_notice,
    refuse_notice,
    return_notice,
    save_notice,
    send_back_notice,
    submit_notice,
    withdraw_notice,
)
from somec.movements.expiring import expire_due
from somec.movements.handling import (
    NewOwner,
    acknowledge,
    answer,
    assign,
    close_incoming,
    confirm_changes,
    record_arrival,
    record_no_arrival,
    record_sighting,
    take,
)
from somec.movements.inbound import (
    receive_acknowledgements,
    receive_answers,
    receive_cancellations,
    receive_changes,
    receive_notices,
    receive_progress,
)
from somec.movements.judging import adopt, judge, withdraw_judgement
from somec.movements.links import check_links
from somec.movements.planning import finish_action, plan_action, record_movement
from somec.movements.reading import open_incoming, open_notice
from somec.movements.telling import cancel_notice, close_disclosure, take_answer, transmit_notice

__all__ = [
    "NewOwner",
    "acknowledge",
    "adopt",
    "answer",
    "approve_notice",
    "assign",
    "cancel_notice",
    "check_links",
    "close_disclosure",
    "close_incoming",
    "confirm_changes",
    "draft_change",
    "draft_notice",
    "expire_due",
    "finish_action",
    "judge",
    "open_incoming",
    "open_notice",
    "plan_action",
    "receive_acknowledgements",
    "receive_answers",
    "receive_cancellations",
    "receive_changes",
    "receive_notices",
    "receive_progress",
    "record_arrival",
    "record_movement",
    "record_no_arrival",
    "record_sighting",
    "refuse_notice",
    "return_notice",
    "save_notice",
    "send_back_notice",
    "submit_notice",
    "take",
    "take_answer",
    "transmit_notice",
    "withdraw_judgement",
    "withdraw_notice",
]

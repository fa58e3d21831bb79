"""Judges what a peer answered to a message: a receipt that proves something, a refusal, or nothing to rely on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from somec.as4.errors import As4Error
from somec.as4.message import Reference
from somec.as4.pmode import Terms
from somec.as4.signals import ErrorSignal, Receipt, SoapFault, check_receipt, read_response
from somec.exchange.rules import Answer, meaning_of_error
from somec.exchange.transport import Response

DUPLICATE: Final = "EBMS:4001"  # newer phase4 answers a repeat with this instead of the receipt
_OTHER: Final = "EBMS:0004"  # phase4 up to 4.4 says this of a repeat; only its text tells it from other trouble
NO_RECEIPT: Final = "EBMS:0301"
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to. ``code`` is an EBMS code, or ours; ``own_fault``: the peer has nothing to do with it."""

    answer: Answer
    code: str = ""
    reason: str = ""
    receipt: bytes = field(default=b"", repr=False)
    receipt_id: str = ""
    own_fault: bool = False

    @property
    def unreached(self) -> bool:
        """Tell whether the peer as a whole takes nothing now, rather than this one document."""
        if self.own_fault:
            return False
        if self.answer is Answer.LATER:
            return not self.code.startswith("EBMS:") or self.code == NO_RECEIPT
        return self.answer is Answer.CLOSED


def judge(
    response: Response, *, message_id: str, references: Sequence[Reference], terms: Terms, sent_before: bool
) -> Outcome:
    """Return what the answer to ``message_id`` means. A receipt counts only when it holds for all that was signed."""
    try:
        signal = read_response(response.body, response.content_type)
    except As4Error as error:
        code = f"http.{response.status}" if response.status not in _OK else "EBMS:0302"
        return Outcome(Answer.LATER, code=code, reason=error.reason)
    if isinstance(signal, Receipt):
        try:
            check_receipt(signal, message_id=message_id, references=references, pmode=terms.pmode, peer=terms.peer)
        except As4Error as error:
            return Outcome(Answer.LATER, code="EBMS:0302", reason=error.reason)
        return Outcome(Answer.RECEIPTED, receipt=response.body, receipt_id=signal.info.message_id)
    if isinstance(signal, ErrorSignal):
        return _refused(signal, sent_before=sent_before)
    if isinstance(signal, SoapFault):
        return Outcome(Answer.LATER, code="peer.soap_fault", reason=signal.code)
    return Outcome(Answer.LATER, code=NO_RECEIPT if response.status in _OK else f"http.{response.status}")


def _refused(signal: ErrorSignal, *, sent_before: bool) -> Outcome:
    failures = [error for error in signal.errors if error.severity != "warning"] or list(signal.errors)
    if not failures:
        return Outcome(Answer.LATER, code="EBMS:0302")
    first = failures[0]
    repeat = first.code == DUPLICATE or (first.code == _OTHER and "duplicate" in first.detail.lower())
    if repeat and sent_before:
        return Outcome(Answer.UNPROVEN, code=DUPLICATE)
    return Outcome(meaning_of_error(first.code), code=first.code, reason=first.detail[:200])

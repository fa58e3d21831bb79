"""The error codes of ebMS 3.0 (6.7) and AS4 (3.2, 5.1), and the exception that carries one to the answer."""

from __future__ import annotations

from dataclasses import dataclass

from somec.kernel.errors import SomecError

FAILURE = "failure"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class EbmsError:
    """One row of the specification's table."""

    code: str
    name: str
    severity: str
    category: str


def _row(number: str, name: str, category: str, severity: str = FAILURE) -> EbmsError:
    return EbmsError(code=f"EBMS:{number}", name=name, severity=severity, category=category)


VALUE_NOT_RECOGNIZED = _row("0001", "ValueNotRecognized", "Content")
FEATURE_NOT_SUPPORTED_WARNING = _row("0002", "FeatureNotSupported", "Content", WARNING)
VALUE_INCONSISTENT = _row("0003", "ValueInconsistent", "Content")
OTHER = _row("0004", "Other", "Content")
CONNECTION_FAILURE = _row("0005", "ConnectionFailure", "Communication")
EMPTY_PARTITION_CHANNEL = _row("0006", "EmptyMessagePartitionChannel", "Communication", WARNING)
MIME_INCONSISTENCY = _row("0007", "MimeInconsistency", "Unpackaging")
FEATURE_NOT_SUPPORTED = _row("0008", "FeatureNotSupported", "Unpackaging")
INVALID_HEADER = _row("0009", "InvalidHeader", "Unpackaging")
PROCESSING_MODE_MISMATCH = _row("0010", "ProcessingModeMismatch", "Processing")
EXTERNAL_PAYLOAD_ERROR = _row("0011", "ExternalPayloadError", "Content")
FAILED_AUTHENTICATION = _row("0101", "FailedAuthentication", "Processing")
FAILED_DECRYPTION = _row("0102", "FailedDecryption", "Processing")
POLICY_NONCOMPLIANCE = _row("0103", "PolicyNoncompliance", "Processing")
DYSFUNCTIONAL_RELIABILITY = _row("0201", "DysfunctionalReliability", "Processing")
DELIVERY_FAILURE = _row("0202", "DeliveryFailure", "Communication")
MISSING_RECEIPT = _row("0301", "MissingReceipt", "Communication")
INVALID_RECEIPT = _row("0302", "InvalidReceipt", "Communication")
DECOMPRESSION_FAILURE = _row("0303", "DecompressionFailure", "Communication")

EBMS_ERRORS = {
    row.code: row
    for row in (
        VALUE_NOT_RECOGNIZED,
        FEATURE_NOT_SUPPORTED_WARNING,
        VALUE_INCONSISTENT,
        OTHER,
        CONNECTION_FAILURE,
        EMPTY_PARTITION_CHANNEL,
        MIME_INCONSISTENCY,
        FEATURE_NOT_SUPPORTED,
        INVALID_HEADER,
        PROCESSING_MODE_MISMATCH,
        EXTERNAL_PAYLOAD_ERROR,
        FAILED_AUTHENTICATION,
        FAILED_DECRYPTION,
        POLICY_NONCOMPLIANCE,
        DYSFUNCTIONAL_RELIABILITY,
        DELIVERY_FAILURE,
        MISSING_RECEIPT,
        INVALID_RECEIPT,
        DECOMPRESSION_FAILURE,
    )
}


class As4Error(SomecError):
    """A message that does not hold, with the ebMS error that the sender is to be told.

    ``reason`` is a stable code of ours (``signature.digest``) and the only detail that leaves the node; ``place`` names
    where (an element, a content id), never what stood there.
    """

    def __init__(self, ebms: EbmsError, reason: str, *, place: str = "", ref_to_message_id: str = "") -> None:
        super().__init__(f"as4.{reason}", ebms=ebms.code, place=place or None)
        self.ebms = ebms
        self.reason = reason
        self.place = place
        self.ref_to_message_id = ref_to_message_id

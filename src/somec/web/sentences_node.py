"""Sentences for access, the log, the catalogue, comparison, keys and the wire's rarer mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACCESS: Mapping[str, str | Promise] = {
    "access.authority_exists": _("An authority with this code is here already. Nothing was changed."),
    "access.inactive": _("This account is shut. Phone the administrator."),
    "access.opening_reviewed": _("A colleague reviewed this opening already. Nothing was changed."),
    "access.role_unknown": _("There is no such role. Nothing was changed."),
    "access.self": _("Nobody gives rights to himself or herself. Ask another administrator."),
    "access.sign_in": _("The address or the password is not right. Nothing was changed."),
    "access.user_exists": _("A person with this e-mail address is here already. Nothing was changed."),
    "token.expired": _("The token has expired. Ask the administrator for a new one."),
    "token.revoked": _("The token was revoked. Ask the administrator for a new one."),
    "token.unknown": _("This token is not known here. Ask the administrator for a new one."),
}

LOG: Mapping[str, str | Promise] = {
    "audit.append_only": _("Nothing can be changed in the log or taken out of it."),
    "audit.proof": _("The entry is not sealed yet. Its proof can be had in a few minutes."),
    "audit.reason": _("There is no text here any more that could be erased. Nothing was changed."),
    "audit.tree_missing": _("The log has lost its tree. Nothing is written until the administrator has put it right."),
    "bundle.malformed": _("This is no proof from a log. Ask for the file again."),
    "bundle.not_signed": _("The proof is not signed by the node that it names. Do not rely on it."),
    "checkpoint.malformed": _("What came is no checkpoint. It was not countersigned."),
    "checkpoint.not_signed": _("The checkpoint is not signed by the node that it names. It was not countersigned."),
    "checkpoint.old_size": _(
        "The checkpoint does not go on from the one that we signed last. The other node must send again."
    ),
    "checkpoint.origin": _("The checkpoint belongs to another log. It was not countersigned."),
    "checkpoint.rewritten": _(
        "The other node’s log does not continue what we signed: it was changed. Nothing was signed. Phone that state."
    ),
    "checkpoint.cosignature": _("This countersignature does not hold. It was not stored."),
}

WRITING: Mapping[str, str | Promise] = {
    "attachment.unknown": _("A file of this document is not here, or was sent already. Nothing was sent."),
    "catalogue.unknown_entry": _("This is not in the catalogue. Choose one of the list. Nothing was changed."),
    "catalogue.criteria_missing": _("No criteria are set for this state. Ask whoever keeps the criteria of your node."),
    "catalogue.criteria_invalid": _(
        "The criteria file has mistakes. Nothing was changed. The administrator sees each line."
    ),
    "date.malformed": _("Write a year, a month and year, or a day: 1984, 03.1984 or 17.03.1984."),
    "date.year": _("This year is not possible."),
    "date.month": _("A month is 01 to 12."),
    "date.day": _("This month has no such day."),
    "date.not_a_leap_year": _("29 February exists in leap years only; this is none."),
    "date.day_without_month": _("A day needs its month."),
    "deadline.no_working_day": _("The calendar of holidays leaves no working day. Nothing was stored."),
    "delivery.resend": _("Say why it is sent again. Nothing was sent."),
    "evaluation": _("The 4x4 code has a letter A to D or X, and a number 1 to 4. Nothing was changed."),
    "field.https_address": _("The address of a node begins with https://."),
    "field.machine": _("A program has no password. It signs in with a token."),
    "field.not_by_hand": _("This is recorded by itself when it happens. Choose another kind."),
    "field.range": _("This number is not possible here."),
    "field.two_letters": _("A state is written with two capital letters."),
    "peer.resume": _("Say why exchange goes on. Nothing was changed."),
    "peer.suspend": _("Say why exchange is suspended. Nothing was changed."),
    "statement.one": _("Give exactly one statement. Nothing was changed."),
    "certificate.expired": _("The certificate has expired. Nothing was stored; ask the other state for a new card."),
    "certificate.not-yet-valid": _("The certificate is not valid yet. Nothing was stored."),
    "certificate.revoked": _("The certificate was revoked. Nothing was stored; phone the other state."),
    "certificate.unknown-issuer": _("Nobody whom this node trusts issued the certificate. Nothing was stored."),
}

_STATEMENT = _("What you wrote cannot be recorded as it stands. It is still here; put right what is marked.")
_NOT_HERE = _("This is not here, or not for you. Nothing was changed.")
_OWN_MISTAKE = _("The node met a mistake of its own and stopped. Nothing was changed. Tell the administrator.")
_CATALOGUE = _("The catalogue of this node is damaged. Nothing was changed. Tell the administrator.")
_COMPARING = _("Comparing is not possible now. Nothing was changed. The administrator sees why.")
_TABLE = _("The table of people cannot be read. Nothing was changed. Check its form and its first line.")
_KEYS = _("A key or certificate cannot be used. Documents wait; nothing is lost. Call the administrator.")
_COMMAND = _("The command was not carried out. Nothing was changed. The handbook of the node says what it needs.")
_MESSAGE = _("The message is not built as agreed. Nothing was stored. The administrator sees the detail.")
_SIGNATURE = _("The signature is not made as agreed. Nothing was stored. The administrator sees the detail.")
_ENCRYPTION = _("The encryption is not made as agreed. Nothing was stored. The administrator sees the detail.")
_PART = _("A part of the message is not as announced. Nothing was stored. The administrator sees the detail.")
_RECEIPT = _("The receipt does not belong to what we sent. It is tried again by itself.")
_UNSENT = _("Our own message could not be made. It waits; nothing is lost. The administrator sees the detail.")

_STATEMENT_KINDS = (
    "name", "birth", "birthplace", "nationality", "document", "address", "description", "biometric", "conviction",
    "order", "assessment", "trigger", "movementsign", "personatrisk",
)  # fmt: skip


def _all(sentence: Promise, codes: str | Iterable[str]) -> dict[str, Promise]:
    return dict.fromkeys(codes.split() if isinstance(codes, str) else codes, sentence)


GROUPS: Mapping[str, str | Promise] = {
    **_all(_STATEMENT, (f"{kind}.invalid" for kind in _STATEMENT_KINDS)),
    **_all(
        _NOT_HERE,
        """access.authority access.token access.user alert.unknown answer.unknown audit.checkpoint audit.entry
        checkpoint conversation.unknown delivery.unknown disclosure.unknown document.unknown incoming.unknown
        judgement notice.unknown page person person.unknown plan.unknown problem.unknown""",
    ),
    **_all(
        _OWN_MISTAKE,
        """audit.entry_text audit.entry_types audit.outside_transaction audit.subtree audit.tree_moved
        deadline.instant_without_zone deadline.suspension_ends_before_start deadline.value
        json.integer_too_large json.key json.type note.no_newline""",
    ),
    **_all(
        _CATALOGUE,
        """catalogue.field_unknown catalogue.id_twice catalogue.labels_languages catalogue.limit_without_number
        catalogue.malformed catalogue.no_entries catalogue.not_a_date catalogue.not_an_object
        catalogue.own_initiative_unclear catalogue.reference catalogue.time_zone
        catalogue.verified_without_reading catalogue.wrong_kind""",
    ),
    **_all(
        _COMPARING,
        """matching.equivalents.damaged matching.index.busy matching.index.damaged
        matching.index.in_memory matching.index.missing matching.index.not_written
        matching.index.version matching.model.digest matching.model.fields matching.run.busy matching.run.other
        matching.model.format matching.model.prior matching.model.unreadable matching.output.not_written
        matching.spark.failed matching.spark.not_installed matching.train.failed
        matching.train.not_installed matching.train.too_few
        matching.worker.lost""",
    ),
    **_all(
        _TABLE,
        """matching.file.column_type matching.file.columns_twice matching.file.empty matching.file.encoding
        matching.file.malformed matching.file.missing matching.file.no_name_column matching.file.not_text
        matching.file.row_length matching.file.unknown_encoding matching.file.unreadable""",
    ),
    **_all(
        _KEYS,
        """algorithm.content algorithm.digest algorithm.key-agreement algorithm.key-transport
        algorithm.signature certificate.not-one certificate.path-too-long certificate.unreadable key.cannot-sign
        key.not-in-store key.other-certificate key.unknown-kind key.unreadable node.key_unreadable note.malformed
        note.signature pmode.invalid request.signature request.unreadable revocations.unreadable""",
    ),
    **_all(
        _COMMAND,
        """backup.file_exists backup.postgresql backup.unsound config.database_url config.invalid
        config.malformed init.folder_missing init.node_exists init.state_and_name_missing init.state_unknown keys.file
        node.address_not_free node.authority_missing node.database node.keys_exist node.not_found node.tables_newer
        node.tables_old password_file.encoding peer.file peer.since verify.file verify.key""",
    ),
    **_all(
        _MESSAGE,
        """header.empty header.property-name header.several-party-ids header.several-units header.signal
        header.signal-expected header.unknown-unit header.value http.chunks http.request message.too-large mime.base64
        mime.boundary mime.charset mime.content-id mime.headers mime.root-type mime.too-many-parts
        mime.transfer-encoding mime.type mime.unnamed-part pmode.ambiguous soap.envelope soap.messaging
        soap.must-understand soap.several-security-headers soap.structure soap.too-large xml.algorithm-missing
        xml.base64 xml.canonical xml.duplicate-id xml.exactly-one xml.text-expected""",
    ),
    **_all(
        _SIGNATURE,
        """algorithm.not-accepted algorithm.unknown security.unknown-element signature.body-not-covered
        signature.canonicalization signature.certificate-expired signature.messaging-not-covered
        signature.part-not-covered signature.repeated-target signature.several signature.transforms
        signature.unknown-signer token.unreadable""",
    ),
    **_all(
        _ENCRYPTION,
        """crypto.decryption-failed decryption.no-key encryption.key-missing encryption.mask
        encryption.misplaced encryption.of-header-or-body encryption.part-missing encryption.transform
        encryption.twice""",
    ),
    **_all(
        _PART,
        """payload.charset payload.compression-type payload.in-body payload.mime-type payload.named-twice
        payload.too-large""",
    ),
    **_all(_RECEIPT, "receipt.other-message receipt.references"),
    **_all(_UNSENT, "message.character message.four-corner message.id message.part"),
}

TABLES = (ACCESS, LOG, WRITING, GROUPS)

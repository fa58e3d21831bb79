"""Check an exported trail with nothing but public keys: no database, no node (``somec verify --trail``)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from somec.audit import rules
from somec.crypto import hashtree
from somec.crypto.signing import Verifier, open_note
from somec.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class BundleResult:
    """Outcome of checking an exported trail: how many entries it proves, and the index of the first that fails."""

    ok: bool
    entries: int
    first_wrong: int | None
    signers: tuple[str, ...]


def verify_bundle(bundle: dict[str, Any], *verifiers: Verifier) -> BundleResult:
    """Check an exported trail (``somec-trail-1``) against its checkpoint with nothing but the keys; no database.

    Raises Invalid when the bundle has not that form or the checkpoint is signed by none of the keys.
    """
    try:
        note, entries = bundle["checkpoint"], bundle["entries"]
        text, names = open_note(note, *verifiers)
        sealed = rules.read_checkpoint(text)
        proofs = [
            (item["entry"].encode(), item["index"], [base64.b64decode(step, validate=True) for step in item["path"]])
            for item in entries
        ]
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Invalid("bundle.malformed") from error
    if not names:
        raise Invalid("bundle.not_signed")
    for entry, index, path in proofs:
        if not hashtree.verify_inclusion(hashtree.leaf_hash(entry), index, sealed.size, path, sealed.root):
            return BundleResult(ok=False, entries=len(proofs), first_wrong=index, signers=tuple(names))
    return BundleResult(ok=True, entries=len(proofs), first_wrong=None, signers=tuple(names))

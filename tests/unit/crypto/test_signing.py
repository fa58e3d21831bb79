"""Signed notes: whoever changes a letter is found."""

from __future__ import annotations

import pytest

from somec.crypto.signing import Signer, Verifier, new_private_key, open_note, sign_note
from somec.kernel.errors import Invalid

TEXT = "node.example/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def signer(name: str = "node.example") -> Signer:
    return Signer(name, new_private_key())


def test_a_note_opens_with_its_signer() -> None:
    key = signer()
    assert open_note(sign_note(TEXT, key), key.verifier) == (TEXT, ["node.example"])


def test_a_second_signature_is_added_and_both_are_named() -> None:
    first, second = signer("first"), signer("second")
    note = sign_note(sign_note(TEXT, first), second)
    assert open_note(note, first.verifier, second.verifier) == (TEXT, ["first", "second"])


def test_unknown_signers_are_passed_over_but_not_named() -> None:
    assert open_note(sign_note(TEXT, signer("stranger")), signer().verifier) == (TEXT, [])


def test_a_changed_text_is_refused() -> None:
    key = signer()
    with pytest.raises(Invalid) as refused:
        open_note(sign_note(TEXT, key).replace("\n3\n", "\n4\n"), key.verifier)
    assert refused.value.code == "note.signature"


def test_another_key_under_the_same_name_is_not_that_signer() -> None:
    key, imposter = signer(), signer()
    assert open_note(sign_note(TEXT, imposter), key.verifier)[1] == []


@pytest.mark.parametrize("note", ["no newline", TEXT + "\n\u2014 name not-base64!\n", TEXT + "\n- name AAAA\n"])
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(Invalid):
        open_note(note, signer().verifier)


def test_a_signer_never_shows_its_key() -> None:
    private = new_private_key()
    assert private.hex() not in repr(Signer("node", private))
    assert not Verifier("node", bytes(32)).verify(b"data", b"short")

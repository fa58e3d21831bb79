"""Algorithms against published vectors, against each other, and against misuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from somec.crypto import content, suites
from somec.crypto.errors import AlgorithmUnknown, DecryptionFailed, KeyUnreadable
from somec.crypto.issuing import Subject, issue, issue_pair, make_authority
from somec.crypto.keys import (
    KeyPair,
    PrivateKey,
    load_key_pair,
    load_pkcs12,
    load_private_key,
    make_agreement_key,
    make_rsa_key,
    make_signing_key,
    store_pkcs12,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROOT = make_authority(Subject("Root"), make_signing_key(), at=NOW)
RSA = issue_pair(ROOT, Subject("rsa"), make_rsa_key(2048), at=NOW)
ED25519 = issue_pair(ROOT, Subject("ed"), make_signing_key(), at=NOW)
X25519 = issue_pair(ROOT, Subject("x"), make_agreement_key(), at=NOW)
EC = issue_pair(ROOT, Subject("ec"), PrivateKey(ec.generate_private_key(ec.SECP256R1())), at=NOW)


def test_agreement_keeps_to_its_method_and_curve() -> None:
    """Keys of one kind are never tried with the other's method, nor with a point of another curve."""
    agreed = suites.agree_key(bytes(16), X25519.certificate)
    point = bytes.fromhex("04") + bytes(64)
    with pytest.raises(AlgorithmUnknown):
        suites.open_agreed(X25519.private, replace(agreed, method=suites.ECDH_ES))
    with pytest.raises(AlgorithmUnknown):
        suites.open_agreed(EC.private, agreed)
    with pytest.raises(DecryptionFailed):
        suites.open_agreed(EC.private, replace(agreed, method=suites.ECDH_ES))
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    spki = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for mixed in (replace(agreed, originator=spki), replace(agreed, originator=spki, method=suites.ECDH_ES)):
        with pytest.raises(DecryptionFailed):
            suites.open_agreed(EC.private if mixed.method == suites.ECDH_ES else X25519.private, mixed)
    for oid in ("1.2.840.10045.3.1.7", "1.2.3"):
        with pytest.raises(DecryptionFailed):
            suites.curve_point(oid, point)


@pytest.mark.parametrize(
    ("pair", "algorithm", "size"),
    [
        (RSA, suites.RSA_SHA256, 256),
        (RSA, suites.RSA_SHA384, 256),
        (RSA, suites.RSA_SHA512, 256),
        (RSA, suites.RSA_SHA1, 256),
        (ED25519, suites.ED25519, 64),
        (EC, suites.ECDSA_SHA256, 64),
        (EC, suites.ECDSA_SHA512, 64),
    ],
)
def test_signatures_hold_for_their_octets_only(pair: KeyPair, algorithm: str, size: int) -> None:
    value = suites.sign(pair.private, algorithm, b"data")
    assert len(value) == size
    assert suites.verify(pair.certificate, algorithm, value, b"data")
    assert not suites.verify(pair.certificate, algorithm, value, b"Data")
    assert not suites.verify(pair.certificate, algorithm, value[:-1] + bytes([value[-1] ^ 1]), b"data")
    assert not suites.verify(pair.certificate, algorithm, b"", b"data")


@pytest.mark.parametrize(
    ("pair", "algorithm"), [(RSA, suites.ED25519), (ED25519, suites.RSA_SHA256), (X25519, suites.ED25519)]
)
def test_key_and_algorithm_must_fit(pair: KeyPair, algorithm: str) -> None:
    with pytest.raises(AlgorithmUnknown):
        suites.sign(pair.private, algorithm, b"")
    with pytest.raises(AlgorithmUnknown):
        suites.verify(pair.certificate, algorithm, b"", b"")


def test_signature_algorithm_of_a_key() -> None:
    assert [suites.signature_for(one.private) for one in (RSA, ED25519, EC)] == [
        suites.RSA_SHA256,
        suites.ED25519,
        suites.ECDSA_SHA256,
    ]
    with pytest.raises(AlgorithmUnknown):
        suites.signature_for(X25519.private)


def test_ed25519_against_rfc_8032() -> None:
    """RFC 8032, 7.1, test 2: key, one octet, signature."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    expected = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    key = PrivateKey(Ed25519PrivateKey.from_private_bytes(secret))
    assert suites.sign(key, suites.ED25519, b"\x72").hex() == expected


def test_digests_against_fips_180() -> None:
    assert suites.digest(suites.SHA256, b"abc").hex().startswith("ba7816bf8f01cfea414140de5dae2223")
    assert suites.digest(suites.SHA512, b"abc").hex().startswith("ddaf35a193617abacc417349ae204131")
    assert suites.digest(suites.SHA1, b"abc").hex() == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert suites.sha1(b"abc") == suites.digest(suites.SHA1, b"abc")
    with pytest.raises(AlgorithmUnknown):
        suites.digest("urn:none", b"")


def test_key_derivation_against_rfc_5869() -> None:
    """RFC 5869, A.1, cut to the 16 octets of a key-encryption key."""
    okm = suites._kek(bytes([0x0B] * 22), bytes(range(13)), bytes(range(0xF0, 0xFA)))
    assert okm.hex() == "3cb25f25faacd57a90434f64d0362f2a"


def test_key_transport_round_trip_and_failures() -> None:
    key = suites.new_content_key(suites.AES128_GCM)
    wrapped = suites.transport_key(key, RSA.certificate)
    assert suites.open_transported(RSA.private, wrapped, suites.SHA256, suites.MGF1_SHA256) == key
    for digest, mask in ((suites.SHA256, suites.MGF1_SHA1), (suites.SHA1, suites.MGF1_SHA256)):
        with pytest.raises(DecryptionFailed):
            suites.open_transported(RSA.private, wrapped, digest, mask)
    with pytest.raises(DecryptionFailed):
        suites.open_transported(RSA.private, b"", suites.SHA256, suites.MGF1_SHA256)
    with pytest.raises(AlgorithmUnknown):
        suites.open_transported(X25519.private, wrapped, suites.SHA256, suites.MGF1_SHA256)
    with pytest.raises(AlgorithmUnknown):
        suites.transport_key(key, ED25519.certificate)


def test_key_transport_of_old_recordings_is_no_choice_of_a_pmode() -> None:
    public = RSA.certificate.public_key
    assert isinstance(public, rsa.RSAPublicKey)
    key = suites.new_content_key(suites.AES128_GCM)
    wrapped = public.encrypt(key, padding.PKCS1v15())
    assert suites.open_transported_1_5(RSA.private, wrapped) == key
    with pytest.raises(DecryptionFailed):
        suites.open_transported_1_5(RSA.private, wrapped[:-1])
    with pytest.raises(AlgorithmUnknown):
        suites.open_transported_1_5(X25519.private, wrapped)
    assert suites.RECORDINGS.isdisjoint(suites.KNOWN)


def test_label_of_key_transport_is_part_of_the_lock() -> None:
    public = RSA.certificate.public_key
    assert isinstance(public, rsa.RSAPublicKey)
    wrapped = public.encrypt(bytes(16), padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), b"label"))
    named = suites.SHA256, suites.MGF1_SHA256
    assert suites.open_transported(RSA.private, wrapped, *named, b"label") == bytes(16)
    with pytest.raises(DecryptionFailed):
        suites.open_transported(RSA.private, wrapped, *named)


def test_key_agreement_round_trip_and_failures() -> None:
    key = suites.new_content_key(suites.AES128_GCM)
    agreed = suites.agree_key(key, X25519.certificate)
    assert (len(agreed.wrapped), len(agreed.salt)) == (24, 16)
    assert suites.open_agreed(X25519.private, agreed) == key
    changes = (
        {"salt": bytes(16)},
        {"info": b"x"},
        {"wrapped": bytes(24)},
        {"originator": b"rubbish"},
        {"originator": RSA.private.spki},
        {"wrapped": b""},
    )
    for change in changes:
        with pytest.raises(DecryptionFailed):
            suites.open_agreed(
                X25519.private,
                suites.AgreedKey(
                    **(
                        {"originator": agreed.originator, "salt": agreed.salt, "info": b"", "wrapped": agreed.wrapped}
                        | change
                    )
                ),
            )  # type: ignore[arg-type]
    with pytest.raises(AlgorithmUnknown):
        suites.open_agreed(RSA.private, agreed)
    with pytest.raises(AlgorithmUnknown):
        suites.agree_key(key, RSA.certificate)


@given(st.binary(max_size=5000), st.integers(1, 700))
def test_stream_and_single_call_speak_the_same_format(data: bytes, step: int) -> None:
    key = bytes(16)
    encryption = content.GcmEncryption(suites.AES128_GCM, key)
    pieces = [encryption.update(data[n : n + step]) for n in range(0, len(data), step)]
    streamed = encryption.iv + b"".join(pieces) + encryption.finish()
    assert content.decrypt(suites.AES128_GCM, key, streamed) == data
    sealed = content.encrypt(suites.AES128_GCM, key, data)
    decryption = content.GcmDecryption(suites.AES128_GCM, key, sealed[:12], sealed[-16:])
    opened = b"".join(decryption.update(sealed[12:-16][n : n + step]) for n in range(0, len(data), step))
    decryption.finish()
    assert opened == data


def test_aes_gcm_against_the_specification() -> None:
    """McGrew and Viega, test case 2: zero key, zero IV, zero block."""
    sealed = bytes(12) + bytes.fromhex("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf")
    assert content.decrypt(suites.AES128_GCM, bytes(16), sealed) == bytes(16)


@pytest.mark.parametrize("size", [0, 11, 27])
def test_ciphertexts_too_short_are_refused(size: int) -> None:
    with pytest.raises(DecryptionFailed):
        content.decrypt(suites.AES128_GCM, bytes(16), bytes(size))


def test_content_cipher_misuse_is_refused() -> None:
    with pytest.raises(AlgorithmUnknown):
        content.encrypt(suites.AES128_CBC, bytes(16), b"")  # CBC is for reading only
    with pytest.raises(DecryptionFailed):
        content.decrypt(suites.AES128_GCM, bytes(24), bytes(40))
    with pytest.raises(DecryptionFailed):
        content.GcmDecryption(suites.AES128_GCM, bytes(16), bytes(12), bytes(12))
    damaged = content.GcmDecryption(suites.AES128_GCM, bytes(16), bytes(12), bytes(16))
    damaged.update(b"x")
    with pytest.raises(DecryptionFailed):
        damaged.finish()


def test_cbc_of_recordings_is_read() -> None:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    context = Cipher(AES(bytes(16)), CBC(bytes(16))).encryptor()
    sealed = bytes(16) + context.update(b"0123456789" + b"\x00\x11\x22\x33\x44\x06") + context.finalize()
    assert content.decrypt(suites.AES128_CBC, bytes(16), sealed) == b"0123456789"
    for damaged in (sealed[:-1], sealed[:16], sealed[:-16] + bytes(16)):
        with pytest.raises(DecryptionFailed):
            content.decrypt(suites.AES128_CBC, bytes(16), damaged)


# --- keys --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [RSA, ED25519, X25519, EC], ids=["rsa", "ed25519", "x25519", "ec"])
def test_keys_survive_their_files(pair: KeyPair) -> None:
    assert load_private_key(pair.private.pem("secret"), "secret").spki == pair.private.spki
    assert load_private_key(pair.private.pem()).kind == pair.private.kind
    assert "PRIVATE" not in repr(pair)
    found = load_key_pair(pair.private.pem("s") + pair.certificate.pem() + ROOT.certificate.pem(), "s")
    assert (found.private.spki, found.certificate, found.chain) == (pair.private.spki, pair.certificate, pair.chain)


def test_pkcs12_round_trip_with_chain() -> None:
    found = load_pkcs12(store_pkcs12(RSA, "node", "secret"), "secret")
    assert (found.certificate, found.chain) == (RSA.certificate, (ROOT.certificate,))
    assert load_key_pair(store_pkcs12(RSA, "node", "secret"), "secret").private.spki == RSA.private.spki


def test_unreadable_keys_are_refused() -> None:
    for data, password in ((b"rubbish", None), (RSA.private.pem("a"), "b"), (RSA.private.pem("a"), None)):
        with pytest.raises(KeyUnreadable):
            load_private_key(data, password)
    for data, password in ((b"rubbish", ""), (store_pkcs12(RSA, "x", "a"), "b")):
        with pytest.raises(KeyUnreadable):
            load_pkcs12(data, password)
    with pytest.raises(KeyUnreadable):
        load_key_pair(RSA.private.pem() + ROOT.certificate.pem())
    with pytest.raises(KeyUnreadable):
        KeyPair(RSA.private, ED25519.certificate)


def test_short_rsa_keys_are_not_made() -> None:
    with pytest.raises(ValueError, match="too short"):
        make_rsa_key(1024)


def test_agreement_key_cannot_sign_but_can_be_certified() -> None:
    certificate = issue(ROOT, Subject("x"), make_agreement_key().spki, at=NOW)
    assert certificate.subject == "CN=x"

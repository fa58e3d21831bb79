"""Certificates: read, made, chained, refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from somec.crypto.certificates import (
    Certificate,
    check_trust,
    find,
    load_certificate,
    load_certificates,
    load_pkcs7,
    load_pki_path,
    load_revocations,
    pki_path,
    rsa_modulus,
)
from somec.crypto.errors import CertificateRefused, KeyUnreadable
from somec.crypto.issuing import Subject, issue, issue_for_request, issue_pair, make_authority, make_request
from somec.crypto.keys import KeyPair, make_agreement_key, make_rsa_key, make_signing_key

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROOT = make_authority(Subject("Root", "Ministry", "LV"), make_signing_key(), at=NOW)
LEAF = issue_pair(
    ROOT, Subject("node.lv.example", country="LV", hosts=("node.lv.example",)), make_signing_key(), at=NOW
)


def refused(certificate: Certificate, *anchors: Certificate, **more: object) -> str:
    with pytest.raises(CertificateRefused) as caught:
        check_trust(certificate, anchors=anchors, at=more.pop("at", NOW), **more)  # type: ignore[arg-type]
    return caught.value.code


def test_certificate_says_who_when_and_which_key() -> None:
    certificate = LEAF.certificate
    assert (certificate.subject, certificate.issuer) == ("CN=node.lv.example,C=LV", "CN=Root,O=Ministry,C=LV")
    assert certificate.valid_at(NOW)
    assert certificate.spki == LEAF.private.spki
    assert len(certificate.key_id) == 20
    assert "public_key" not in repr(certificate)


def test_der_and_pem_are_the_same_certificate() -> None:
    certificate = LEAF.certificate
    assert load_certificate(certificate.pem()) == load_certificate(certificate.der) == certificate
    assert load_certificates(certificate.pem() + ROOT.certificate.pem()) == (certificate, ROOT.certificate)


@pytest.mark.parametrize("data", [b"", b"rubbish", LEAF.certificate.der[:-3], b"-----BEGIN CERTIFICATE-----\nAA\n"])
def test_damaged_certificates_are_refused(data: bytes) -> None:
    with pytest.raises(KeyUnreadable):
        load_certificates(data)


def test_two_certificates_are_not_one() -> None:
    with pytest.raises(KeyUnreadable):
        load_certificate(LEAF.certificate.pem() * 2)


def test_chain_to_an_authority() -> None:
    assert check_trust(LEAF.certificate, anchors=[ROOT.certificate], at=NOW) == (LEAF.certificate, ROOT.certificate)


def test_pinned_certificate_needs_no_authority() -> None:
    assert check_trust(LEAF.certificate, anchors=[LEAF.certificate], at=NOW) == (LEAF.certificate,)


def test_refusals() -> None:
    other = make_authority(Subject("Root", "Ministry", "LV"), make_signing_key(), at=NOW)
    below = KeyPair(LEAF.private, LEAF.certificate)
    grandchild = issue(below, Subject("x"), make_signing_key().spki, at=NOW)
    assert refused(LEAF.certificate) == "certificate.unknown-issuer"
    assert refused(LEAF.certificate, other.certificate) == "certificate.unknown-issuer"  # same name, other key
    assert refused(grandchild, ROOT.certificate, intermediates=[LEAF.certificate]) == "certificate.unknown-issuer"
    assert refused(LEAF.certificate, ROOT.certificate, at=NOW + timedelta(days=800)) == "certificate.expired"
    assert refused(LEAF.certificate, ROOT.certificate, at=NOW - timedelta(days=1)) == "certificate.not-yet-valid"
    assert refused(LEAF.certificate, LEAF.certificate, at=NOW + timedelta(days=800)) == "certificate.expired"


def revocations(issuer: KeyPair, *serials: int) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder().issuer_name(ROOT.certificate.parsed.subject)
    builder = builder.last_update(NOW).next_update(NOW + timedelta(days=1))
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW).build()
        builder = builder.add_revoked_certificate(revoked)
    made = builder.sign(issuer.private.key, None)  # type: ignore[arg-type]
    return load_revocations(made.public_bytes(Encoding.PEM))


def test_revoked_certificate_is_refused_but_only_by_its_own_issuer() -> None:
    serial = LEAF.certificate.serial
    stranger = make_authority(Subject("Root", "Ministry", "LV"), make_signing_key(), at=NOW)
    assert refused(LEAF.certificate, ROOT.certificate, revocations=[revocations(ROOT, serial)]) == "certificate.revoked"
    check_trust(LEAF.certificate, anchors=[ROOT.certificate], revocations=[revocations(ROOT, serial + 1)], at=NOW)
    check_trust(LEAF.certificate, anchors=[ROOT.certificate], revocations=[revocations(stranger, serial)], at=NOW)


def test_damaged_revocation_list_is_refused() -> None:
    for data in (b"rubbish", b"-----BEGIN X509 CRL-----"):
        with pytest.raises(KeyUnreadable):
            load_revocations(data)


def test_request_for_a_states_pki_and_its_certificate() -> None:
    key = make_rsa_key(2048)
    request = make_request(Subject("node.nl.example", "Politie", "NL", ("node.nl.example",)), key)
    parsed = x509.load_pem_x509_csr(request)
    assert parsed.is_signature_valid
    assert isinstance(parsed.signature_hash_algorithm, hashes.SHA256)
    certificate = issue_for_request(ROOT, request, at=NOW)
    assert key.fits(certificate)
    assert certificate.subject == "CN=node.nl.example,O=Politie,C=NL"
    names = certificate.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["node.nl.example"]


def test_requests_that_prove_nothing_are_refused() -> None:
    with pytest.raises(KeyUnreadable):
        make_request(Subject("x"), make_agreement_key())
    with pytest.raises(KeyUnreadable):
        issue_for_request(ROOT, b"rubbish", at=NOW)
    good = make_request(Subject("x"), make_signing_key())
    lines = good.splitlines()
    lines[-2] = b"A" * 20 + lines[-2][20:]
    with pytest.raises(KeyUnreadable):
        issue_for_request(ROOT, b"\n".join(lines) + b"\n", at=NOW)


def test_pki_path_round_trip_and_damage() -> None:
    path = pki_path([ROOT.certificate, LEAF.certificate])
    assert load_pki_path(path) == (ROOT.certificate, LEAF.certificate)
    for damaged in (
        b"",
        b"\x30\x00",
        path[:-1],
        path + b"\x00",
        b"\x31" + path[1:],
        b"\x30\x82",
        pki_path([ROOT.certificate] * 9),
    ):
        with pytest.raises(KeyUnreadable):
            load_pki_path(damaged)


def test_lookup_by_key_id_and_serial() -> None:
    everyone = [ROOT.certificate, LEAF.certificate]
    assert find(everyone, key_id=LEAF.certificate.key_id) == LEAF.certificate
    assert find(everyone, serial=LEAF.certificate.serial) == LEAF.certificate
    assert find(everyone, key_id=b"none") is None


def test_bundle_has_no_order_and_the_end_certificate_comes_first() -> None:
    for order in ([ROOT, LEAF], [LEAF, ROOT]):
        bundle = pkcs7.serialize_certificates([one.certificate.parsed for one in order], Encoding.DER)
        assert load_pkcs7(bundle) == (LEAF.certificate, ROOT.certificate)


def test_damaged_and_endless_bundles_are_refused() -> None:
    many = [issue_pair(ROOT, Subject(f"n{n}"), make_signing_key(), at=NOW).certificate.parsed for n in range(9)]
    endless = pkcs7.serialize_certificates(many, Encoding.DER)
    for data, code in ((endless, "certificate.path-too-long"), (b"\x30\x00", "certificate.unreadable")):
        with pytest.raises(KeyUnreadable) as caught:
            load_pkcs7(data)
        assert caught.value.code == code


def test_modulus_is_that_of_an_rsa_key_only() -> None:
    pair = issue_pair(ROOT, Subject("rsa"), make_rsa_key(2048), at=NOW)
    assert rsa_modulus(pair.certificate).bit_length() == 2048
    assert rsa_modulus(LEAF.certificate) == 0


def test_certificate_with_unreadable_extensions_has_a_name_but_no_authority() -> None:
    """Old makers wrote such; its key verifies what it signed, but nobody is trusted for its word."""
    identifier = bytes.fromhex("0603551d0e041604")  # the extension's name, then an octet string in an octet string
    assert ROOT.certificate.der.count(identifier) == 1
    odd = load_certificate(ROOT.certificate.der.replace(identifier + b"\x14", identifier + b"\x72"))
    assert odd.key_id == ROOT.certificate.key_id
    assert refused(LEAF.certificate, odd) == "certificate.unknown-issuer"
    assert check_trust(odd, anchors=[odd], at=NOW) == (odd,)

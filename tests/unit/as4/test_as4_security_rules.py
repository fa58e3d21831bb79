"""Each security rule that the specifications leave to the implementer, as one named test (as4: "do them")."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from as4_parties import ENVELOPE_OPEN, NOW, Forgery, keys_of, message, part, peer_of, pmode, receive, send

from somec.as4.errors import As4Error
from somec.as4.message import Property
from somec.as4.octets import Octets
from somec.as4.pmode import Limits, LocalKeys, Peer
from somec.as4.receiving import open_message
from somec.crypto import suites


def refused(forgery: Forgery, **more: object) -> As4Error:
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire(), **more)  # type: ignore[arg-type]
    return caught.value


def verdict(forgery: Forgery, **more: object) -> tuple[str, str]:
    error = refused(forgery, **more)
    return error.ebms.code, error.reason


def test_a_forgery_without_a_flaw_is_accepted() -> None:
    received = receive(*Forgery().wire())
    assert received.parts[0].content.read() == b'{"a":1}'


# --- XML ---------------------------------------------------------------------------------------------------------


def test_doctype_is_refused() -> None:
    forgery = Forgery(soap=lambda text: text.replace("?>", "?><!DOCTYPE x [<!ENTITY e 'x'>]>", 1))
    assert verdict(forgery) == ("EBMS:0009", "xml.doctype")


def test_external_entities_are_never_fetched(tmp_path: object) -> None:
    secret = tmp_path / "secret"  # type: ignore[operator]
    secret.write_text("never")
    doctype = f'?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    forgery = Forgery(soap=lambda text: text.replace("?>", doctype, 1).replace("notice:1", "&e;"))
    assert verdict(forgery) == ("EBMS:0009", "xml.doctype")


def test_entity_expansion_ends_at_once() -> None:
    bomb = "<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    forgery = Forgery(soap=lambda text: text.replace("?>", f"?><!DOCTYPE x [{bomb}]>", 1).replace("notice:1", "&i;"))
    assert verdict(forgery)[0] == "EBMS:0009"


def test_comment_cannot_cut_a_value_in_two() -> None:
    forgery = Forgery(soap=lambda text: text.replace("node.lv.example<", "node<!-- -->.lv.example<", 1))
    # The comment is no part of the canonical form: the signature holds, and so must the value.
    assert receive(*forgery.wire()).message.sender.id.value == "node.lv.example"


def test_processing_instruction_in_a_value_is_refused() -> None:
    forgery = Forgery(messaging=lambda text: text.replace("notice:1", "not<?x y?>ice:1"))
    assert verdict(forgery) == ("EBMS:0009", "xml.text-expected")


def test_encoding_other_than_utf8_is_refused() -> None:
    forgery = Forgery(soap=lambda text: text.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"'))
    assert verdict(forgery) == ("EBMS:0009", "xml.encoding")


def test_duplicate_ids_are_refused_wherever_they_are() -> None:
    forgery = Forgery(soap=lambda text: text.replace("<ds:Signature ", '<ds:Signature Id="body-1" ', 1))
    assert verdict(forgery) == ("EBMS:0009", "xml.duplicate-id")


def test_two_security_headers_are_refused() -> None:
    second = "<wsse:Security xmlns:wsse='{}'/>".format(
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    )
    forgery = Forgery(soap=lambda text: text.replace("</S12:Header>", second + "</S12:Header>"))
    assert verdict(forgery) == ("EBMS:0103", "soap.several-security-headers")


def test_two_messaging_headers_are_refused() -> None:
    def twice(text: str) -> str:
        found = re.search("<eb:Messaging.*</eb:Messaging>", text)
        assert found
        return text.replace("</S12:Header>", found[0].replace("msg-1", "msg-2") + "</S12:Header>")

    assert verdict(Forgery(soap=twice)) == ("EBMS:0009", "soap.messaging")


def test_unknown_header_that_must_be_understood_is_refused() -> None:
    block = '<x:Route xmlns:x="urn:x" S12:mustUnderstand="true"></x:Route>'
    forgery = Forgery(soap=lambda text: text.replace("</S12:Header>", block + "</S12:Header>"))
    assert verdict(forgery) == ("EBMS:0008", "soap.must-understand")


# --- signature wrapping ------------------------------------------------------------------------------------------


def _signed_messaging_moved(text: str, wrapper: str) -> str:
    """Move the signed eb:Messaging elsewhere and put another one, unsigned, in its place."""
    found = re.search("<eb:Messaging.*</eb:Messaging>", text)
    assert found
    evil = found[0].replace("msg-1", "msg-2").replace("notice:1", "notice:2")
    return text.replace(found[0], evil).replace("</S12:Header>", wrapper.format(found[0]) + "</S12:Header>")


def test_signature_wrapping_in_another_header_is_refused() -> None:
    forgery = Forgery(soap=lambda text: _signed_messaging_moved(text, '<x:Box xmlns:x="urn:x">{}</x:Box>'))
    assert verdict(forgery) == ("EBMS:0103", "signature.messaging-not-covered")


def test_signature_wrapping_in_the_security_header_is_refused() -> None:
    def move(text: str) -> str:
        found = re.search("<eb:Messaging.*</eb:Messaging>", text)
        assert found
        evil = found[0].replace("msg-1", "msg-2").replace("notice:1", "notice:2")
        return text.replace(found[0], evil).replace("</wsse:Security>", found[0] + "</wsse:Security>")

    assert verdict(Forgery(soap=move)) == ("EBMS:0103", "signature.messaging-not-covered")


def test_signature_wrapping_of_the_body_is_refused() -> None:
    def move(text: str) -> str:
        found = re.search("<S12:Body.*</S12:Body>", text)
        assert found
        box = f'<x:Box xmlns:x="urn:x">{found[0]}</x:Box></S12:Header>'
        return text.replace(found[0], "<S12:Body></S12:Body>").replace("</S12:Header>", box)

    assert verdict(Forgery(soap=move)) == ("EBMS:0103", "signature.body-not-covered")


def test_signature_wrapping_inside_an_object_of_the_signature_is_refused() -> None:
    def move(text: str) -> str:
        found = re.search("<eb:Messaging.*</eb:Messaging>", text)
        assert found
        evil = found[0].replace("msg-1", "msg-2").replace("notice:1", "notice:2")
        text = text.replace(found[0], evil)
        return text.replace("</ds:Signature>", f"<ds:Object>{found[0]}</ds:Object></ds:Signature>")

    assert verdict(Forgery(soap=move)) == ("EBMS:0103", "signature.messaging-not-covered")


# --- coverage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [(0, "messaging-not-covered"), (1, "body-not-covered"), (2, "part-not-covered")],
    ids=["messaging", "body", "payload"],
)
def test_missing_coverage_is_refused(left_out: int, reason: str) -> None:
    forgery = Forgery(references=lambda found: [one for n, one in enumerate(found) if n != left_out])
    assert verdict(forgery) == ("EBMS:0103", f"signature.{reason}")


def test_reference_twice_is_refused() -> None:
    forgery = Forgery(references=lambda found: [*found, found[-1]])
    assert verdict(forgery) == ("EBMS:0101", "signature.repeated-target")


def test_reference_to_nowhere_is_refused() -> None:
    forgery = Forgery(
        references=lambda found: [
            *found,
            found[0].__class__("#none", found[0].digest_method, b"", found[0].xml.replace(b"#msg-1", b"#none")),
        ]
    )
    assert verdict(forgery) == ("EBMS:0101", "signature.target")


def test_reference_to_the_whole_document_is_refused() -> None:
    forgery = Forgery(
        references=lambda found: [
            *found,
            found[0].__class__("", found[0].digest_method, b"", found[0].xml.replace(b"#msg-1", b"")),
        ]
    )
    assert verdict(forgery) == ("EBMS:0101", "signature.target")


def test_enveloped_or_chained_transforms_are_refused() -> None:
    enveloped = b'<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>'

    def chain(found: list) -> list:  # type: ignore[type-arg]
        first = found[0]
        xml = first.xml.replace(b"<ds:Transforms>", b"<ds:Transforms>" + enveloped)
        return [first.__class__(first.uri, first.digest_method, first.digest, xml), *found[1:]]

    assert verdict(Forgery(references=chain)) == ("EBMS:0101", "signature.transforms")


def test_complete_attachment_transform_is_refused() -> None:
    """AS4 5.1.5a forbids signing MIME headers along."""

    def complete(found: list) -> list:  # type: ignore[type-arg]
        last = found[-1]
        xml = last.xml.replace(b"Attachment-Content-Signature", b"Attachment-Complete-Signature")
        return [*found[:-1], last.__class__(last.uri, last.digest_method, last.digest, xml)]

    assert verdict(Forgery(references=complete)) == ("EBMS:0101", "signature.transforms")


def test_payload_changed_after_signing_is_refused() -> None:
    forgery = Forgery(encrypt=False, mime=lambda parts: [parts[0], (parts[1][0], gzip.compress(b'{"a":2}'))])
    assert verdict(forgery, mode=pmode(encrypt=False)) == ("EBMS:0101", "signature.digest")


def test_header_changed_after_signing_is_refused() -> None:
    forgery = Forgery(soap=lambda text: text.replace("notice:1", "notice:2"))
    assert verdict(forgery) == ("EBMS:0101", "signature.digest")


def test_two_signatures_are_refused() -> None:
    def twice(text: str) -> str:
        found = re.search("<ds:Signature.*</ds:Signature>", text)
        assert found
        return text + found[0]

    assert verdict(Forgery(security=twice)) == ("EBMS:0101", "signature.several")


def test_no_signature_is_refused() -> None:
    assert verdict(Forgery(sign=False)) == ("EBMS:0103", "signature.missing")


# --- MIME and header agree ---------------------------------------------------------------------------------------


def test_extra_mime_part_is_refused() -> None:
    extra = ({"Content-Type": "text/plain", "Content-ID": "<more@lv>"}, b"hello")
    assert verdict(Forgery(mime=lambda parts: [*parts, extra])) == ("EBMS:0007", "mime.unnamed-part")


def test_missing_mime_part_is_refused() -> None:
    assert verdict(Forgery(mime=lambda parts: parts[:1])) == ("EBMS:0011", "payload.missing")


def test_same_content_id_twice_is_refused() -> None:
    assert verdict(Forgery(mime=lambda parts: [*parts, parts[1]])) == ("EBMS:0007", "mime.content-id")


def test_part_named_twice_in_the_header_is_refused() -> None:
    def twice(text: str) -> str:
        found = re.search("<eb:PartInfo .*</eb:PartInfo>", text)
        assert found
        return text.replace(found[0], found[0] * 2)

    assert verdict(Forgery(messaging=twice)) == ("EBMS:0003", "payload.named-twice")


def test_external_payload_is_refused() -> None:
    forgery = Forgery(messaging=lambda text: text.replace("cid:one@lv", "https://lv.example/one"))
    assert verdict(forgery) == ("EBMS:0011", "payload.external")


def test_payload_in_the_soap_body_is_refused() -> None:
    forgery = Forgery(body=lambda text: text.replace("></S12:Body>", '><x xmlns="urn:x"></x></S12:Body>'))
    assert verdict(forgery) == ("EBMS:0008", "payload.in-body")


# --- algorithms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [suites.RSA_SHA1, suites.RSA_SHA384, suites.RSA_SHA512])
def test_signature_algorithm_outside_the_pmode_is_refused(method: str) -> None:
    assert verdict(Forgery(method=method)) == ("EBMS:0103", "algorithm.not-accepted")


@pytest.mark.parametrize("digest", [suites.SHA1, suites.SHA512])
def test_digest_outside_the_pmode_is_refused(digest: str) -> None:
    assert verdict(Forgery(digest=digest)) == ("EBMS:0103", "algorithm.not-accepted")


def test_an_old_algorithm_is_accepted_only_where_the_pmode_names_it() -> None:
    wire = Forgery(method=suites.RSA_SHA384).wire()
    assert receive(*wire, mode=pmode(allow_legacy=frozenset({suites.RSA_SHA384}))).parts


def test_unknown_algorithm_is_an_authentication_failure() -> None:
    forgery = Forgery(security=lambda text: text.replace(suites.RSA_SHA256, "urn:nobody-knows"))
    assert verdict(forgery) == ("EBMS:0101", "algorithm.unknown")


@pytest.mark.parametrize(
    ("instead", "given"),
    [
        (suites.MGF1_SHA1, suites.MGF1_SHA256),
        (suites.AES256_GCM, suites.AES128_GCM),
        (suites.AES128_CBC, suites.AES128_GCM),
    ],
    ids=["MGF1 with SHA-1", "AES-256", "CBC"],
)
def test_encryption_algorithm_outside_the_pmode_is_refused(instead: str, given: str) -> None:
    forgery = Forgery(security=lambda text: text.replace(given, instead))
    assert verdict(forgery) == ("EBMS:0103", "algorithm.not-accepted")


def test_hmac_in_place_of_a_signature_is_refused() -> None:
    forgery = Forgery(
        security=lambda text: text.replace(suites.RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1")
    )
    assert verdict(forgery) == ("EBMS:0101", "algorithm.unknown")


# --- who ---------------------------------------------------------------------------------------------------------


def test_party_is_bound_to_its_certificate() -> None:
    """Another participant of the same network, with a valid certificate of the same authority, is not this party."""
    assert verdict(Forgery(signer="ES")) == ("EBMS:0101", "signature.unknown-signer")


def test_certificate_in_the_message_is_not_trusted_by_itself() -> None:
    assert verdict(Forgery(), peer=peer_of("ES")) == ("EBMS:0101", "signature.unknown-signer")


def test_next_certificate_of_a_peer_is_accepted_during_rollover() -> None:
    both = Peer(signing=(*peer_of("ES").signing, *peer_of("LV").signing), encryption=peer_of("LV").encryption)
    assert receive(*Forgery().wire(), peer=both).signer == keys_of("LV").signing.certificate


def test_expired_signer_is_refused() -> None:
    late = NOW + timedelta(days=4000)
    assert verdict(Forgery(), at=late) == ("EBMS:0101", "signature.certificate-expired")


def test_stranger_gets_pmode_mismatch_and_costs_no_private_key_operation() -> None:
    stranger = message(sender=message().recipient, recipient=message().sender)
    assert verdict(Forgery(header=stranger)) == ("EBMS:0010", "pmode.none")


def test_private_key_is_not_used_before_the_signature_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bytes:
        pytest.fail("the private key was used for a message that nobody proved to have sent")

    monkeypatch.setattr(suites, "open_transported", never)
    assert verdict(Forgery(signer="ES"))[0] == "EBMS:0101"
    assert verdict(Forgery(soap=lambda text: text.replace("notice:1", "notice:2")))[0] == "EBMS:0101"


# --- encryption --------------------------------------------------------------------------------------------------


def test_decrypt_failures_all_read_the_same() -> None:
    """Wrong key, wrong padding, wrong tag, cut-off ciphertext: one code, one reason, no place."""

    def damaged_key(text: str) -> str:
        found = re.search("<xenc:CipherValue>(.{8})", text)
        assert found
        return text.replace(found[1], "AAAAAAAA", 1)

    cases = [
        Forgery(cipher=lambda data: data[:-1] + bytes([data[-1] ^ 1])),
        Forgery(cipher=lambda data: data[:20]),
        Forgery(cipher=lambda _: b""),
        Forgery(security=damaged_key),
        Forgery(recipient="ES"),
    ]
    errors = {(one.ebms.code, one.reason, one.place, str(one)) for one in map(refused, cases)}
    assert {(code, reason, place) for code, reason, place, _ in errors} == {("EBMS:0102", "decryption.failed", "")}
    assert len(errors) == 1


def test_unencrypted_payload_is_refused_where_the_pmode_wants_encryption() -> None:
    assert verdict(Forgery(encrypt=False)) == ("EBMS:0103", "encryption.missing")


def test_encrypted_header_is_refused() -> None:
    block = '<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"></xenc:EncryptedData></eb:Messaging>'
    forgery = Forgery(messaging=lambda text: text.replace("</eb:Messaging>", block))
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire())
    assert caught.value.ebms.code in {"EBMS:0003", "EBMS:0008"}


def test_key_for_a_previous_certificate_still_opens() -> None:
    ours = LocalKeys(signing=keys_of("ES").signing, decryption=(*keys_of("ES").decryption, *keys_of("NL").decryption))
    assert receive(*Forgery().wire(), keys=ours).parts[0].content.read() == b'{"a":1}'


# --- how much ----------------------------------------------------------------------------------------------------


def test_zip_bomb_is_stopped_by_its_ratio() -> None:
    forgery = Forgery(payloads=[("bomb@lv", bytes(40 << 20))])
    assert verdict(forgery) == ("EBMS:0303", "payload.bomb")


def test_payload_size_is_capped_after_decompression() -> None:
    forgery = Forgery(payloads=[("big@lv", b"abcdefgh" * 1000)])
    assert verdict(forgery, mode=pmode(limits=Limits(payload=7_999))) == ("EBMS:0303", "payload.too-large")


def test_sum_of_payloads_is_capped() -> None:
    forgery = Forgery(payloads=[(f"{n}@lv", b"x" * 600) for n in range(2)])
    assert verdict(forgery, mode=pmode(limits=Limits(payloads=1000))) == ("EBMS:0303", "payload.too-large")


@pytest.mark.parametrize(
    ("limits", "verdict_"),
    [
        (Limits(parts=2), ("EBMS:0007", "mime.too-many-parts")),
        (Limits(envelope=500), ("EBMS:0007", "soap.too-large")),
        (Limits(message=500), ("EBMS:0007", "message.too-large")),
    ],
    ids=["parts", "envelope", "message"],
)
def test_size_of_a_message_is_capped_before_it_is_read(limits: Limits, verdict_: tuple[str, str]) -> None:
    content_type, body = Forgery(payloads=[(f"{n}@lv", b"x") for n in range(3)]).wire()
    with pytest.raises(As4Error) as caught:
        open_message(content_type, body, resolve=lambda _: None, limits=limits)
    assert (caught.value.ebms.code, caught.value.reason) == verdict_


def test_number_of_references_is_capped() -> None:
    forgery = Forgery(payloads=[(f"{n}@lv", b"x") for n in range(5)])
    assert verdict(forgery, mode=pmode(limits=Limits(references=6))) == ("EBMS:0101", "signature.references")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: gzip.compress(data)[:-4], "payload.truncated"),
        (lambda data: gzip.compress(data) + b"rubbish", "payload.damaged"),
        (lambda data: data, "payload.damaged"),
        (lambda _: b"", "payload.truncated"),
    ],
    ids=["cut off", "rubbish behind", "not gzip", "empty"],
)
def test_damaged_compression_is_refused(damage: object, reason: str) -> None:
    assert verdict(Forgery(compress=damage)) == ("EBMS:0303", reason)  # type: ignore[arg-type]


# --- what an answer tells ----------------------------------------------------------------------------------------


def test_errors_name_the_message_but_tell_no_content() -> None:
    error = refused(Forgery(soap=lambda text: text.replace("LV-VPD", "SECRET")))
    assert error.ref_to_message_id
    assert "SECRET" not in str(error)
    assert "SECRET" not in repr(error)


def test_mutual_limits_do_not_hinder_a_normal_message() -> None:
    received = receive(*((out := send([part(bytes(range(256)) * 2000)])).content_type, out.body))
    assert received.parts[0].content.size == 512_000
    assert isinstance(received.parts[0].content, Octets)


def test_property_without_a_name_is_refused() -> None:
    forgery = Forgery(header=message(properties=(*message().properties, Property("", "x"))))
    assert verdict(forgery) == ("EBMS:0009", "header.property-name")


def test_envelope_in_another_soap_version_is_refused() -> None:
    forgery = Forgery(
        soap=lambda text: text.replace(
            "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"
        )
    )
    assert ENVELOPE_OPEN not in forgery.wire()[1].decode("latin-1")
    assert verdict(forgery) == ("EBMS:0009", "soap.envelope")

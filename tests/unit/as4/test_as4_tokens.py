"""Every way a message may name a key or describe an encrypted payload, and every way it may get that wrong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest
from as4_parties import Forgery, authority, keys_of, receive, rsa_pair

from somec.as4.errors import As4Error
from somec.as4.namespaces import BASE64_BINARY, DS, EXC_C14N, INC_C14N, THUMBPRINT, X509_KEY_ID, X509_PKI_PATH
from somec.as4.security import base64_text
from somec.crypto import suites
from somec.crypto.certificates import pki_path

LV = rsa_pair("LV").certificate
NL = rsa_pair("NL").certificate


def renamed(named: str, token: str = "") -> Callable[[str], str]:
    """Return a change of the signature's security token reference (and what it may point to)."""

    def change(text: str) -> str:
        head, key_info = text.rsplit("<ds:KeyInfo>", 1)
        key_info = re.sub(
            "<wsse:SecurityTokenReference>.*?</wsse:SecurityTokenReference>",
            f"<wsse:SecurityTokenReference>{named}</wsse:SecurityTokenReference>",
            key_info,
            count=1,
        )
        return token + head + "<ds:KeyInfo>" + key_info

    return change


def key_identifier(value: bytes, type_: str) -> str:
    attributes = f'EncodingType="{BASE64_BINARY}" ValueType="{type_}"'
    return f"<wsse:KeyIdentifier {attributes}>{base64_text(value)}</wsse:KeyIdentifier>"


def x509_data(inner: str) -> str:
    return f'<ds:X509Data xmlns:ds="{DS}">{inner}</ds:X509Data>'


PATH = (
    f'<wsse:BinarySecurityToken EncodingType="{BASE64_BINARY}" ValueType="{X509_PKI_PATH}" wsu:Id="path">'
    f"{base64_text(pki_path([authority().certificate, LV]))}</wsse:BinarySecurityToken>"
)
EMBEDDED = f"<wsse:Embedded><wsse:BinarySecurityToken>{base64_text(LV.der)}</wsse:BinarySecurityToken></wsse:Embedded>"
ISSUER_SERIAL = (
    "<ds:X509IssuerSerial><ds:X509IssuerName>{}</ds:X509IssuerName>"
    "<ds:X509SerialNumber>{}</ds:X509SerialNumber></ds:X509IssuerSerial>"
)
METHOD = "</ds:CanonicalizationMethod>"


@pytest.mark.parametrize(
    ("named", "token"),
    [
        ('<wsse:Reference URI="#path"></wsse:Reference>', PATH),
        (EMBEDDED, ""),
        (key_identifier(LV.key_id, X509_KEY_ID), ""),
        (key_identifier(hashlib.new("sha1", LV.der, usedforsecurity=False).digest(), THUMBPRINT), ""),
        (key_identifier(LV.der, "urn:x509"), ""),
        (x509_data(ISSUER_SERIAL.format("CN=written, in any way", LV.serial)), ""),
        (x509_data(f"<ds:X509SKI>{base64_text(LV.key_id)}</ds:X509SKI>"), ""),
        (x509_data(f"<ds:X509Certificate>{base64_text(LV.der)}</ds:X509Certificate>"), ""),
    ],
    ids=["PKIPath", "embedded", "SKI", "thumbprint", "certificate", "issuer serial", "X509SKI", "X509Certificate"],
)  # fmt: skip
def test_ways_to_name_a_key(named: str, token: str) -> None:
    assert receive(*Forgery(security=renamed(named, token)).wire()).signer == LV


@pytest.mark.parametrize(
    "named",
    [
        "",
        '<wsse:Reference URI="#nowhere"></wsse:Reference>',
        '<wsse:Reference URI="#msg-1"></wsse:Reference>',
        "<wsse:Embedded></wsse:Embedded>",
        key_identifier(b"rubbish", "urn:x509"),
        key_identifier(b"unknown", X509_KEY_ID),
        key_identifier(b"unknown", THUMBPRINT),
        x509_data(ISSUER_SERIAL.format("CN=x", "not a number")),
        x509_data(ISSUER_SERIAL.format("CN=x", 1)),
        x509_data("<ds:X509SubjectName>CN=LV</ds:X509SubjectName>"),
        x509_data(f"<ds:X509Certificate>{base64_text(NL.der)}</ds:X509Certificate>"),
    ],
)
def test_names_that_lead_nowhere_are_refused(named: str) -> None:
    with pytest.raises(As4Error) as caught:
        receive(*Forgery(security=renamed(named)).wire())
    assert caught.value.ebms.code == "EBMS:0101"


def test_processing_instruction_beside_a_token_reference_is_no_trap() -> None:
    named = '<?odd x?><wsse:Reference URI="#X509-1"></wsse:Reference>'
    assert receive(*Forgery(security=renamed(named)).wire()).signer == LV


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (replaced('URI="cid:one@lv"><xenc:Transforms>', 'URI="cid:other@lv"><xenc:Transforms>'), "EBMS:0102"),
        (replaced('<xenc:CipherReference URI="cid:', '<xenc:CipherReference URI="https://'), "EBMS:0102"),
        (replaced("Attachment-Ciphertext-Transform", "Attachment-Other-Transform"), "EBMS:0008"),
        (replaced("Attachment-Content-Only", "Attachment-Complete"), "EBMS:0008"),
        (replaced('Id="EK-x"', 'Id="EK-y"'), "ok"),  # the key still lists the data
        (replaced('URI="#ED-x-0"', 'URI="#ED-y"'), "ok"),  # the data still names the key
        (lambda text: text.replace('Id="EK-x"', 'Id="EK-y"').replace('URI="#ED-x-0"', 'URI="#ED-y"'), "EBMS:0102"),
        (lambda text: re.sub("<xenc:EncryptedKey.*?</xenc:EncryptedKey>", "", text), "EBMS:0102"),
        (lambda text: re.sub("<xenc:EncryptedData.*?</xenc:EncryptedData>", "", text), "EBMS:0103"),
        (lambda text: re.sub("<xenc:CipherReference.*?</xenc:CipherReference>", "", text, count=1), "EBMS:0008"),
        (lambda text: re.sub(f"({suites.RSA_OAEP})", suites.RSA_OAEP_MGF1P, text), "EBMS:0009"),
        (lambda text: re.sub("<ds:DigestMethod xmlns:ds.*?</ds:DigestMethod>", "", text, count=1), "EBMS:0103"),
        (lambda text: re.sub("<xenc11:MGF.*?</xenc11:MGF>", "", text), "EBMS:0103"),
        (replaced(f'Algorithm="{suites.AES128_GCM}"', ""), "EBMS:0009"),
    ],
)
def test_descriptions_of_encryption(change: Callable[[str], str], code: str) -> None:
    def before_signature(text: str) -> str:
        at = text.index("<wsse:BinarySecurityToken", text.index("</xenc:EncryptedData>"))
        return change(text[:at]) + text[at:]

    forgery = Forgery(security=before_signature)
    if code == "ok":
        assert receive(*forgery.wire()).parts[0].content.read() == b'{"a":1}'
        return
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire())
    assert caught.value.ebms.code == code


def test_same_payload_encrypted_twice_is_refused() -> None:
    def twice(text: str) -> str:
        found = re.search("<xenc:EncryptedData.*?</xenc:EncryptedData>", text)
        assert found
        return text.replace(found[0], found[0] + found[0].replace('Id="ED-x-0"', 'Id="ED-x-1"'))

    with pytest.raises(As4Error) as caught:
        receive(*Forgery(security=twice).wire())
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0103", "encryption.twice")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (replaced("<ds:SignedInfo ", "<ds:Other></ds:Other><ds:SignedInfo "), "ok"),
        (replaced(f'{EXC_C14N}">{METHOD}', f'urn:none">{METHOD}'), "signature.canonicalization"),
        (replaced(f'{EXC_C14N}">{METHOD}', f'{INC_C14N}">{METHOD}'), "algorithm.not-accepted"),
        (replaced("</ds:SignatureValue>", "!</ds:SignatureValue>"), "xml.base64"),
        (lambda text: re.sub("<ds:SignatureValue>.*?</ds:SignatureValue>", "", text), "xml.exactly-one"),
        (replaced("<ds:Transforms>", "<ds:Transforms></ds:Transforms><ds:Transforms>"), "xml.exactly-one"),
        (replaced(f' Algorithm="{suites.RSA_SHA256}"', ""), "xml.algorithm-missing"),
    ],
)  # fmt: skip
def test_shapes_of_a_signature(change: Callable[[str], str], reason: str) -> None:
    forgery = Forgery(security=change)
    if reason == "ok":
        assert receive(*forgery.wire()).signer == keys_of("LV").signing.certificate
        return
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire())
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("soap", "reason"),
    [
        (lambda _: "<a/>", "soap.envelope"),
        (lambda text: text.replace("<S12:Header>", "<S12:Header></S12:Header><S12:Header>", 1), "soap.structure"),
        (lambda text: re.sub("<S12:Header>.*</S12:Header>", "<S12:Header></S12:Header>", text), "soap.messaging"),
        (lambda text: re.sub("<eb:UserMessage>.*</eb:UserMessage>", "", text), "header.empty"),
        (lambda text: re.sub("<eb:UserMessage>.*</eb:UserMessage>", "<x></x>", text), "header.unknown-unit"),
        (lambda text: text.replace("eb:SignalMessage", "eb:Other"), "ok"),
        (lambda text: re.sub("<eb:Timestamp>.*?</", "<eb:Timestamp>noon</", text), "header.value"),
        (lambda text: re.sub("<eb:Action>.*?</", f"<eb:Action>{'x' * 2000}</", text), "header.value"),
        (lambda text: re.sub("<eb:Action>.*?</eb:Action>", "", text), "xml.exactly-one"),
        (lambda text: text.replace("<S12:Envelope ", '<S12:Envelope xmlns:r="relative" r:a="1" ', 1), "xml.canonical"),
        (lambda text: text.replace("<eb:UserMessage>", '<eb:UserMessage xmlns:r="x" r:a="1">', 1), "xml.canonical"),
    ],
)  # fmt: skip
def test_shapes_of_an_envelope(soap: Callable[[str], str], reason: str) -> None:
    forgery = Forgery(soap=soap)
    if reason == "ok":
        assert receive(*forgery.wire()).parts
        return
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire())
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0009", reason)

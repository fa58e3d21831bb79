"""Signatures and kinds of messages outside the profile, as other makers write them: ``somec as4 inspect`` says what holds."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import pytest
from as4_parties import NOW, Forgery, Inspect, Parts, authority, codes, keys_of, peer_of, pmode, receive, rsa_pair
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from somec.as4 import envelope, inspection, security
from somec.as4 import namespaces as ns
from somec.as4.errors import EMPTY_PARTITION_CHANNEL, OTHER, As4Error
from somec.as4.findings import Known
from somec.as4.message import Property, Reference
from somec.as4.octets import Octets
from somec.as4.signals import build_error
from somec.crypto import content as ciphers
from somec.crypto import suites
from somec.crypto.issuing import Subject, issue_pair
from somec.crypto.keys import PrivateKey

DATA = b'{"a": 1}'
PLAIN = (Property("MimeType", "application/json"),)
STR_TRANSFORM = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform"
COMPLETE = ns.ATTACHMENT_CONTENT.replace("Content-Signature", "Complete-Signature")
PREFIXES = f'<ec:InclusiveNamespaces xmlns:ec="{ns.EXC_C14N}" PrefixList="S12 wsse"/>'


def plain(**changes: object) -> Forgery:
    base = {"payloads": [("one@lv", DATA)], "compress": bytes, "properties": PLAIN, "encrypt": False}
    return Forgery(**{**base, **changes})  # type: ignore[arg-type]


# --- signatures ---------------------------------------------------------------------------------------------------


def rsa_sign(method: str, data: bytes) -> bytes:
    key = rsa_pair("LV").private.key
    assert isinstance(key, rsa.RSAPrivateKey)
    if method == suites.RSA_PSS_SHA256:
        return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    kinds: dict[str, hashes.HashAlgorithm] = {
        suites.RSA_SHA1: hashes.SHA1(),  # noqa: S303 - old recordings
        suites.RSA_SHA256: hashes.SHA256(),
        suites.RSA_SHA384: hashes.SHA384(),
        suites.RSA_SHA512: hashes.SHA512(),
    }
    return key.sign(data, padding.PKCS1v15(), kinds[method])


def resigned(change: Callable[[str], str], method: str = suites.RSA_SHA256) -> Callable[[str], str]:
    """Return a change of the envelope: ``change`` it, digest the header anew, sign SignedInfo as it then says."""

    def sign(text: str) -> str:
        root = etree.fromstring(change(text).encode())
        signed_info = root.find(f".//{{{ns.DS}}}SignedInfo")
        assert signed_info is not None
        for one in signed_info.iterfind(f"{{{ns.DS}}}Reference"):
            target = one.get("URI", "").removeprefix("#")
            found = root.xpath("//*[@*[local-name()='Id']=$id]", id=target)
            transform = one.find(f".//{{{ns.DS}}}Transform")
            if found and transform is not None and transform.get("Algorithm") in {ns.EXC_C14N, ns.INC_C14N}:
                value = hashlib.sha256(canonical(found[0], transform)).digest()
                digest = one.find(f"{{{ns.DS}}}DigestValue")
                assert digest is not None
                digest.text = base64.b64encode(value).decode()
        how = signed_info.find(f"{{{ns.DS}}}CanonicalizationMethod")
        place = root.find(f".//{{{ns.DS}}}SignatureValue")
        assert how is not None
        assert place is not None
        place.text = base64.encodebytes(rsa_sign(method, canonical(signed_info, how))).decode()
        return etree.tostring(root, encoding="unicode")

    return sign


def canonical(element: etree._Element, method: etree._Element) -> bytes:
    listed = method.find(f"{{{ns.EXC_C14N}}}InclusiveNamespaces")
    prefixes = listed.get("PrefixList", "").split() if listed is not None else None
    exclusive = method.get("Algorithm") == ns.EXC_C14N
    return etree.tostring(element, method="c14n", exclusive=exclusive, inclusive_ns_prefixes=prefixes)


def in_first(pattern: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        changed, count = re.subn(pattern, new, text, count=1)
        assert count == 1
        return changed

    return change


def with_prefixes(tag: str) -> Callable[[str], str]:
    return in_first(rf'(<ds:{tag} Algorithm="{re.escape(ns.EXC_C14N)}")></ds:{tag}>', rf"\1>{PREFIXES}</ds:{tag}>")


def with_inclusive(tag: str) -> Callable[[str], str]:
    return in_first(rf'(<ds:{tag} Algorithm=)"{re.escape(ns.EXC_C14N)}"', rf'\1"{ns.INC_C14N}"')


def by_method(method: str) -> Callable[[str], str]:
    return in_first(r'(<ds:SignatureMethod Algorithm=)"[^"]*"', rf'\1"{method}"')


def referring(target: str, transform: str = ns.EXC_C14N, before: str = "") -> Callable[[str], str]:
    """Return a change that adds a reference to ``target``, and ``before`` the signature what is signed."""
    added = security.reference(target, suites.SHA256, bytes(32)).xml.decode().replace(ns.EXC_C14N, transform)

    def change(text: str) -> str:
        text = text.replace("</ds:SignedInfo>", added + "</ds:SignedInfo>", 1)
        return text.replace("<ds:Signature ", before + "<ds:Signature ", 1)

    return change


TIMESTAMP = '<wsu:Timestamp wsu:Id="TS"><wsu:Created>2026-11-22T09:00:00Z</wsu:Created></wsu:Timestamp>'
SIGNATURES: dict[str, tuple[Callable[[str], str], str, bool]] = {
    "prefixes of SignedInfo": (with_prefixes("CanonicalizationMethod"), suites.RSA_SHA256, False),
    "prefixes of a reference": (with_prefixes("Transform"), suites.RSA_SHA256, False),
    "the token is signed too": (referring("#X509-1"), suites.RSA_SHA256, False),
    "a timestamp is signed too": (referring("#TS", before=TIMESTAMP), suites.RSA_SHA256, False),
    "inclusive SignedInfo": (with_inclusive("CanonicalizationMethod"), suites.RSA_SHA256, True),
    "inclusive reference": (with_inclusive("Transform"), suites.RSA_SHA256, False),
    "RSA with SHA-1": (by_method(suites.RSA_SHA1), suites.RSA_SHA1, True),
    "RSA with SHA-384": (by_method(suites.RSA_SHA384), suites.RSA_SHA384, True),
    "RSA with SHA-512": (by_method(suites.RSA_SHA512), suites.RSA_SHA512, True),
    "RSA-PSS": (by_method(suites.RSA_PSS_SHA256), suites.RSA_PSS_SHA256, True),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature(inspect: Inspect, name: str) -> None:
    change, method, legacy = SIGNATURES[name]
    wire = plain(soap=resigned(change, method)).wire()[1]
    status, report = inspect(wire, *["--allow-legacy"] * legacy)
    assert (status, report["errors"], report["signature"]) == (0, [], "valid")
    assert {"Messaging", "Body", "cid:one@lv"} <= set(report["covers"])
    if legacy:
        assert codes(inspect(wire)[1]) == {"EBMS:0103"}
    for old, new in ((b"LV-VPD", b"LV-VPX"), (DATA, DATA[::-1])):
        status, report = inspect(wire.replace(old, new), "--allow-legacy")
        assert (status, report["signature"]) == (1, "invalid")


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (referring("#X509-1", STR_TRANSFORM), ["valid", "valid", "valid", "invalid"]),
        (in_first(re.escape(ns.ATTACHMENT_CONTENT), COMPLETE), ["valid", "valid", "invalid"]),
        (in_first(r"<ds:Transforms>.*?</ds:Transforms>", ""), ["invalid", "valid", "valid"]),
        (in_first(r"(<ds:Transform [^>]*></ds:Transform>)", r"\1\1"), ["invalid", "valid", "valid"]),
        (referring("#nobody"), ["valid", "valid", "valid", "invalid"]),
        (referring("cid:nobody"), ["valid", "valid", "valid", "missing"]),
    ],
    ids=["token by reference", "complete part", "no transform", "two transforms", "no such element", "no such part"],
)
def test_a_reference_that_cannot_be_judged_hides_no_other(
    inspect: Inspect, change: Callable[[str], str], state: list[str]
) -> None:
    status, report = inspect(plain(soap=resigned(change)).wire()[1])
    assert (status, [one["state"] for one in report["references"]]) == (1, state)
    assert codes(report) <= {"EBMS:0101", "EBMS:0011", "EBMS:0103"}


def test_signed_after_encryption_holds_and_is_told(inspect: Inspect) -> None:
    """WSS allows the other order too; AS4 does not, and such a message is never taken on the strict path."""
    key = suites.new_content_key(suites.AES128_GCM)
    sealed = ciphers.encrypt(suites.AES128_GCM, key, DATA)
    header = security.encryption([("one@lv", "a/b")], key, peer_of("NL").encryption, suites.EDELIVERY_1_15, "x")

    def over_ciphertext(references: list[Reference]) -> list[Reference]:
        digest = hashlib.sha256(sealed).digest()
        return [*references[:2], security.reference("cid:one@lv", suites.SHA256, digest)]

    def packed(parts: Parts) -> Parts:
        return [parts[0], (parts[1][0], sealed)]

    wire = plain(references=over_ciphertext, mime=packed, security=lambda text: text + header).wire()[1]
    status, report = inspect(wire)
    assert (status, report["signature"], report["warnings"]) == (0, "valid", ["signature.over-ciphertext"])
    assert report["parts"][0]["sha256"] == hashlib.sha256(DATA).hexdigest()
    status, report = inspect(wire.replace(sealed, sealed[:-1] + bytes([sealed[-1] ^ 1])))
    assert (status, codes(report)) == (1, {"EBMS:0102"})
    assert report["references"][2]["state"] == "not decrypted"


EC_KEY = ec.generate_private_key(ec.SECP256R1())


def agreed_on_a_curve(content_key: bytes) -> str:
    """Return xenc:EncryptedKey by ECDH-ES, HKDF and AES key wrap, as the alternative of eDelivery AS4 2.0 has it."""
    passing = ec.generate_private_key(ec.SECP256R1())
    kek = HKDF(hashes.SHA256(), 16, b"salt", b"info").derive(passing.exchange(ec.ECDH(), EC_KEY.public_key()))
    point = passing.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    salt, info, key, value = (
        base64.b64encode(one).decode() for one in (b"salt", b"info", point, aes_key_wrap(kek, content_key))
    )
    return (
        f'<xenc:EncryptedKey xmlns:xenc="{ns.XENC}" xmlns:ds="{ns.DS}" Id="EK">'
        f'<xenc:EncryptionMethod Algorithm="{suites.KW_AES128}"/><ds:KeyInfo>'
        f'<xenc:AgreementMethod Algorithm="{suites.ECDH_ES}"><xenc11:KeyDerivationMethod xmlns:xenc11="{ns.XENC11}"'
        f' Algorithm="{suites.HKDF_METHOD}"><m:HKDFParams xmlns:m="{ns.DSIG_MORE}"><m:PRF Algorithm="{suites.HMAC_SHA256}"/>'
        f"<m:Salt>{salt}</m:Salt><m:Info>{info}</m:Info><m:KeyLength>16</m:KeyLength></m:HKDFParams>"
        f'</xenc11:KeyDerivationMethod><xenc:OriginatorKeyInfo><ds:KeyValue><d:ECKeyValue xmlns:d="{ns.DSIG11}">'
        f'<d:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/><d:PublicKey>{key}</d:PublicKey></d:ECKeyValue></ds:KeyValue>'
        "</xenc:OriginatorKeyInfo><xenc:RecipientKeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509SerialNumber>1"
        "</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></xenc:RecipientKeyInfo></xenc:AgreementMethod>"
        f"</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{value}</xenc:CipherValue></xenc:CipherData>"
        '<xenc:ReferenceList><xenc:DataReference URI="#ED-x-0"/></xenc:ReferenceList></xenc:EncryptedKey>'
    )


@pytest.mark.parametrize(("broken", "code"), [("", ""), ("1.2.840.10045.3.1.7", "EBMS:0102"), ("ECDH-ES", "EBMS:0103")])
def test_agreement_on_another_curve_is_read(broken: str, code: str) -> None:
    key = suites.new_content_key(suites.AES128_GCM)
    sealed = ciphers.encrypt(suites.AES128_GCM, key, DATA)
    header = security.encryption([("one@lv", "a/b")], key, peer_of("NL").encryption, suites.EDELIVERY_1_15, "x")
    data = re.sub(r"<wsse:BinarySecurityToken.*</xenc:EncryptedKey>", agreed_on_a_curve(key), header)
    data = data.replace("#EK-x", "#EK").replace(broken, broken[::-1] if broken else "")
    wire = plain(security=lambda text: data + text, mime=lambda parts: [parts[0], (parts[1][0], sealed)]).wire()[1]
    pair = issue_pair(authority(), Subject("EC"), PrivateKey(EC_KEY), at=NOW)
    report = inspection.inspect(Octets.of(wire), Known(keys=(pair,), allow_legacy=True))
    assert report["parts"][0]["state"] == ("not decrypted" if broken else "open")  # type: ignore[index]
    assert codes(report) == ({code} if code else set())
    assert codes(inspection.inspect(Octets.of(wire), Known(keys=(pair,)))) >= {code or "EBMS:0103"}


# --- kinds of messages --------------------------------------------------------------------------------------------


def signal(content: str, *, sign: bool = True, more: str = "", soap: Callable[[str], str] = str) -> bytes:
    """Return a signal with this content in eb:SignalMessage, signed by LV; ``more`` are further header blocks."""
    info = envelope.message_info("s@lv.example", NOW, "m@nl.example")
    messaging = envelope.messaging("m-1", f"<eb:SignalMessage>{info}{content}</eb:SignalMessage>")
    body = envelope.body("b-1")
    references = [
        security.reference(f"#{name}", suites.SHA256, hashlib.sha256(text.encode()).digest())
        for name, text in (("m-1", messaging), ("b-1", body))
    ]
    secured = security.signature(references, keys_of("LV").signing, suites.RSA_SHA256, "token", "T") if sign else ""
    text = envelope.envelope(secured, messaging, body).decode().replace("</S12:Header>", more + "</S12:Header>")
    return soap(text).encode()


PULL = f'<eb:PullRequest mpc="{ns.DEFAULT_MPC}"></eb:PullRequest>'
USER = (
    f'<wsse:Security xmlns:wsse="{ns.WSSE}" S12:role="ebms" S12:mustUnderstand="true"><wsse:UsernameToken>'
    "<wsse:Username>u</wsse:Username></wsse:UsernameToken></wsse:Security>"
)
ROUTED = (
    f'<wsa:To xmlns:wsa="{ns.WSA}" S12:mustUnderstand="true">urn:next</wsa:To>'
    f'<wsa:Action xmlns:wsa="{ns.WSA}" S12:mustUnderstand="1">urn:a</wsa:Action>'
    f'<m:RoutingInput xmlns:m="{ns.MULTI_HOP}" S12:mustUnderstand="true"></m:RoutingInput>'
)
AWARE = "<eb:Receipt><eb:UserMessage><eb:MessageInfo></eb:MessageInfo></eb:UserMessage></eb:Receipt>"


@pytest.mark.parametrize(
    ("content", "more", "kind"),
    [
        (PULL, "", "pull request"),
        (PULL, USER, "pull request"),
        (AWARE, "", "receipt"),
        ("<eb:Receipt><x xmlns='urn:x'/></eb:Receipt>", "", "receipt"),
        ("<eb:Receipt></eb:Receipt>", ROUTED, "receipt"),
        ('<eb:Error errorCode="EBMS:0004" severity="FAILURE"></eb:Error>', "", "error"),
    ],
    ids=["pull", "pull authorised by a user", "reception awareness", "maker's own", "routed receipt", "signed error"],
)
@pytest.mark.parametrize("sign", [True, False])
def test_signal(inspect: Inspect, content: str, more: str, kind: str, sign: bool) -> None:
    content = content.replace("<x xmlns='urn:x'/>", '<x xmlns="urn:x"></x>')
    wire = signal(content, sign=sign, more=more)
    status, report = inspect(wire)
    assert (status, report["kind"], report["signature"]) == (0, kind, "valid" if sign else "absent")
    assert report["ref_to_message_id"] == "m@nl.example"
    status, report = inspect(wire.replace(b"m@nl.example", b"n@nl.example"))
    assert status == (1 if sign else 0)


def test_signed_soap_1_1(inspect: Inspect) -> None:
    old = resigned(lambda text: text.replace(ns.SOAP12, ns.SOAP11).replace(' S12:role="ebms"', ""))
    wire = signal(AWARE, soap=old)
    assert inspect(wire)[1]["signature"] == "valid"
    assert inspect(wire.replace(b"m@nl.example", b"n@nl.example"))[0] == 1


def test_empty_partition_is_a_warning_of_the_sender(inspect: Inspect) -> None:
    status, report = inspect(build_error([As4Error(EMPTY_PARTITION_CHANNEL, "pull.empty")], at=NOW).body)
    assert (status, [(one["code"], one["severity"]) for one in report["errors"]]) == (0, [("EBMS:0006", "warning")])


@pytest.mark.parametrize("soap", [ns.SOAP12, ns.SOAP11])
@pytest.mark.parametrize("header", ["", "<s:Header/>"])
def test_fault_alone(inspect: Inspect, soap: str, header: str) -> None:
    fault = "<s:Fault><faultcode>s:Client</faultcode><faultstring>not understood</faultstring></s:Fault>"
    status, report = inspect(f'<s:Envelope xmlns:s="{soap}">{header}<s:Body>{fault}</s:Body></s:Envelope>'.encode())
    assert (status, report["kind"]) == (0, "fault")
    assert report["fault"] == {"code": "s:Client", "reason": "not understood"}


def test_fault_in_the_body_of_an_ebms_error_is_an_error(inspect: Inspect) -> None:
    text = build_error([As4Error(OTHER, "made.up")], at=NOW).body.decode()
    fault = "<S12:Fault><S12:Code><S12:Value>S12:Sender</S12:Value></S12:Code></S12:Fault>"
    report = inspect(text.replace("></S12:Body>", f">{fault}</S12:Body>").encode())[1]
    assert (report["kind"], codes(report)) == ("error", {"EBMS:0004"})


@pytest.mark.parametrize(
    ("href", "status"), [("", 0), (' href="#paper"', 0), (' href="#other"', 1), (' href="http://x"', 1)]
)
def test_payload_in_the_body(inspect: Inspect, href: str, status: int) -> None:
    """Outside the profile, but what ebMS 3.0 calls a payload: the body's content, signed with the body."""
    paper = '<paper xmlns="urn:p" xmlns:wsu="' + ns.WSU + '" wsu:Id="paper">made up</paper>'
    listed = f"<eb:PayloadInfo><eb:PartInfo{href}></eb:PartInfo></eb:PayloadInfo>"
    forgery = Forgery(
        payloads=[], encrypt=False, soap=resigned(str),
        messaging=lambda text: text.replace("</eb:UserMessage>", listed + "</eb:UserMessage>"),
        body=lambda text: text.replace("></S12:Body>", f">{paper}</S12:Body>"),
    )  # fmt: skip
    wire = forgery.wire()[1]
    found, report = inspect(wire)
    assert (found, report["signature"]) == (status, "valid")
    assert codes(report) == (set() if status == 0 else {"EBMS:0011"})
    assert inspect(wire.replace(b"made up", b"changed"))[0] == 1
    unsigned = Forgery(
        payloads=[], encrypt=False, references=lambda references: references[:1], body=forgery.body
    )  # fmt: skip
    assert codes(inspect(unsigned.wire()[1])[1]) == {"EBMS:0103"}


# --- what nobody may pass over ------------------------------------------------------------------------------------


def test_signature_method_in_place_of_a_digest_method_is_refused(inspect: Inspect) -> None:
    """Both are algorithms that we know; the name in the wrong place is judged, in a recording and on the wire."""
    confuse = in_first(rf'(<ds:DigestMethod Algorithm=)"{re.escape(suites.SHA256)}"', rf'\1"{suites.RSA_SHA256}"')

    def signed(text: str) -> str:
        root = etree.fromstring(confuse(text).encode())
        signed_info, value = (next(root.iter(f"{{{ns.DS}}}{name}")) for name in ("SignedInfo", "SignatureValue"))
        octets = etree.tostring(signed_info, method="c14n", exclusive=True)
        value.text = base64.b64encode(rsa_sign(suites.RSA_SHA256, octets)).decode()
        return etree.tostring(root, encoding="unicode")

    forgery = plain(soap=signed)
    status, report = inspect(forgery.wire()[1])
    assert (status, report["references"][0]["state"]) == (1, "invalid")
    assert "algorithm.unknown" in {one["reason"] for one in report["errors"]}
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire(), mode=pmode(encrypt=False))
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0101", "algorithm.unknown")


def test_processing_instruction_between_header_blocks_is_no_trap(inspect: Inspect) -> None:
    wire = plain(soap=lambda text: text.replace("</S12:Header>", "<?odd x?></S12:Header>")).wire()[1]
    assert inspect(wire)[0] == 0


def test_payload_that_another_element_hides_is_not_passed_over(inspect: Inspect) -> None:
    """A cipher reference inside another EncryptedData spoke for a payload that was opened already: shown, not judged."""
    inner = (
        f'<xenc:CipherData xmlns:xenc="{ns.XENC}"><xenc:CipherReference URI="cid:one@lv"></xenc:CipherReference>'
        "</xenc:CipherData></xenc:EncryptionMethod>"
    )

    def hidden(text: str) -> str:
        first, method, rest = text.rpartition("</xenc:EncryptionMethod>")
        assert method
        return first + inner + rest

    payloads = [("one@lv", DATA), ("two@lv", DATA)]
    wire = Forgery(payloads=payloads, compress=bytes, properties=PLAIN, security=both_written(hidden)).wire()[1]
    status, report = inspect(wire)
    assert (status, [one["state"] for one in report["parts"]]) == (0, ["open", "open"])


def both_written(change: Callable[[str], str]) -> Callable[[str], str]:
    """Return a change of the second EncryptedData, whose EncryptionMethod is written with an end tag first."""

    def write(text: str) -> str:
        data = re.findall(r"<xenc:EncryptedData.*?</xenc:EncryptedData>", text)
        assert len(data) == 2
        opened = re.sub(r"(<xenc:EncryptionMethod [^>]*)/>", r"\1></xenc:EncryptionMethod>", data[1])
        return text.replace(data[1], change(opened))

    return write


def test_signal_of_no_kind_does_not_verify(inspect: Inspect) -> None:
    status, report = inspect(signal("<eb:Other></eb:Other>"))
    assert (status, report["kind"], codes(report)) == (1, "unknown", {"EBMS:0009"})

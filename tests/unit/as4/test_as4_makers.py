"""What makers write differently, in messages of our own making: ``somec as4 inspect`` reads each and judges it right.

Every variant that must verify is tried once more with one octet of its payload changed, and must not.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable

import pytest
from as4_parties import Forgery, Inspect, Parts, authority, codes, rsa_pair
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from somec.as4 import namespaces as ns
from somec.as4.message import Property
from somec.crypto import suites
from somec.crypto.certificates import pki_path

DATA = b'{"a": 1, "b": "two"}\n'
PLAIN = (Property("MimeType", "application/json"),)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --- packaging ----------------------------------------------------------------------------------------------------


def packed(parts: Parts, boundary: str, newline: bytes = b"\r\n") -> bytes:
    body = b""
    for headers, content in parts:
        lines = b"".join(f"{name}: {value}".encode() + newline for name, value in headers.items())
        body += b"--" + boundary.encode() + newline + lines + newline + content + newline
    return body + b"--" + boundary.encode() + b"--" + newline


def in_parts() -> Parts:
    """Return the parts of a signed and encrypted message, headers and content."""
    seen: Parts = []

    def kept(parts: Parts) -> Parts:
        seen.extend(parts)
        return parts

    Forgery(payloads=[("one@lv", DATA)], mime=kept).wire()
    return seen


def recoded(encoding: str, encode: Callable[[bytes], bytes], which: int) -> Callable[[], bytes]:
    def make() -> bytes:
        parts = in_parts()
        headers, content = parts[which]
        parts[which] = ({**headers, "Content-Transfer-Encoding": encoding}, encode(content))
        return packed(parts, "b")

    return make


def quoted(data: bytes) -> bytes:
    return re.sub(rb"[^!-<>-~]", lambda one: b"=%02X" % one[0][0], data).replace(b"<", b"=3C=\r\n")


def headed(boundary: str, head: str, *, newline: bytes = b"\r\n", preamble: bytes = b"") -> Callable[[], bytes]:
    return lambda: head.replace("\n", newline.decode()).encode() + preamble + packed(in_parts(), boundary, newline)


def typed(root: str) -> Callable[[], bytes]:
    def make() -> bytes:
        (headers, soap), *rest = in_parts()
        return packed([({**headers, "Content-Type": root}, soap), *rest], "b")

    return make


def unbracketed() -> bytes:
    parts = [({**headers, "Content-ID": headers["Content-ID"].strip("<>")}, content) for headers, content in in_parts()]
    return packed(parts, "b")


def with_bom() -> bytes:
    (headers, soap), *rest = in_parts()
    return b"\xef\xbb\xbf" + packed([(headers, b"\xef\xbb\xbf" + soap), *rest], "b")


def chunked() -> bytes:
    body = packed(in_parts(), "b")
    pieces = [body[at : at + 700] for at in range(0, len(body), 700)]
    lines = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces)
    head = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    return head + lines + b"0\r\n\r\n"


def request(boundary: str) -> str:
    return f"POST /msh HTTP/1.1\nHost: nl.example\nContent-Type: multipart/related; boundary={boundary}\n\n"


PACKAGING: dict[str, Callable[[], bytes]] = {
    "bare": headed("b", ""),
    "after a request": headed("----=_Part_7_12.34", request("----=_Part_7_12.34")),
    "after a request with bare LF": headed("b", request("b"), newline=b"\n"),
    "after 100 Continue": headed(
        "b", "HTTP/1.1 100 Continue\n\n" + request("b").replace("POST /msh HTTP/1.1", "HTTP/1.1 200")
    ),
    "MIME headers, folded": headed(
        "=-x",
        'MIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary="=-x";\n type="application/soap+xml"\n\n',
    ),
    "boundary of odd characters": headed("a'()+_,-./:=? b", request('"a\'()+_,-./:=? b"')),
    "preamble": headed("b", "", preamble=b"This is a multi-part message in MIME format.\r\n"),
    "headers without the type": headed("uuid:1-2", "Host: nl.example\nUser-Agent: x\n\n"),
    "payload in base64": recoded("base64", base64.encodebytes, 1),
    "payload quoted-printable": recoded("Quoted-Printable", quoted, 1),
    "envelope in base64": recoded("BASE64", base64.encodebytes, 0),
    "envelope quoted-printable": recoded("quoted-printable", quoted, 0),
    "payload 8bit": recoded("8bit", bytes, 1),
    "content ids without brackets": unbracketed,
    "byte order marks": with_bom,
    "chunks left in": chunked,
    "root is MTOM": typed('application/xop+xml; charset=UTF-8; type="application/soap+xml"'),
    "root is text/xml": typed("text/xml; charset=utf-8"),
    "root has no known type": typed("application/octet-stream"),
}


@pytest.mark.parametrize("make", PACKAGING.values(), ids=PACKAGING.keys())
def test_packaging(inspect: Inspect, make: Callable[[], bytes]) -> None:
    status, report = inspect(make())
    assert (status, report["errors"], report["signature"]) == (0, [], "valid")
    assert report["parts"][0]["sha256"] == hashlib.sha256(DATA).hexdigest()


# --- how the signer is named --------------------------------------------------------------------------------------

X509 = ns.X509V3.rpartition("#")[0]
OASIS11 = ns.THUMBPRINT.rpartition("#")[0]


def token(kind: str, octets: bytes) -> Callable[[str], str]:
    bst = (
        f'<wsse:BinarySecurityToken EncodingType="{ns.BASE64_BINARY}" ValueType="{X509}#{kind}" wsu:Id="T">'
        f"{base64.encodebytes(octets).decode()}</wsse:BinarySecurityToken>"
    )
    return lambda text: bst + named(f'<wsse:Reference URI="#T" ValueType="{X509}#{kind}"/>')(text)


def named(inner: str) -> Callable[[str], str]:
    """Return a change of the security header that names the signer by ``inner`` and drops the token."""

    def change(text: str) -> str:
        text = re.sub(r'<wsse:BinarySecurityToken [^>]*wsu:Id="X509-1">[^<]*</wsse:BinarySecurityToken>', "", text)
        changed, count = re.subn(r'<wsse:Reference URI="#X509-1"[^>]*></wsse:Reference>', inner, text)
        assert count == 1
        return changed

    return change


def bare(inner: str) -> Callable[[str], str]:
    """Return the same without a security token reference around it."""
    marked = named("@")
    return lambda text: marked(text).replace("<wsse:SecurityTokenReference>@</wsse:SecurityTokenReference>", inner)


def key_identifier(kind: str, octets: bytes) -> str:
    return (
        f'<wsse:KeyIdentifier EncodingType="{ns.BASE64_BINARY}" ValueType="{kind}">{b64(octets)}</wsse:KeyIdentifier>'
    )


def issuer_serial(name: str) -> str:
    serial = rsa_pair("LV").certificate.serial
    return (
        f"<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>{name}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>"
    )


def key_value() -> str:
    key = rsa_pair("LV").certificate.public_key
    assert isinstance(key, rsa.RSAPublicKey)
    modulus = key.public_numbers().n.to_bytes(256)
    return (
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{b64(modulus)}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>"
        "</ds:RSAKeyValue></ds:KeyValue>"
    )


def bundle() -> bytes:
    chain = [authority().certificate.parsed, rsa_pair("LV").certificate.parsed]
    return pkcs7.serialize_certificates(chain, Encoding.DER)


def signers() -> dict[str, tuple[Callable[[str], str], str]]:
    own = rsa_pair("LV").certificate
    certificate = f"<ds:X509Data><ds:X509Certificate>{b64(own.der)}</ds:X509Certificate></ds:X509Data>"
    return {
        "token": (token("X509v3", own.der), "token"),
        "path of certificates": (token("X509PKIPathv1", pki_path((authority().certificate, own))), "token"),
        "PKCS#7 bundle": (token("PKCS7", bundle()), "token"),
        "subject key identifier": (named(key_identifier(f"{X509}#X509SubjectKeyIdentifier", own.key_id)), "subject-key-identifier"),
        "thumbprint": (named(key_identifier(f"{OASIS11}#ThumbprintSHA1", hashlib.sha1(own.der).digest())), "thumbprint"),  # noqa: S324
        "certificate as identifier": (named(key_identifier(f"{X509}#X509v3", own.der)), "token"),
        "issuer and serial": (named(issuer_serial(own.issuer)), "issuer-serial"),
        "issuer written another way": (named(issuer_serial("C = LV, CN = Demo Authority")), "issuer-serial"),
        "certificate in the key info": (bare(certificate), "token"),
        "identifier in the key info": (
            bare(f"<ds:X509Data><ds:X509SKI>{b64(own.key_id)}</ds:X509SKI></ds:X509Data>"), "subject-key-identifier"
        ),
        "embedded token": (
            named(
                f'<wsse:Embedded><wsse:BinarySecurityToken EncodingType="{ns.BASE64_BINARY}" ValueType="{ns.X509V3}">'
                f"{b64(own.der)}</wsse:BinarySecurityToken></wsse:Embedded>"
            ),
            "token",
        ),
        "key alone": (bare(key_value()), "key-value"),
    }  # fmt: skip


SIGNERS = (
    "token", "path of certificates", "PKCS#7 bundle", "subject key identifier", "thumbprint",
    "certificate as identifier", "issuer and serial", "issuer written another way", "certificate in the key info",
    "identifier in the key info", "embedded token", "key alone",
)  # fmt: skip


@pytest.mark.parametrize("name", SIGNERS)
def test_signer_named(inspect: Inspect, name: str) -> None:
    change, kind = signers()[name]
    forgery = Forgery(payloads=[("one@lv", DATA)], compress=bytes, properties=PLAIN, encrypt=False, security=change)
    status, report = inspect(forgery.wire()[1])
    assert (status, report["errors"], report["signer"]["named_by"]) == (0, [], kind)
    assert (report["signer"]["subject"], report["signer"]["known"]) == (rsa_pair("LV").certificate.subject, True)
    status, report = inspect(forgery.wire()[1].replace(DATA, DATA.replace(b"1", b"2")))
    assert (status, codes(report), report["references"][2]["state"]) == (1, {"EBMS:0101"}, "mismatch")


# --- how the content key travels ----------------------------------------------------------------------------------

SHA1_WRAP = (suites.RSA_OAEP, suites.SHA1, suites.MGF1_SHA1)
TRANSPORT: dict[str, tuple[str, str, str]] = {
    "1.15": (suites.RSA_OAEP, suites.SHA256, suites.MGF1_SHA256),
    "SHA-256 with MGF1-SHA-1": (suites.RSA_OAEP, suites.SHA256, suites.MGF1_SHA1),
    "SHA-512": (suites.RSA_OAEP, suites.SHA512, suites.MGF1_SHA512),
    "defaults": (suites.RSA_OAEP, "", ""),
    "mgf1p": (suites.RSA_OAEP_MGF1P, "", ""),
    "mgf1p with SHA-256": (suites.RSA_OAEP_MGF1P, suites.SHA256, ""),
    "mgf1p that names its mask": (suites.RSA_OAEP_MGF1P, "", suites.MGF1_SHA1),
    "PKCS #1 v1.5": (suites.RSA_1_5, "", ""),
}
_HASH = {
    suites.SHA1: hashes.SHA1(), suites.MGF1_SHA1: hashes.SHA1(), "": hashes.SHA1(),  # noqa: S303
    suites.SHA256: hashes.SHA256(), suites.MGF1_SHA256: hashes.SHA256(),
    suites.SHA512: hashes.SHA512(), suites.MGF1_SHA512: hashes.SHA512(),
}  # fmt: skip


def wrapped(key: bytes, recipient: str, algorithm: str, digest: str, mask: str, label: bytes = b"") -> bytes:
    public = rsa_pair(recipient).certificate.public_key
    assert isinstance(public, rsa.RSAPublicKey)
    if algorithm == suites.RSA_1_5:
        return public.encrypt(key, padding.PKCS1v15())
    return public.encrypt(key, padding.OAEP(padding.MGF1(_HASH[mask]), _HASH[digest], label or None))


def ciphertext(algorithm: str, key: bytes, data: bytes) -> bytes:
    if algorithm.endswith("gcm"):
        iv = os.urandom(12)
        return iv + AESGCM(key).encrypt(iv, data, None)
    iv, fill = os.urandom(16), 16 - len(data) % 16
    context = Cipher(AES(key), CBC(iv)).encryptor()
    return iv + context.update(data + os.urandom(fill - 1) + bytes([fill])) + context.finalize()


def encrypted_key(
    key: bytes,
    *,
    recipient: str = "NL",
    transport: tuple[str, str, str] = TRANSPORT["1.15"],
    info: str | None = None,
    attributes: str = 'Id="EK"',
    listed: str = "#ED",
    label: bytes = b"",
) -> tuple[str, bytes]:
    """Return xenc:EncryptedKey and the wrapped octets."""
    algorithm, digest, mask = transport
    value = wrapped(key, recipient, algorithm, digest, mask, label)
    inner = f"<xenc:OAEPparams>{b64(label)}</xenc:OAEPparams>" if label else ""
    inner += f'<ds:DigestMethod Algorithm="{digest}"/>' if digest else ""
    inner += f'<xenc11:MGF xmlns:xenc11="{ns.XENC11}" Algorithm="{mask}"/>' if mask else ""
    ski = key_identifier(ns.X509_KEY_ID, rsa_pair(recipient).certificate.key_id)
    info = (
        f"<ds:KeyInfo><wsse:SecurityTokenReference>{ski}</wsse:SecurityTokenReference></ds:KeyInfo>"
        if info is None
        else info
    )
    references = f'<xenc:ReferenceList><xenc:DataReference URI="{listed}"/></xenc:ReferenceList>' if listed else ""
    return (
        f'<xenc:EncryptedKey xmlns:xenc="{ns.XENC}" xmlns:ds="{ns.DS}" {attributes}>'
        f'<xenc:EncryptionMethod Algorithm="{algorithm}">{inner}</xenc:EncryptionMethod>{info}'
        f"<xenc:CipherData><xenc:CipherValue>{b64(value)}</xenc:CipherValue></xenc:CipherData>{references}"
        "</xenc:EncryptedKey>"
    ), value


def encrypted_data(info: str, algorithm: str = suites.AES128_GCM) -> str:
    return (
        f'<xenc:EncryptedData xmlns:xenc="{ns.XENC}" xmlns:ds="{ns.DS}" Id="ED" MimeType="application/json"'
        f' Type="{ns.ATTACHMENT_CONTENT_ONLY}"><xenc:EncryptionMethod Algorithm="{algorithm}"/>{info}'
        '<xenc:CipherData><xenc:CipherReference URI="cid:one@lv"><xenc:Transforms>'
        f'<ds:Transform Algorithm="{ns.ATTACHMENT_CIPHERTEXT}"/></xenc:Transforms></xenc:CipherReference>'
        "</xenc:CipherData></xenc:EncryptedData>"
    )


def by_reference(inner: str) -> str:
    return f"<ds:KeyInfo><wsse:SecurityTokenReference>{inner}</wsse:SecurityTokenReference></ds:KeyInfo>"


NAMED = by_reference('<wsse:Reference URI="#EK"/>')


def sealed(header: str, key: bytes, algorithm: str = suites.AES128_GCM) -> Forgery:
    """Return a message whose payload is encrypted under ``key``, with this text before the signature."""

    def encrypt(parts: Parts) -> Parts:
        return [parts[0], *((headers, ciphertext(algorithm, key, content)) for headers, content in parts[1:])]

    return Forgery(
        payloads=[("one@lv", DATA)], compress=bytes, properties=PLAIN, encrypt=False,
        security=lambda text: header + text, mime=encrypt,
    )  # fmt: skip


def check_judged(inspect: Inspect, forgery: Forgery, *options: str) -> None:
    """Check that the message opens and holds, and that with one octet of the ciphertext changed it does not."""
    wire = forgery.wire()[1]
    status, report = inspect(wire, *options)
    assert (status, report["errors"], report["signature"]) == (0, [], "valid")
    assert report["parts"][0]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert any(one["opened"] for one in report["keys"])
    at = wire.rindex(b"\r\n--cut-here--") - 3
    status, report = inspect(wire[:at] + bytes([wire[at] ^ 1]) + wire[at + 1 :], *options)
    assert status == 1
    assert codes(report) & {"EBMS:0102", "EBMS:0101"}


@pytest.mark.parametrize("name", TRANSPORT)
def test_key_transport(inspect: Inspect, name: str) -> None:
    key = os.urandom(16)
    forgery = sealed(encrypted_key(key, transport=TRANSPORT[name])[0] + encrypted_data(NAMED), key)
    check_judged(inspect, forgery, "--allow-legacy")
    status, report = inspect(forgery.wire()[1])
    assert (status, codes(report)) == ((0, set()) if name == "1.15" else (1, {"EBMS:0103"}))


def test_label_of_oaep(inspect: Inspect) -> None:
    key = os.urandom(16)
    check_judged(inspect, sealed(encrypted_key(key, label=b"label")[0] + encrypted_data(NAMED), key))


@pytest.mark.parametrize("algorithm", suites.CONTENT_KEY_BYTES)
def test_content_cipher(inspect: Inspect, algorithm: str) -> None:
    key = os.urandom(suites.CONTENT_KEY_BYTES[algorithm])
    header = encrypted_key(key)[0] + encrypted_data(NAMED, algorithm)
    check_judged(inspect, sealed(header, key, algorithm), "--allow-legacy")


def keyed(name: str, key: bytes) -> str:
    """Return token, key and data in one of the arrangements that WS-Security allows."""
    plain, value = encrypted_key(key)
    named_by_nobody = plain.replace(' Id="EK"', "").replace('<xenc:DataReference URI="#ED"/>', "")
    sha1 = key_identifier(ns.ENCRYPTED_KEY_SHA1, hashlib.sha1(value).digest())  # noqa: S324 - a name
    outside = f'<xenc:ReferenceList xmlns:xenc="{ns.XENC}"><xenc:DataReference URI="#ED"/></xenc:ReferenceList>'
    thumb = key_identifier(ns.THUMBPRINT, hashlib.sha1(rsa_pair("NL").certificate.der).digest())  # noqa: S324
    nested = encrypted_key(key, attributes="", listed="")[0]
    other = encrypted_key(key, recipient="LV", attributes='Id="EK-LV"')[0]
    serial = issuer_serial("CN=x").replace(
        str(rsa_pair("LV").certificate.serial), str(rsa_pair("NL").certificate.serial)
    )
    return {
        "wsu:Id": encrypted_key(key, attributes='wsu:Id="EK"', listed="")[0] + encrypted_data(NAMED),
        "listed only": encrypted_key(key, attributes="")[0] + encrypted_data(""),
        "list outside": encrypted_key(key, listed="")[0] + outside + encrypted_data(NAMED),
        "inside the data": encrypted_data(f"<ds:KeyInfo>{nested}</ds:KeyInfo>"),
        "retrieval method": plain + encrypted_data('<ds:KeyInfo><ds:RetrievalMethod URI="#EK"/></ds:KeyInfo>'),
        "SHA-1 of the key": named_by_nobody + encrypted_data(by_reference(sha1)),
        "only one key": encrypted_key(key, attributes="", listed="")[0] + encrypted_data(""),
        "recipient not named": encrypted_key(key, info="")[0] + encrypted_data(NAMED),
        "recipient by thumbprint": encrypted_key(key, info=by_reference(thumb))[0] + encrypted_data(NAMED),
        "recipient by serial": encrypted_key(key, info=by_reference(serial))[0] + encrypted_data(NAMED),
        "two recipients, ours last": other + plain + encrypted_data(by_reference('<wsse:Reference URI="#EK-LV"/>')),
        "two recipients, not named": other.replace(' Id="EK-LV"', "") + plain.replace(' Id="EK"', "") + encrypted_data(""),
        "data before the key": encrypted_data(NAMED) + plain,
    }[name]  # fmt: skip


ARRANGEMENTS = (
    "wsu:Id", "listed only", "list outside", "inside the data", "retrieval method", "SHA-1 of the key", "only one key",
    "recipient not named", "recipient by thumbprint", "recipient by serial", "two recipients, ours last",
    "two recipients, not named", "data before the key",
)  # fmt: skip


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_key_arranged(inspect: Inspect, name: str) -> None:
    key = os.urandom(16)
    check_judged(inspect, sealed(keyed(name, key), key))


def test_key_of_somebody_else_opens_nothing(inspect: Inspect) -> None:
    key = os.urandom(16)
    status, report = inspect(sealed(encrypted_key(key, recipient="LV")[0] + encrypted_data(NAMED), key).wire()[1])
    assert (status, codes(report), report["parts"][0]["state"]) == (1, {"EBMS:0102"}, "not decrypted")
    assert [one["opened"] for one in report["keys"]] == [False]


def test_key_is_judged_where_the_payload_was_not_recorded(inspect: Inspect) -> None:
    key = os.urandom(16)
    wire = sealed(encrypted_key(key)[0] + encrypted_data(NAMED), key).wire()[1]
    status, report = inspect(wire[wire.index(b"<?xml") : wire.index(b"</S12:Envelope>") + 15])
    assert (status, report["signature"], report["keys"][0]["opened"]) == (1, "valid", True)
    assert codes(report) == {"EBMS:0102", "EBMS:0011"}


def test_one_damaged_key_hides_no_other(inspect: Inspect) -> None:
    key = os.urandom(16)
    broken = f'<xenc:EncryptedKey xmlns:xenc="{ns.XENC}" Id="X"/>'
    status, report = inspect(sealed(broken + encrypted_key(key)[0] + encrypted_data(NAMED), key).wire()[1])
    assert (status, codes(report), report["parts"][0]["state"]) == (1, {"EBMS:0009"}, "open")
    assert report["signature"] == "valid"

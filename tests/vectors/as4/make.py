"""Makes the frozen AS4 messages beside it. Run once for a new version of the wire; old ones never change.

    python tests/vectors/as4/make.py

``own-1.15`` and ``own-2.0`` are ours. ``pypi-as4-0.2.0`` is written by the package ``as4`` 0.2.0 (install it with
``pip install --no-deps``), which shares no code with us. The keys are made up for these files and used nowhere else.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "src"), str(HERE.parents[1] / "unit" / "as4")]

import as4_parties  # noqa: E402

from somec.as4.errors import OTHER, As4Error  # noqa: E402
from somec.as4.message import Part  # noqa: E402
from somec.as4.octets import Octets  # noqa: E402
from somec.as4.signals import build_error, build_receipt  # noqa: E402
from somec.crypto.issuing import Subject, issue_pair, make_authority  # noqa: E402
from somec.crypto.keys import make_rsa_key  # noqa: E402

INVOICE = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><Note>made up</Note></Invoice>'
PAYLOADS = [
    Part(Octets.of('{"notice":"made up, ā ē ģ"}'.encode()), "application/json", charset="utf-8"),
    Part(Octets.of(bytes(range(256))), "application/octet-stream", compress=False),
]


def own(suite: str) -> dict[str, bytes]:
    mode = as4_parties.pmode(suite=suite)
    sent = as4_parties.send(PAYLOADS, mode=mode)
    received = as4_parties.deliver(sent, mode=mode)
    lv, nl = as4_parties.keys_of("LV", suite), as4_parties.keys_of("NL", suite)
    error = As4Error(OTHER, "made.up", ref_to_message_id=sent.message_id)
    return {
        "message.mime": sent.body.read(),
        "content-type.txt": sent.content_type.encode(),
        "receipt.xml": build_receipt(received, keys=nl, at=as4_parties.NOW).body,
        "error.xml": build_error([error], keys=nl, at=as4_parties.NOW).body,
        "sender.pem": lv.signing.certificate.pem(),
        "recipient-signing.pem": nl.signing.certificate.pem(),
        "recipient.key.pem": nl.decryption[0].private.pem() + nl.decryption[0].certificate.pem(),
    }


def pypi() -> dict[str, bytes]:
    import as4
    from as4 import peppol

    at = datetime.now(UTC)
    authority = make_authority(Subject("Vector authority"), make_rsa_key(2048), at=at, days=36500)
    lv, nl = (issue_pair(authority, Subject(f"POP00000{n}"), make_rsa_key(2048), at=at, days=36500) for n in (1, 2))
    message = peppol.build_peppol_message(
        payload=INVOICE,
        local_party=peppol.create_peppol_internal_party(
            "POP000001", lv.certificate.parsed, as4.AS4LocalPrivateKey(lv.private.key)
        ),
        remote_party=peppol.create_peppol_external_party("POP000002", nl.certificate.parsed),
        sender="9932:9999999999",
        recipient="9932:1111111111",
        sender_country_id="LV",
        document_type_identifier_scheme="busdox-docid-qns",
        document_type_identifier_value="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:x::2.1",
        process_identifier="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    )
    body, boundary = message.get_request_data()
    headers = {name.lower(): value for name, value in message.get_http_headers(boundary).items()}
    recipient = peppol.create_peppol_internal_party(
        "POP000002", nl.certificate.parsed, as4.AS4LocalPrivateKey(nl.private.key)
    )
    policy = as4.SecurityPolicy(signer_resolver=as4.pinned_certificates(lv.certificate.parsed))
    received = peppol.parse_peppol_message(message.get_http_headers(boundary), body, recipient, security_policy=policy)
    return {
        "message.mime": body,
        "content-type.txt": headers["content-type"].encode(),
        "receipt.xml": received.build_signal()[1],
        "sender.pem": lv.certificate.pem(),
        "recipient-signing.pem": nl.certificate.pem(),
        "recipient.key.pem": nl.private.pem() + nl.certificate.pem(),
    }


def main() -> None:
    made = {"own-1.15": lambda: own("edelivery-1.15"), "own-2.0": lambda: own("edelivery-2.0"), "pypi-as4-0.2.0": pypi}
    for name, make in made.items():
        folder = HERE / name
        if folder.exists():
            print(f"{name}: kept")
            continue
        folder.mkdir()
        for file, data in make().items():
            (folder / file).write_bytes(data)
        print(f"{name}: made")


if __name__ == "__main__":
    main()

"""Messages recorded from other makers' products, judged by ``somec as4 inspect``. They are not part of the project."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from as4_parties import NOW, Forgery, authority, part, rsa_pair, send

from somec.as4.errors import OTHER, As4Error
from somec.as4.namespaces import SOAP12
from somec.as4.signals import build_error
from somec.cli.as4 import main
from somec.crypto.issuing import Subject, issue_pair
from somec.crypto.keys import store_pkcs12

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "data" / "as4"
Inspect = Callable[..., tuple[int, dict[str, Any]]]
needs_recordings = pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared/data/as4 is not here")


@pytest.fixture
def inspect(capsys: pytest.CaptureFixture[str]) -> Inspect:
    def run(file: Path | str, *options: str | Path) -> tuple[int, dict[str, Any]]:
        status = main(["as4", "inspect", str(file if isinstance(file, Path) else RECORDED / file), *map(str, options)])
        out = capsys.readouterr().out
        return status, json.loads(out) if out else {}

    return run


def with_password(tmp_path: Path, key: str, password: str) -> list[str | Path]:
    file = tmp_path / "password"
    file.write_text(password + "\n", encoding="utf-8")
    return ["--key", RECORDED / key, "--password-file", file]


@needs_recordings
def test_holodeck_signed_and_encrypted_key_named_by_identifier(inspect: Inspect, tmp_path: Path) -> None:
    key = with_password(tmp_path, "AccessPointB.pfx", "Pz4cZK4SULUwmraZb")
    known = ["--cert", RECORDED / "AccessPointA.cer", "--allow-legacy"]
    status, report = inspect("holodeck-signed-encrypted-ski.as4", *key, *known)
    assert (status, report["verifies"], report["errors"]) == (0, True, [])
    assert (report["kind"], report["signature"], report["signature_method"][-10:]) == (
        "user message",
        "valid",
        "rsa-sha384",
    )
    assert (report["signer"]["subject"], report["signer"]["known"]) == ("CN=AccessPointA", True)
    assert [one["state"] for one in report["references"]] == ["valid"] * 4
    assert [(one["size"], one["mime_type"]) for one in report["parts"]] == [
        (296_454, "image/jpeg"),
        (206, "application/xml"),
    ]


@needs_recordings
def test_holodeck_signed_and_compressed(inspect: Inspect) -> None:
    status, report = inspect(
        "holodeck-signed-compressed.as4", "--cert", RECORDED / "AccessPointB.cer", "--allow-legacy"
    )
    assert (status, report["signature"], len(report["covers"])) == (0, "valid", 4)
    assert [one["size"] for one in report["parts"]] == [296_454, 206]


@needs_recordings
def test_both_holodeck_messages_carry_the_same_picture(inspect: Inspect, tmp_path: Path) -> None:
    key = with_password(tmp_path, "AccessPointB.pfx", "Pz4cZK4SULUwmraZb")
    one = inspect("holodeck-signed-encrypted-ski.as4", *key, "--allow-legacy")[1]["parts"]
    other = inspect("holodeck-signed-compressed.as4", "--allow-legacy")[1]["parts"]
    assert one[0]["sha256"] == other[0]["sha256"]


@needs_recordings
def test_as4net_encrypted_without_signature(inspect: Inspect, tmp_path: Path) -> None:
    key = with_password(tmp_path, "partyC.p12", "ExampleC")
    status, report = inspect("as4net-encrypted-compressed.as4", *key, "--allow-legacy")
    assert (status, report["signature"], report["errors"]) == (0, "absent", [])
    assert [one["size"] for one in report["parts"]] == [290_403, 63]


@needs_recordings
@pytest.mark.parametrize(
    ("file", "kind", "known"),
    [
        ("as4net-signed-soap.xml", "user message", False),
        ("phase4-receipt-helger.as4in", "receipt", False),
        ("phase4-receipt-dataport.as4in", "receipt", False),
        ("phase4-TestReceipt12.xml", "receipt", False),
    ],
)
def test_signatures_with_the_certificate_in_the_message(inspect: Inspect, file: str, kind: str, known: bool) -> None:
    status, report = inspect(file)
    assert (status, report["kind"], report["signature"]) == (0, kind, "valid")
    assert report["covers"] == ["Messaging", "Body"]
    assert report["signer"]["known"] is known


@needs_recordings
def test_error_signals_are_read(inspect: Inspect) -> None:
    for file, code in (
        ("phase4-ErrorMessage.xml", "EBMS:0001"),
        ("phase4-ErrorMessageNoRefToMessageID.xml", "EBMS:0001"),
        ("phase4-ErrorMessageWithFault.xml", "EBMS:0103"),
    ):
        status, report = inspect(file)
        assert (status, report["kind"]) == (0, "error")
        assert [(one["code"], one["severity"], one["found_by"]) for one in report["errors"]] == [
            (code, "failure", "sender")
        ]


@needs_recordings
@pytest.mark.parametrize(
    ("file", "codes"),
    [
        ("bad-receipt-signature.as4", {"EBMS:0101"}),
        ("bad-receipt-dataport-rewritten.as4in", {"EBMS:0101"}),
        ("bad-signed-pullrequest.xml", {"EBMS:0101"}),
        ("phase4-TwoUserMessages.xml", {"EBMS:0003"}),
        ("phase4-UserMessageNoPartyID.xml", {"EBMS:0009"}),
        ("phase4-WrongCompression.mime", {"EBMS:0003"}),
    ],
)
def test_refused_with_the_right_code(inspect: Inspect, file: str, codes: set[str]) -> None:
    status, report = inspect(file)
    assert (status, report["verifies"]) == (1, False)
    assert {one["code"] for one in report["errors"]} == codes


@needs_recordings
@pytest.mark.parametrize("file", ["phase4-WrongSigningAlgorithm.xml", "phase4-WrongSigningDigestAlgorithm.xml"])
def test_unknown_algorithms_are_an_authentication_failure(inspect: Inspect, file: str) -> None:
    for options in ((), ("--allow-legacy",)):
        status, report = inspect(file, *options)
        assert (status, report["signature"], report["errors"][0]["code"]) == (1, "invalid", "EBMS:0101")


@needs_recordings
def test_what_is_wrong_is_told_apart(inspect: Inspect) -> None:
    header, unknown = "mismatch", "signature.unknown-signer"
    report = inspect("bad-receipt-signature.as4")[1]
    assert (report["references"][0]["state"], report["errors"][0]["reason"], report["signer"]) == (
        header,
        unknown,
        None,
    )
    report = inspect("bad-receipt-dataport-rewritten.as4in")[1]
    assert [one["state"] for one in report["references"]] == ["mismatch", "valid"]
    report = inspect("bad-signed-pullrequest.xml")[1]
    assert [one["state"] for one in report["references"]] == ["valid", "valid"]
    assert (report["kind"], report["errors"][0]["reason"]) == ("pull request", "signature.value")


@needs_recordings
def test_old_algorithms_need_permission(inspect: Inspect, tmp_path: Path) -> None:
    status, report = inspect("holodeck-signed-compressed.as4", "--cert", RECORDED / "AccessPointB.cer")
    assert (status, report["errors"][0]["code"]) == (1, "EBMS:0103")
    status, report = inspect("as4net-encrypted-compressed.as4", *with_password(tmp_path, "partyC.p12", "ExampleC"))
    assert (status, report["errors"][0]["code"]) == (1, "EBMS:0103")


@needs_recordings
def test_without_or_with_the_wrong_key_parts_stay_closed(inspect: Inspect, tmp_path: Path) -> None:
    for options in ([], with_password(tmp_path, "AccessPointB.pfx", "Pz4cZK4SULUwmraZb")):
        status, report = inspect("as4net-encrypted-compressed.as4", *options, "--allow-legacy")
        assert status == 1
        assert {one["code"] for one in report["errors"]} == {"EBMS:0102"}
        assert {one["state"] for one in report["parts"]} == {"not decrypted"}


# --- the command itself, with messages of our own ----------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> dict[str, Path]:
    outgoing = send([part(b"<a/>", "application/xml"), part(b"plain", "text/plain", compress=False)])
    files = {
        "message": outgoing.body.read(),
        "with-headers": b"POST /as4 HTTP/1.1\r\nContent-Type: "
        + outgoing.content_type.encode()
        + b"\r\n\r\n"
        + outgoing.body.read(),
        "key": store_pkcs12(rsa_pair("NL"), "nl", "secret"),
        "password": b"secret\n",
        "signer.pem": rsa_pair("LV").certificate.pem(),
        "authority.der": rsa_pair("LV").chain[0].der,
        "rubbish": b"\x00rubbish",
        "empty": b"",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in files}


@pytest.mark.parametrize("file", ["message", "with-headers"])
@pytest.mark.parametrize("known", ["signer.pem", "authority.der"])
def test_own_message_verifies_whole(inspect: Inspect, own: dict[str, Path], file: str, known: str) -> None:
    status, report = inspect(own[file], "--key", own["key"], "--password-file", own["password"], "--cert", own[known])
    assert status == 0
    assert (report["signature"], report["signer"]["known"], report["from"]["id"]) == ("valid", True, "node.lv.example")
    assert [(one["size"], one["state"], one["compressed"]) for one in report["parts"]] == [
        (4, "open", True),
        (5, "open", False),
    ]


def test_pem_key_with_certificate_is_read(inspect: Inspect, own: dict[str, Path], tmp_path: Path) -> None:
    pair = rsa_pair("NL")
    (tmp_path / "key.pem").write_bytes(pair.private.pem("secret") + pair.certificate.pem())
    assert inspect(own["message"], "--key", tmp_path / "key.pem", "--password-file", own["password"])[0] == 0


@pytest.mark.parametrize(
    "options",
    [
        ["absent"],
        ["message", "--key", "rubbish"],
        ["message", "--key", "key"],
        ["message", "--cert", "rubbish"],
        ["message", "--password-file", "absent", "--key", "key"],
    ],
    ids=["no file", "key unreadable", "password missing", "certificate unreadable", "no password file"],
)
def test_what_cannot_be_read_ends_with_two(
    options: list[str], own: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [one if one.startswith("--") else str(own.get(one, tmp_path / one)) for one in options]
    assert main(["as4", "inspect", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("somec as4: ")


def test_what_cannot_be_read_is_named_with_what_to_do(
    own: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong password must not read like a wrong message: another exit status, the file's name, a sentence."""
    (tmp_path / "wrong").write_text("other\n", encoding="utf-8")
    (tmp_path / "latin-1").write_bytes(b"\xe9\n")
    for password, said in (("wrong", f"{own['key']}: the password is wrong"), ("latin-1", "is not written in UTF-8")):
        given = ["--key", str(own["key"]), "--password-file", str(tmp_path / password)]
        assert main(["as4", "inspect", str(own["message"]), *given]) == 2
        assert said in capsys.readouterr().err
    assert main(["as4", "inspect", str(own["message"]), "--cert", str(own["key"])]) == 2
    assert f"{own['key']}: this is no certificate" in capsys.readouterr().err


def test_password_file_of_a_windows_editor_opens_the_key(inspect: Inspect, own: dict[str, Path]) -> None:
    own["password"].write_bytes(b"\xef\xbb\xbfsecret\r\n")
    assert inspect(own["message"], "--key", own["key"], "--password-file", own["password"])[0] == 0


def test_message_through_a_pipe_is_read(own: dict[str, Path], tmp_path: Path, inspect: Inspect) -> None:
    pipe, message = tmp_path / "pipe", own["with-headers"].read_bytes()
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(message), daemon=True)
    writer.start()
    status, report = inspect(pipe, "--key", own["key"], "--password-file", own["password"])
    writer.join(5)
    assert (status, len(report["parts"])) == (0, 2)


@pytest.mark.parametrize("file", ["rubbish", "empty", "key"])
def test_what_is_no_message_ends_with_one_and_a_report(inspect: Inspect, own: dict[str, Path], file: str) -> None:
    status, report = inspect(own[file])
    assert (status, report["kind"], report["verifies"]) == (1, "unknown", False)
    assert report["errors"]


def test_soap_part_alone_says_what_is_missing(inspect: Inspect, tmp_path: Path) -> None:
    """A recording without its payloads: the header is still shown to be genuine, the rest is said to be missing."""
    body = Forgery(encrypt=False).wire()[1]
    (tmp_path / "soap.xml").write_bytes(body[body.index(b"<?xml") : body.index(b"</S12:Envelope>") + 15])
    status, report = inspect(tmp_path / "soap.xml")
    assert (status, report["signature"], report["covers"]) == (1, "valid", ["Messaging", "Body"])
    assert {one["code"] for one in report["errors"]} == {"EBMS:0011"}


def test_recording_cut_off_still_shows_what_is_there(inspect: Inspect, tmp_path: Path) -> None:
    body = Forgery(payloads=[("one@lv", b"1"), ("two@lv", b"2")], encrypt=False).wire()[1]
    (tmp_path / "cut").write_bytes(body[: body.rindex(b"--cut-here--") - 6])
    status, report = inspect(tmp_path / "cut")
    assert (status, report["kind"], report["parts"][0]["state"]) == (1, "user message", "open")
    assert "EBMS:0007" in {one["code"] for one in report["errors"]}


def test_soap_part_that_is_not_first_is_found(inspect: Inspect, tmp_path: Path) -> None:
    (tmp_path / "swapped").write_bytes(Forgery(encrypt=False, mime=lambda parts: parts[::-1]).wire()[1])
    assert inspect(tmp_path / "swapped")[0] == 0


def test_bundle_of_a_user_message_and_a_receipt_shows_both(inspect: Inspect, tmp_path: Path) -> None:
    receipt = (
        "<eb:SignalMessage><eb:MessageInfo><eb:Timestamp>2026-11-22T09:00:00Z</eb:Timestamp><eb:MessageId>r@lv</eb:MessageId>"
        "<eb:RefToMessageId>m@nl</eb:RefToMessageId></eb:MessageInfo><eb:Receipt></eb:Receipt></eb:SignalMessage>"
    )
    forgery = Forgery(
        encrypt=False, messaging=lambda text: text.replace("</eb:Messaging>", receipt + "</eb:Messaging>")
    )
    (tmp_path / "bundle").write_bytes(forgery.wire()[1])
    status, report = inspect(tmp_path / "bundle")
    assert (status, [one["kind"] for one in report["units"]]) == (0, ["user message", "receipt"])


def test_soap_1_1_of_old_stacks_is_read(inspect: Inspect, tmp_path: Path) -> None:
    old = "http://schemas.xmlsoap.org/soap/envelope/"
    text = build_error([As4Error(OTHER, "made.up")], at=NOW).body.decode().replace(SOAP12, old)
    (tmp_path / "old.xml").write_text(text, encoding="utf-8")
    status, report = inspect(tmp_path / "old.xml")
    assert (status, report["kind"], report["errors"][0]["code"]) == (0, "error", "EBMS:0004")


def test_renewed_certificate_of_the_same_key_opens_a_recording(
    inspect: Inspect, own: dict[str, Path], tmp_path: Path
) -> None:
    pair = rsa_pair("NL")
    renewed = issue_pair(authority(), Subject("NL"), pair.private, at=NOW)
    (tmp_path / "renewed").write_bytes(store_pkcs12(renewed, "nl", "secret"))
    assert renewed.certificate != pair.certificate
    assert inspect(own["message"], "--key", tmp_path / "renewed", "--password-file", own["password"])[0] == 0


@pytest.mark.parametrize(
    ("sign", "encrypt", "reason"),
    [(True, False, "signature.misplaced"), (False, True, "encryption.misplaced")],
    ids=["signature", "encryption"],
)
def test_damaged_security_header_does_not_pass_for_none(
    inspect: Inspect, tmp_path: Path, sign: bool, encrypt: bool, reason: str
) -> None:
    forgery = Forgery(
        sign=sign, encrypt=encrypt, soap=lambda text: re.sub("wsse:Security([ >])", r"wsse:Secxrity\1", text)
    )
    (tmp_path / "damaged").write_bytes(forgery.wire()[1])
    status, report = inspect(tmp_path / "damaged")
    assert status == 1
    assert reason in {one["reason"] for one in report["errors"]}


def test_header_for_an_intermediary_does_not_hinder_a_recording(inspect: Inspect, tmp_path: Path) -> None:
    block = '<r:Route xmlns:r="urn:r" S12:mustUnderstand="true"{}></r:Route></S12:Header>'
    for role, expected in ((' S12:role="urn:next-hop"', 0), ("", 1)):
        added = block.format(role)
        forgery = Forgery(encrypt=False, soap=lambda text, added=added: text.replace("</S12:Header>", added))
        (tmp_path / "routed").write_bytes(forgery.wire()[1])
        assert inspect(tmp_path / "routed")[0] == expected

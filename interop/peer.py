"""The phase4 access point of ``interop/phase4`` as a child process."""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
JAR = ROOT / "interop" / "phase4" / "target" / "peer.jar"
KEYS = ROOT / "tests" / "vectors" / "phase4" / "keys"
PASSWORD = "somec-interop"

SERVICE = "https://somec.example/interop"
ACTION = "notice"
TEST_SERVICE = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/service"
TEST_ACTION = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/test"
AGREEMENT = "https://somec.example/interop/agreement"
PARTY_TYPE = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:somec-interop"

START_SECONDS = 60
STOP_SECONDS = 20


class PeerError(Exception):
    """The access point did not start, or broke off."""


@dataclass(frozen=True)
class Part:
    """A payload for phase4 to send."""

    file: Path
    cid: str
    mime: str
    compress: bool = True
    attachment_id: str = ""


def _described(part: Part) -> dict[str, str | bool]:
    """Return the part as the access point reads it."""
    told: dict[str, str | bool] = {
        "file": str(part.file),
        "cid": part.cid,
        "mime": part.mime,
        "compress": part.compress,
    }
    return told | ({"attachment_id": part.attachment_id} if part.attachment_id else {})


class Peer:
    """A running access point; ``inbox`` is the folder into which it delivers, its log is ``log`` inside it.

    ``settings`` replaces what both sides agree on by default: parties, service, agreement, certificates.
    """

    def __init__(self, party: str, partner: str, inbox: Path, suite: str = "1.15", **settings: Any) -> None:
        sign, crypt = ("", "") if suite == "1.15" else ("-ed25519", "-x25519")
        self.party = party
        self.inbox = inbox
        self.log = inbox / "log"
        self._recipient = settings.pop("recipient", KEYS / f"{partner}{crypt}.pem")
        self._settings = {
            "party": party,
            "partner": partner,
            "party_type": PARTY_TYPE,
            "agreement": AGREEMENT,
            "service": SERVICE,
            "action": ACTION,
            "suite": suite,
            "sign_key": str(KEYS / f"{party}{sign}.p12"),
            "crypt_key": str(KEYS / f"{party}{crypt}.p12"),
            "password": PASSWORD,
            # The partner's own certificate too, for messages that only name their key.
            "trust": [str(KEYS / "ca.pem"), str(KEYS / f"{partner}{sign}.pem")],
            "inbox": str(inbox),
            **settings,
        }
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.inbox.mkdir(parents=True, exist_ok=True)
        settings = self.inbox / "settings"
        settings.write_text(json.dumps(self._settings), encoding="utf-8")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["java", "-Xmx256m", "-XX:+UseSerialGC", "-jar", str(JAR), str(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        watch = threading.Timer(START_SECONDS, self._process.kill)
        watch.start()
        try:
            self.url = f"http://127.0.0.1:{self._line()['port']}/as4"
        finally:
            watch.cancel()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._running()
        try:
            process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def send(self, url: str, message_id: str, parts: list[Part], **more: str | int | bool) -> dict[str, Any]:
        """Let phase4 send one message and return what it says of the outcome.

        ``more`` may name ``service``, ``action``, ``to``, ``recipient`` (certificate to encrypt for), ``signer`` (key
        to sign with), ``key_reference`` (a name of phase4's ``ECryptoKeyIdentifierType``), ``whole_chain`` (send the
        certificate path), ``unsigned``, ``unencrypted``, ``retries`` (after a broken connection).
        """
        command = {
            "url": url,
            "message_id": message_id,
            "conversation": f"conversation-of-{message_id}",
            "recipient": str(self._recipient),
            "password": PASSWORD,
            "parts": [_described(part) for part in parts],
            **more,
        }
        stdin = self._running().stdin
        if stdin is None:
            message = "no way to give orders"
            raise PeerError(message)
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()
        return self._line()

    def delivered(self) -> list[dict[str, Any]]:
        """Return what phase4 has handed to its application, in order; each part's ``file`` holds its octets."""
        files = sorted(self.inbox.glob("*.json"), key=lambda file: int(file.stem))
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            message = "not started"
            raise PeerError(message)
        return self._process

    def _line(self) -> dict[str, Any]:
        stdout = self._running().stdout
        line = stdout.readline() if stdout else ""
        if not line:
            message = f"the access point ended; its log is {self.log}"
            raise PeerError(message)
        answer: dict[str, Any] = json.loads(line)
        return answer

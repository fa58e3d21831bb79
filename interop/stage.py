"""What every check of the interop run stands on: both access points, payloads, and how a check says that it failed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node import Node
from peer import KEYS, Part, Peer

from somec.as4 import message as ebms
from somec.as4.octets import Octets

PAYLOADS = KEYS.parent / "payloads"
MIME_TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".bin": "application/octet-stream",
}
NOTICE = [PAYLOADS / "notice.json"]
REWRITTEN = [PAYLOADS / "paper.xml", PAYLOADS / "lines.txt"]  # not in the form that the SwA profile has hashed
THREE = [PAYLOADS / "notice.json", PAYLOADS / "letter.txt", PAYLOADS / "picture.bin"]


class Failed(Exception):  # noqa: N818 - reads as what it says
    """A check found something else than it must."""


@dataclass
class Stage:
    """Two access points of one generation of the profile that know each other."""

    suite: str
    us: Node
    them: Peer
    count: int = 0

    def message_id(self) -> str:
        """Return a new id for a message of phase4."""
        self.count += 1
        return f"message-{self.count}@phase4.example"

    def arrived_there(self) -> int:
        """Count what phase4 has handed to its application."""
        return len(self.them.delivered())


def must(holds: object, otherwise: object) -> None:
    """Fail the check with what was found unless ``holds``."""
    if not holds:
        raise Failed(str(otherwise))


def equal(found: object, expected: object) -> None:
    """Fail the check unless both are the same."""
    must(found == expected, f"expected {expected!r}, found {found!r}")


def our_parts(files: list[Path], **more: Any) -> list[ebms.Part]:
    """Make payloads for us to send."""
    return [ebms.Part(Octets.of(file.read_bytes()), MIME_TYPES[file.suffix], **more) for file in files]


def their_parts(files: list[Path], *, compress: bool = True) -> list[Part]:
    """Make payloads for phase4 to send."""
    return [Part(file, f"{file.stem}@phase4.example", MIME_TYPES[file.suffix], compress) for file in files]


def change(content: bytes, after: bytes) -> bytes:
    """Put another octet after ``after``, one that Base64 and names may hold as well."""
    at = content.find(after)
    must(at >= 0, f"{after!r} is not in the message")
    at += len(after)
    return content[:at] + (b"B" if content[at : at + 1] == b"A" else b"A") + content[at + 1 :]


def change_payload(content: bytes) -> bytes:
    """Change one bit of the last payload of a multipart message, well inside its ciphertext."""
    start = content.rfind(b"\r\n\r\n") + 40
    must(start < len(content) - 100, "the last part is too short to change inside")
    return content[:start] + bytes([content[start] ^ 1]) + content[start + 1 :]


def forged(reference: ebms.Reference) -> ebms.Reference:
    """Return the reference with a digest of something else, in its octets as well."""
    start, end = b"DigestValue>", b"</"
    before, _, rest = reference.xml.partition(start)
    _, _, after = rest.partition(end)
    return dataclasses.replace(reference, digest=bytes(32), xml=before + start + b"A" * 43 + b"=" + end + after)

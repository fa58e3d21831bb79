"""Our side of the wire: the least that makes an access point out of ``somec.as4``, without a database.

It keeps what it delivered and each receipt it gave, so that a repeated message gets its first receipt again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peer import ACTION, AGREEMENT, KEYS, PARTY_TYPE, PASSWORD, SERVICE, TEST_SERVICE
from wire import Body, post

from somec.as4 import message as ebms
from somec.as4.errors import As4Error
from somec.as4.octets import Octets
from somec.as4.pmode import LocalKeys, Peer, PMode, Terms, select
from somec.as4.receiving import Received, open_message
from somec.as4.sending import Outgoing, build
from somec.as4.signals import ErrorSignal, Receipt, Signal, build_error, build_receipt, check_receipt, read_response
from somec.crypto.certificates import Certificate, load_certificate
from somec.crypto.keys import KeyPair, load_key_pair
from somec.kernel import clock

US, THEM = "somec", "phase4"
SUITES = ("1.15", "2.0")

Receipting = Callable[[Received, LocalKeys], Signal]


def certificate(name: str) -> Certificate:
    """Read a certificate of the test keys."""
    return load_certificate((KEYS / f"{name}.pem").read_bytes())


def key_pair(name: str) -> KeyPair:
    """Read a key of the test keys; the library under ours does not read X25519 from PKCS #12, so that one is in PEM."""
    if name.endswith("-x25519"):
        return load_key_pair((KEYS / f"{name}.key.pem").read_bytes())
    return load_key_pair((KEYS / f"{name}.p12").read_bytes(), PASSWORD)


def key_names(party: str, suite: str) -> tuple[str, str]:
    """Return the names of a party's signing and encryption keys; in 1.15 one key does both."""
    return (party, party) if suite == "1.15" else (f"{party}-ed25519", f"{party}-x25519")


def keys(party: str, suite: str) -> LocalKeys:
    """Return the private keys of a party; a stranger has only one to sign with."""
    signing, opening = key_names(party, suite)
    return LocalKeys(signing=key_pair(signing), decryption=() if party == "stranger" else (key_pair(opening),))


def certificates(party: str, suite: str) -> Peer:
    """Return what others know of a party's keys."""
    signing, opening = key_names(party, suite)
    return Peer(signing=(certificate(signing),), encryption=certificate(opening))


def agreed(sender: str, recipient: str, suite: str) -> PMode:
    """Return the P-Mode of one direction, as phase4 has it in ``Profile.java``."""
    return PMode(
        id=f"{sender}-{recipient}",
        initiator=ebms.initiator(sender, PARTY_TYPE),
        responder=ebms.responder(recipient, PARTY_TYPE),
        service=ebms.Service(SERVICE),
        actions=frozenset({ACTION}),
        agreement=ebms.AgreementRef(AGREEMENT),
        suite=f"edelivery-{suite}",
    )


@dataclass(frozen=True)
class Sent:
    """A message of ours, what came back, and whether its receipt proves that phase4 has it."""

    outgoing: Outgoing
    request: Body
    response: Body
    signal: object
    signer: Certificate | None

    @property
    def errors(self) -> list[str]:
        """Name the EBMS codes that came instead of a receipt."""
        return [error.code for error in self.signal.errors] if isinstance(self.signal, ErrorSignal) else []


class Node:
    """An access point of ours for one generation of the profile."""

    def __init__(self, suite: str) -> None:
        self.suite = suite
        self.keys = keys(US, suite)
        self.delivered: list[Received] = []
        self._receipts: dict[str, Signal] = {}
        self._count = 0

    def answer(self, request: Body, receipting: Receipting | None = None) -> Body:
        """Take a message in: deliver it once, answer with its receipt or with an error signal."""
        try:
            received = open_message(request.content_type, Octets.of(request.content), resolve=self._terms)
        except As4Error as error:
            signal = build_error([error], keys=self.keys)
            return Body(signal.content_type, signal.body)
        message_id = received.message.message_id
        if message_id not in self._receipts:
            signal = receipting(received, self.keys) if receipting else build_receipt(received, keys=self.keys)
            self._receipts[message_id] = signal
            if not received.is_test:
                self.delivered.append(received)
        signal = self._receipts[message_id]
        return Body(signal.content_type, signal.body)

    def _terms(self, message: ebms.UserMessage) -> Terms:
        pmode = select([agreed(THEM, US, self.suite)], message)
        return Terms(pmode=pmode, peer=certificates(THEM, self.suite), keys=self.keys)

    def prepare(
        self,
        parts: list[ebms.Part],
        *,
        service: str = SERVICE,
        action: str = ACTION,
        signer: str = US,
        recipient: str = THEM,
        **terms: Any,
    ) -> Outgoing:
        """Build a message for phase4; ``terms`` change fields of the P-Mode."""
        self._count += 1
        terms.setdefault("service", ebms.Service(service if service != TEST_SERVICE else SERVICE))
        pmode = dataclasses.replace(agreed(US, THEM, self.suite), **terms)
        message = ebms.UserMessage(
            message_id=f"message-{self._count}@somec.example",
            timestamp=clock.now(),
            sender=pmode.initiator,
            recipient=pmode.responder,
            service=ebms.Service(service),
            action=action,
            conversation_id=f"conversation-{self._count}",
            agreement=pmode.agreement,
            properties=(ebms.Property("originalSender", "officer-1"), ebms.Property("finalRecipient", "officer-2")),
        )
        encryption = certificates(recipient, self.suite)
        return build(message, parts, pmode=pmode, keys=keys(signer, self.suite), peer=encryption)

    def send(self, url: str, outgoing: Outgoing, *, disturb: Callable[[bytes], bytes] | None = None) -> Sent:
        """Post a message and judge the answer; ``disturb`` changes the octets on their way."""
        content = outgoing.body.read()
        request = Body(outgoing.content_type, disturb(content) if disturb else content)
        response = post(url, request)
        signal = read_response(response.content, response.content_type)
        return Sent(outgoing, request, response, signal, self.check(signal, outgoing))

    def check(self, signal: object, outgoing: Outgoing) -> Certificate | None:
        """Return who signed the receipt when it proves the reception of this message, else None."""
        if not isinstance(signal, Receipt):
            return None
        try:
            return check_receipt(
                signal,
                message_id=outgoing.message_id,
                references=outgoing.references,
                pmode=agreed(US, THEM, self.suite),
                peer=certificates(THEM, self.suite),
            )
        except As4Error:
            return None

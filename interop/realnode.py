"""A real somec node (``somec init``, ``somec serve``) that has phase4 as the node of another state.

phase4 is "a node of another make": its card is written by hand and trusted by two persons, as an operator would do it.
Both TLS legs end in recording proxies of ours, so that phase4 needs no TLS settings and the octets can be disturbed.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from peer import KEYS, Peer
from stage import Failed
from wire import Body, Endpoint, forward

from somec.crypto.issuing import Subject, issue_pair, make_authority
from somec.crypto.keys import KeyPair, make_rsa_key
from somec.kernel import clock

OURS, THEIRS = "LV", "NL"
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
WAIT_SECONDS = 30.0


@dataclass
class Wires:
    """The two proxies, and what they do to what passes; tests put functions here and take them out again."""

    to_them: Callable[[Body], Body | None] | None = None
    to_us: Callable[[Body], Body | None] | None = None


@dataclass
class RealStage:
    """A running node, phase4 behind its proxies, and the person at the contact point who looks."""

    them: Peer
    outbound: Endpoint
    inbound: Endpoint
    wires: Wires
    reach_us: Callable[[Body], Body]
    reach_them: Callable[[Body], Body]
    folder: Path
    count: int = field(default=0)

    def actor(self) -> Any:
        """Return who reads what the node shows: a person at the contact point."""
        from django.contrib.auth import get_user_model  # noqa: PLC0415 - needs the node's settings

        from somec.access import queries  # noqa: PLC0415

        return queries.actor_for(get_user_model().objects.order_by("email")[0])

    def message_id(self) -> str:
        """Return a new id for a message of phase4."""
        self.count += 1
        return f"message-{self.count}@phase4.example"


def until(holds: Callable[[], object], what: str) -> None:
    """Wait for something that the node does on its own; fail when it takes too long."""
    ends = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > ends:
            raise Failed(f"after {WAIT_SECONDS:.0f} s: {what}")
        time.sleep(0.05)


class RealNode:
    """Context: everything from empty folder to a node that phase4 can call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "node"
        self._keep = folder
        self._closing: list[Callable[[], object]] = []

    def __enter__(self) -> RealStage:
        """Make the node, make phase4 its peer, start both."""
        try:
            return self._start()
        except BaseException:
            self._stop()
            raise

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        for close in reversed(self._closing):
            close()
        self._closing.clear()

    def _start(self) -> RealStage:
        web, exchange = _free_ports(2)
        _somec(
            self.folder, "init", "--folder", str(self.folder), "--state", OURS, "--name", "Interop", "--training",
            "--web", f"127.0.0.1:{web}", "--exchange", f"127.0.0.1:{exchange}",
        )  # fmt: skip
        os.environ.update({"SOMEC_NODE": str(self.folder), "DJANGO_SETTINGS_MODULE": "somec.node.settings"})
        django.setup()
        tls = _tls_pair(self._keep / "phase4-tls.pem")
        peer = self._phase4()
        wires = Wires()
        reach_us = forward(f"https://127.0.0.1:{exchange}/as4", self._client())
        reach_them = forward(peer.url)

        def to_them(body: Body) -> Body | None:
            return (wires.to_them or reach_them)(body)

        def to_us(body: Body) -> Body | None:
            return (wires.to_us or reach_us)(body)

        outbound = self._open(Endpoint(to_them, _server(self._keep / "phase4-tls.pem")))
        inbound = self._open(Endpoint(to_us))
        self._trust(outbound.url, tls)
        self._serve(exchange)
        return RealStage(peer, outbound, inbound, wires, _sure(reach_us), _sure(reach_them), self.folder)

    def _open(self, context: Any) -> Any:
        context.__enter__()
        self._closing.append(lambda: context.__exit__(None, None, None))
        return context

    def _phase4(self) -> Peer:
        """Start phase4 as the node of the other state, with our node's certificates and agreement."""
        from somec.exchange import cards, keyring  # noqa: PLC0415 - needs the node's settings

        card = keyring.keyring().card
        for name, certificate in (("signing", card.signing[0]), ("encryption", card.encryption)):
            (self._keep / f"{name}.pem").write_bytes(certificate.pem())
        pair = "-".join(sorted((OURS, THEIRS)))
        peer: Peer = self._open(
            Peer(
                "phase4", OURS, self._keep / "phase4",
                recipient=self._keep / "encryption.pem", trust=[str(self._keep / "signing.pem")],
                party_type=cards.PARTY_TYPE, service=cards.SERVICE, service_type="somec", action="movement-notice:1.0",
                agreement=f"urn:somec:agreement:{pair}",
            )
        )  # fmt: skip
        return peer

    def _trust(self, endpoint: str, tls: KeyPair) -> None:
        """Write phase4's card by hand; let one person propose it and another approve it."""
        from somec.access import actions as access  # noqa: PLC0415 - needs the node's settings
        from somec.access import queries  # noqa: PLC0415
        from somec.access.roles import Role, node_actor  # noqa: PLC0415
        from somec.exchange import actions, cards  # noqa: PLC0415

        certificate = (KEYS / "phase4.pem").read_text(encoding="utf-8")
        card = json.dumps({
            "card": cards.FORMAT, "state": THEIRS, "name": "An access point of another make", "desk": "Interop desk",
            "endpoint": endpoint, "made": clock.iso(clock.now()), "party": "phase4", "party_type": cards.PARTY_TYPE,
            "signing": [certificate], "encryption": certificate, "tls": [tls.chain[0].pem().decode()],
        })  # fmt: skip
        node = node_actor(OURS)
        desk = access.create_authority(actor=node, name="Contact point", kind="police")
        one, two = (
            queries.actor_by_id(
                access.create_user(
                    actor=node, email=f"{name}@example.org", name=name, authority=desk, roles=[Role.CONTACT_POINT],
                    password=f"a long word for {name} 4711",
                )
            )
            for name in ("one", "two")
        )  # fmt: skip
        proposal = actions.propose_peer(actor=one, card=card)
        actions.approve_peer(actor=two, proposal=proposal, fingerprint=cards.fingerprint(card))

    def _serve(self, port: int) -> None:
        with (self.folder / "node.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "somec.cli.main", "serve"], env=_environment(self.folder), stdout=log, stderr=log
            )

        def stop() -> None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

        self._closing.append(stop)
        ends = time.monotonic() + READY_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > ends:
                log_text = (self.folder / "node.log").read_text(encoding="utf-8", errors="replace")
                raise Failed(f"the node did not start; its log ends: {log_text[-2000:]}")
            time.sleep(0.1)

    def _client(self) -> ssl.SSLContext:
        """Return the TLS side of phase4 as a caller: it shows its certificate and trusts what our card names."""
        from somec.exchange import keyring  # noqa: PLC0415 - needs the node's settings

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anchors = keyring.keyring().card.tls
        context.load_verify_locations(cadata="".join(one.pem().decode() for one in anchors))
        context.load_cert_chain(self._keep / "phase4-tls.pem")
        return context


def _sure(answer: Callable[[Body], Body | None]) -> Callable[[Body], Body]:
    def answered(body: Body) -> Body:
        found = answer(body)
        if found is None:
            raise Failed("no answer")
        return found

    return answered


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "SOMEC_NODE": str(folder), "SOMEC_FAST_PASSWORDS": "1"}


def _somec(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "somec.cli.main", *arguments], env=_environment(folder), text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise Failed(f"somec {arguments[0]} failed: {done.stdout}{done.stderr}")


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _tls_pair(file: Path) -> KeyPair:
    """Make a TLS certificate for the proxies, below an authority of its own; write key and chain."""
    now = clock.now()
    authority = make_authority(Subject(common_name="phase4 TLS authority"), make_rsa_key(2048), at=now)
    pair = issue_pair(authority, Subject(common_name="127.0.0.1", hosts=("127.0.0.1",)), make_rsa_key(2048), at=now)
    file.write_bytes(pair.private.pem() + pair.certificate.pem() + authority.certificate.pem())
    return pair


def _server(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context

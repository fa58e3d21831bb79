"""Real nodes as processes, for tests and measurements: made, paired, started, killed, asked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "exchange.parcel.settings"
STARTED_WITHIN = 90.0  # on a calm machine: two seconds

# Runs inside the node's own environment: pairs it with a card, as two persons would.
_PAIR = """
from somec.access import actions as access
from somec.access.rules import Role, node_actor
from somec.access import queries
from somec.exchange import actions, cards
from django.conf import settings
from django.contrib.auth import get_user_model
node = node_actor(settings.CONFIG.state)
User = get_user_model()
if not User.objects.filter(email='one@example.org').exists():
    desk = access.create_authority(actor=node, name='Peers desk', kind='police')
    for mail in ('one@example.org', 'two@example.org'):
        access.create_user(actor=node, email=mail, name=mail, authority=desk, roles=[Role.CONTACT_POINT])
one, two = (queries.actor_for(user) for user in User.objects.filter(email__endswith='@example.org').order_by('email'))
for text in DATA['cards']:
    proposal = actions.propose_peer(actor=one, card=text)
    actions.approve_peer(actor=two, proposal=proposal, fingerprint=cards.fingerprint(text))
print('{}')
"""

# Queues parcels: DATA = {to, numbers, per_transaction, conversations: how many of them (0: one each), pause: seconds}
SEND = """
from somec.access.rules import node_actor
from somec.exchange import actions
from somec.exchange.outbox import NewDocument
import time
from somec.kernel.ids import derived_id, new_id
from somec.kernel import clock
from django.conf import settings
from django.db import transaction
state = settings.CONFIG.state
node = node_actor(state)
def conversation(number):
    if DATA.get('conversation'):
        return DATA['conversation']
    many = DATA.get('conversations')
    return derived_id('cnv', state, str(number % many)) if many else new_id('cnv')
def parcel(number):
    return NewDocument(
        to=DATA['to'], type=DATA.get('type', 'test-parcel'), conversation=conversation(number), reference=f'T-{number}',
        sender_authority={'id': 'aut-test', 'name': 'Test'}, legal_basis={'mechanism': 'test', 'article': '1',
        'verified': False},
        purpose='test', handling_code='H1', language='en',
        items=[{'id': new_id('itm'), 'kind': 'fact', 'category': 'movement', 'data': {'number': number,
        'text': DATA.get('text', '')},
                'source': 'test', 'as_of': '2026-11-21', 'owner': state}])
numbers, step = DATA['numbers'], DATA.get('per_transaction', 1)
for start in range(0, len(numbers), step):
    actions.send_many(actor=node, documents=[parcel(number) for number in numbers[start:start + step]])
    time.sleep(DATA.get('pause', 0))
print('{}')
"""

STATE = """
import json
from somec.exchange import queries
from django.db import connection
from exchange.parcel.models import Effect
from somec.exchange.models import Document, Receipt, InboundMessage, Problem, Obligation
effects = list(Effect.objects.values_list('sent', flat=True))
print(json.dumps({
  'outbox': queries.outbox_counts(), 'effects': effects,
  'out': Document.objects.filter(direction='out').count(), 'in': Document.objects.filter(direction='in').count(),
  'receipts': Receipt.objects.count(), 'messages': InboundMessage.objects.count(),
  'problems': list(Problem.objects.values_list('code', 'detail', 'times')),
  'obligations': sorted(Obligation.objects.values_list('id', 'debtor_state', 'state')),
}))
"""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


@dataclass
class RealNode:
    """One node below a folder; ``endpoint_port`` may be a relay's, so that peers call through it."""

    folder: Path
    state: str
    web_port: int
    port: int
    endpoint_port: int
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def found(
        cls, folder: Path, state: str, *, endpoint_port: int | None = None, environment: dict[str, str] | None = None,
        training: bool = False,
    ) -> RealNode:  # fmt: skip
        """Make a node with ``somec init``. Only a training node's clock may be set ahead."""
        web, port = free_ports(2)
        node = cls(
            folder, state, web, port, endpoint_port or port, environment=environment or {"SOMEC_DATABASE_URL": ""}
        )
        node.somec(
            "init", "--folder", str(folder), "--state", state, "--name", f"Node {state}", "--web", f"127.0.0.1:{web}",
            "--exchange", f"127.0.0.1:{port}", "--endpoint", f"https://127.0.0.1:{node.endpoint_port}/as4",
            *(["--training"] if training else []),
        )  # fmt: skip
        return node

    def env(self) -> dict[str, str]:
        return {
            **os.environ, "SOMEC_NODE": str(self.folder), "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}", "SOMEC_FAST_PASSWORDS": "1", **self.environment,
        }  # fmt: skip

    def somec(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the node."""
        done = subprocess.run(
            [sys.executable, "-m", "somec.cli.main", *arguments],
            env=self.env(),
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"somec {arguments[0]}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def ask(self, script: str, **data: Any) -> Any:
        """Run a script inside the node's environment, beside the running process; returns the JSON it prints last."""
        text = f"import json, sys, django; django.setup(); DATA = json.load(sys.stdin)\n{script}"
        done = subprocess.run(
            [sys.executable, "-c", text],
            env=self.env(),
            input=json.dumps(data),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr[-3000:])
        return json.loads(done.stdout.splitlines()[-1])

    def card(self) -> str:
        return self.somec("peer", "card").stdout

    def start(self, *arguments: str, wait: bool = True) -> None:
        """Start ``somec serve`` and wait until it takes connections, unless told not to."""
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "somec.cli.main", "serve", *arguments], env=self.env(), stdout=log, stderr=log
        )
        log.close()
        if wait:
            self.wait_up()

    def wait_up(self) -> None:
        ends = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < ends:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"{self.state} ended: {self.log()[-2000:]}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"{self.state} did not start: {self.log()[-2000:]}")

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """Kill at once (SIGKILL): nothing is flushed, nobody is told."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        """End politely; returns the exit status."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self.process = None

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def pair(*nodes: RealNode) -> None:
    """Make every node a peer of every other, as two persons at each would."""
    cards = {node.state: node.card() for node in nodes}
    for node in nodes:
        node.ask(_PAIR, cards=[text for state, text in cards.items() if state != node.state])

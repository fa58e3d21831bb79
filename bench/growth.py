"""What one notice costs a node that already holds many: CPU of every step that touches the database, by size.

Both nodes are filled with copies of one real notice (documents, duties, messages, receipts, events, entries in the log;
ids that are hashes get random ones, as real ones would be), then the steps of the way of a notice are run in batches of
twenty: handed over, claimed, its bytes kept, its receipt recorded; taken in. Cryptography and the network are left out:
they do not know how much a node holds. A log that was filled so is not provable; nothing else reads the copies.

python -m bench.growth [--sizes 10000,100000]      (100,000 notices take 3 GB for each node)
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from bench.nodes import RealNode, pair

GROWS = 1.25  # dearest to cheapest size: what chance does on a shared machine
SECONDS_TO_DELIVER = 60

_FILL = """
import json, os, sqlite3
from django.conf import settings
from django.db import connection
LATER = lambda prefix: f"'{prefix}-' || printf('%026d', k)"
HASHED = lambda prefix: f"'{prefix}-' || substr(lower(hex(randomblob(13))), 1, 26)"
base = sqlite3.connect(settings.DATABASES['default']['NAME'], isolation_level=None)
base.execute('PRAGMA synchronous = OFF')
def after(column, table):
    return f"{base.execute(f'SELECT coalesce(max({column}), 0) FROM {table}').fetchone()[0]} + k"
OF, SENT = {'document_id': LATER('doc'), 'conversation': LATER('cnv')}, after('id', 'exchange_delivery')
TABLES = {
    'exchange_document': {'id': LATER('doc'), 'conversation': LATER('cnv')},
    'exchange_obligation': {'id': HASHED('obl'), **OF},
    'exchange_delivery': {'id': SENT, 'message_id': LATER('doc') + " || '@lv.node.somec'", **OF},
    'exchange_outboundmessage': {'delivery_id': SENT},
    'exchange_receipt': {'delivery_id': SENT},
    'exchange_inboundmessage': {'id': after('id', 'exchange_inboundmessage'), 'document_id': LATER('doc'),
                                'message_id': LATER('doc') + " || '@lv.node.somec'"},
    'movements_incoming': {'id': HASHED('inc'), 'latest_document_id': LATER('doc'), **OF},
    'movements_event': {'id': HASHED('mev'), 'document_id': LATER('doc')},
    'audit_entry': {'seq': after('seq', 'audit_entry'), 'subject': LATER('doc')},
}
for table, changed in TABLES.items():
    only = "WHERE subject LIKE 'doc-%' LIMIT 1" if table == 'audit_entry' else ''
    if not DATA['held']:
        base.execute(f'CREATE TABLE kept_{table} AS SELECT * FROM {table} {only}')
    columns = [row[1] for row in base.execute(f'PRAGMA table_info({table})')]
    chosen = ', '.join(changed.get(name, f'one.{name}') for name in columns)
    for start in range(DATA['held'], DATA['size'], 5000):
        end = min(start + 5000, DATA['size'])
        base.execute(
            f'WITH RECURSIVE n(k) AS (SELECT {start + 1} UNION ALL SELECT k + 1 FROM n WHERE k < {end})'
            f' INSERT INTO {table} ({", ".join(columns)}) SELECT {chosen} FROM n, kept_{table} one')
last = base.execute('SELECT max(seq) FROM audit_entry').fetchone()[0]
base.execute('UPDATE audit_tree SET size = ?, frontier = ?', (last, os.urandom(32 * last.bit_count())))
base.execute('PRAGMA wal_checkpoint(TRUNCATE)')
base.close()
print('{}')
"""

_MEASURE = """
import copy, gzip, json, os, statistics, time
from collections import defaultdict
from types import SimpleNamespace
from django.db import transaction
from somec.access.rules import node_actor
from somec.alerts import actions as alerts
from somec.as4.octets import Octets
from somec.exchange import actions, inbox, journal, messages, registry, wire
from somec.exchange.answers import Outcome
from somec.exchange.outbox import NewDocument
from somec.exchange.rules import Answer
from somec.kernel import clock
from somec.kernel.ids import new_id
BATCH, ME = 20, DATA['state']
header, items, spent = DATA['body']['header'], DATA['body']['items'], defaultdict(list)
octets, receipt = os.urandom(DATA['wire']), os.urandom(DATA['receipt'])
def timed(name, work):
    start = time.process_time()
    with transaction.atomic():
        result = work()
    spent[name].append((time.process_time() - start) / BATCH * 1000)
    return result
def model():
    return NewDocument(
        to='NL', type=header['type'], conversation=new_id('cnv'), reference=header['reference'],
        sender_authority=header['from']['authority'], legal_basis=header['legal_basis'], purpose=header['purpose'],
        handling_code=header['handling_code'], language=header['language'], items=items)
def out():
    fresh = [model() for _ in range(BATCH)]
    timed('hand over', lambda: actions.send_many(actor=node_actor(ME), documents=fresh))
    claimed = timed('claim', lambda: (journal.waiting_peers(), journal.claim('NL', BATCH, set(), clock.now()))[1])
    jobs = [SimpleNamespace(claimed=one, body=Octets.of(octets), content_type='x', references='[]', spool='',
                            outcome=Outcome(Answer.RECEIPTED, receipt=receipt, receipt_id=new_id('rcp')))
            for one in claimed]
    assert len(jobs) == BATCH
    timed('keep bytes', lambda: journal.store_built(jobs, clock.now()))
    timed('record receipts', lambda: journal.record(jobs, clock.now()))
def arrival():
    body = copy.deepcopy(DATA['body'])
    body['header']['id'], body['header']['conversation'] = new_id('doc'), new_id('cnv')
    data = messages.freeze(body)
    believed = wire.Believed(
        body=body, type=registry.find(header['type'], header['version']), packed=gzip.compress(data, 1), gzipped=True,
        digest=messages.digest(data), attachments=())
    received = SimpleNamespace(
        message=SimpleNamespace(message_id=f"{body['header']['id']}@lv.node.somec"), references=(), soap=octets)
    return inbox.Arrival(received=received, document=believed, receipt=SimpleNamespace(body=receipt), peer_state='LV',
                         remote='', at=clock.now())
def take_in():
    arrivals = [arrival() for _ in range(BATCH)]
    timed('take in', lambda: inbox.store(arrivals))
turn = out if ME == 'LV' else take_in
for number in range(DATA['turns'] + 5):
    if number == 5:
        spent.clear()
    turn()
start = time.process_time()
for _ in range(5):
    alerts.tick(now=clock.now())
found = {name: statistics.median(times) for name, times in spent.items()}
print(json.dumps({**found, 'clock': (time.process_time() - start) / 5 * 1000}))
"""

_NOTICE = """
from somec.exchange.models import Document, OutboundMessage, Receipt
sent, got = OutboundMessage.objects.get(), Receipt.objects.get()
print(json.dumps({'body': Document.objects.get().body, 'wire': len(sent.body), 'receipt': len(got.body)}))
"""
_RECEIPTS = "from somec.exchange.models import Receipt\nprint(Receipt.objects.count())"


def run(sizes: list[int], turns: int) -> dict[int, dict[str, float]]:
    """Return the CPU of each step (ms a notice) and of one look of the clock (ms), by how many notices a node holds."""
    from exchange.story import NOTICES, STAFF

    with tempfile.TemporaryDirectory(prefix="somec-bench-") as scratch:
        lv, nl = (RealNode.found(Path(scratch) / state, state) for state in ("LV", "NL"))
        pair(lv, nl)
        staff, _ = (node.ask(STAFF) for node in (lv, nl))
        lv.ask(NOTICES, people=staff, to="NL", count=1)
        notice = _deliver(lv, nl)
        found: dict[int, dict[str, float]] = {}
        held = 0
        for size in sizes:
            found[size] = {}
            for node in (lv, nl):
                node.ask(_FILL, held=held, size=size)
                figures = node.ask(_MEASURE, state=node.state, turns=turns, **notice)
                found[size].update({(f"clock {node.state}" if name == "clock" else name): ms
                                    for name, ms in figures.items()})  # fmt: skip
            held = size
        return found


def _deliver(lv: RealNode, nl: RealNode) -> dict[str, object]:
    nl.start()
    lv.start()
    try:
        ends = time.monotonic() + SECONDS_TO_DELIVER
        while not lv.ask(_RECEIPTS):
            if time.monotonic() > ends:
                raise AssertionError(f"no receipt came\n{lv.log()[-2000:]}")
    finally:
        lv.stop()
        nl.stop()
    notice: dict[str, object] = lv.ask(_NOTICE)
    return notice


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="5000,25000", help="notices that a node holds, ascending")
    parser.add_argument("--turns", type=int, default=40, help="batches of 20 measured at each size")
    chosen, _ = parser.parse_known_args()
    found = run([int(size) for size in chosen.sizes.split(",")], chosen.turns)
    for size, steps in found.items():
        print(f"{size:,} notices: " + ", ".join(f"{name} {ms:.3f}" for name, ms in steps.items()) + " ms")
    totals = [sum(ms for name, ms in steps.items() if not name.startswith("clock")) for steps in found.values()]
    print(f"both ends together: {', '.join(f'{total:.2f}' for total in totals)} ms a notice")
    print("holds" if max(totals) <= GROWS * min(totals) else "DOES NOT HOLD")


if __name__ == "__main__":
    main()

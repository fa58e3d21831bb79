"""Notices from one node to another: signed, encrypted, receipted, stored and logged at both ends, RSA-3072, SQLite.

Two real nodes as processes on one machine. The notices are real ones (the receiver opens an incoming notice, its clocks
and events for each); a third process hands them over in small transactions whenever fewer than a given number wait.
Printed beside the crypto floor that the same run measures: what the cryptography of a notice costs, and so how many two
cores could do at most.

    python -m bench.exchange [--minutes 5]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from bench.nodes import RealNode, cpu_seconds, crypto_floor, memory_mb, pair, words

FLOOR_RATE = 100.0
FLOOR_SHARE = 0.13
KEEP_WAITING = 120
FLAT = 1.15  # by how much the last third may cost more than the first
LONG_ENOUGH = 120.0  # seconds from which thirds say something: shorter runs are all warming up

FEED = """
import time
from dataclasses import replace
from somec.access.rules import node_actor
from somec.exchange import actions as exchange
from somec.exchange.models import Delivery, Document
from somec.exchange.outbox import NewDocument
from somec.kernel.ids import new_id
first = Document.objects.get(direction='out').body
header, node = first['header'], node_actor('LV')
model = NewDocument(
    to='NL', type=header['type'], conversation='', reference=header['reference'],
    sender_authority=header['from']['authority'], legal_basis=header['legal_basis'], purpose=header['purpose'],
    handling_code=header['handling_code'], language=header['language'], items=first['items'])
def one():
    return replace(model, conversation=new_id('cnv'))
number, ends = 0, time.monotonic() + DATA['seconds']
while time.monotonic() < ends:
    if Delivery.objects.filter(state='queued').count() > DATA['keep']:
        time.sleep(0.05)
        continue
    for _ in range(DATA['keep'] // 2 // DATA['batch']):
        exchange.send_many(actor=node, documents=[one() for _ in range(DATA['batch'])])
        number += DATA['batch']
print(number)
"""

FIGURES = """
import json
from datetime import timedelta
from somec.exchange.models import Delivery, Receipt, OutboundMessage
rows = list(Delivery.objects.filter(receipted__isnull=False).values_list('queued', 'receipted').order_by('receipted'))
first = rows[1][1]
out = [[(received - first).total_seconds(), (received - queued).total_seconds()] for queued, received in rows]
body = OutboundMessage.objects.first()
print(json.dumps({
    'rows': out[1:], 'start': first.timestamp(), 'wire': len(body.body), 'receipt': len(Receipt.objects.first().body)}))
"""


class Sample(NamedTuple):
    """What both nodes had spent at an instant (seconds of CPU), and the memory of the larger one (MB)."""

    at: float
    cpu: float
    memory: float


def run(seconds: float, *, batch: int = 20, keep: int = KEEP_WAITING) -> dict[str, float]:
    """Measure and return the figures."""
    from exchange.story import NOTICES, STAFF

    with tempfile.TemporaryDirectory(prefix="somec-bench-") as scratch:
        lv, nl = (RealNode.found(Path(scratch) / state, state) for state in ("LV", "NL"))
        pair(lv, nl)
        staff, _ = (node.ask(STAFF) for node in (lv, nl))
        lv.ask(NOTICES, people=staff, to="NL", count=1)
        size = lv.ask("from somec.exchange.models import Document\nprint(len(Document.objects.get().data))")
        floor = crypto_floor(words(size))
        nl.start()
        lv.start()
        try:
            found = _measure(lv, nl, seconds, batch=batch, keep=keep)
        finally:
            lv.stop()
            nl.stop()
        proved = all("whole and unchanged" in node.somec("verify").stdout for node in (lv, nl))
    ceiling = 2000 / floor
    return {
        **found,
        "floor_ms": floor,
        "ceiling": ceiling,
        "share": found["rate"] / ceiling,
        "logs_proved": float(proved),
    }


def _measure(lv: RealNode, nl: RealNode, seconds: float, *, batch: int, keep: int) -> dict[str, float]:
    pids = [node.process.pid for node in (lv, nl) if node.process]
    _wait_until_empty(lv)
    data = {"seconds": seconds, "keep": keep, "batch": batch}
    script = f"import json, django; django.setup(); DATA = json.loads({json.dumps(json.dumps(data))})\n{FEED}"
    feeder = subprocess.Popen([sys.executable, "-c", script], env=lv.env(), stdout=subprocess.PIPE)
    before = [cpu_seconds(pid) for pid in pids]
    samples: list[Sample] = []
    while feeder.poll() is None:
        time.sleep(min(5.0, seconds / 8))
        memory = max(memory_mb(pid) for pid in pids)
        samples.append(Sample(time.time(), sum(cpu_seconds(pid) for pid in pids), memory))
    queued = int(feeder.communicate()[0].splitlines()[-1])
    _wait_until_empty(lv)
    spent = [after - start for after, start in zip([cpu_seconds(pid) for pid in pids], before, strict=True)]
    figures = lv.ask(FIGURES)
    arrived = nl.ask("from somec.movements.models import Incoming\nprint(Incoming.objects.count())")
    if not arrived == queued + 1 == len(figures["rows"]) + 1:
        raise AssertionError(f"{queued} queued, {len(figures['rows'])} receipted, {arrived} arrived")
    return _figures(figures, spent, samples)


def _wait_until_empty(node: RealNode) -> None:
    ends = time.monotonic() + 60
    while node.ask("from somec.exchange import queries\nprint(json.dumps(queries.outbox_counts()))").get("queued"):
        if time.monotonic() > ends:
            raise AssertionError(f"the outbox did not empty\n{node.log()[-2000:]}")


def _cpu_by_third(rows: list[list[float]], start: float, samples: list[Sample]) -> list[float]:
    """Return what one notice cost both nodes (ms of CPU) in each third of the time."""
    step = len(samples) // 3
    found = []
    for first, last in ((samples[k * step], samples[min((k + 1) * step, len(samples) - 1)]) for k in range(3)):
        count = sum(first.at <= start + at < last.at for at, _ in rows)
        found.append((last.cpu - first.cpu) / max(count, 1) * 1000)
    return found


def _figures(figures: dict[str, Any], spent: list[float], samples: list[Sample]) -> dict[str, float]:
    rows: list[list[float]] = figures["rows"]
    memory, cpu = [one.memory for one in samples], _cpu_by_third(rows, figures["start"], samples)
    lasted = rows[-1][0]
    thirds = [
        [taken for at, taken in rows if third * lasted / 3 <= at <= (third + 1) * lasted / 3] for third in range(3)
    ]
    return {
        "notices": len(rows), "seconds": lasted, "rate": len(rows) / lasted, "wire_bytes": figures["wire"],
        "cpu_ms_sender": spent[0] / len(rows) * 1000, "cpu_ms_receiver": spent[1] / len(rows) * 1000,
        "p50_s": statistics.median(taken for _, taken in rows), "p99_s": sorted(taken for _,
        taken in rows)[-len(rows) // 100],
        "p50_first_third_s": statistics.median(thirds[0]), "p50_last_third_s": statistics.median(thirds[2]),
        "rate_first_third": len(thirds[0]) / lasted * 3, "rate_last_third": len(thirds[2]) / lasted * 3,
        "cpu_ms_first_third": cpu[0], "cpu_ms_last_third": cpu[2],
        "memory_mb": max(memory), "memory_first_mb": memory[len(memory) // 4], "memory_last_mb": memory[-1],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("SOMEC_BENCH_MINUTES", "0.4")))
    parser.add_argument("--batch", type=int, default=20, help="notices handed over in one transaction")
    chosen, _ = parser.parse_known_args()
    found = run(chosen.minutes * 60, batch=chosen.batch)
    print(
        f"{found['notices']:.0f} notices in {found['seconds']:.0f} s: {found['rate']:.0f} a second"
        f" (floor: {FLOOR_RATE:.0f}); {found['wire_bytes']:.0f} bytes on the wire each"
    )
    print(
        f"crypto floor {found['floor_ms']:.2f} ms, so two cores could do {found['ceiling']:.0f} a second:"
        f" {found['share']:.0%} of that (floor: {FLOOR_SHARE:.0%})"
    )
    print(f"CPU for each: sender {found['cpu_ms_sender']:.1f} ms, receiver {found['cpu_ms_receiver']:.1f} ms")
    print(
        f"from the queue to the receipt: median {found['p50_s']:.2f} s, 99 % below {found['p99_s']:.2f} s;"
        f" first third {found['p50_first_third_s']:.2f} s, last {found['p50_last_third_s']:.2f} s"
    )
    print(f"rate: first third {found['rate_first_third']:.0f}/s, last {found['rate_last_third']:.0f}/s")
    print(
        f"CPU of both for each: first third {found['cpu_ms_first_third']:.2f} ms, last"
        f" {found['cpu_ms_last_third']:.2f} ms"
    )
    print(
        f"memory (PSS): {found['memory_first_mb']:.0f} MB after a quarter, {found['memory_last_mb']:.0f} MB at the end"
    )
    print(f"both logs proved: {'yes' if found['logs_proved'] else 'NO'}")
    flat = found["seconds"] < LONG_ENOUGH or found["cpu_ms_last_third"] <= FLAT * found["cpu_ms_first_third"]
    good = found["rate"] >= FLOOR_RATE and found["share"] >= FLOOR_SHARE and bool(found["logs_proved"]) and flat
    print("holds" if good else "DOES NOT HOLD")


if __name__ == "__main__":
    main()

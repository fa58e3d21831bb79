"""A file of 200 MB from one node to another: how long it takes, and how much memory either node ever uses.

python -m bench.attachment [--megabytes 200]
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path

from bench.nodes import RealNode, memory_mb, pair

MOST_MEMORY = 200.0

STORE = """
import io, hashlib, random
class Noise(io.RawIOBase):
    def __init__(self, size): self.left, self.chance = size, random.Random(7)
    def read(self, size=-1):
        size = min(size, self.left); self.left -= size
        return self.chance.randbytes(size)
exec(DATA['send'].split('numbers, step')[0])
one = actions.store_attachment(actor=node, name='scan.pdf', media_type='application/pdf', content=Noise(DATA['size']))
from dataclasses import replace
actions.send_many(actor=node, documents=[replace(parcel(1), attachments=[one])])
print('{}')
"""

ARRIVED = """
import hashlib
from somec.exchange import queries
from somec.exchange.models import Attachment
row = Attachment.objects.get()
digest = hashlib.sha256()
for piece in queries.attachment_chunks(row.id):
    digest.update(piece)
print(json.dumps({'size': row.size, 'same': digest.hexdigest() == row.sha256}))
"""


class _Peak:
    """The most memory that processes use while it watches."""

    def __init__(self, pids: list[int]) -> None:
        self.most = dict.fromkeys(pids, 0.0)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopped.wait(0.05):
            for pid in self.most:
                self.most[pid] = max(self.most[pid], memory_mb(pid))

    def stop(self) -> list[float]:
        self._stopped.set()
        self._thread.join()
        return list(self.most.values())


def run(megabytes: int) -> dict[str, float]:
    """Measure and return the figures."""
    from exchange.nodes import SEND

    with tempfile.TemporaryDirectory(prefix="somec-bench-") as scratch:
        lv, nl = (RealNode.found(Path(scratch) / state, state) for state in ("LV", "NL"))
        pair(lv, nl)
        lv.start()
        nl.start()
        try:
            peak = _Peak([node.process.pid for node in (lv, nl) if node.process])
            start = time.monotonic()
            lv.ask(STORE, send=SEND, to="NL", size=megabytes << 20)
            _wait(lv)
            taken = time.monotonic() - start
            sender, receiver = peak.stop()
            arrived = nl.ask(ARRIVED)
        finally:
            lv.stop()
            nl.stop()
    if arrived != {"size": megabytes << 20, "same": True}:
        raise AssertionError(f"what arrived is not what was sent: {arrived}")
    return {"seconds": taken, "sender_mb": sender, "receiver_mb": receiver}


def _wait(node: RealNode) -> None:
    ends = time.monotonic() + 300
    script = "from somec.exchange import queries\nprint(json.dumps(queries.outbox_counts()))"
    while node.ask(script) != {"receipted": 1}:
        if time.monotonic() > ends:
            raise AssertionError(f"the file did not arrive\n{node.log()[-2000:]}")
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=200)
    chosen, _ = parser.parse_known_args()
    found = run(chosen.megabytes)
    print(
        f"{chosen.megabytes} MB in {found['seconds']:.0f} s; most memory: sender {found['sender_mb']:.0f} MB,"
        f" receiver {found['receiver_mb']:.0f} MB (at most {MOST_MEMORY:.0f})"
    )
    print("holds" if max(found["sender_mb"], found["receiver_mb"]) < MOST_MEMORY else "DOES NOT HOLD")


if __name__ == "__main__":
    main()

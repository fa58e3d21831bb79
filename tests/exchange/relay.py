"""A line between two nodes that can be bad: it cuts connections, holds them up, and comes back."""

from __future__ import annotations

import random
import socket
import threading
import time

CHUNK = 4096


class Relay:
    """Passes bytes from its own port to a node's, and back.

    ``cut`` and ``hold`` are chances for each piece of bytes.
    """

    def __init__(self, target: int, chance: random.Random) -> None:
        self.target = target
        self.cut = 0.0
        self.hold = 0.0
        self.cuts = 0
        self.holds = 0
        self._chance = chance
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._stopped = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        back = threading.Thread(target=self._pass, args=(far, near), daemon=True)
        back.start()
        self._pass(near, far)
        back.join()
        near.close()
        far.close()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(CHUNK):
                if self._chance.random() < self.hold:
                    self.holds += 1
                    time.sleep(self._chance.random() * 0.3)
                if self._chance.random() < self.cut:
                    self.cuts += 1
                    sink.sendall(data[: len(data) // 2])
                    break
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

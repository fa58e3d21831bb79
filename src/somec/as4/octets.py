"""Octets that are small enough for memory, or lie in a file; the rest of the part does not care which.

A payload of 200 MB passes through a node with a few MB of memory: it is compressed, hashed, encrypted and written in
pieces. Files of our own are unlinked as soon as they are open, so that nothing stays behind after a crash.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

MEMORY_LIMIT = 4 << 20  # bytes held in memory before a temporary file takes over
CHUNK = 1 << 20  # bytes handled at a time


class Octets:
    """An immutable sequence of octets: in memory, or a window of an open file. Reading is thread-safe."""

    __slots__ = ("_data", "_file", "_start", "size")

    def __init__(self, *, data: bytes | None = None, file: _File | None = None, start: int = 0, size: int = 0) -> None:
        self._data = data
        self._file = file
        self._start = start
        self.size = len(data) if data is not None else size

    @classmethod
    def of(cls, data: bytes) -> Octets:
        """Wrap octets in memory."""
        return cls(data=data)

    @classmethod
    def from_path(cls, path: Path) -> Octets:
        """Open a file that must not change while it is used; what comes through a pipe is collected first."""
        file = _File(os.open(path, os.O_RDONLY))
        status = os.fstat(file.descriptor)
        if stat.S_ISREG(status.st_mode):
            return cls(file=file, size=status.st_size)
        with Collector() as collector:
            while piece := os.read(file.descriptor, CHUNK):
                collector.write(piece)
            return collector.finish()

    @property
    def in_memory(self) -> bool:
        """Tell whether the octets are held in memory."""
        return self._data is not None

    def read(self) -> bytes:
        """Return all octets; meant for small ones."""
        if self._data is not None:
            return self._data
        return b"".join(self.chunks())

    def slice(self, start: int, stop: int) -> bytes:
        """Return octets ``start`` to ``stop`` (clipped to what there is)."""
        start = max(start, 0)
        if self._data is not None:
            return self._data[start : max(stop, 0)]
        stop = min(stop, self.size)
        assert self._file is not None  # noqa: S101 - one of the two is always set
        return self._file.read(self._start + start, max(0, stop - start))

    def window(self, start: int, stop: int) -> Octets:
        """Return octets ``start`` to ``stop`` without copying a file."""
        if self._data is not None:
            return Octets(data=self._data[start:stop])
        return Octets(file=self._file, start=self._start + start, size=max(0, min(stop, self.size) - start))

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """Yield all octets in pieces of at most ``size``."""
        if self._data is not None and self.size <= size:
            yield self._data
            return
        for start in range(0, self.size, size):
            yield self.slice(start, start + size)

    def close(self) -> None:
        """Give the file back now instead of when the last user is gone."""
        if self._file is not None:
            self._file.close()

    def __repr__(self) -> str:
        return f"Octets({self.size} bytes {'in memory' if self.in_memory else 'in a file'})"


class _File:
    """A file descriptor that is closed with its last user."""

    __slots__ = ("descriptor",)

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def read(self, start: int, count: int) -> bytes:
        pieces = []
        while count:
            piece = os.pread(self.descriptor, count, start)
            if not piece:
                message = "file became shorter while it was read"
                raise OSError(message)
            pieces.append(piece)
            start, count = start + len(piece), count - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        if self.descriptor >= 0:
            descriptor, self.descriptor = self.descriptor, -1
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


class Collector:
    """Collects octets in memory, beyond a limit in an unlinked temporary file; :meth:`finish` gives the Octets."""

    def __init__(self, memory_limit: int = MEMORY_LIMIT) -> None:
        self.size = 0
        self._limit = memory_limit
        self._pieces: list[bytes] = []
        self._file: _File | None = None

    def write(self, data: bytes) -> None:
        """Add octets."""
        self.size += len(data)
        if self._file is None and self.size > self._limit:
            descriptor, name = tempfile.mkstemp(prefix="somec-as4-")
            self._file = _File(descriptor)
            Path(name).unlink()
            for piece in self._pieces:
                self._write_file(piece)
            self._pieces = []
        if self._file is None:
            self._pieces.append(data)
        else:
            self._write_file(data)

    def _write_file(self, data: bytes) -> None:
        assert self._file is not None  # noqa: S101 - only called once it is open
        view = memoryview(data)
        while view:
            view = view[os.write(self._file.descriptor, view) :]

    def finish(self) -> Octets:
        """Return everything that was written."""
        if self._file is None:
            return Octets(data=b"".join(self._pieces))
        return Octets(file=self._file, size=self.size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and self._file is not None:
            self._file.close()

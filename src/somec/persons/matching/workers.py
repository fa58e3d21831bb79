"""Work shared among processes, in order.

Each worker is a fresh interpreter that is given tasks through a pipe. Nothing is forked, because a server has threads,
and the caller's main module is not imported again, so that this works from any script. A worker ends when its pipe
does, so none outlives its caller, however that ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

from somec.persons.matching.errors import WorkerLost

Task = TypeVar("Task")
Result = TypeVar("Result")
WAITING: Final = 2
"""Tasks given to a worker before it has answered, so that it never waits for the next."""
AHEAD: Final = 4
"""Answers for each worker that may stand waiting for an earlier one."""


def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))


class Workers:
    """Some processes that answer tasks. A context manager; leaving it ends them."""

    def __init__(self, count: int) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._pipes: list[Connection] = []
        for _ in range(count):
            self._start()

    def _start(self) -> None:
        their_in, our_out = os.pipe()
        our_in, their_out = os.pipe()
        script = f"from somec.persons.matching.workers import serve; serve({their_in}, {their_out})"
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self._processes.append(
            subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                [sys.executable, "-c", script],
                pass_fds=(their_in, their_out),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
        )
        os.close(their_in)
        os.close(their_out)
        self._pipes += [Connection(our_in, writable=False), Connection(our_out, readable=False)]

    def __enter__(self) -> Self:
        """The workers, which are starting."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every worker, at once where something went wrong."""
        for process in self._processes:
            if kind is not None:
                process.terminate()
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.wait()

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """`function` of each task, in the order of the tasks; a constant number of them is held in memory.

        `function` stands at the top of a module. What it raises is raised here; WorkerLost when a worker died.
        """
        readers, writers = self._pipes[0::2], self._pipes[1::2]
        numbered = enumerate(tasks)
        given: dict[Connection, int] = dict.fromkeys(readers, 0)
        answers: dict[int, Result] = {}
        following = 0
        while True:
            for reader, writer in zip(readers, writers, strict=True):
                room = min(WAITING - given[reader], AHEAD * len(readers) - len(answers) - sum(given.values()))
                for number, task in islice(numbered, max(0, room)):
                    _send(writer, (number, function, task))
                    given[reader] += 1
            if not any(given.values()):
                return
            for ready in wait([reader for reader in readers if given[reader]]):
                reader = cast("Connection", ready)
                number, answer = _received(reader)
                answers[number] = answer
                given[reader] -= 1
            while following in answers:
                yield answers.pop(following)
                following += 1


def _send(writer: Connection, message: object) -> None:
    try:
        writer.send_bytes(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
    except OSError as error:
        raise WorkerLost("matching.worker.lost") from error


def _received(reader: Connection) -> tuple[int, Any]:
    try:
        number, answer, failure = pickle.loads(reader.recv_bytes())  # noqa: S301 - from a process of ours
    except (EOFError, OSError) as error:
        raise WorkerLost("matching.worker.lost") from error
    if failure is not None:
        raise failure
    return number, answer


def serve(incoming: int, outgoing: int) -> None:
    """What a worker does: answer tasks until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller is interrupted and then ends the pipe
    gc.set_threshold(100_000, 50, 50)  # millions of small values come and go without cycles among them
    reader, writer = Connection(incoming, writable=False), Connection(outgoing, readable=False)
    tasks: SimpleQueue[bytes | None] = SimpleQueue()
    # A thread of its own takes tasks in, so that neither side waits for the other to read.
    Thread(target=_take, args=(reader, tasks), daemon=True).start()
    while (message := tasks.get()) is not None:
        number, function, task = pickle.loads(message)  # noqa: S301 - from the process that started this one
        answer: tuple[int, Any, Exception | None]
        try:
            answer = (number, function(task), None)
        except Exception as error:  # noqa: BLE001 - raised again by the caller
            answer = (number, None, error)
        try:
            writer.send_bytes(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
        except OSError:
            return


def _take(reader: Connection, tasks: SimpleQueue[bytes | None]) -> None:
    try:
        while True:
            tasks.put(reader.recv_bytes())
    except (EOFError, OSError):
        tasks.put(None)

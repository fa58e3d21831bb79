"""The index of people: a folder that several processes search while one of them changes it.

What is in the folder: `index.json` (the manifest: which segments, which log, whether complete), segment files,
`changes-….log`. A change is an entry in the log, durable when `put` returns;
every process reads the log's new entries before each search. The manifest is replaced as a whole, so a process sees
the old index or the new one. Locks are advisory (flock): one writer,
one rebuilder, any number of readers, who never wait.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

import numpy as np

from somec.kernel.clock import now
from somec.persons.matching import changes, store
from somec.persons.matching.answer import Answer, Candidate
from somec.persons.matching.answering import answer, compare
from somec.persons.matching.assembly import Assembled, assembled
from somec.persons.matching.building import SegmentBuilder
from somec.persons.matching.changes import Change
from somec.persons.matching.compiled import IS_COMPILED
from somec.persons.matching.delta import Delta
from somec.persons.matching.errors import IndexBusy, IndexDamaged, IndexMissing, IndexStorage, IndexVersion
from somec.persons.matching.model import Model, load_model
from somec.persons.matching.records import PersonRecord, normalise
from somec.persons.matching.segment import Segment
from somec.persons.matching.tables import RowBlock
from somec.persons.matching.version import index_format

MANIFEST: Final = "index.json"
CHECKPOINT_AT: Final = 20_000
"""Changed people after which the log is turned into a segment."""


class MatchIndex:
    """People that can be searched. Open one for each process; it is safe for several threads."""

    def __init__(self, folder: Path | None, model: Model | None = None) -> None:
        self.folder = folder
        self.model = model if model is not None else load_model()
        self._lock = RLock()
        self._bases: tuple[Segment, ...] = ()
        self._delta = Delta()
        self._manifest: dict[str, Any] = {"complete": True, "reason": "", "generation": 0, "log": ""}
        self._seen: tuple[int, int] = (0, 0)
        self._log_end = 0
        self._broken = ""

    # making and opening

    @classmethod
    def in_memory(
        cls,
        records: Iterable[PersonRecord | RowBlock],
        model: Model | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> MatchIndex:
        """A throw-away index of `records`, without files."""
        index = cls(None, model)
        everybody = assembled(records, progress)
        index._bases = (Segment(everybody.tables(), tuple(everybody.builder.nations)),)
        return index

    @classmethod
    def create(cls, folder: Path, model: Model | None = None) -> MatchIndex:
        """An empty, complete index in `folder`; an index that is already there is opened and kept."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise IndexStorage("matching.index.not_written", reason=error.strerror) from error
        index = cls(folder, model)
        with index._writing():
            if not (folder / MANIFEST).exists():
                index._publish(
                    {
                        "complete": True,
                        "reason": "",
                        "generation": 1,
                        "segments": [],
                        "log": _log_name(1),
                        "made": now().isoformat(),
                    }
                )
        index.refresh()
        return index

    @classmethod
    def open(cls, folder: Path, model: Model | None = None) -> MatchIndex:
        """The index in `folder`; raises IndexMissing, IndexVersion or IndexDamaged."""
        if not (folder / MANIFEST).is_file():
            raise IndexMissing("matching.index.missing")
        index = cls(folder, model)
        index.refresh()
        return index

    def refresh(self) -> None:
        """See what other processes have written.

        Searches do this by themselves; it costs two look-ups of file state when nothing changed.
        """
        if self.folder is None:
            return
        with self._lock:
            try:
                state = (self.folder / MANIFEST).stat()
            except OSError as error:
                raise IndexMissing("matching.index.missing") from error
            if (state.st_ino, state.st_mtime_ns) != self._seen:
                self._load()
                self._seen = (state.st_ino, state.st_mtime_ns)
            self._read_log()

    def _load(self) -> None:
        manifest = _read_manifest(self._folder())
        bases = []
        for described in manifest["segments"]:
            segment = store.read_segment(self._folder() / described["file"])
            if segment.count != described["records"]:
                raise IndexDamaged("matching.index.damaged", file=described["file"])
            for number in described.get("dead", ()):
                segment.dead[number] = 1
            segment.living = segment.count - len(described.get("dead", ()))
            bases.append(segment)
        self._manifest, self._bases, self._delta, self._log_end, self._broken = manifest, tuple(bases), Delta(), 0, ""

    def _read_log(self) -> None:
        log = self._folder() / self._manifest["log"]
        try:
            size = log.stat().st_size
        except FileNotFoundError:
            return
        if size <= self._log_end or self._broken:
            return
        try:
            found, self._log_end = changes.read(log, self._log_end)
        except IndexDamaged as error:
            self._broken = error.code
            return
        self._apply(found)

    def _apply(self, found: Sequence[Change]) -> None:
        latest = {change.id: change for change in found}
        for identity in latest:
            for segment in self._bases:
                segment.remove(identity)
        self._delta = self._delta.changed(
            {
                identity: normalise(change.record) if change.record is not None else None
                for identity, change in latest.items()
            }
        )

    # changing

    def put(self, records: Iterable[PersonRecord]) -> None:
        """Add people or replace them by id.

        Durable and visible to every process when it returns; raises IndexStorage with nothing changed.
        """
        self._change([Change(record.id, record) for record in records])

    def remove(self, ids: Iterable[str]) -> None:
        """Take people out; unknown ids are no error.

        Their data leave the disk with the next `checkpoint` or rebuild.
        """
        self._change([Change(identity, None) for identity in ids])

    def _change(self, entries: list[Change]) -> None:
        if not entries:
            return
        with self._lock:
            if self.folder is None:
                self._apply(entries)
                return
            with self._writing():
                self.refresh()
                if self._broken:
                    raise IndexDamaged(self._broken)
                changes.append(self.folder / self._manifest["log"], entries, self._log_end)
            self._read_log()
            if len(self._delta) >= CHECKPOINT_AT:
                self.checkpoint()

    def checkpoint(self) -> bool:
        """Turn the log into a segment and begin a new log; returns False while a rebuild runs, which does the same."""
        with self._lock, self._writing():
            try:
                with self._rebuilding():
                    self.refresh()
                    self._write_checkpoint()
            except IndexBusy:
                return False
        self.refresh()
        return True

    def _write_checkpoint(self) -> None:
        generation = int(self._manifest["generation"]) + 1
        segments = [
            {**described, "dead": np.flatnonzero(segment.dead).tolist()}
            for described, segment in zip(self._manifest["segments"], self._bases, strict=True)
        ]
        builder = SegmentBuilder()
        for record in self._delta.records():
            builder.add(record)
        if len(builder):
            segments.append(self._write(Assembled(builder), generation))
        self._publish({**self._manifest, "generation": generation, "segments": segments, "log": _log_name(generation)})

    def rebuild(self, records: Iterable[PersonRecord | RowBlock], progress: Callable[[int], None] | None = None) -> int:
        """Build anew from `records` (people, or blocks of rows of a file) beside the index in use, then switch.

        Returns how many people. Changes made meanwhile are carried over. Raises IndexBusy while another rebuild runs.
        """
        folder = self._folder()
        with self._rebuilding():
            with self._lock, self._writing():
                self._refresh_if_readable()
                log, start = str(self._manifest["log"]), self._whole_end()
            everybody = assembled(records, progress)
            with self._lock, self._writing():
                generation = int(self._manifest["generation"]) + 1
                described = self._write(everybody, generation)
                late = changes.read(folder / log, start)[0] if log and not self._broken else []
                late = list({change.id: change for change in late}.values())  # of an erased person only that he is gone
                (folder / _log_name(generation)).unlink(missing_ok=True)
                if late:
                    changes.append(folder / _log_name(generation), late)
                self._publish(
                    {
                        "complete": True,
                        "reason": "",
                        "generation": generation,
                        "segments": [described],
                        "log": _log_name(generation),
                        "made": now().isoformat(),
                    }
                )
        self.refresh()
        return len(everybody.builder)

    def _refresh_if_readable(self) -> None:
        """A damaged or outdated index is what a rebuild replaces.

        Go on with its generation number and lose nothing that could still be read.
        """
        try:
            self.refresh()
        except (IndexDamaged, IndexVersion):
            found = [int(path.stem.split("-")[1]) for path in self._folder().glob("changes-*.log")] + [0]
            self._manifest = {"complete": False, "reason": "", "generation": max(found), "segments": [], "log": ""}
            self._bases, self._delta, self._log_end = (), Delta(), 0

    def mark_incomplete(self, reason: str) -> None:
        """Say that people are missing from the index (`reason` is a code).

        Every answer says so until the next rebuild.
        """
        with self._lock:
            if self.folder is None:
                self._manifest = {**self._manifest, "complete": False, "reason": reason}
                return
            with self._writing():
                self.refresh()
                self._publish({**self._manifest, "complete": False, "reason": reason})
            self.refresh()

    # asking

    def search(
        self,
        query: PersonRecord,
        top: int = 10,
        floor: float = 0.001,
        *,
        explain: bool = True,
        prior: float | None = None,
        among: Collection[str] | None = None,
    ) -> Answer:
        """Who in the index may be the person in `query`.

        At most `top` candidates with a probability of at least `floor`, best first. With `among` only the people with
        these ids are compared, and all of them; how common names are is still counted in the whole index.

        `prior` is the share of such queries whose person is in the index, the model's if None. `explain=False` leaves
        the evidence out.
        """
        self.refresh()
        with self._lock:
            segments, complete = self.segments, bool(self._manifest["complete"]) and not self._broken
            reason = self._broken or str(self._manifest["reason"])
        model = self.model if prior is None else self.model.with_prior(prior)
        return answer(
            segments,
            normalise(query),
            model,
            top=top,
            floor=floor,
            explain=explain,
            incomplete=None if complete else reason or "matching.index.incomplete",
            among=among,
        )

    def compare(self, query: PersonRecord, record: PersonRecord) -> Candidate | None:
        """The evidence between two people, weighed with the frequencies of this index.

        None when nothing can be compared.
        """
        self.refresh()
        return compare(self.segments, normalise(query), normalise(record), self.model)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Everything searchable now."""
        return (*self._bases, *self._delta.segments)

    def __len__(self) -> int:
        """People in the index."""
        return sum(segment.living for segment in self.segments)

    def status(self) -> dict[str, str | int | bool]:
        """What an operator wants to know.

        People, changes since the last build, completeness, kernel, model, size on disk in bytes.
        """
        self.refresh()
        size = (
            sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())
            if self.folder is not None
            else 0
        )
        return {
            "people": len(self),
            "changed": len(self._delta),
            "complete": bool(self._manifest["complete"]) and not self._broken,
            "reason": self._broken or str(self._manifest["reason"]),
            "made": str(self._manifest.get("made", "")),
            "generation": int(self._manifest["generation"]),
            "compiled": IS_COMPILED,
            "model": self.model.digest(),
            "bytes": size,
        }

    def verify(self) -> None:
        """Read every file and compare checksums; raises IndexDamaged."""
        self.refresh()
        if self._broken:
            raise IndexDamaged(self._broken)
        for described in self._manifest.get("segments", ()):
            store.verify_segment(self._folder() / described["file"])

    # files and locks

    def _folder(self) -> Path:
        if self.folder is None:
            raise IndexMissing("matching.index.in_memory")
        return self.folder

    def _whole_end(self) -> int:
        return self._log_end

    def _write(self, people: Assembled, generation: int) -> dict[str, Any]:
        name = f"people-{generation:06}.segment"
        store.write_segment(self._folder() / name, people.tables(), tuple(people.builder.nations))
        return {"file": name, "records": len(people.builder), "dead": []}

    def _publish(self, manifest: dict[str, Any]) -> None:
        """Make a manifest the one in force, then delete files that it does not name."""
        content = json.dumps({**manifest, "format": index_format()}, indent=1).encode()
        store.write_whole(self._folder() / MANIFEST, lambda out: out.write(content))
        kept = {described["file"] for described in manifest.get("segments", ())} | {manifest["log"]}
        for path in [
            *self._folder().glob("people-*.segment"),
            *self._folder().glob("changes-*.log"),
            *self._folder().glob(".people-*"),
        ]:
            if path.name not in kept:
                path.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _locked(self._folder() / "write.lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def _rebuilding(self) -> Iterator[None]:
        try:
            with _locked(self._folder() / "rebuild.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield
        except BlockingIOError as error:
            raise IndexBusy("matching.index.busy") from error


def _log_name(generation: int) -> str:
    return f"changes-{generation:06}.log"


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamaged("matching.index.damaged", file=MANIFEST) from error
    if not isinstance(manifest, dict):
        raise IndexDamaged("matching.index.damaged", file=MANIFEST)
    if manifest.get("format") != index_format():
        raise IndexVersion("matching.index.version", found=str(manifest.get("format")), expected=index_format())
    return {str(name): value for name, value in manifest.items()}


@contextmanager
def _locked(file: Path, mode: int) -> Iterator[None]:
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise IndexStorage("matching.index.not_written", reason=error.strerror) from error
    try:
        fcntl.flock(handle, mode)
        yield
    finally:
        os.close(handle)

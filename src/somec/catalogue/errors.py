"""What can be wrong with the catalogue or with a state's criteria file."""

from __future__ import annotations

from somec.kernel.errors import Invalid, NotFound, SomecError


class CatalogueError(SomecError):
    """The packaged data of this release are damaged or contradict themselves; the release is unfit for use."""

    def __init__(self, code: str, *, file: str, place: str, found: str = "") -> None:
        super().__init__(code, file=file, place=place, found=found)


class UnknownEntry(NotFound):
    """The catalogue has no entry of this kind with this id."""

    def __init__(self, kind: str, entry_id: str) -> None:
        super().__init__("catalogue.unknown_entry", kind=kind, id=entry_id[:60])


class CriteriaInvalid(Invalid):
    """A state's criteria file cannot be taken. ``problems`` holds each mistake with its line and its field."""

    def __init__(self, file: str, problems: tuple[tuple[int, str, str], ...]) -> None:
        fields: dict[str, list[str]] = {}
        for line, field, message in problems:
            fields.setdefault(field or "file", []).append(f"line {line}: {message}")
        super().__init__("catalogue.criteria_invalid", fields, file=file, mistakes=len(problems))
        self.file = file
        self.problems = problems

    def lines(self) -> list[str]:
        """Return one line of text for each mistake: file, line, field, what is wrong."""
        return [f"{self.file}:{line}: {field or 'file'}: {message}" for line, field, message in self.problems]

    def __str__(self) -> str:
        return "\n".join(self.lines())


class CriteriaMissing(NotFound):
    """No criteria are configured for this state."""

    def __init__(self, state: str) -> None:
        super().__init__("catalogue.criteria_missing", state=state)

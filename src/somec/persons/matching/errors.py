"""What can go wrong with an index or a file of people. Codes are stable; parameters hold no personal data."""

from __future__ import annotations

from somec.kernel.errors import Conflict, Invalid, SomecError


class MatchingError(SomecError):
    """Root of the errors of the matching engine."""


class IndexMissing(MatchingError):  # noqa: N818 - reads as what it says
    """There is no index at this place."""


class IndexDamaged(MatchingError):  # noqa: N818
    """A file of the index is shorter or other than it was written; the index must be rebuilt."""


class IndexVersion(MatchingError):  # noqa: N818
    """The index was written by another version of the format or of the name rules; it must be rebuilt."""


class IndexStorage(MatchingError):  # noqa: N818
    """Writing failed (disk full, no permission); the index is as it was before."""


class IndexBusy(MatchingError, Conflict):  # noqa: N818
    """Another process is rebuilding the index."""


class BadTable(MatchingError, Invalid):  # noqa: N818
    """A file of people cannot be read: wrong columns, encoding or format."""


class BadModel(MatchingError, Invalid):  # noqa: N818
    """A model file is not one of ours, or its numbers make no sense."""


class WorkerLost(MatchingError):  # noqa: N818
    """A process that shared the work ended, for want of memory as a rule; nothing was changed."""


class OtherRun(MatchingError, Conflict):  # noqa: N818
    """The interrupted run that lies beside the output was another one; it is left as it is."""

"""The judge of recorded messages, for messages that a test has made."""

from __future__ import annotations

from typing import Any

import pytest
from as4_parties import Inspect, rsa_pair

from somec.as4 import inspection
from somec.as4.findings import Known
from somec.as4.octets import Octets
from somec.cli.as4 import EXIT_DOES_NOT, EXIT_VERIFIES


@pytest.fixture
def inspect() -> Inspect:
    """Return what ``somec as4 inspect`` does with octets: NL's key opens, LV is the signer known beforehand.

    The command itself is tried with recordings; without it nothing has to be written down and no key read again.
    """

    def run(recording: bytes, *options: str) -> tuple[int, dict[str, Any]]:
        known = Known((rsa_pair("LV").certificate,), (rsa_pair("NL"),), allow_legacy="--allow-legacy" in options)
        report = inspection.inspect(Octets.of(recording), known)
        return EXIT_VERIFIES if report["verifies"] else EXIT_DOES_NOT, report

    return run

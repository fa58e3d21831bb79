"""The command that judges recorded messages, for messages that a test has made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from as4_parties import Inspect, rsa_pair

from somec.cli.as4 import main


@pytest.fixture
def inspect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Inspect:
    """Return ``somec as4 inspect`` for octets: NL's key opens, LV is the signer known beforehand."""
    own = rsa_pair("NL")
    (tmp_path / "key").write_bytes(own.private.pem() + own.certificate.pem())
    (tmp_path / "signer").write_bytes(rsa_pair("LV").certificate.pem())

    def run(recording: bytes, *options: str) -> tuple[int, dict[str, Any]]:
        (tmp_path / "recording").write_bytes(recording)
        known = ["--key", "key", "--cert", "signer"]
        paths = [one if one.startswith("--") else str(tmp_path / one) for one in known]
        status = main(["as4", "inspect", str(tmp_path / "recording"), *paths, *options])
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert status == (0 if report["verifies"] else 1)
        return status, report

    return run

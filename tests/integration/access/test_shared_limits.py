"""Sign-in limits and used one-time codes count for the node: what one process knows, another knows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from somec.node.config import DATABASE_VARIABLE

pytestmark = [pytest.mark.processes, pytest.mark.slow]
MANAGE = [sys.executable, "-m", "django"]
USE_CODE = """
from types import SimpleNamespace
from allauth.mfa.totp.internal.auth import TOTP
kept = TOTP(SimpleNamespace(user_id="usr-1", user=SimpleNamespace(pk="usr-1")))
print(kept._mark_code_used("123456"))
"""
WRONG_TRY = """
from django.test import RequestFactory
from allauth.core.internal import ratelimit
request = RequestFactory().post("/account/login/", REMOTE_ADDR="192.0.2.7")
tried = ratelimit.consume(request, app="allauth.account", action="login_failed", config={"login_failed": "3/m/ip"})
print(tried is not None)
"""


@pytest.fixture
def node(tmp_path: Path) -> dict[str, str]:
    """Make an empty node with its tables; returns the environment of its processes."""
    kept = {name: value for name, value in os.environ.items() if name != DATABASE_VARIABLE}
    environment = {**kept, "SOMEC_NODE": str(tmp_path), "DJANGO_SETTINGS_MODULE": "somec.node.settings"}
    subprocess.run([*MANAGE, "migrate", "-v", "0"], env=environment, check=True)
    return environment


def process(environment: dict[str, str], code: str) -> str:
    """Run a piece of code in a process of its own; returns what it said last."""
    done = subprocess.run(
        [*MANAGE, "shell", "-v", "0", "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip().splitlines()[-1]


def test_a_one_time_code_that_one_process_took_no_other_takes(node: dict[str, str]) -> None:
    assert process(node, USE_CODE) == "True"
    assert process(node, USE_CODE) == "False"


def test_wrong_tries_at_several_processes_are_counted_together(node: dict[str, str]) -> None:
    said = [process(node, WRONG_TRY) for _try in range(4)]
    assert said == ["True", "True", "True", "False"]

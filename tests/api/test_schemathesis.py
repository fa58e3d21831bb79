"""Every operation against its own description: no undocumented answer, no server error, no body taken that breaks it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS
from tests.api.conftest import Desk

from somec.access.rules import Role
from somec.node.wsgi import application

EXAMPLES = 6
LEFT_OUT = {
    "positive_data_acceptance",  # a body that fits its description may still meet a state, a right or a rule that says no
    "ignored_auth",  # asks operations without a token; test_interface does, and the lockout would answer 429
}


def explored(operation: schemathesis.schemas.APIOperation, headers: dict[str, str]) -> Callable[[], None]:
    excluded = [check for check in CHECKS.get_all() if check.__name__ in LEFT_OUT]

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def explore(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    return explore


def _told(error: BaseException) -> str:
    inner = getattr(error, "exceptions", None)
    return " | ".join(str(one) for one in inner) if inner else str(error)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", [Role.PROBATION_OFFICER, Role.CONTACT_POINT], ids=str)
def test_nothing_is_found(desk: Desk, role: Role) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    headers = {"Authorization": f"Bearer {desk.parts[role].token}", "X-Purpose": "supervise"}
    found, tried = [], 0
    for result in schema.get_all_operations():
        operation = result.ok()
        tried += 1
        try:
            explored(operation, headers)()
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - all operations are tried, then all told
            found.append(f"{operation.label}: {_told(error):.900}")
    assert not found, "\n\n".join(found)
    assert tried > 70

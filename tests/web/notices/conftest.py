from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import two_nodes
from somec.access.models import User
from two_nodes import Node


@pytest.fixture(scope="session")
def nodes_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    with django_db_blocker.unblock():
        return two_nodes.template(tmp_path_factory.mktemp("nodes"))


@pytest.fixture
def nodes(nodes_template: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[tuple[Node, Node, Node]]:
    with django_db_blocker.unblock():
        lv, nl, es = (two_nodes.copy(nodes_template, tmp_path, state) for state in ("LV", "NL", "ES"))
        yield lv, nl, es


@pytest.fixture
def browser() -> Callable[[Node, str], Client]:
    """Return a browser in which a member of the staff has signed in; only inside ``with node:``."""

    def sign_in(node: Node, key: str) -> Client:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(
            User.objects.get(pk=node.people[key]), backend="allauth.account.auth_backends.AuthenticationBackend"
        )  # fmt: skip
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
        session["account_authentication_methods_user"] = node.people[key]
        session.save()
        return client

    return sign_in

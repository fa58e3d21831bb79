"""Reading pages about people in tests: who reads, the text that is seen, and the mistakes of the form on it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from somec.access import queries as people
from somec.access.models import User
from somec.access.rules import Actor


@dataclass
class Office:
    """A probation office with one officer of each role, a stranger, and the man of the story."""

    ids: dict[str, str]
    person: str
    clients: dict[str, Client] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        return people.actor_by_id(self.ids[key])

    def client(self, key: str) -> Client:
        """Return a browser in which somebody has signed in with both factors."""
        if key not in self.clients:
            client = Client(SERVER_NAME="127.0.0.1")
            client.force_login(
                User.objects.get(pk=self.ids[key]), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
            session = client.session
            session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
            session["account_authentication_methods_user"] = self.ids[key]
            session.save()
            self.clients[key] = client
        return self.clients[key]

    def opened(self, key: str, kind: str = "person", person: str = "") -> Client:
        """Return the browser of somebody who has given a purpose for the file."""
        client = self.client(key)
        address = reverse("purpose", args=[kind, person or self.person])
        offered = client.get(address).context["form"].purposes
        chosen = next(iter(sorted(offered)))
        answer = client.post(address, {"purpose": chosen, "reason": "The visit of tomorrow is prepared"})
        assert answer.status_code == 302, answer.content.decode()
        return client


def text(answer: Any) -> str:
    """Return what the page says, without marks and repeated spaces."""
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(plain))


def mistakes(answer: Any, of: str = "form") -> dict[str, list[str]]:
    """Return each field's mistakes as they stand on the page; each must be tied to its field."""
    form = answer.context[of]
    shown = answer.content.decode()
    for name in form.errors:
        if name != "__all__":
            assert f'id="{form[name].auto_id}-e"' in shown, name
    assert "Error:" in shown
    return {name: [str(one) for one in found] for name, found in form.errors.items()}

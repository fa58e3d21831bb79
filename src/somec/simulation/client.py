"""The JSON interface of one node, as an officer's programs call it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 30.0


class Refused(Exception):  # noqa: N818 - what the node answered
    """The node said no: HTTP status and the stable code of its answer."""

    def __init__(self, status: int, code: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{status} {code} {answer.get('fields') or ''}")
        self.status = status
        self.code = code
        self.answer = answer


@dataclass(frozen=True)
class Client:
    """One officer's way in: address of the node and the officer's token."""

    address: str
    token: str = field(repr=False)
    purpose: str = "follow-notice"

    def get(self, path: str) -> Any:
        """Read something."""
        return self.call("GET", path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Do something."""
        return self.call("POST", path, body or {})

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Replace something."""
        return self.call("PUT", path, body)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the interface; raises Refused with the node's reason."""
        request = urllib.request.Request(  # noqa: S310 - a loopback address
            f"{self.address}/api/v1{path}", method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "X-Purpose": self.purpose,
            },
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - a loopback address
                text = answer.read()
        except urllib.error.HTTPError as error:
            said = error.read()
            try:
                reason = json.loads(said)
            except json.JSONDecodeError:
                reason = {"code": f"http.{error.code}"}
            raise Refused(error.code, str(reason.get("code", "")), reason) from error
        return json.loads(text) if text else None

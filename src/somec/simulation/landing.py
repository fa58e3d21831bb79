"""The page that shows the three nodes and the story, step by step; it plays a step when asked to."""

from __future__ import annotations

import html
import threading
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from somec.simulation.already import already
from somec.simulation.cast import PASSWORD
from somec.simulation.client import Refused
from somec.simulation.nodes import RunningNode
from somec.simulation.story import STEPS, Failed, Stage, Step

BY_HAND = "it is so already: somebody did it on the screens"


@dataclass
class Landing:
    """What the page shows and does. One step at a time; a step that was proven is not played again."""

    nodes: list[RunningNode]
    stage: Stage
    proven: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_step(self) -> Step | None:
        """Return the first step that is not proven yet."""
        return next((step for step in STEPS if step.key not in self.proven), None)

    def play(self, up_to: str = "") -> None:
        """Play the next step, or all up to and with the named one; stops at a failure."""
        with self._lock:
            while (step := self.next_step()) is not None:
                try:
                    by_hand = already(self.stage, step.key)
                    self.proven[step.key] = BY_HAND if by_hand else step.play(self.stage)
                    self.failed.pop(step.key, None)
                except (Failed, Refused, OSError, KeyError, IndexError) as error:
                    self.failed[step.key] = f"{type(error).__name__}: {error}"
                    return
                if step.key == up_to or not up_to:
                    return

    def page(self) -> str:
        """Return the whole page."""
        return (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>somec: three nodes</title>'
            '<link rel="stylesheet" href="/style.css"></head><body><header><b>somec</b> demonstration</header><main>'
            "<h1>Three states, one story</h1>"
            "<p>Every person here is made up. A Latvian probation officer tells the Netherlands in time that a serious "
            "offender is coming; both notice when he does not arrive; he is then met in Spain.</p>"
            f'<h2>The nodes</h2><div class="nodes">{"".join(map(self._node, self.nodes))}</div>'
            f"<p>The password of everybody is <b>{PASSWORD}</b></p>"
            f"<h2>The story</h2>{self._all_button()}"
            f"<ol>{''.join(self._step(n, s) for n, s in enumerate(STEPS, 1))}</ol>"
            "</main></body></html>"
        )

    def _all_button(self) -> str:
        if self.next_step() is None:
            return (
                "<p>All steps are proven. Look at the three nodes, "
                "or start anew with <code>make demo FRESH=1</code>.</p>"
            )
        last = STEPS[-1].key
        return f'<form method="post" action="/play/{last}"><button>Let the whole story run</button></form>'

    @staticmethod
    def _node(node: RunningNode) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(one.email(node.country.state))}</td><td>{html.escape(one.name)}, "
            f"{html.escape(', '.join(role.value.replace('_', ' ') for role in one.roles))}</td></tr>"
            for one in node.country.staff
        )
        return (
            f'<section><h3><a href="{node.address}/">{html.escape(node.country.name)}</a></h3>'
            f"<p>{html.escape(node.address)}</p><table><tr><th>Sign in as</th><th>Who</th></tr>{rows}</table></section>"
        )

    def _step(self, number: int, step: Step) -> str:
        node = self.stage.nodes[step.state]
        who = node.country.member(step.part)
        said = html.escape(self.proven.get(step.key, ""))
        failed = html.escape(self.failed.get(step.key, ""))
        ready = self.next_step() is step
        run = f'<form method="post" action="/play/{step.key}"><button class="main">Let it run</button></form>'
        return (
            f'<li id="{step.key}"><b>{number}</b><span><b>{html.escape(step.title)}</b><br>'
            f"{html.escape(node.country.name)}: "
            f"{html.escape(who.name)}, {html.escape(who.email(step.state))}</span>"
            f'<span class="acts"><a href="{node.address}{step.page}">Do this step yourself</a> '
            f"{run if ready else ''}</span>"
            + (f'<p class="said">Proven: {said}</p>' if said else "")
            + (f'<p class="failed">Not proven: {failed}</p>' if failed else "")
            + "</li>"
        )

    def answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer one request (WSGI)."""
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        headers = [
            ("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'"),
            ("Cache-Control", "no-store"),
        ]
        if method == "POST" and path.startswith("/play/"):
            key = path.removeprefix("/play/")
            if not self._from_here(environ) or key not in {step.key for step in STEPS}:
                start_response("400 Bad Request", headers)
                return [b"no such step"]
            self.play(key)
            start_response("303 See Other", [*headers, ("Location", f"/#{key}")])
            return [b""]
        if path == "/style.css":
            start_response("200 OK", [*headers, ("Content-Type", "text/css")])
            return [resources.files("somec.simulation").joinpath("landing.css").read_bytes()]
        if path != "/":
            start_response("404 Not Found", headers)
            return [b"not found"]
        start_response("200 OK", [*headers, ("Content-Type", "text/html; charset=utf-8")])
        return [self.page().encode()]

    @staticmethod
    def _from_here(environ: dict[str, Any]) -> bool:
        """Tell whether the request was made on this page (browsers say so)."""
        origin = environ.get("HTTP_ORIGIN", "")
        return not origin or origin == f"http://{environ.get('HTTP_HOST', '')}"

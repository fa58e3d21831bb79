"""A node's configuration: every wrong key is named, and a real node refuses the training clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from somec.kernel.clock import TRAINING_CLOCK_VARIABLE
from somec.kernel.errors import Invalid
from somec.node import config

RIGHT = 'state = "LV"\nname = "Node of Latvia"\ndesk = "Desk"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "somec.toml").write_text(text, encoding="utf-8")
    return folder


def wrong_keys(folder: Path, text: str) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        config.load(write(folder, text))
    return {key: list(codes) for key, codes in caught.value.fields.items()}


def test_what_is_not_set_has_a_safe_default(tmp_path: Path) -> None:
    found = config.load(write(tmp_path, RIGHT))
    assert (found.second_factor, found.client_certificates, found.training) == ("required", "required", False)
    assert found.web_hosts == ("127.0.0.1", "localhost")


def test_every_mistake_is_named_at_its_key(tmp_path: Path) -> None:
    text = 'state = "Latvia"\nname = ""\ndesk = "Desk"\nsession_minutes = 0\nlanguage = "de"\ncolour = "blue"\n'
    assert wrong_keys(tmp_path, text) == {
        "colour": ["unknown"], "name": ["missing"], "state": ["two_letters"], "session_minutes": ["positive_number"],
        "language": ["choice"],
    }  # fmt: skip


def test_proxies_are_addresses_and_never_everybody(tmp_path: Path) -> None:
    found = config.load(write(tmp_path, RIGHT + 'web_proxies = ["10.0.0.5", "2001:db8::/64"]\n'))
    assert (found.web_proxies, found.web_secure) == (("10.0.0.5", "2001:db8::/64"), True)
    assert not config.load(write(tmp_path, RIGHT)).web_secure
    for named, code in (('["0.0.0.0/0"]', "everybody"), ('["proxy.example"]', "list_of_addresses"),
                        ('"10.0.0.5"', "list_of_addresses"), ("[5]", "list_of_addresses")):  # fmt: skip
        assert wrong_keys(tmp_path, f"{RIGHT}web_proxies = {named}\n") == {"web_proxies": [code]}


def test_only_a_training_node_may_run_ahead_of_the_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRAINING_CLOCK_VARIABLE, str(tmp_path / "clock"))
    assert wrong_keys(tmp_path, RIGHT) == {"training": ["clock_set_ahead"]}
    assert config.load(write(tmp_path, RIGHT + "training = true\n")).training

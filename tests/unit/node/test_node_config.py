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


@pytest.mark.parametrize(
    ("line", "key", "code"),
    [
        ('training = "no"', "training", "true_or_false"),
        ("web_tls = 1", "web_tls", "true_or_false"),
        ('web_hosts = "lv.example"', "web_hosts", "list_of_names"),
        ("web_hosts = [5]", "web_hosts", "list_of_names"),
        ("session_minutes = true", "session_minutes", "positive_number"),
        ("time_zone = 7", "time_zone", "time_zone"),
        ('time_zone = "../Riga"', "time_zone", "time_zone"),
        ('time_zone = "Europe"', "time_zone", "time_zone"),
        ('web_address = "lv.example"', "web_address", "host_and_port"),
        ('exchange_address = ":x"', "exchange_address", "host_and_port"),
        ('endpoint = "https://"', "endpoint", "https_address"),
        ('endpoint = "https://lv.example:port/as4"', "endpoint", "https_address"),
        ("database_url = 5", "database_url", "text"),
        ("openid = 5", "openid", "table"),
        ('[[openid]]\nname = "State"', "openid", "needs_client_id_name_secret_variable_server"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(tmp_path: Path, line: str, key: str, code: str) -> None:
    """Text in place of false is the worst of them: any text is true, and a real node would call itself a training one."""
    assert wrong_keys(tmp_path, f"{RIGHT}{line}\n") == {key: [code]}


def test_addresses_and_zones_of_every_form_are_taken(tmp_path: Path) -> None:
    text = RIGHT + (
        'web_address = "[::]:8000"\nexchange_address = ":8443"\nendpoint = "https://[2001:db8::1]:8443/as4"\n'
        'time_zone = "Atlantic/Azores"\nweb_tls = true\n[[openid]]\nname = "State"\nserver = "https://id.example"\n'
        'client_id = "somec"\nsecret_variable = "OIDC"\n'
    )
    found = config.load(write(tmp_path, text))
    assert (found.web_tls, found.time_zone, found.openid[0].name) == (True, "Atlantic/Azores", "State")


@pytest.mark.parametrize("stated", ["0.0", "1.0", "1", "-0.3", '"0.3"', "nan"])
def test_a_prior_that_knows_the_answer_beforehand_is_refused(tmp_path: Path, stated: str) -> None:
    assert wrong_keys(tmp_path, f"{RIGHT}search_prior = {stated}\n") == {"search_prior": ["share"]}


def test_the_node_states_how_many_of_those_searched_are_on_file(tmp_path: Path) -> None:
    assert config.load(write(tmp_path, RIGHT)).search_prior is None
    assert config.load(write(tmp_path, f"{RIGHT}search_prior = 0.3\n")).search_prior == 0.3

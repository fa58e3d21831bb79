"""A node whose searches may not find everybody says so on every page, in the reader's words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from people_pages import Office, text
from somec.persons import indexing

pytestmark = pytest.mark.django_db
TITLE = "Searches may not find everybody at present"


@pytest.mark.parametrize("key", ["officer", "admin"])
def test_an_index_in_trouble_is_told_until_it_is_whole(
    office: Office, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reverse("needs_me_now")
    monkeypatch.setitem(indexing._troubles, indexing.folder(), "matching.index.not_written")
    told = text(office.client(key).get(page))
    assert TITLE in told
    assert ("somec match status" in told) is (key == "admin")
    monkeypatch.delitem(indexing._troubles, indexing.folder())
    assert TITLE not in text(office.client(key).get(page))

"""Which purposes of access are offered to which roles: a purpose is the catalogue's, for kinds of authority."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from somec.access.roles import Role
from somec.catalogue import queries
from somec.catalogue.entries import AuthorityKind, Purpose

KINDS_OF_ROLE: Final[Mapping[Role, frozenset[AuthorityKind]]] = {
    Role.PROBATION_OFFICER: frozenset({AuthorityKind.PROBATION_SERVICE}),
    Role.AUTHORISER: frozenset({AuthorityKind.PROBATION_SERVICE, AuthorityKind.POLICE}),
    Role.CONTACT_POINT: frozenset({AuthorityKind.POLICE_CONTACT_POINT}),
    Role.POLICE_OFFICER: frozenset({AuthorityKind.POLICE}),
    Role.PRISON: frozenset({AuthorityKind.PRISON_SERVICE}),
    Role.CENTRAL_AUTHORITY: frozenset({AuthorityKind.CRIMINAL_RECORDS_AUTHORITY}),
    Role.SIRENE: frozenset({AuthorityKind.SIRENE_BUREAU}),
    Role.COURT: frozenset({AuthorityKind.COURT}),
    Role.DATA_PROTECTION_OFFICER: frozenset({AuthorityKind.DATA_PROTECTION_OFFICER}),
}
"""To which kinds of authority a role belongs; the other roles open no file."""


def offered(roles: Collection[Role], *, protected: bool) -> list[Purpose]:
    """Return the purposes open to these roles, for the protected part of a file or for the rest of it."""
    wanted = frozenset[AuthorityKind]().union(*(KINDS_OF_ROLE.get(role, frozenset()) for role in roles))
    return [one for one in queries.purposes(protected=protected) if one.authorities & wanted]

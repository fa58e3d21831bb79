"""The three made-up states of the demonstration: their offices, their people, how these sign in.

Nobody here is real. The passwords are printed by ``somec demo`` and protect nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from somec.access.rules import Role

PASSWORD = "training-2026-somec"  # noqa: S105 - printed on the landing page of a demonstration that holds no real data


@dataclass(frozen=True, slots=True)
class Office:
    """An authority of a made-up state; ``parent`` is the key of the one above it."""

    key: str
    name: str
    kind: str
    parent: str = ""
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who signs in. ``key`` names the part that he or she plays in the story."""

    key: str
    name: str
    office: str
    roles: tuple[Role, ...]

    def email(self, state: str) -> str:
        """Return the address with which this person signs in."""
        return f"{self.key}@{state.lower()}.example"


@dataclass(frozen=True, slots=True)
class Country:
    """One node of the demonstration."""

    state: str
    name: str
    desk: str
    time_zone: str
    language: str
    offices: tuple[Office, ...]
    staff: tuple[Staff, ...]

    def member(self, key: str) -> Staff:
        """Return one of the staff by key."""
        return next(one for one in self.staff if one.key == key)


_PO, _AU, _CP, _PL = Role.PROBATION_OFFICER, Role.AUTHORISER, Role.CONTACT_POINT, Role.POLICE_OFFICER
_DP, _AD = Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR

COUNTRIES: tuple[Country, ...] = (
    Country(
        state="LV", name="Latvia", desk="Police contact point, Latvia", time_zone="Europe/Riga", language="en",
        offices=(
            Office("service", "State Probation Service", "probation", phone="+371 0000 1000", hours="Mon-Fri 8-17"),
            Office("daugavpils", "State Probation Service, Daugavpils", "probation", "service", "+371 0000 1010"),
            Office("police", "State Police, international desk", "police", "", "+371 0000 2000", "day and night"),
        ),
        staff=(
            Staff("officer", "Ilze Bērziņa", "daugavpils", (_PO,)),
            Staff("head", "Mārtiņš Ozols", "daugavpils", (_AU,)),
            Staff("desk", "Dace Liepa", "police", (_CP,)),
            Staff("protection", "Anna Kalniņa", "service", (_DP,)),
            Staff("admin", "Jānis Siliņš", "police", (_AD,)),
            Staff("second-admin", "Laima Vītola", "police", (_AD,)),
        ),
    ),
    Country(
        state="NL", name="Netherlands", desk="Police contact point, Netherlands", time_zone="Europe/Amsterdam",
        language="en",
        offices=(
            Office("police", "Police contact point (SPOC)", "police", phone="+31 00 000 2000", hours="day and night"),
            Office("rotterdam", "Police, Rotterdam", "police", "police", "+31 00 000 2010", "day and night"),
            Office("probation", "Probation, international desk", "probation", phone="+31 00 000 3000"),
        ),
        staff=(
            Staff("desk", "Anouk de Wit", "police", (_CP,)),
            Staff("police", "Sander Mulder", "rotterdam", (_PL,)),
            Staff("officer", "Priya Ramdin", "probation", (_PO,)),
            Staff("head", "Joost Terborg", "probation", (_AU,)),
            Staff("protection", "Marieke Smit", "probation", (_DP,)),
            Staff("admin", "Bram Visser", "police", (_AD,)),
            Staff("second-admin", "Lotte Bakker", "police", (_AD,)),
        ),
    ),
    Country(
        state="ES", name="Spain", desk="Police contact point, Spain", time_zone="Europe/Madrid", language="en",
        offices=(
            Office("police", "Police contact point", "police", phone="+34 000 000 200", hours="day and night"),
            Office("girona", "Police, Girona", "police", "police", "+34 000 000 210", "day and night"),
            Office("prisons", "Prison and probation, Catalonia", "probation", phone="+34 000 000 300"),
        ),
        staff=(
            Staff("desk", "Marta Ferrer Soler", "police", (_CP,)),
            Staff("police", "Jordi Puig Roca", "girona", (_PL,)),
            Staff("officer", "Núria Vidal Serra", "prisons", (_PO,)),
            Staff("head", "Carles Bosch Mas", "police", (_AU,)),
            Staff("protection", "Elena Prat Gil", "prisons", (_DP,)),
            Staff("admin", "Pau Roig Font", "police", (_AD,)),
            Staff("second-admin", "Rosa Camps Vila", "police", (_AD,)),
        ),
    ),
)  # fmt: skip


def country(state: str) -> Country:
    """Return one of the three by its code."""
    return next(one for one in COUNTRIES if one.state == state)

"""Countries, cities and name lists of made-up people.

Names come from the name lists of Faker (MIT) for 40 countries in seven scripts, drawn by a Zipf law; rare surnames are
grown by a letter model of the same country, so that the vocabulary is as long-tailed as a real register.
"""

from __future__ import annotations

import bisect
import importlib
import os
import random
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

COUNTRIES = dict(
    pair.split("=")
    for line in (
        "LV=lv_LV LT=lt_LT EE=et_EE PL=pl_PL DE=de_DE AT=de_AT NL=nl_NL BE=nl_BE FR=fr_FR ES=es_ES PT=pt_PT IT=it_IT",
        "SE=sv_SE FI=fi_FI DK=da_DK NO=no_NO IE=en_IE GB=en_GB CZ=cs_CZ SK=sk_SK HU=hu_HU RO=ro_RO HR=hr_HR SI=sl_SI",
        "BG=bg_BG RU=ru_RU UA=uk_UA GR=el_GR CY=el_GR GE=ka_GE AM=hy_AM TR=tr_TR AZ=az_AZ SA=ar_SA SY=ar_AA PS=ar_PS",
        "DZ=ar_DZ IL=he_IL IR=fa_IR IN=en_IN",
    )
    for pair in line.split()
)
"""Country and the locale of its name list."""
WEIGHTS = {
    "LV": 9,
    "PL": 7,
    "DE": 7,
    "RO": 6,
    "BG": 5,
    "RU": 6,
    "UA": 6,
    "GR": 4,
    "FR": 5,
    "ES": 5,
    "IT": 5,
    "SY": 3,
    "DZ": 2,
    "GE": 2,
    "AM": 1,
    "IL": 1,
    "IR": 1,
}
"""How many people a country has against the usual two."""
CITIES = {
    "LV": "Rīga Daugavpils Liepāja Jelgava Ventspils",
    "LT": "Vilnius Kaunas Klaipėda",
    "EE": "Tallinn Tartu Narva",
    "PL": "Warszawa Kraków Łódź Wrocław",
    "DE": "Berlin Hamburg München Köln",
    "AT": "Wien Graz Linz",
    "NL": "Amsterdam Rotterdam Utrecht",
    "BE": "Brussel Antwerpen Gent",
    "FR": "Paris Lyon Marseille Lille",
    "ES": "Madrid Barcelona Valencia Sevilla",
    "PT": "Lisboa Porto Braga",
    "IT": "Roma Milano Napoli Torino",
    "SE": "Stockholm Göteborg Malmö",
    "FI": "Helsinki Tampere Turku",
    "DK": "København Aarhus Odense",
    "NO": "Oslo Bergen",
    "IE": "Dublin Cork Galway",
    "GB": "London Leeds Glasgow Belfast",
    "CZ": "Praha Brno Ostrava",
    "SK": "Bratislava Košice",
    "HU": "Budapest Debrecen Szeged",
    "RO": "București Cluj-Napoca Iași Timișoara",
    "HR": "Zagreb Split Rijeka",
    "SI": "Ljubljana Maribor",
    "BG": "София Пловдив Варна",
    "RU": "Москва Самара Казань Омск",
    "UA": "Київ Харків Одеса Львів",
    "GR": "Αθήνα Θεσσαλονίκη Πάτρα",
    "CY": "Λευκωσία Λεμεσός",
    "GE": "თბილისი ბათუმი ქუთაისი",
    "AM": "Երևան Գյումրի",
    "TR": "İstanbul Ankara İzmir",
    "AZ": "Bakı Gəncə",
    "SA": "الرياض جدة",
    "SY": "دمشق حلب حمص",
    "PS": "غزة نابلس",
    "DZ": "الجزائر وهران",
    "IL": "תל-אביב חיפה",
    "IR": "تهران اصفهان",
    "IN": "Delhi Mumbai",
}


class Draw:
    """Draws from a list by a Zipf law."""

    def __init__(self, values: list[str], power: float = 0.9) -> None:
        self.values = values
        self._sums = list(accumulate(1.0 / (rank + 2.0) ** power for rank in range(len(values))))

    def __call__(self, rng: random.Random) -> str:
        """One value."""
        return self.values[bisect.bisect(self._sums, rng.random() * self._sums[-1]) if self._sums else 0]


class Letters:
    """Grows names that look like those of a list: letters by the two before them."""

    def __init__(self, names: list[str]) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)
        for name in names:
            marked = "^^" + name + "$"
            for position in range(2, len(marked)):
                self._next[marked[position - 2 : position]].append(marked[position])

    def __call__(self, rng: random.Random) -> str:
        """One name of 4 to 14 letters; after 20 tries, whatever came last."""
        grown = ""
        for _ in range(20):
            grown = "^^"
            while len(grown) < 17:
                letter = rng.choice(self._next[grown[-2:]])
                if letter == "$":
                    break
                grown += letter
            if 6 <= len(grown) <= 16:
                break
        return grown[2:] or "Nowak"


@dataclass(frozen=True, slots=True)
class Pool:
    """The names of a country."""

    male: Draw
    female: Draw
    family_male: Draw
    family_female: Draw
    rare: Letters


def _listed(provider: type, *names: str) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        values = getattr(provider, name, None)
        if isinstance(values, (tuple, list, dict, set)):
            found.update(dict.fromkeys(values))
    return [value for value in found if isinstance(value, str)]


@lru_cache(maxsize=64)
def listed_names(country: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """The name lists of a country: of men, of women, family names, family names of women.

    Shuffled by a seed of the country, because Faker lists some by the alphabet.
    """
    folder = os.environ.get("SOMEC_BENCH_PEERS")
    if folder and folder not in sys.path:
        sys.path.append(folder)
    provider = importlib.import_module(f"faker.providers.person.{COUNTRIES[country]}").Provider
    both = _listed(provider, "first_names", "given_names")
    male = _listed(provider, "first_names_male", "first_names_masculine") or both
    female = _listed(provider, "first_names_female", "first_names_feminine") or both
    families = _listed(
        provider, "last_names", "last_names_male", "last_names_masculine", "unisex_last_names"
    ) or _listed(provider, "last_names_female")
    families_female = _listed(provider, "last_names_female") or families
    for listed in (families, male, female):
        random.Random(country).shuffle(listed)
    return male, female, families, families_female


@lru_cache(maxsize=64)
def pool(country: str) -> Pool:
    """The names of a country with how often each is drawn."""
    male, female, families, families_female = listed_names(country)
    return Pool(Draw(male), Draw(female), Draw(families, 0.7), Draw(families_female, 0.7), Letters(families))

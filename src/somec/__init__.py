"""somec: exchange between EU states about serious violent and sexual offenders who move across borders."""

__version__ = "0.1.0"

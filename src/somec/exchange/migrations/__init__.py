"""History of the exchange's tables."""

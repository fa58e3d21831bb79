"""A document type for tests of the exchange itself, with an effect that can be counted."""

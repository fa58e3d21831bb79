"""Peers, documents in and out, and the obligations that travel with them."""

"""The command line: somec init, serve, work, peer, verify, demo."""

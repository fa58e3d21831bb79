"""Documents between nodes: peers, outbox and inbox, receipts, and the obligations that travel with a document."""

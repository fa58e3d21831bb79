"""The log that nobody can rewrite unseen: record, prove, verify (LED Art. 25, RFC 6962)."""

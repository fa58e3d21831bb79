"""People: identities, names, documents, and what is missing to recognise them."""

"""Access tokens, by which other programs act for a person over the API."""

"""Feeds for programs of public transport: what is given by contract, and the pages that open and close it."""

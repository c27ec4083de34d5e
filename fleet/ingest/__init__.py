"""From gateways to the database and on to live screens."""

"""What the rules found, with its evidence."""

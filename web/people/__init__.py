"""Pages of people: who signs in, and what they do where."""

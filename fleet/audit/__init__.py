"""Who looked at whose record, when and from where."""

"""Reports in, findings out: the core of Schoolrun, which knows no web framework and no database."""

"""Safety reports: what was found, alarmed and driven in a stretch of days; and who gets them by e-mail."""

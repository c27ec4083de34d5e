"""Safety rules: ``step(state, report, limits) -> (state, episodes)``, pure functions of their arguments."""

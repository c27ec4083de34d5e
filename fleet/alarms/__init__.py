"""Alarms: findings that a person must handle, one for each episode: taken, assigned, resolved with a reason."""

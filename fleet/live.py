"""What live screens listen to: the channel groups, and the hint that alarms have changed."""

ALARMS_CHANGED = {"type": "live.alarms"}


def live_group(district: int) -> str:
    """The channel group of all that happens in a district; what of it a person sees, their consumer decides."""
    return f"live.{district}"

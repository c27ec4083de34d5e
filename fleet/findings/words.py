"""What was measured, in words: a number with the unit that people use for it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telematics.units import mps_to_kmh

MINUTE_S, HOUR_S = 60, 3600


def in_words(value: float | None, unit: str) -> str:
    """A value as people read it; empty where nothing was measured.

    Args:
        value: the value, in `unit`.
        unit: "m/s", "m/s²", "s", "min", "m", "people" or another, which is shown as it is.
    """
    if value is None:
        return ""
    if unit == "m/s":
        return _("%(speed)s km/h") % {"speed": trimmed(mps_to_kmh(value))}
    if unit == "s":
        return duration_in_words(value)
    if unit == "min":
        return _("%(minutes)s min") % {"minutes": trimmed(value)}
    if unit == "m":
        return _("%(distance)s m") % {"distance": trimmed(value)}
    if unit in ("m/s2", "m/s²"):
        return _("%(acceleration)s m/s²") % {"acceleration": trimmed(value)}
    if unit == "people":
        return ngettext("%(count)d person", "%(count)d persons", round(value)) % {"count": round(value)}
    return f"{trimmed(value)} {unit}".strip()


def duration_in_words(seconds: float) -> str:
    """A length of time in its two largest units."""
    whole = round(seconds)
    hours, minutes, rest = whole // HOUR_S, whole % HOUR_S // MINUTE_S, whole % MINUTE_S
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)d s") % {"seconds": rest}


def trimmed(value: float) -> str:
    """A number with one decimal where it has one."""
    return f"{value:.1f}".removesuffix(".0")

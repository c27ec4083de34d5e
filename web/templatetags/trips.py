"""How pages of trips write shares, durations and states."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()

BADGES = {
    "planned": "unknown",
    "dispatched": "checked",
    "running": "checked",
    "closing": "soon",
    "closed": "current",
    "cancelled": "failed",
    "late": "failed",
    "ahead": "unknown",
    "arrived": "current",
    "departed": "current",
    "skipped": "failed",
}
"""The colour that states share with those of other records."""


@register.simple_tag
def badge_of(state: str) -> str:
    """The state by which a badge is coloured."""
    return BADGES.get(state, "unknown")


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 as per cent; a dash where it is unknown."""
    return "—" if share is None else f"{number_format(share * 100, 0)} %"


@register.filter
def minutes(duration: timedelta | None) -> str:
    """A duration in minutes; a dash where it is unknown."""
    if duration is None:
        return "—"
    return _("%(minutes)s min") % {"minutes": number_format(duration.total_seconds() / 60, 1)}


@register.filter
def word(words: Mapping[Any, Any], key: Any) -> Any:
    """What something is called."""
    return words[key]

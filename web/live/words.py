"""Puts what all live screens are told into one person's language."""

from typing import Any

from django.utils import translation

from fleet.findings.models import LimitSource


def worded(alarm: dict[str, Any], language: str) -> dict[str, Any]:
    """An alarm message with what sets its limit in words."""
    with translation.override(language):
        return alarm | {"limit_source": str(LimitSource(alarm["limit_source"]).label)}

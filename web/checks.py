"""System checks on settings that would lose live messages in silence."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

IN_MEMORY = "channels.layers.InMemoryChannelLayer"


@register(Tags.compatibility)
def check_channel_layer(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL means several processes, and the in-memory channel layer reaches only its own."""
    in_memory = settings.CHANNEL_LAYERS["default"]["BACKEND"] == IN_MEMORY
    if in_memory and settings.ENVIRONMENT.database_url:
        return [
            checks.Error(
                "DATABASE_URL is set, REDIS_URL is not: the in-memory channel layer serves one process.",
                hint="Set REDIS_URL=redis://host:6379/0, or unset DATABASE_URL for the embedded shape.",
                id="schoolrun.E001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_built_front_end(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Pages without their scripts are blank."""
    missing = [path for path in settings.STATICFILES_DIRS if not path.is_dir()]
    return [
        checks.Warning("The front end is not built.", hint="Run script/bootstrap.", id="schoolrun.W001")
        for _ in missing
    ]

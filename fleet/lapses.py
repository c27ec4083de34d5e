"""What lapses: something that ends, or has to be done, by a day; whose it is, and who can act."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIRST_NOTICE_DAYS = 60
INSTALLATION = "installation"


@dataclass(frozen=True)
class Lapse:
    """Something that ends, or has to be done, by a day.

    Attributes:
        object: the bus, driver, attendant or permit that it belongs to; None for the whole installation.
        key: what it is, the same in every language.
        what: what it is, for people; in the language of the moment at which it is read.
        lapses_on: the last day on which it is good, or on which it can be done in time.
        act: the permission of those who can act.
        belongs_to: ids of the organisations that answer for it, the first before the others.
        first_notice_days: so long before that day people are told first.
    """

    object: models.Model | None
    key: str
    what: "StrOrPromise"
    lapses_on: date
    act: str
    belongs_to: tuple[int | None, ...] = ()
    first_notice_days: int = FIRST_NOTICE_DAYS

    @property
    def subject(self) -> str:
        """Whose it is, for people."""
        return str(self.object) if self.object else _("The whole installation")

    @property
    def kind(self) -> str:
        """What it belongs to: "bus", "driver", "attendant", "usepermit", "stop" or "installation"."""
        return str(self.object._meta.model_name) if self.object else INSTALLATION

    @property
    def subject_key(self) -> str:
        """Whose it is, the same in every language."""
        return f"{self.object._meta.label_lower}:{self.object.pk}" if self.object else INSTALLATION

"""``manage.py seal_evidence``: seals records that were stored before their kind was sealed, and says how many."""

from typing import Any

from django.core.management.base import BaseCommand

from fleet.evidence.changes import seal_what_is_not


class Command(BaseCommand):
    """Seal what is in no chain."""

    help = (
        "Seal every record that is in no evidence chain, once after an upgrade that seals further kinds of records. "
        "verify_evidence lists them before; what is sealed so is proved from now on, not from when it was stored."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seal, and tell."""
        for kind, number in seal_what_is_not().items():
            self.stdout.write(f"{kind}: {number} sealed")

"""Makes the organisation at the top of a new installation, and its first administrator."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from fleet.organisations.models import Kind, Organisation
from fleet.organisations.places import KINDS_AT_THE_TOP
from fleet.people.accounts import INVITATION_GOOD_FOR, found


class Command(BaseCommand):
    """``manage.py found``."""

    help = "Makes the organisation at the top, and prints the link that lets its first administrator in."

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is called, and who administers it."""
        kinds = [kind.value for kind in KINDS_AT_THE_TOP]
        parser.add_argument("name", help="of the organisation")
        parser.add_argument("--administrator", required=True, metavar="USERNAME", help="their user name")
        parser.add_argument("--name-en", default="", help="English name of the organisation")
        parser.add_argument(
            "--kind", choices=kinds, default=Kind.DISTRICT.value, help="district, where not given"
        )
        parser.add_argument("--address", default="http://localhost:8000", help="where people reach the pages")
        parser.add_argument("--force", action="store_true", help="even if there is one at the top already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found it, then print the link."""
        existing = Organisation.objects.filter(parent=None).first()
        if existing and not options["force"]:
            raise CommandError(
                f"“{existing.name}” is at the top already; its administrators add people and organisations on the "
                "pages. --force makes another tree beside it, which shares nothing with the first."
            )
        try:
            invited = found(
                name=options["name"],
                name_en=options["name_en"],
                kind=Kind(options["kind"]),
                username=options["administrator"],
            )
        except ValidationError as error:
            told = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            raise CommandError(told) from error
        until = timezone.localtime(timezone.now() + INVITATION_GOOD_FOR)
        link = options["address"].rstrip("/") + reverse("invitation", args=[invited.token])
        self.stdout.write(f"{options['name']} is founded. {invited.person.username} sets a password here,")
        self.stdout.write(f"once, until {until:%Y-%m-%d %H:%M}:\n\n  {link}\n")

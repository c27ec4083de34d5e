"""``manage.py verify_evidence``: proves that no sealed record or link was changed, or names the first that was."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from fleet.evidence.chain import Break, Fault
from fleet.evidence.models import Chain
from fleet.evidence.queries import breaks_of, unsealed_records

SAID = {
    Fault.LINK_MISSING: "link {number} is missing",
    Fault.LINK_CHANGED: "link {number} was changed ({kind} {object_id})",
    Fault.RECORD_MISSING: "{kind} {object_id}, sealed by link {number}, is gone",
    Fault.RECORD_CHANGED: "{kind} {object_id} does not say what link {number} sealed",
    Fault.CUT_OFF: "the chain does not end as its head says: links from number {number} on are missing or were added",
    Fault.NOT_SEALED: "{kind} {object_id} is in no chain",
}
BROKEN = 1


class Command(BaseCommand):
    """Verify the evidence chains."""

    help = "Verify the evidence chains of all organisations: exit code 1 and the first breaks where one is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organisations, and how much is told."""
        parser.add_argument(
            "--organisation", type=int, help="id of one organisation; all where none is given"
        )
        parser.add_argument("--most", type=int, default=10, help="breaks told for each chain (default 10)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify, tell, and exit."""
        chains = Chain.objects.select_related("organisation").order_by("pk")
        if options["organisation"] is not None:
            chains = chains.filter(pk=options["organisation"])
        is_broken = False
        for chain in chains:
            found = self.first(breaks_of(chain), options["most"])
            is_broken |= bool(found)
            verdict = "BROKEN" if found else "holds"
            self.stdout.write(
                f"{chain.organisation}: {chain.length} links, head {chain.head[:16]}…: {verdict}"
            )
            for one in found:
                self.stdout.write(f"  {said(one)}")
        loose = self.first(unsealed_records(), options["most"]) if options["organisation"] is None else []
        for one in loose:
            self.stdout.write(f"  {said(one)}")
        if is_broken or loose:
            sys.exit(BROKEN)

    @staticmethod
    def first(breaks: Any, most: int) -> list[Break]:
        """The first of them."""
        return [one for one, _ in zip(breaks, range(most), strict=False)]


def said(one: Break) -> str:
    """A break in words."""
    return SAID[one.fault].format(**one._asdict())

"""Reads: which numbers were the law on a day, and how two versions differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from fleet.regulations.models import RegulationNumber, RegulationProfile, Status, parent_of


class NoProfileError(LookupError):
    """No profile that is approved and switched on holds on a day; the message says what to do, to people."""


@dataclass(frozen=True)
class RuleSet:
    """The numbers that hold in a jurisdiction on a day.

    Attributes:
        code: of the profile; where a province's numbers go before its country's, of both.
        numbers: by key.
    """

    code: str
    numbers: Mapping[str, RegulationNumber]

    @property
    def values(self) -> dict[str, float]:
        """The bare numbers by key."""
        return {key: number.value for key, number in self.numbers.items()}


def version_on(jurisdiction: str, day: date) -> RegulationProfile | None:
    """The version that holds on a day: of those approved for it the latest, unless that is switched off."""
    latest = (
        RegulationProfile.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            jurisdiction=jurisdiction,
            status=Status.APPROVED,
            valid_from__lte=day,
        )
        .order_by("-version")
        .first()
    )
    return latest if latest and latest.enabled else None


def profile_for(jurisdiction: str, day: date) -> RuleSet:
    """The numbers by which a trip on a day is judged.

    Args:
        jurisdiction: a country or province; a province has its country's numbers where it sets none.
        day: the local day of the trip.

    Raises:
        NoProfileError: where none holds on that day.
    """
    codes: list[str] = []
    numbers: dict[str, RegulationNumber] = {}
    level: str | None = jurisdiction
    while level:
        if version := version_on(level, day):
            codes.append(version.code)
            numbers = {number.key: number for number in version.numbers.all()} | numbers
        level = parent_of(level)
    if not codes:
        raise NoProfileError(
            _("No regulation profile of %(jurisdiction)s is in force on %(day)s. Have one approved.")
            % {"jurisdiction": jurisdiction, "day": day}
        )
    return RuleSet("+".join(codes), numbers)


@dataclass(frozen=True)
class Difference:
    """A number that two versions don't share; before or after is None where one lacks it."""

    key: str
    before: RegulationNumber | None
    after: RegulationNumber | None

    @property
    def kind(self) -> str:
        """Added, removed or changed."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def differences(before: RegulationProfile, after: RegulationProfile) -> list[Difference]:
    """The numbers that were added, removed or changed in any field, by key."""
    old = {number.key: number for number in before.numbers.all()}
    new = {number.key: number for number in after.numbers.all()}
    return [
        Difference(key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if key not in old or key not in new or old[key].content() != new[key].content()
    ]

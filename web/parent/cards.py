"""A family's day as its page shows it: one card for each child, and what its small map draws."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.template.loader import render_to_string

from fleet.family.legs import ChildToday, FamilyDay, Leg
from fleet.positions.queries import milliseconds, rounded
from web.parent.words import headline, late_in_words, minutes_range, stops_in_words

TAG_DIGITS = 20
MINUTES = re.compile(r"(?<=data-part=.minutes.>)[^<]*")
"""The minutes in the cards: they go on counting in the browser, and so do not make another picture."""


@dataclass(frozen=True)
class LegCard:
    """A leg with the words for it."""

    leg: Leg
    now: datetime

    @property
    def headline(self) -> str:
        """What is known of the trip."""
        return headline(self.leg)

    @property
    def minutes(self) -> tuple[int, int] | None:
        """Until the bus comes, from and to."""
        return minutes_range(self.leg.prediction, self.now) if self.leg.prediction else None

    @property
    def low_ms(self) -> int | None:
        """The earliest predicted arrival, ms since 1970."""
        return milliseconds(self.leg.prediction.low) if self.leg.prediction else None

    @property
    def high_ms(self) -> int | None:
        """The latest one."""
        return milliseconds(self.leg.prediction.high) if self.leg.prediction else None

    @property
    def stops(self) -> str:
        """How far the bus is, in stops."""
        return stops_in_words(self.leg.stops_away) if self.leg.stops_away else ""

    @property
    def late(self) -> str:
        """That it is late, and why."""
        return late_in_words(self.leg)

    @property
    def map_id(self) -> str:
        """By which the page finds the map of the leg."""
        return f"map-{self.leg.pupil.pk}-{self.leg.trip.pk}"


@dataclass(frozen=True)
class ChildCard:
    """A child with its legs: the one that matters now, and the others of the day."""

    child: ChildToday

    @property
    def present(self) -> LegCard | None:
        """The leg that matters now."""
        return LegCard(self.child.present_leg, self.child.now) if self.child.present_leg else None

    @property
    def others(self) -> list[LegCard]:
        """The others."""
        return [LegCard(leg, self.child.now) for leg in self.child.other_legs]


def cards_of(day: FamilyDay, *, is_shared: bool = False) -> str:
    """The cards as HTML, without anything that differs from one request to the next.

    Args:
        day: what is shown.
        is_shared: whether a shared link shows it: without the child's name, and without ways to its pages.
    """
    cards = [ChildCard(child) for child in day.children]
    return render_to_string("parent/cards.html", {"cards": cards, "is_shared": is_shared})


def maps_of(day: FamilyDay) -> list[dict[str, Any]]:
    """What the small maps draw: the child's stop, and the bus while it may be seen."""
    return [
        {
            "id": LegCard(leg, child.now).map_id,
            "stop": [rounded(number, 6) for number in leg.visit.stop.place.coords],
            "stop_name": leg.visit.stop.name,
            "bus": leg.whereabouts
            and [
                rounded(leg.whereabouts.lon, 6),
                rounded(leg.whereabouts.lat, 6),
                rounded(leg.whereabouts.course_deg, 0),
                milliseconds(leg.whereabouts.at),
            ],
        }
        for child in day.children
        if (leg := child.present_leg) and leg.is_shown
    ]


@dataclass(frozen=True)
class Picture:
    """What a page shows at a moment.

    Attributes:
        cards: as HTML.
        content: the cards and the maps, as JSON.
        tag: entity tag of it.
    """

    cards: str
    content: str
    tag: str


def picture_of(day: FamilyDay, *, is_shared: bool = False) -> Picture:
    """The cards and maps of a day."""
    cards, maps = cards_of(day, is_shared=is_shared), maps_of(day)
    words = MINUTES.sub("", cards)
    tag = sha256(json.dumps([words, maps]).encode()).hexdigest()[:TAG_DIGITS]
    return Picture(cards, json.dumps({"cards": cards, "maps": maps}), f'"{tag}"')

"""Builders of timelines: what a driver did, said in a few words."""

import re
from collections import namedtuple
from datetime import UTC, datetime

from telematics.duty.timeline import Activity, Stretch, make_timeline

LETTERS = {
    "D": Activity.DRIVING,
    "W": Activity.WORK,
    "A": Activity.AVAILABILITY,
    "R": Activity.REST,
    "?": Activity.UNKNOWN,
}
MONDAY = round(datetime(2026, 9, 7, tzinfo=UTC).timestamp())
Number = namedtuple("Number", "value article")


def timeline(text, start_s=MONDAY + 6 * 3600):
    """A timeline such as ``"D2h R20m D2h1m W30s"``, from Monday 06:00 UTC on."""
    stretches, now_s = [], start_s
    for letter, hours, minutes, seconds in re.findall(r"([DWAR?])(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text):
        end_s = now_s + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
        stretches.append(Stretch(now_s, end_s, LETTERS[letter]))
        now_s = end_s
    return make_timeline(stretches, start_s, now_s)

"""A slow judge of driver cards, written apart from `telematics.duty`: it looks at each minute, one after another.

It shares no code with what it checks. Limits are written out here in minutes, as the laws give them.
"""

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any

LETTERS = {"DRIVING": "D", "WORK": "W", "AVAILABILITY": "A", "BREAK_REST": "R"}
DUTY = "DWA"
DAY = 1440


class Card:
    """A card as one letter for each minute: D, W, A, R, or ? where nothing is known."""

    def __init__(self, first_minute, letters, zone=UTC):
        self.first = first_minute
        self.letters = letters
        self.zone = zone
        self._local = None

    @classmethod
    def read(cls, lines, zone=UTC):
        days: dict[date, list[str]] = {}
        for row in csv.DictReader(lines):
            day = days.setdefault(date.fromisoformat(row["date_utc"]), ["?"] * DAY)
            letter = LETTERS[row["activity"]] if row["card"] == "inserted" else "?"
            for minute in range(int(row["minute_of_day"]), DAY):
                day[minute] = letter
        first, last = min(days), max(days)
        letters = []
        for number in range((last - first).days + 1):
            letters += days.get(first + timedelta(days=number), ["?"] * DAY)
        return cls((first - date(1970, 1, 1)).days * DAY, letters, zone)

    def rested(self):
        return Card(self.first, ["R" if letter == "?" else letter for letter in self.letters], self.zone)

    def local(self):
        """Local day and hour of each minute."""
        if self._local is None:
            self._local = []
            for minute in range(len(self.letters)):
                if minute % 60 == 0 or self.zone is not UTC:
                    moment = datetime.fromtimestamp((self.first + minute) * 60, self.zone)
                    entry = (moment.date(), moment.hour)
                self._local.append(entry)
        return self._local


def judge(card, profile):
    rules = {"cn": (continuous_cn, night, daily_cn, weekly_cn), "eu": EU, "us": US}[profile]
    found = set()
    for rule in rules:
        sure = rule(card.rested()) if rule in (continuous_cn, continuous_eu, night) else None
        for name, start, end, value, limit in rule(card):
            certain = sure is None or any(other[1] < end and other[2] > start for other in sure)
            unknown = card.letters[start:end].count("?")
            begin, finish = (card.first + start) * 60, (card.first + end) * 60
            found.add((name, begin, finish, value * 60, limit * 60, unknown * 60, certain))
    return found


def spells(card, breaks_here):
    """The number of its spell for each minute; `breaks_here` is told the length of each rest."""
    numbers, number, rest = [], 0, 0
    for letter in card.letters:
        if letter == "R":
            rest += 1
        elif rest:
            number += breaks_here(rest)
            rest = 0
        numbers.append(number)
    return numbers


def longer_than(groups, name, limit):
    return [
        (name, min(minutes), max(minutes) + 1, len(minutes), limit)
        for minutes in groups.values()
        if len(minutes) > limit
    ]


def driven(card, keys):
    """The minutes of driving by key; None is no key."""
    groups: dict[Any, list[int]] = {}
    for index, letter in enumerate(card.letters):
        if letter == "D" and keys[index] is not None:
            groups.setdefault(keys[index], []).append(index)
    return groups


def continuous_cn(card):
    return longer_than(driven(card, spells(card, lambda rest: rest >= 20)), "continuous_driving", 240)


def continuous_eu(card):
    taken: list[int] = []

    def breaks_here(rest):
        if rest >= 45 or (taken and rest >= 30):
            taken.clear()
            return True
        if rest >= 15:
            taken.append(rest)
        return False

    return longer_than(driven(card, spells(card, breaks_here)), "continuous_driving", 270)


def night(card):
    keys: list[Any] = []
    for spell, (day, hour) in zip(spells(card, lambda rest: rest >= 20), card.local(), strict=True):
        if hour >= 22:
            keys.append((spell, day))
        elif hour < 6:
            keys.append((spell, day - timedelta(days=1)))
        else:
            keys.append(None)
    return longer_than(driven(card, keys), "night_driving", 120)


def rolling(card, length, name, limit):
    letters, held = card.letters, 0
    found: list[Any] = []
    start: Any = None
    end: Any = None
    peak: Any = None
    for now in range(1, len(letters) + 1):
        held += letters[now - 1] == "D"
        if now > length:
            held -= letters[now - 1 - length] == "D"
        if held <= limit:
            if start is not None:
                found.append((name, start, end, peak, limit))
            start = None
            continue
        if start is None:
            start = next(index for index in range(max(now - length, 0), now) if letters[index] == "D")
            peak = held
        if letters[now - 1] == "D":
            end = now
        peak = max(peak, held)
    if start is not None:
        found.append((name, start, end, peak, limit))
    return found


def daily_cn(card):
    return rolling(card, DAY, "daily_driving", 480)


def weekly_cn(card):
    return rolling(card, 7 * DAY, "weekly_driving", 2640)


def possible_rests(card):
    """(start, end) of each run of minutes that were or may have been rest."""
    found: list[Any] = []
    start: Any = None
    for index, letter in enumerate([*card.letters, "D"]):
        if letter in "R?":
            start = index if start is None else start
        elif start is not None:
            found.append((start, index))
            start = None
    return found


def parted(card, length):
    """(first, last + 1) minute on duty of each period between possible rests of a length."""
    blocked: set[int] = set()
    for start, end in possible_rests(card):
        if end - start >= length:
            blocked.update(range(start, end))
    found: list[Any] = []
    period: Any = None
    for index, letter in enumerate(card.letters):
        if index in blocked:
            if period:
                found.append(tuple(period))
            period = None
        elif letter in DUTY:
            period = [period[0] if period else index, index + 1]
    return [*found, tuple(period)] if period else found


def monday(day):
    return day - timedelta(days=day.weekday())


def mondays_of(card):
    """The Monday of each minute's week."""
    known = {day: monday(day) for day, _hour in set(card.local())}
    return [known[day] for day, _hour in card.local()]


def daily_eu(card):
    found: list[Any] = []
    long_days: dict[date, int] = {}
    for start, end in parted(card, 540):
        minutes = [index for index in range(start, end) if card.letters[index] == "D"]
        if len(minutes) <= 540:
            continue
        week = monday(card.local()[start][0])
        long_days[week] = long_days.get(week, 0) + 1
        limit = 600 if long_days[week] <= 2 else 540
        if len(minutes) > limit:
            found.append(("daily_driving", minutes[0], minutes[-1] + 1, len(minutes), limit))
    return found


def weekly_eu(card):
    return longer_than(driven(card, mondays_of(card)), "weekly_driving", 3360)


def fortnightly_eu(card):
    mondays = mondays_of(card)
    found = []
    for first in sorted(set(mondays)):
        pair = (first, first + timedelta(days=7))
        if pair[1] in mondays:
            groups = driven(card, [pair if each in pair else None for each in mondays])
            found += longer_than(groups, "fortnightly_driving", 5400)
    return found


def daily_rest(card):
    found, reduced, weekly_seen = [], 0, 0
    for start, _end in parted(card, 540):
        weekly = [rest for rest in possible_rests(card) if rest[1] - rest[0] >= DAY and rest[1] <= start]
        if len(weekly) > weekly_seen:
            reduced, weekly_seen = 0, len(weekly)
        if start + DAY > len(card.letters):
            continue
        parts, length = [], 0
        for index in range(start, start + DAY):
            if card.letters[index] in "R?":
                length += 1
            if length and (card.letters[index] not in "R?" or index == start + DAY - 1):
                parts.append(length)
                length = 0
        longest = max(parts, default=0)
        split = any(
            first >= 180 and second >= 540
            for place, first in enumerate(parts)
            for second in parts[place + 1 :]
        )
        if longest >= 660 or split:
            continue
        if longest >= 540:
            reduced += 1
            if reduced > 3:
                found.append(("daily_rest", start, start + DAY, longest, 660))
        else:
            found.append(("daily_rest", start, start + DAY, longest, 540))
    return found


def weekly_rest(card):
    found = [
        ("weekly_rest", start, end, end - start, 8640)
        for start, end in parted(card, DAY)
        if end - start > 8640
    ]
    short_before = False
    for start, end in possible_rests(card):
        if end - start < DAY or start == 0 or end == len(card.letters):
            continue
        if end - start < 2700 and short_before:
            found.append(("weekly_rest", start, end, card.letters[start:end].count("R"), 2700))
            short_before = False
        else:
            short_before = end - start < 2700
    return found


def daily_us(card):
    found = []
    for start, end in parted(card, 480):
        minutes = [index for index in range(start, end) if card.letters[index] == "D"]
        if len(minutes) > 600:
            found.append(("daily_driving", minutes[0], minutes[-1] + 1, len(minutes), 600))
    return found


def on_duty(card):
    found = []
    for start, end in parted(card, 480):
        duty, late = 0, None
        for index in range(start, end):
            if card.letters[index] in DUTY:
                duty += 1
                if card.letters[index] == "D" and duty > 900:
                    late = (index + 1, duty)
        if late:
            found.append(("duty_window", start, late[0], late[1], 900))
    return found


def weekly_on_duty(card):
    by_day: dict[date, int] = {}
    found: list[Any] = []
    run: Any = None
    today: Any = None
    after = 0
    for index, (letter, (day, _hour)) in enumerate(zip(card.letters, card.local(), strict=True)):
        if day != today:
            today = day
            after = sum(by_day.get(day - timedelta(days=back), 0) for back in range(7))
        before = after
        if letter in DUTY:
            by_day[today] = by_day.get(today, 0) + 1
            after += 1
        if before <= 3600 and run:
            found.append(run)
            run = None
        if after > 3600 and run is None:
            days = {today - timedelta(days=back) for back in range(7)}
            first = next(
                other
                for other in range(index + 1)
                if card.letters[other] in DUTY and card.local()[other][0] in days
            )
            run = ["weekly_on_duty", first, None, 0, 3600]
        if after > 3600 and letter == "D":
            run[2:4] = [index + 1, max(run[3], after)]
    if run:
        found.append(run)
    return [tuple(one) for one in found if one[2] is not None]


EU = (continuous_eu, daily_eu, weekly_eu, fortnightly_eu, daily_rest, weekly_rest)
US = (daily_us, on_duty, weekly_on_duty)

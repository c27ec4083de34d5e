"""Driver cards made up for tests: rows of a CSV file."""

import random
from datetime import date, timedelta

HEADER = "date_utc,day_distance_km,minute_of_day,utc,slot,crew,card,activity"
NAMES = {"D": "DRIVING", "W": "WORK", "A": "AVAILABILITY", "R": "BREAK_REST"}
SHORT = {"R": (1, 5, 14, 15, 16, 19, 20, 21, 29, 30, 31, 44, 45, 46), "?": (3, 15, 19, 20, 25, 45, 60)}
LONG = {"R": (179, 180, 420, 479, 480, 539, 540, 541, 660, 700, 1440, 2700), "?": (480, 540, 600, 660, 2000)}
DRIVES = (1, 7, 30, 60, 90, 119, 120, 121, 150, 239, 240, 241, 270, 271)


def row(day, minute, letter):
    inserted = letter != "?"
    name = NAMES[letter] if inserted else "BREAK_REST"
    clock = f"{day}T{minute // 60:02}:{minute % 60:02}:00Z"
    return f"{day},0,{minute},{clock},driver,0,{'inserted' if inserted else 'not_inserted'},{name}"


def as_rows(minutes, first_day):
    """Rows of a card whose minutes are letters; each day's first row is of its first minute."""
    rows = [HEADER]
    before = None
    for index, letter in enumerate(minutes):
        if letter != before or index % 1440 == 0:
            rows.append(row(first_day + timedelta(days=index // 1440), index % 1440, letter))
        before = letter
    return rows


def random_minutes(seed):
    """A card of some days: a driver who is lazy or restless, with a card that is often or seldom inserted."""
    chance = random.Random(seed)
    length = 1440 * chance.choice((1, 2, 3, 5, 8, 12, 16, 22))
    shift = chance.choice((240, 500, 700, 900, 1200))
    unknown = chance.choice((0.0, 0.1, 0.5, 1.0))
    minutes: list[str] = []
    while len(minutes) < length:
        worked = 0
        while worked < shift:
            letter = chance.choices("DWAR?", (10, 4, 1, 8 * (1 - unknown) + 1, 2 * unknown))[0]
            lengths = {"D": DRIVES, "W": (1, 10, 45, 120), "A": (5, 60), **SHORT}[letter]
            minutes += letter * chance.choice(lengths)
            worked += chance.choice(lengths)
        letter = "?" if chance.random() < unknown else "R"
        minutes += letter * chance.choice(LONG[letter])
    return minutes[:length]


def random_card(seed):
    """The rows of a random card; of some, a day is missing."""
    chance = random.Random(-seed)
    rows = as_rows(random_minutes(seed), date(2025, 3, 1) + timedelta(days=chance.randrange(60)))
    if chance.random() < 0.2:
        days = sorted({each.split(",")[0] for each in rows[1:]})
        gone = chance.choice(days)
        kept = [each for each in rows[1:] if not each.startswith(gone)]
        rows = [HEADER, *kept] if kept else rows
    return rows

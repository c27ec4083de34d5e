"""Timetables, said in a few words."""

import io
import zipfile
from datetime import date, timedelta

from telematics.transit.schedule import Agency, Call, Route, Schedule, Stop, Trip, service_of
from telematics.transit.writing import Publisher

PUBLISHER = Publisher("Schoolrun", "https://example.org/")
FIRST = date(2026, 9, 1)
WORKDAYS = 0b11111


def schedule(stops: int = 3, trips: int = 2, days: int = 60) -> Schedule:
    """Stops a kilometre apart to the north, and trips at 7:00, 8:00 and so on."""
    service = service_of("daily", [FIRST + timedelta(days=number) for number in range(days)], WORKDAYS)
    places = [(31.0 + 0.01 * number, 120.0) for number in range(stops)]
    return Schedule(
        agencies={"1": Agency("1", "Model school", "https://example.org/", "Asia/Shanghai", "zh")},
        stops={
            str(number): Stop(str(number), f"站{number}", *place, f"Stop {number}")
            for number, place in enumerate(places)
        },
        routes={"r": Route("r", "一号线", "1", "Line 1")},
        services={service.service_id: service},
        shapes={"s": tuple(places)},
        trips={
            str(trip): Trip(
                str(trip),
                "r",
                service.service_id,
                tuple(
                    Call(number + 1, str(number), start_s, start_s + 20, 1111.0 * number)
                    for number in range(stops)
                    for start_s in [(7 + trip) * 3600 + 180 * number]
                ),
                direction=trip % 2,
                shape_id="s",
                headsign=f"站{stops - 1}",
            )
            for trip in range(trips)
        },
    )


def zipped(**files: str | bytes) -> bytes:
    """A feed of these files; `stops` is stops.txt."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.txt", text)
    return content.getvalue()


def unzipped(feed: bytes) -> dict[str, str]:
    """The texts of a feed, by the names that `zipped` takes."""
    with zipfile.ZipFile(io.BytesIO(feed)) as archive:
        return {name.removesuffix(".txt"): archive.read(name).decode() for name in archive.namelist()}

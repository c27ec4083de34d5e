"""``python -m telematics evaluate-arrivals``: learn on some recorded days, predict the others, and say how well."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from telematics.gtfs import Feed, read_feed
from telematics.prediction.measures import Known, Scores
from telematics.prediction.progress import Roads
from telematics.prediction.recordings import Report, read_passings, read_reports
from telematics.prediction.replay import match_reports, predict, train
from telematics.timetable import PlannedTrip
from telematics.transit.tables import BadInputError

EXIT_BAD_INPUT = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--gtfs", type=Path, required=True, metavar="ZIP", help="the timetable, GTFS Schedule"
    )
    parser.add_argument("--positions", type=Path, required=True, metavar="CSV", help="recorded positions")
    parser.add_argument("--passings", type=Path, required=True, metavar="CSV", help="when stops were passed")
    parser.add_argument(
        "--learn-until",
        type=_day,
        required=True,
        metavar="YYYY-MM-DD",
        help="the last local day to learn from; the days after it are predicted",
    )


def run(options: argparse.Namespace) -> int:
    """Print the figures as one JSON object on standard output; what goes on, on standard error.

    Returns:
        The process's exit code: 0, or 2 where a file can't be used.
    """
    try:
        _say("reading")
        feed = read_feed(options.gtfs)
        passings = read_passings(options.passings, feed)
        reports = read_reports(options.positions, feed)
        summary = evaluate(feed, reports, passings, options.learn_until)
    except BadInputError as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_INPUT
    print(json.dumps(summary))
    return 0


def evaluate(feed: Feed, reports: list[Report], passings: Known, learn_until: date) -> dict[str, object]:
    """Learn on the days up to and with `learn_until`, predict the days after, and measure.

    Raises:
        BadInputError: no day is left to predict.
    """
    roads = roads_of(feed)
    last_day = learn_until.isoformat()
    past = [report for report in reports if report.day <= last_day]
    future = [report for report in reports if report.day > last_day]
    if not future:
        raise BadInputError(f"--learn-until {last_day}: no report of a bus in service is later")
    book, model = train(list(match_reports(past, feed, roads)), roads, _say)
    _say(f"predicting {len(future):,} reports")
    scores = Scores(passings, future[0].time_s)
    scores.add(predict(match_reports(future, feed, roads), roads, book, model))
    return scores.summary()


def roads_of(feed: Feed) -> Roads:
    """The lines of a feed's patterns, with the timetables of their trips."""
    trips: dict[str, list[PlannedTrip]] = {}
    for trip in feed.trips.values():
        planned = PlannedTrip(trip.trip_id, trip.pattern, trip.day_kind, 0.0, trip.stop_clock_s)
        trips.setdefault(trip.pattern.pattern_id, []).append(planned)
    return Roads(trips)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a day such as 2010-11-26") from error

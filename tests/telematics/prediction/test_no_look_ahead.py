"""What comes later can't change what was said before."""

import random
from datetime import date

import numpy as np
import pytest
from msgspec.structs import replace

from telematics.gtfs import read_feed
from telematics.prediction.evaluate import roads_of
from telematics.prediction.recordings import read_reports
from telematics.prediction.replay import match_reports, predict, train
from tests.telematics.prediction.builders import write_days, write_feed

LEARN_UNTIL = date(2026, 9, 9).isoformat()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    feed = read_feed(write_feed(folder / "feed.zip"))
    reports = read_reports(write_days(folder, days=5)[0], feed)
    cut = next(n for n, report in enumerate(reports) if report.day > LEARN_UNTIL)
    return feed, reports[:cut], reports[cut:]


def said(feed, past, future):
    """What is said at each report, as numbers."""
    roads = roads_of(feed)
    book, model = train(list(match_reports(past, feed, roads)), roads, lambda _: None)
    forecasts = predict(match_reports(future, feed, roads), roads, book, model)
    return [np.concatenate([one.said_s, one.lower_s, one.upper_s]) for one in forecasts]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_predictions_are_the_same_where_the_future_is_cut_off(recorded, share):
    feed, past, future = recorded
    cut = int(len(future) * share)
    whole = said(feed, past, future)[:cut]
    for expected, got in zip(whole, said(feed, past, future[:cut]), strict=True):
        np.testing.assert_array_equal(expected, got)


def test_predictions_are_the_same_where_the_future_is_scrambled(recorded):
    feed, past, future = recorded
    cut = len(future) // 2
    dice = random.Random(5)
    places = [(report.lat, report.lon) for report in future[cut:]]
    dice.shuffle(places)
    scrambled = [replace(one, lat=lat, lon=lon) for one, (lat, lon) in zip(future[cut:], places, strict=True)]
    before = said(feed, past, future)
    after = said(feed, past, future[:cut] + scrambled)
    for expected, got in zip(before[:cut], after[:cut], strict=True):
        np.testing.assert_array_equal(expected, got)
    assert any(
        len(one) != len(other) or not np.array_equal(one, other)
        for one, other in zip(before[cut:], after[cut:], strict=True)
    )


def test_what_is_learned_online_does_change_later_predictions(recorded):
    feed, past, future = recorded
    told = said(feed, past, future)
    late = [report for report in future if report.day > future[0].day]
    alone = said(feed, past, late)
    assert not np.array_equal(told[-5], alone[-5])

"""Accuracy on a recorded week of Brooklyn's B63, learned on some days, measured on the others."""

from datetime import date
from pathlib import Path

import pytest

from telematics.gtfs import read_feed
from telematics.prediction.evaluate import evaluate
from telematics.prediction.recordings import read_passings, read_reports

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "data" / "avl" / "mta_b63"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings of ../shared/data are not here")


@pytest.fixture(scope="module", params=["2010-11-24", "2010-11-28"])
def figures(request):
    feed = read_feed(FOLDER / "mta-b63-winter10.zip")
    passings = read_passings(FOLDER / "stop_passings_derived.csv", feed)
    reports = read_reports(FOLDER / "positions_labelled.csv", feed)
    return evaluate(feed, reports, passings, date.fromisoformat(request.param))


@pytest.mark.parametrize(
    ("horizon", "gain"), [("0-3", 0.24), ("3-6", 0.19), ("6-10", 0.15), ("10-15", 0.14), ("15-30", 0.16)]
)
def test_error_is_well_below_that_of_carrying_the_delay_forward(figures, horizon, gain):
    of_horizon = figures["horizons"][horizon]
    assert of_horizon["mae_s"] < (1 - gain) * of_horizon["baseline_mae_s"], figures


def test_baseline_is_that_of_the_published_figures(figures):
    published_s = {"3-6": 59, "6-10": 81, "10-15": 104, "15-30": 143}
    for horizon, mae_s in published_s.items():
        assert figures["horizons"][horizon]["baseline_mae_s"] == pytest.approx(mae_s, rel=0.1)


def test_range_holds_about_four_of_five(figures):
    assert 0.78 <= figures["range_coverage"] <= 0.82


def test_bands_stops_and_steadiness(figures):
    assert figures["in_band"] >= 0.85
    assert figures["stop_coverage"] >= 0.99
    assert figures["wobble_min"] <= 0.4

"""A bus that reports each second is shown with each report; one that reports more often, once a second."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.pace import INTERVAL_S, LEEWAY_S, Pace

BUS = 7
TICK_S = 0.103
JITTER_S = st.lists(st.floats(0.0, LEEWAY_S - 2 * TICK_S), min_size=200, max_size=200)


def shown_at(reports_at: list[float]) -> list[float]:
    """When reports are shown by someone who looks every tick and shows the newest."""
    pace = Pace()
    shown: list[float] = []
    waiting = sorted(reports_at)
    tick = 0
    while waiting:
        now = tick * TICK_S
        if waiting[0] <= now and pace.admits(BUS, now):
            pace.shown(BUS, now)
            shown.append(now)
            waiting = [at for at in waiting if at > now]
        tick += 1
    return shown


@given(JITTER_S)
def test_each_report_of_a_bus_that_reports_each_second_is_shown_at_the_next_tick(
    jitter_s: list[float],
) -> None:
    reports_at = [second + late for second, late in enumerate(jitter_s)]
    shown = shown_at(reports_at)
    assert len(shown) == len(reports_at)
    assert all(seen - sent <= TICK_S for sent, seen in zip(reports_at, shown, strict=True))


def test_a_bus_that_reports_ten_times_a_second_is_shown_once_a_second() -> None:
    shown = shown_at([number / 10 for number in range(1_000)])
    assert len(shown) <= 1 + (shown[-1] + LEEWAY_S) / INTERVAL_S


def test_a_bus_is_shown_at_once_after_a_silence_but_has_not_saved_up_for_more() -> None:
    pace = Pace()
    pace.shown(BUS, 0.0)
    pace.shown(BUS, 100.0)
    assert pace.admits(BUS, 100.0 + INTERVAL_S - LEEWAY_S)
    assert not pace.admits(BUS, 100.0 + INTERVAL_S - LEEWAY_S - 0.01)

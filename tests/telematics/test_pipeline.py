import itertools
from datetime import timedelta

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from telematics.fix import Verdict
from telematics.pipeline import DeviceState, ingest, rebuilt
from telematics.reorder import event_order
from telematics.rules import device as device_rules
from telematics.rules import misdated
from tests.telematics.builders import arrival, at, drive, fix, rulebook
from tests.telematics.days import days
from tests.telematics.memory_log import MemoryLog

RULEBOOK = rulebook()
LATE_S = 60
DELAYS_S = [1, LATE_S, LATE_S, 3_600, 3 * 86_400]
"""Within what counts as fresh, so that lateness itself leaves no mark."""


def run(batches):
    log = MemoryLog()
    for batch in batches:
        ingest(batch, log, RULEBOOK)
    return log


def outcome(log):
    """What must not depend on the order of arrival."""
    marks = {key: report.verdicts for key, report in log.reports["bus"].items()}
    return log.findings, marks, log.saved["bus"]


@given(days(), st.data())
@settings(max_examples=150, deadline=None)
def test_findings_do_not_depend_on_the_order_number_or_delay_of_arrivals_nor_on_dropped_states(reports, data):
    delays = data.draw(
        st.lists(st.sampled_from(DELAYS_S), min_size=len(reports), max_size=len(reports)), label="delays"
    )
    arrivals = [arrival(report, delay_s=delay) for report, delay in zip(reports, delays, strict=True)]
    ordered = run([[one] for one in sorted(arrivals, key=event_order)])

    repeated = arrivals + data.draw(st.lists(st.sampled_from(arrivals), max_size=8))
    shuffled = data.draw(st.permutations(repeated))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=6)))
    log = MemoryLog()
    for begin, end in itertools.pairwise([0, *cuts, len(shuffled)]):
        ingest(shuffled[begin:end], log, RULEBOOK)
        if "bus" in log.saved and data.draw(st.booleans(), label="drop"):
            log.saved["bus"] = rebuilt("bus", log, RULEBOOK)

    assert outcome(log) == outcome(ordered)


@pytest.mark.parametrize("rule", sorted(device_rules.RULES | {misdated.RULE}))
def test_these_days_have_something_to_find_for_each_rule(rule):
    def has_it(reports):
        found = run([[arrival(report, delay_s=LATE_S) for report in reports]]).findings.values()
        return any(one.rule == rule for one in found)

    find(days(), has_it, settings=settings(max_examples=2_000, phases=[Phase.generate], deadline=None))


def test_of_misdated_reports_that_are_equally_wrong_the_same_one_is_the_worst_in_any_order():
    first, second, third = (
        [arrival(fix(seconds, verdicts=Verdict.ROLLOVER), delay_s=LATE_S)] for seconds in (0, 5, 400)
    )
    assert outcome_of_clocks([first + third, second]) == outcome_of_clocks([first, second, third])


def outcome_of_clocks(batches):
    return run([[arrival(fix(1), delay_s=LATE_S)], *batches]).findings


def test_a_report_sent_twice_is_one_report():
    log = run([[arrival(fix(0))], [arrival(fix(0), delay_s=30)]])
    assert len(log.reports["bus"]) == 1


def test_speeding_is_found_across_batches():
    log = run([[arrival(report)] for report in drive(50, 70, 72, 75, 40)])
    (found,) = log.findings.values()
    assert (found.started_at, found.ended_at) == (at(5), at(15))


def test_a_late_report_that_was_slow_undoes_the_finding_it_splits():
    reports = drive(50, 70, 70, 70, 40)
    slow = reports.pop(2)
    slow = fix(10, 50, metres=100)
    log = run([[arrival(report)] for report in reports])
    assert len(log.findings) == 1
    ingest([arrival(slow)], log, RULEBOOK)
    assert not log.findings
    assert [found.started_at for found in log.withdrawn] == [at(5)]


def test_a_wild_position_is_marked_and_the_next_good_one_is_not():
    log = run([[arrival(report)] for report in (fix(0), fix(5, metres=90_000), fix(10))])
    assert [report.verdicts for report in log.reports["bus"].values()] == [0, Verdict.JUMPED, 0]


def test_positions_that_agree_outweigh_the_wild_one_before_them():
    log = run([[arrival(report)] for report in (fix(0, metres=90_000), fix(5), fix(10), fix(15), fix(20))])
    marks = [report.verdicts for report in log.reports["bus"].values()]
    assert marks == [0, Verdict.JUMPED, Verdict.JUMPED, 0, 0]


@pytest.mark.parametrize(
    ("delay", "verdict"),
    [
        (timedelta(seconds=121), Verdict.STALE),
        (timedelta(seconds=119), Verdict(0)),
        (timedelta(seconds=-119), Verdict(0)),
        (timedelta(seconds=-121), Verdict.FUTURE),
    ],
)
def test_arrival_before_or_long_after_the_event_is_marked(delay, verdict):
    log = run([[arrival(fix(0), delay_s=delay.total_seconds())]])
    assert [report.verdicts for report in log.reports["bus"].values()] == [verdict]


def test_a_report_from_the_future_is_stored_and_moves_nothing():
    log = run([[arrival(fix(0))], [arrival(fix(86_400, 90), delay_s=-86_300)]])
    assert len(log.reports["bus"]) == 2
    assert log.saved["bus"].newest == at(0)


def test_stale_reports_are_judged_all_the_same():
    log = run([[arrival(report, delay_s=7_200) for report in drive(50, 70, 72, 75, 40)]])
    assert len(log.findings) == 1


def test_a_void_report_keeps_the_last_position_and_says_so():
    log = run([[arrival(fix(0))], [arrival(fix(5, lat=None, lon=None))]])
    state = log.saved["bus"]
    assert (state.track.last.time, state.newest, state.has_position) == (at(0), at(5), False)


def test_a_device_never_heard_of_has_no_position():
    assert DeviceState().track.last is None

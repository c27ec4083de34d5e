"""The gate: each condition of the law alone refuses with its article, and only its own cure lifts it."""

from dataclasses import fields
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.dispatch.conditions import months_later
from fleet.dispatch.gate import Refusal, check_dispatch
from fleet.dispatch.law import CONDITIONS
from fleet.dispatch.situation import Answer, Period, Stage, TimeWindow
from tests.dispatch.builders import DAY, LAWFUL, NUMBERS, YEAR, Changes, changed, value_at

ORDER = "校车安全管理条例 "
REGISTRATION = "机动车登记规定 "
LICENCES = "机动车驾驶证申领和使用规定 "
NOT_MET, UNKNOWN = Answer.NOT_MET, Answer.UNKNOWN
ENDED = Period(date(2026, 1, 1), DAY - timedelta(days=1))
TO_COME = Period(DAY + timedelta(days=1), date(2027, 1, 1))
TO_THE_DAY = Period(DAY, DAY)


Row = tuple[str, str, Changes, Changes | None]
"""A condition's code and article, facts that break it, and facts that leave it unknown."""


def told(code: str, article: str, path: str) -> Row:
    """A condition whose fact is an answer."""
    return code, article, {path: NOT_MET}, {path: UNKNOWN}


def measured(code: str, article: str, path: str, wrong: object) -> Row:
    """A condition whose fact is a quantity, a day or a set."""
    return code, article, {path: wrong}, {path: None}


TABLE: list[Row] = [
    # Art 14: what a permit needs
    told("bus_not_registered", ORDER + "第十四条第一项", "bus.registered"),
    told("bus_not_conforming", ORDER + "第十四条第一项", "bus.conforms"),
    told("seats_altered", ORDER + "第十四条第一项", "bus.seats_as_certified"),
    told("inspection_failed", ORDER + "第十四条第一项", "bus.inspection_passed"),
    told("operating_plan_missing", ORDER + "第十四条第三项", "permit.operating_plan"),
    told("safety_system_missing", ORDER + "第十四条第四项", "permit.safety_system"),
    measured("carrier_insurance_lapsed", ORDER + "第十四条第五项", "bus.carrier_insurance", ENDED),
    told("permit_missing", ORDER + "第十四条", "permit.granted"),
    # Art 15-19: permit, plate card, lamps and stop arm
    measured("permit_lapsed", ORDER + "第十五条", "permit.period", Period(TO_COME.first, YEAR.last)),
    told("sign_lamps_missing", ORDER + "第十七条", "bus.sign_lamps"),
    told("stop_arm_missing", ORDER + "第十七条", "bus.stop_arm"),
    told("plate_card_missing", ORDER + "第十八条", "card.held"),
    told("bus_out_of_service", ORDER + "第十九条", "bus.in_service"),
    # Art 20-22: inspection, equipment, maintenance
    measured("inspection_lapsed", ORDER + "第二十条", "bus.inspection", Period(date(2026, 5, 22), YEAR.last)),
    told("hammer_missing", ORDER + "第二十一条", "bus.hammer"),
    told("extinguisher_missing", ORDER + "第二十一条", "bus.extinguisher"),
    told("first_aid_kit_missing", ORDER + "第二十一条", "bus.first_aid_kit"),
    told("recorder_missing", ORDER + "第二十一条", "bus.recorder"),
    told("maintenance_overdue", ORDER + "第二十二条", "bus.maintained"),
    told("defect_open", ORDER + "第二十二条", "bus.free_of_defects"),
    # Art 23-26: the driver
    measured("licence_lapsed", ORDER + "第二十三条第一项", "driver.licence", ENDED),
    told("licence_unfit", ORDER + "第二十三条第一项", "driver.licence_fits"),
    measured("licence_too_new", ORDER + "第二十三条第一项", "driver.licence_held_years", 2),
    ("driver_too_young", ORDER + "第二十三条第一项", {"driver.age_years": 24}, None),
    ("driver_too_old", ORDER + "第二十三条第一项", {"driver.age_years": 61}, None),
    told("full_points", ORDER + "第二十三条第二项", "driver.points"),
    told("grave_accident", ORDER + "第二十三条第三项", "driver.accidents"),
    told("drink_driving", ORDER + "第二十三条第四项", "driver.drink_driving"),
    told("serious_violation", ORDER + "第二十三条第四项", "driver.serious_violations"),
    told("criminal_record", ORDER + "第二十三条第五项", "driver.criminal_record"),
    told("driver_health", ORDER + "第二十三条第六项", "driver.health"),
    told("driver_illness", ORDER + "第二十三条第六项", "driver.illness"),
    told("driver_abuse", ORDER + "第二十三条第六项", "driver.abuse"),
    told("driving_time_spent", "道路交通安全法实施条例 第六十二条第七项", "driver.rested"),
    told("driver_not_qualified", ORDER + "第二十五条", "driver.qualified"),
    told("review_overdue", ORDER + "第二十六条", "driver.reviewed"),
    told("medical_lapsed", LICENCES + "第八十五条、第九十条", "driver.medical"),
    told("study_missing", LICENCES + "第八十五条、第九十条", "driver.studied"),
    # Art 28-34: route, stops, numbers aboard
    told("hazard_unprotected", ORDER + "第二十八条", "trip.hazards_protected"),
    told("plate_card_not_displayed", ORDER + "第三十条第一款", "card.displayed"),
    measured("route_not_approved", ORDER + "第三十条第二款", "trip.route", "route 2"),
    measured("stop_not_approved", ORDER + "第三十二条", "trip.stops", frozenset({"stop 1", "stop 9"})),
    measured("too_many_pupils", ORDER + "第三十四条", "trip.pupils", 33),
    measured("too_many_adults", ORDER + "第三十四条", "trip.adults", 3),
    # Art 38-41: attendant, seating, check before the trip
    told("attendant_missing", ORDER + "第三十八条", "attendant.assigned"),
    measured("attendant_is_driver", ORDER + "第三十八条", "attendant.key", "driver 1"),
    told("attendant_untrained", ORDER + "第三十八条", "attendant.trained"),
    told("driver_not_sober", ORDER + "第三十九条第二项", "driver.sober"),
    told("driver_ill", ORDER + "第三十九条第二项", "driver.fit"),
    told("pupil_in_front_seat", ORDER + "第四十条", "trip.front_seat_free"),
    told("stranger_aboard", ORDER + "第四十条", "trip.nobody_else_rides"),
    measured("pre_trip_check_missing", ORDER + "第四十一条", "pre_trip.checked_on", DAY - timedelta(days=1)),
    *(
        told(f"{part}_unsafe", ORDER + "第四十一条", f"pre_trip.{part}")
        for part in ("brakes", "steering", "lights", "tyres", "safety_door", "seats", "belts")
    ),
    # Art 2 and 60: what a school bus is
    measured("bus_too_small", ORDER + "第二条", "bus.seats", 6),
    measured("bus_not_for_primary", ORDER + "第二条", "bus.dedicated_to", frozenset()),
    (
        "bus_not_for_kindergarten",
        ORDER + "第六十条",
        {"trip.stages": frozenset({Stage.KINDERGARTEN})},
        {"trip.stages": frozenset({Stage.KINDERGARTEN}), "bus.dedicated_to": None},
    ),
    # Other laws
    measured("plate_card_lapsed", REGISTRATION + "第六十一条、第六十二条", "card.period", ENDED),
    (
        "plate_card_outlives_permit",
        REGISTRATION + "第六十一条、第六十二条",
        {"card.period": Period(YEAR.first, YEAR.last + timedelta(days=1))},
        None,
    ),
    told("bus_not_in_permit", REGISTRATION + "第六十四条", "permit.covers_bus"),
    measured("bus_not_on_card", REGISTRATION + "第六十四条", "card.plate", "苏C54321"),
    measured("owner_not_on_card", REGISTRATION + "第六十四条", "card.owner", "operator 2"),
    measured("driver_not_on_card", REGISTRATION + "第六十四条", "card.drivers", frozenset({"driver 2"})),
    measured("time_not_on_card", REGISTRATION + "第六十四条", "card.times", ()),
    measured("compulsory_insurance_lapsed", "道路交通安全法 第十七条", "bus.compulsory_insurance", TO_COME),
    told("attendant_unchecked", "未成年人保护法 第六十二条", "attendant.background"),
    told("running_suspended", "道路交通安全法 第四十条", "trip.running_allowed"),
]  # fmt: skip
CODES = [row[0] for row in TABLE]


def refused(changes: Changes) -> list[tuple[str, str, bool]]:
    decision = check_dispatch(changed(LAWFUL, changes), NUMBERS)
    assert decision.allowed is not bool(decision.refusals)
    return [(one.code, one.article, one.unknown) for one in decision.refusals]


def test_a_trip_of_which_everything_is_lawful_may_run():
    assert check_dispatch(LAWFUL, NUMBERS).allowed
    assert refused({}) == []


def test_the_table_has_every_condition_of_the_gate_once():
    assert sorted(CODES) == sorted(condition.code for condition in CONDITIONS)
    assert len(set(CODES)) == len(CODES)


@pytest.mark.parametrize(("code", "article", "wrong", "unknown"), TABLE, ids=CODES)
def test_each_condition_alone_not_met_refuses_with_its_article(code, article, wrong, unknown):
    assert refused(wrong) == [(code, article, False)]


@pytest.mark.parametrize(
    ("code", "article", "wrong", "unknown"),
    [row for row in TABLE if row[3]],
    ids=[row[0] for row in TABLE if row[3]],
)
def test_each_condition_alone_unknown_refuses_with_its_article_and_says_so(code, article, wrong, unknown):
    assert refused(unknown) == [(code, article, True)]


def test_an_unknown_age_is_neither_old_enough_nor_young_enough():
    assert refused({"driver.age_years": None}) == [
        ("driver_too_young", ORDER + "第二十三条第一项", True),
        ("driver_too_old", ORDER + "第二十三条第一项", True),
    ]


def test_when_nothing_is_known_every_condition_that_can_be_unknown_refuses():
    nothing: Changes = {
        f"{group.name}.{one.name}": UNKNOWN if isinstance(value, Answer) else None
        for group in fields(LAWFUL)
        for one in fields(getattr(LAWFUL, group.name))
        for value in [getattr(getattr(LAWFUL, group.name), one.name)]
        if one.name not in ("day", "starts_at")
    }
    found = {code for code, _, unknown in refused(nothing) if unknown}
    assert found == set(CODES) - {"plate_card_outlives_permit"}


ON_THE_BOUNDARY = [
    {"bus.seats": 7},
    {"driver.age_years": 25},
    {"driver.age_years": 60},
    {"driver.licence_held_years": 3},
    {"trip.pupils": 32, "trip.adults": 2},
    {"bus.inspection": Period(date(2026, 5, 23), YEAR.last)},
    {"bus.inspection": TO_THE_DAY},
    {"card.period": TO_THE_DAY},
    {"card.period": TO_THE_DAY, "permit.period": TO_THE_DAY},
    {"bus.carrier_insurance": TO_THE_DAY, "bus.compulsory_insurance": TO_THE_DAY},
    {"driver.licence": TO_THE_DAY},
    {"trip.starts_at": time(6, 30)},
    {"trip.starts_at": time(18, 0)},
    {"trip.stops": frozenset()},
    {"trip.stages": frozenset({Stage.MIDDLE}), "bus.dedicated_to": frozenset()},
]


@pytest.mark.parametrize("changes", ON_THE_BOUNDARY, ids=str)
def test_boundaries_are_inside(changes):
    assert refused(changes) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"trip.starts_at": time(6, 29)}, "time_not_on_card"),
        ({"trip.starts_at": time(18, 1)}, "time_not_on_card"),
        ({"trip.starts_at": time(12, 0)}, "time_not_on_card"),
        ({"card.times": (TimeWindow(time(7, 1), time(8, 0)),)}, "time_not_on_card"),
        ({"driver.licence": TO_COME}, "licence_lapsed"),
        ({"bus.inspection": TO_COME}, "inspection_lapsed"),
        ({"bus.inspection": Period(date(2026, 8, 20), ENDED.last)}, "inspection_lapsed"),
        ({"driver.age_years": 60.01}, "driver_too_old"),
        ({"pre_trip.checked_on": DAY + timedelta(days=1)}, "pre_trip_check_missing"),
        ({"trip.stages": frozenset({Stage.PRIMARY, Stage.KINDERGARTEN})}, "bus_not_for_kindergarten"),
        ({"card.drivers": frozenset()}, "driver_not_on_card"),
    ],
)
def test_just_beyond_the_boundaries_is_refused(changes, code):
    assert [found for found, _, _ in refused(changes)] == [code]


def test_the_numbers_are_the_profiles():
    older = changed(LAWFUL, {"driver.age_years": 62})
    assert check_dispatch(older, {**NUMBERS, "driver.age_max": 63.0}).allowed
    assert not check_dispatch(LAWFUL, {**NUMBERS, "driver.licence_held_years_min": 9.0}).allowed


def test_a_profile_without_a_number_that_is_needed_is_an_error():
    with pytest.raises(KeyError, match=r"driver\.age_max"):
        check_dispatch(LAWFUL, {key: value for key, value in NUMBERS.items() if key != "driver.age_max"})


def test_a_refusal_tells_what_was_found_and_what_it_was_held_against():
    def only(changes: Changes) -> Refusal:
        return check_dispatch(changed(LAWFUL, changes), NUMBERS).refusals[0]

    too_many = only({"trip.pupils": 64})
    assert (too_many.found, too_many.limit, too_many.cure) == (64, 32, "fewer_aboard")
    lapsed = only({"bus.carrier_insurance": ENDED})
    assert (lapsed.found, lapsed.limit, lapsed.cure) == ("2026-11-22", None, "insure_bus")
    inspection = only({"bus.inspection": Period(date(2026, 1, 31), date(2026, 7, 31))})
    assert (inspection.found, inspection.limit) == ("2026-07-31", 6.0)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_months_end_where_the_calendar_does(day, months, expected):
    assert months_later(day, months) == expected


# One wrong or unknown state for each condition, that can be combined with all others: no two change one fact.
ALONE = [
    (code, state)
    for code, _, wrong, unknown in TABLE
    for state in (wrong, unknown)
    if state and len(state) == 1 and code not in ("bus_not_for_kindergarten", "plate_card_outlives_permit")
]


@st.composite
def broken(draw):
    """Conditions that are broken, each by a fact of its own: changes and the codes that they must bring."""
    chosen = draw(st.lists(st.sampled_from(ALONE), min_size=1, max_size=12, unique_by=lambda row: row[0]))
    changes: Changes = {}
    codes: set[str] = set()
    for code, state in chosen:
        if not changes.keys() & state.keys():
            changes.update(state)
            codes.add(code)
    return changes, codes


@given(broken())
def test_all_reasons_are_given_at_once(case):
    changes, codes = case
    assert {code for code, _, _ in refused(changes)} >= codes


@given(broken(), st.data())
def test_no_change_of_facts_lifts_a_refusal_but_its_own_cure(case, data):
    """Whatever else becomes better or worse, each refusal stays until its own fact is cured."""
    changes, codes = case
    code = data.draw(st.sampled_from(sorted(codes)))
    own = next(set(state) for name, state in ALONE if name == code)
    others = [path for _, state in ALONE for path in state if path not in own]
    moved = data.draw(st.lists(st.sampled_from(others), unique=True))
    better = {path: value_at(LAWFUL, path) for path in moved}
    kept = {path: value for path, value in changes.items() if path in own}
    decision = check_dispatch(changed(LAWFUL, {**changes, **better, **kept}), NUMBERS)
    assert not decision.allowed
    assert code in {one.code for one in decision.refusals}


@given(broken())
def test_curing_every_broken_fact_allows(case):
    changes, _ = case
    cured = {path: value_at(LAWFUL, path) for path in changes}
    assert check_dispatch(changed(changed(LAWFUL, changes), cured), NUMBERS).allowed


def test_only_another_route_than_the_approved_may_be_overridden_and_not_an_unknown_one():
    def overridable(changes: Changes) -> bool:
        return check_dispatch(changed(LAWFUL, changes), NUMBERS).overridable

    assert overridable({"trip.route": "route 2"})
    assert not overridable({"trip.route": None})
    assert not overridable({"trip.route": "route 2", "bus.hammer": NOT_MET})
    assert not overridable({})
    for code, _, wrong, _ in TABLE:
        assert overridable(wrong) is (code == "route_not_approved")

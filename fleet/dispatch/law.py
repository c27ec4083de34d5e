"""Every condition that the law sets for a school bus to leave and software can check, with its article; pure.

Articles are those of 校车安全管理条例 (State Council Order 617, 2012) unless another law is named. Each condition
looks at facts of its own, so that one thing wrong is one refusal, and only what cures it lifts it.
"""

from fleet.dispatch.conditions import (
    INSPECTION_MONTHS,
    LICENCE_YEARS,
    MINIMUM_SEATS,
    OLDEST,
    YOUNGEST,
    Condition,
    at_least,
    at_most,
    attendant_is_another_person,
    built_for,
    card_within_permit,
    checked_today,
    covers_day,
    driver_on_card,
    inspected,
    not_more_than,
    same,
    stops_on_card,
    time_on_card,
    told,
)
from fleet.dispatch.situation import Stage

ORDER = "校车安全管理条例 "
REGISTRATION = "机动车登记规定 "
LICENCES = "机动车驾驶证申领和使用规定 "
ROAD_SAFETY = "道路交通安全法 "
IMPLEMENTATION = "道路交通安全法实施条例 "
PROTECTION = "未成年人保护法 "

BUS = (
    Condition(
        "bus_too_small",
        ORDER + "第二条",
        "other_bus",
        at_least("bus.seats", MINIMUM_SEATS),
        found="bus.seats",
        number=MINIMUM_SEATS,
    ),
    Condition("bus_not_for_primary", ORDER + "第二条", "dedicated_bus", built_for(Stage.PRIMARY)),
    Condition("bus_not_for_kindergarten", ORDER + "第六十条", "dedicated_bus", built_for(Stage.KINDERGARTEN)),
    Condition("bus_not_registered", ORDER + "第十四条第一项", "register_bus", told("bus.registered")),
    Condition("bus_not_conforming", ORDER + "第十四条第一项", "conforming_bus", told("bus.conforms")),
    Condition("seats_altered", ORDER + "第十四条第一项", "restore_seats", told("bus.seats_as_certified")),
    Condition("inspection_failed", ORDER + "第十四条第一项", "inspect_bus", told("bus.inspection_passed")),
    Condition(
        "inspection_lapsed",
        ORDER + "第二十条",
        "inspect_bus",
        inspected,
        found="bus.inspection",
        number=INSPECTION_MONTHS,
    ),
    Condition(
        "carrier_insurance_lapsed",
        ORDER + "第十四条第五项",
        "insure_bus",
        covers_day("bus.carrier_insurance"),
        found="bus.carrier_insurance",
    ),
    Condition(
        "compulsory_insurance_lapsed",
        ROAD_SAFETY + "第十七条",
        "insure_bus",
        covers_day("bus.compulsory_insurance"),
        found="bus.compulsory_insurance",
    ),
    Condition("bus_out_of_service", ORDER + "第十九条", "other_bus", told("bus.in_service")),
    Condition("sign_lamps_missing", ORDER + "第十七条", "fit_equipment", told("bus.sign_lamps")),
    Condition("stop_arm_missing", ORDER + "第十七条", "fit_equipment", told("bus.stop_arm")),
    Condition("hammer_missing", ORDER + "第二十一条", "fit_equipment", told("bus.hammer")),
    Condition("extinguisher_missing", ORDER + "第二十一条", "fit_equipment", told("bus.extinguisher")),
    Condition("first_aid_kit_missing", ORDER + "第二十一条", "fit_equipment", told("bus.first_aid_kit")),
    Condition("recorder_missing", ORDER + "第二十一条", "fit_equipment", told("bus.recorder")),
    Condition("maintenance_overdue", ORDER + "第二十二条", "maintain_bus", told("bus.maintained")),
    Condition("defect_open", ORDER + "第二十二条", "release_defects", told("bus.free_of_defects")),
)

PERMIT = (
    Condition("permit_missing", ORDER + "第十四条", "apply_for_permit", told("permit.granted")),
    Condition("bus_not_in_permit", REGISTRATION + "第六十四条", "change_card", told("permit.covers_bus")),
    Condition(
        "permit_lapsed",
        ORDER + "第十五条",
        "apply_for_permit",
        covers_day("permit.period"),
        found="permit.period",
    ),
    Condition(
        "operating_plan_missing", ORDER + "第十四条第三项", "complete_permit", told("permit.operating_plan")
    ),
    Condition(
        "safety_system_missing", ORDER + "第十四条第四项", "complete_permit", told("permit.safety_system")
    ),
    Condition("plate_card_missing", ORDER + "第十八条", "apply_for_card", told("card.held")),
    Condition(
        "plate_card_lapsed",
        REGISTRATION + "第六十一条、第六十二条",
        "apply_for_card",
        covers_day("card.period"),
        found="card.period",
    ),
    Condition(
        "plate_card_outlives_permit",
        REGISTRATION + "第六十一条、第六十二条",
        "apply_for_card",
        card_within_permit,
    ),
    Condition("plate_card_not_displayed", ORDER + "第三十条第一款", "display_card", told("card.displayed")),
    Condition("bus_not_on_card", REGISTRATION + "第六十四条", "change_card", same("bus.plate", "card.plate")),
    Condition(
        "owner_not_on_card", REGISTRATION + "第六十四条", "change_card", same("bus.owner", "card.owner")
    ),
    Condition("driver_not_on_card", REGISTRATION + "第六十四条", "listed_driver", driver_on_card),
    Condition("time_not_on_card", REGISTRATION + "第六十四条", "approved_time", time_on_card),
    Condition(
        "route_not_approved", ORDER + "第三十条第二款", "approved_route", same("trip.route", "card.route")
    ),
    Condition("stop_not_approved", ORDER + "第三十二条", "approved_stops", stops_on_card),
    Condition("hazard_unprotected", ORDER + "第二十八条", "protect_hazards", told("trip.hazards_protected")),
)

DRIVER = (
    Condition("driver_not_qualified", ORDER + "第二十五条", "qualified_driver", told("driver.qualified")),
    Condition(
        "licence_lapsed",
        ORDER + "第二十三条第一项",
        "renew_licence",
        covers_day("driver.licence"),
        found="driver.licence",
    ),
    Condition("licence_unfit", ORDER + "第二十三条第一项", "qualified_driver", told("driver.licence_fits")),
    Condition(
        "licence_too_new",
        ORDER + "第二十三条第一项",
        "qualified_driver",
        at_least("driver.licence_held_years", LICENCE_YEARS),
        found="driver.licence_held_years",
        number=LICENCE_YEARS,
    ),
    Condition(
        "driver_too_young",
        ORDER + "第二十三条第一项",
        "qualified_driver",
        at_least("driver.age_years", YOUNGEST),
        found="driver.age_years",
        number=YOUNGEST,
    ),
    Condition(
        "driver_too_old",
        ORDER + "第二十三条第一项",
        "qualified_driver",
        at_most("driver.age_years", OLDEST),
        found="driver.age_years",
        number=OLDEST,
    ),
    Condition("full_points", ORDER + "第二十三条第二项", "qualified_driver", told("driver.points")),
    Condition("grave_accident", ORDER + "第二十三条第三项", "qualified_driver", told("driver.accidents")),
    Condition("drink_driving", ORDER + "第二十三条第四项", "qualified_driver", told("driver.drink_driving")),
    Condition(
        "serious_violation",
        ORDER + "第二十三条第四项",
        "qualified_driver",
        told("driver.serious_violations"),
    ),
    Condition(
        "criminal_record", ORDER + "第二十三条第五项", "qualified_driver", told("driver.criminal_record")
    ),
    Condition("driver_health", ORDER + "第二十三条第六项", "qualified_driver", told("driver.health")),
    Condition("driver_illness", ORDER + "第二十三条第六项", "qualified_driver", told("driver.illness")),
    Condition("driver_abuse", ORDER + "第二十三条第六项", "qualified_driver", told("driver.abuse")),
    Condition("review_overdue", ORDER + "第二十六条", "review_driver", told("driver.reviewed")),
    Condition(
        "medical_lapsed", LICENCES + "第八十五条、第九十条", "medical_certificate", told("driver.medical")
    ),
    Condition("study_missing", LICENCES + "第八十五条、第九十条", "train_driver", told("driver.studied")),
    Condition("driver_not_sober", ORDER + "第三十九条第二项", "other_driver", told("driver.sober")),
    Condition("driver_ill", ORDER + "第三十九条第二项", "other_driver", told("driver.fit")),
    Condition(
        "driving_time_spent",
        IMPLEMENTATION + "第六十二条第七项",
        "rest_driver",
        told("driver.rested"),
        found="driver.driving_left_min",
    ),
)

ATTENDANT = (
    Condition("attendant_missing", ORDER + "第三十八条", "assign_attendant", told("attendant.assigned")),
    Condition("attendant_is_driver", ORDER + "第三十八条", "assign_attendant", attendant_is_another_person),
    Condition("attendant_untrained", ORDER + "第三十八条", "train_attendant", told("attendant.trained")),
    Condition(
        "attendant_unchecked", PROTECTION + "第六十二条", "check_attendant", told("attendant.background")
    ),
)

ABOARD = (
    Condition(
        "too_many_pupils",
        ORDER + "第三十四条",
        "fewer_aboard",
        not_more_than("trip.pupils", "bus.pupil_capacity"),
        found="trip.pupils",
        limit="bus.pupil_capacity",
    ),
    Condition(
        "too_many_adults",
        ORDER + "第三十四条",
        "fewer_aboard",
        not_more_than("trip.adults", "bus.adult_capacity"),
        found="trip.adults",
        limit="bus.adult_capacity",
    ),
    Condition("pupil_in_front_seat", ORDER + "第四十条", "clear_front_seat", told("trip.front_seat_free")),
    Condition("stranger_aboard", ORDER + "第四十条", "only_pupils", told("trip.nobody_else_rides")),
    Condition("running_suspended", ROAD_SAFETY + "第四十条", "wait", told("trip.running_allowed")),
)

PRE_TRIP = (
    Condition(
        "pre_trip_check_missing",
        ORDER + "第四十一条",
        "check_bus",
        checked_today,
        found="pre_trip.checked_on",
    ),
    *(
        Condition(f"{part}_unsafe", ORDER + "第四十一条", "mend_bus", told(f"pre_trip.{part}"))
        for part in ("brakes", "steering", "lights", "tyres", "safety_door", "seats", "belts")
    ),
)

CONDITIONS: tuple[Condition, ...] = (*BUS, *PERMIT, *DRIVER, *ATTENDANT, *ABOARD, *PRE_TRIP)

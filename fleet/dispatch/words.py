"""What the gate's codes say to people: what is wrong, and what would cure it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fleet.dispatch.gate import Refusal

WRONG = {
    "bus_too_small": _("The bus has fewer seats than a school bus must have."),
    "bus_not_for_primary": _("The bus was not built as a school bus for primary pupils."),
    "bus_not_for_kindergarten": _("The bus was not built as a school bus for kindergarten children."),
    "bus_not_registered": _("The bus is not registered with the traffic police."),
    "bus_not_conforming": _("The bus does not conform to the national standard of school-bus safety."),
    "seats_altered": _("The seats are not as certified."),
    "inspection_failed": _("The bus failed its safety inspection."),
    "inspection_lapsed": _("The safety inspection is out of date."),
    "carrier_insurance_lapsed": _("The carrier's liability insurance is not in force."),
    "compulsory_insurance_lapsed": _("The compulsory traffic insurance is not in force."),
    "bus_out_of_service": _("The bus has been taken out of service."),
    "sign_lamps_missing": _("The school-bus lamps are missing or out of order."),
    "stop_arm_missing": _("The stop arm is missing or out of order."),
    "hammer_missing": _("The escape hammers are missing or expired."),
    "extinguisher_missing": _("The dry-powder extinguisher is missing or expired."),
    "first_aid_kit_missing": _("The first-aid kit is missing or expired."),
    "recorder_missing": _("The positioning device with driving record is missing or out of order."),
    "maintenance_overdue": _("The maintenance is overdue."),
    "defect_open": _("A defect that keeps the bus off the road is open."),
    "permit_missing": _("There is no use permit."),
    "bus_not_in_permit": _("The use permit is not for this bus."),
    "permit_lapsed": _("The use permit is not in force."),
    "operating_plan_missing": _("No operating plan was approved."),
    "safety_system_missing": _("No safety management system was approved."),
    "plate_card_missing": _("There is no plate card that may be used."),
    "plate_card_lapsed": _("The plate card is not in force."),
    "plate_card_outlives_permit": _("The plate card ends after the permit."),
    "plate_card_not_displayed": _("The plate card is not in its place."),
    "bus_not_on_card": _("The plate card names another plate."),
    "owner_not_on_card": _("The plate card names another owner."),
    "driver_not_on_card": _("The plate card does not name the driver."),
    "time_not_on_card": _("The plate card does not name this time."),
    "route_not_approved": _("The route is not the approved one."),
    "stop_not_approved": _("A stop is not on the plate card."),
    "hazard_unprotected": _("A dangerous stretch of the route is not known to be protected."),
    "driver_not_qualified": _("The driver has no valid qualification for school buses."),
    "licence_lapsed": _("The driving licence is not in force."),
    "licence_unfit": _("The class of licence does not cover this bus."),
    "licence_too_new": _("The driver has not held the licence long enough."),
    "driver_too_young": _("The driver is too young."),
    "driver_too_old": _("The driver is too old."),
    "full_points": _("The driver has a full-points record in the cycles that count."),
    "grave_accident": _("The driver was liable for an accident with death or serious injury."),
    "drink_driving": _("The driver has driven after drinking."),
    "serious_violation": _(
        "The driver has overloaded a passenger vehicle or driven one too fast in the last year."
    ),
    "criminal_record": _("The driver has a criminal record."),
    "driver_health": _("The driver's health is not sound."),
    "driver_illness": _("The driver has an illness that endangers driving."),
    "driver_abuse": _("The driver has abused alcohol or drugs."),
    "review_overdue": _("The driver's annual review was not passed in time."),
    "medical_lapsed": _("The driver has no valid medical certificate."),
    "study_missing": _("The driver lacks hours of study."),
    "driver_not_sober": _("The driver is not sober."),
    "driver_ill": _("The driver is ill or unfit today."),
    "driving_time_spent": _("The driver may not drive for as long as the trip takes without a rest."),
    "attendant_missing": _("There is no attendant."),
    "attendant_is_driver": _("The attendant is the driver."),
    "attendant_untrained": _("The attendant is not trained."),
    "attendant_unchecked": _("The attendant's background has not been checked."),
    "too_many_pupils": _("There are more pupils than the bus is certified for."),
    "too_many_adults": _("There are more adults than the bus is certified for."),
    "pupil_in_front_seat": _("A pupil would sit in the front passenger seat."),
    "stranger_aboard": _("Somebody else would ride along."),
    "running_suspended": _("Running has been suspended."),
    "pre_trip_check_missing": _("The bus has not been checked today."),
    "brakes_unsafe": _("The brakes are not in order."),
    "steering_unsafe": _("The steering is not in order."),
    "lights_unsafe": _("The lights are not in order."),
    "tyres_unsafe": _("The tyres are not in order."),
    "safety_door_unsafe": _("The safety door is not in order."),
    "seats_unsafe": _("The seats are not in order."),
    "belts_unsafe": _("The seat belts are not in order."),
}

CURES = {
    "other_bus": _("Use another bus."),
    "dedicated_bus": _("Use a school bus that was built for these pupils."),
    "register_bus": _("Register the bus, and record it."),
    "conforming_bus": _("Use a bus that conforms, or have it made so."),
    "restore_seats": _("Restore the certified seats, and count them again."),
    "inspect_bus": _("Have the bus inspected, and record the result."),
    "insure_bus": _("Take out the insurance, and record it."),
    "fit_equipment": _("Fit it in working order, and record it."),
    "maintain_bus": _("Have the maintenance done, and record it."),
    "release_defects": _("Have the defect mended and released by another person."),
    "apply_for_permit": _("Apply for a use permit."),
    "complete_permit": _("Have it approved with the permit."),
    "apply_for_card": _("Apply for a plate card."),
    "display_card": _("Put the plate card in its place."),
    "change_card": _("Have the change approved, and a new plate card issued."),
    "listed_driver": _("Let a driver drive whom the plate card names, or have it changed."),
    "approved_time": _("Run at the approved time, or have it changed."),
    "approved_route": _("Drive the approved route; Article 30 says when another may be driven."),
    "approved_stops": _("Serve approved stops only, or have them changed."),
    "protect_hazards": _("Choose a route that avoids the stretch, or have it protected."),
    "qualified_driver": _("Let a qualified driver drive, and keep the records complete."),
    "renew_licence": _("Have the licence renewed, and record it."),
    "review_driver": _("Pass the annual review, and record it."),
    "medical_certificate": _("Bring a new medical certificate."),
    "train_driver": _("Complete the hours of study."),
    "other_driver": _("Let another listed driver drive."),
    "rest_driver": _("Let the driver rest first, or another listed driver drive."),
    "assign_attendant": _("Assign an attendant for the whole trip."),
    "train_attendant": _("Train the attendant, and record it."),
    "check_attendant": _("Have the attendant's background checked, and record it."),
    "fewer_aboard": _("Carry no more than the certified number."),
    "clear_front_seat": _("Leave the front passenger seat free of pupils."),
    "only_pupils": _("Let nobody else ride."),
    "wait": _("Wait until running is allowed again."),
    "check_bus": _("Check the bus before the trip."),
    "mend_bus": _("Have it mended and checked again."),
}


PERIOD_ENDS = _("until %(found)s")
FOUND = {
    "bus_too_small": _("%(found)s seats"),
    "inspection_lapsed": PERIOD_ENDS,
    "carrier_insurance_lapsed": PERIOD_ENDS,
    "compulsory_insurance_lapsed": PERIOD_ENDS,
    "permit_lapsed": PERIOD_ENDS,
    "plate_card_lapsed": PERIOD_ENDS,
    "licence_lapsed": PERIOD_ENDS,
    "licence_too_new": _("%(found)s years"),
    "driver_too_young": _("%(found)s years old"),
    "driver_too_old": _("%(found)s years old"),
    "driving_time_spent": _("%(found)s minutes of driving left"),
    "too_many_pupils": _("%(found)s pupils"),
    "too_many_adults": _("%(found)s adults"),
    "pre_trip_check_missing": _("checked on %(found)s"),
}
"""What was found, for each condition that tells it."""

LIMITS = {
    "bus_too_small": _("at least %(limit)s seats"),
    "inspection_lapsed": _("every %(limit)s months"),
    "licence_too_new": _("at least %(limit)s years"),
    "driver_too_young": _("at least %(limit)s years old"),
    "driver_too_old": _("at most %(limit)s years old"),
    "too_many_pupils": _("at most %(limit)s pupils"),
    "too_many_adults": _("at most %(limit)s adults"),
}
"""What it was held against."""


class Reason(NamedTuple):
    """A refusal as people read it.

    Attributes:
        wrong: what is wrong, or not known to be otherwise.
        article: the law that asks for it, in Chinese.
        unknown: nothing is known of it.
        found: what was found; empty where there is nothing to tell.
        limit: what it was held against; empty where there is nothing to tell.
        cure: what would put it right.
        cure_code: its code.
    """

    wrong: str
    article: str
    unknown: bool
    found: str
    limit: str
    cure: str
    cure_code: str


def reason_in_words(refusal: Refusal | Mapping[str, Any]) -> Reason:
    """A refusal, of now or as it was recorded, for people to read."""
    told = asdict(refusal) if isinstance(refusal, Refusal) else refusal
    code, found, limit = told["code"], told["found"], told["limit"]
    return Reason(
        wrong=wrong_in_words(told),
        article=told["article"],
        unknown=told["unknown"],
        found="" if found is None else str(FOUND[code]) % {"found": quantity(found)},
        limit="" if limit is None else str(LIMITS[code]) % {"limit": quantity(limit)},
        cure=cure_in_words(told),
        cure_code=told["cure"],
    )


def quantity(value: str | float) -> str:
    """A day as it is written here, a number without needless digits."""
    if isinstance(value, str):
        return date_format(date.fromisoformat(value))
    return f"{value:.1f}".removesuffix(".0")


def wrong_in_words(refusal: Mapping[str, Any]) -> str:
    """What a recorded refusal says is wrong; of what is unknown, that it is not known to be otherwise."""
    words = str(WRONG[refusal["code"]])
    return gettext("Not known to be otherwise: %(words)s") % {"words": words} if refusal["unknown"] else words


def cure_in_words(refusal: Mapping[str, Any]) -> str:
    """What would cure a recorded refusal."""
    return str(CURES[refusal["cure"]])

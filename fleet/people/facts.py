"""Reads: what is recorded of drivers, as it is judged; of any number of drivers in as many queries as of one."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from fleet.people.drivers import (
    AnnualReview,
    Driver,
    DriverCondition,
    DriverQualification,
    DriverRecord,
    MedicalCertificate,
    PointsRecord,
    TrainingHours,
)
from fleet.people.standing import (
    Condition,
    DriverFacts,
    Evidence,
    Medical,
    Period,
    Points,
    Review,
    State,
    Training,
)


def facts_of(driver: Driver) -> DriverFacts:
    """What is recorded of a driver, as it is judged."""
    return facts_of_all(Driver.objects.filter(pk=driver.pk))[driver.pk]


def facts_of_all(drivers: QuerySet[Driver]) -> dict[int, DriverFacts]:
    """What is recorded of each driver, by id."""
    evidence = rows(drivers, DriverCondition, "condition", "state", "established_on")
    points = rows(drivers, PointsRecord, "cycle_from", "points")
    qualifications = rows(drivers, DriverQualification, "valid_from", "valid_until")
    reviews = rows(drivers, AnnualReview, "cycle_ended_on", "reviewed_on", "passed")
    medicals = rows(drivers, MedicalCertificate, "examined_on", "valid_until", "fit")
    training = rows(drivers, TrainingHours, "held_on", "hours")
    return {
        driver.pk: DriverFacts(
            born_on=driver.born_on,
            licence_first_issued_on=driver.licence_first_issued_on,
            licence_class_since=driver.licence_class_since,
            licence_valid_until=driver.licence_valid_until,
            evidence=tuple(
                Evidence(Condition(condition), State(state), on)
                for condition, state, on in evidence[driver.pk]
            ),
            points=tuple(Points(*one) for one in points[driver.pk]),
            qualifications=tuple(Period(*one) for one in qualifications[driver.pk]),
            reviews=tuple(Review(*one) for one in reviews[driver.pk]),
            medicals=tuple(Medical(*one) for one in medicals[driver.pk]),
            training=tuple(Training(on, float(hours)) for on, hours in training[driver.pk]),
        )
        for driver in drivers
    }


def rows(drivers: QuerySet[Driver], model: type[DriverRecord], *fields: str) -> dict[int, list[list[Any]]]:
    """The records of one kind that count, by driver, those recorded last first."""
    found: dict[int, list[list[Any]]] = defaultdict(list)
    kept = model.objects.current().filter(driver__in=drivers.order_by().values("pk"))
    for driver, *values in kept.order_by("-pk").values_list("driver_id", *fields):
        found[driver].append(values)
    return found

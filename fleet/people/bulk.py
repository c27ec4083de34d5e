"""Writes: many drivers or attendants, or what is recorded of them, at once."""

from fleet.bulk import Bulk
from fleet.people.attendants import Attendant, AttendantCheck
from fleet.people.changes import ATTENDANT_FIELDS, DRIVER_FIELDS, RECORD_FIELDS, member_of
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
from fleet.people.permissions import employer_of


def records(model: type[DriverRecord | AttendantCheck], owner: str) -> Bulk:
    """What is recorded of drivers or attendants; who may change the person may change and archive it."""
    return Bulk(
        model,
        RECORD_FIELDS[model],
        change=f"people.change_{owner}",
        archive=f"people.change_{owner}",
        organisations_of=lambda record: employer_of(member_of(record)),
        owner=owner,
    )


DRIVERS = Bulk(Driver, DRIVER_FIELDS, "people.change_driver", "people.archive_driver", employer_of)
ATTENDANTS = Bulk(
    Attendant, ATTENDANT_FIELDS, "people.change_attendant", "people.archive_attendant", employer_of
)
CONDITIONS = records(DriverCondition, "driver")
QUALIFICATIONS = records(DriverQualification, "driver")
REVIEWS = records(AnnualReview, "driver")
MEDICALS = records(MedicalCertificate, "driver")
POINTS = records(PointsRecord, "driver")
TRAINING = records(TrainingHours, "driver")
CHECKS = records(AttendantCheck, "attendant")

"""What is recorded of a driver: how the pages list it and ask for it."""

from django.utils.translation import gettext_lazy as _

from fleet.people import changes
from fleet.people.models import (
    AnnualReview,
    DriverCondition,
    DriverQualification,
    MedicalCertificate,
    PointsRecord,
    TrainingHours,
)
from web.registry.papers import Paper

DRIVER_PAPERS = (
    Paper(
        slug="conditions",
        title=_("Evidence"),
        add=_("Record evidence"),
        empty=_("No evidence is recorded for the conditions of Article 23."),
        model=DriverCondition,
        owner="driver",
        shown=("condition", "state", "established_on", "evidence"),
        asked=("condition", "state", "established_on", "evidence", "document"),
        record=changes.record_condition,
    ),
    Paper(
        slug="qualifications",
        title=_("Qualification"),
        add=_("Record a qualification"),
        empty=_("No qualification to drive school buses is recorded (Article 24)."),
        model=DriverQualification,
        owner="driver",
        shown=("number", "issuer", "issued_on", "valid_from", "valid_until"),
        asked=("number", "issuer", "issued_on", "valid_from", "valid_until", "document"),
        record=changes.record_qualification,
    ),
    Paper(
        slug="reviews",
        title=_("Annual reviews"),
        add=_("Record an annual review"),
        empty=_("No annual review is recorded. It is due within 30 days after each points cycle."),
        model=AnnualReview,
        owner="driver",
        shown=("cycle_ended_on", "reviewed_on", "passed"),
        asked=("cycle_ended_on", "reviewed_on", "passed", "document"),
        record=changes.record_review,
    ),
    Paper(
        slug="medicals",
        title=_("Medical certificates"),
        add=_("Record a medical certificate"),
        empty=_("No medical certificate is recorded. One is good for six months."),
        model=MedicalCertificate,
        owner="driver",
        shown=("examined_on", "fit", "valid_until", "hospital"),
        asked=("examined_on", "fit", "valid_until", "hospital", "document"),
        record=changes.record_medical,
    ),
    Paper(
        slug="points",
        title=_("Points by cycle"),
        add=_("Record points"),
        empty=_("No points are recorded. Record each cycle, also one without points."),
        model=PointsRecord,
        owner="driver",
        shown=("cycle_from", "points", "checked_on"),
        asked=("cycle_from", "points", "checked_on"),
        record=changes.record_points,
    ),
    Paper(
        slug="training",
        title=_("Hours of study"),
        add=_("Record hours of study"),
        empty=_("No hours of study are recorded. Each annual review asks for three."),
        model=TrainingHours,
        owner="driver",
        shown=("held_on", "hours", "subject"),
        asked=("held_on", "hours", "subject", "document"),
        record=changes.record_training,
    ),
)

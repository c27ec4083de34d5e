"""Scheduled work on trips."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.trips.detection import detect
from fleet.trips.generation import generate_ahead
from fleet.trips.learning import learn_from
from fleet.trips.models import PredictionSample
from fleet.trips.predictor import keep
from fleet.trips.recount import follow_recounted

log = structlog.get_logger(__name__)

SAMPLES_KEPT = timedelta(days=60)


@shared_task
def generate_trips() -> int:
    """Bring the trips of the coming days in line with timetables and calendars; gives how many were added."""
    done = generate_ahead(timezone.now())
    log.info("trips_generated", added=done.added, changed=done.changed, cancelled=done.cancelled)
    return done.added


@shared_task
def detect_substitutes() -> int:
    """Note which buses run trips whose own bus does not come; gives how many were found."""
    found = detect(timezone.now())
    if found:
        log.info("substitutes_seen", trips=found)
    return found


@shared_task
def judge_recounted_days() -> int:
    """Judge anew the days of buses on which somebody counted late who was aboard; gives how many."""
    done = follow_recounted(timezone.now())
    if done:
        log.info("days_judged_anew", buses=done)
    return done


@shared_task
def learn_arrivals() -> int:
    """Learn from past trips how long roads take; gives how many arrivals the ranges rest on."""
    PredictionSample.objects.filter(predicted_at__lt=timezone.now() - SAMPLES_KEPT).delete()
    learned = learn_from(timezone.localdate())
    if learned is None:
        return 0
    keep(learned)
    log.info("arrivals_learned", passings=len(learned.passings), arrivals=learned.arrivals)
    return learned.arrivals

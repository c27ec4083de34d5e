"""Scheduled work on positions."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from fleet.findings.models import Finding
from fleet.positions.models import Fix

log = structlog.get_logger(__name__)


@shared_task
def purge_expired_fixes() -> int:
    """Delete fixes older than the retention, except those that a finding rests on.

    Source:
        道路运输车辆动态监督管理办法: positions at least 6 months, violations at least 3 years.
    """
    oldest = timezone.now() - timedelta(days=settings.ENVIRONMENT.retention_days)
    evidence = Finding.objects.filter(
        device=OuterRef("device_id"), started_at__lte=OuterRef("time"), last_at__gte=OuterRef("time")
    )
    expired = Fix.objects.filter(time__lt=oldest).exclude(Exists(evidence))
    deleted, _ = expired.delete()
    log.info("fixes_purged", older_than=oldest.isoformat(), deleted=deleted)
    return deleted

"""The Celery application: recurring and long work, never one task per report."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
app = Celery("schoolrun")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""How people reach Schoolrun: pages, live maps and commands."""

from web.celery import app as celery_app

__all__ = ["celery_app"]

"""The one way that a route had becomes its pattern to school; each stop is kept by the top of its school's tree."""

import math

from django.db import migrations

BEFORE_ALL_TRIPS = '2000-01-01'
METRES_A_DEGREE = 111_195
PLANNED_MPS = 6.0


def metres(one, other):
    """Between two (lon, lat) points a short way apart."""
    east = (other[0] - one[0]) * math.cos(math.radians(one[1]))
    return METRES_A_DEGREE * math.hypot(east, other[1] - one[1])


def distances(line, places):
    """Where each place lies, metres along a line: at its nearest corner, none before the one before it."""
    corners, along = list(line), [0.0]
    for one, other in zip(corners, corners[1:]):
        along.append(along[-1] + metres(one, other))
    found, first = [], 0
    for place in places:
        first = min(range(first, len(corners)), key=lambda at: metres(corners[at], place))
        found.append(along[first])
    return found, along[-1]


def keep_ways(apps, _editor):
    """Make a pattern of each route."""
    Organisation = apps.get_model('organisations', 'Organisation')
    parents = dict(Organisation.objects.values_list('pk', 'parent_id'))
    for route in apps.get_model('routes', 'Route').objects.all():
        served = list(
            apps.get_model('routes', 'RouteStop').objects.filter(route=route).order_by('order').select_related('stop')
        )
        along, length_m = distances(route.line.coords, [one.stop.place.coords for one in served])
        pattern = apps.get_model('routes', 'RoutePattern').objects.create(
            route=route, direction='to_school', valid_from=BEFORE_ALL_TRIPS, line=route.line, length_m=length_m
        )
        top = route.school_id
        while parents[top] is not None:
            top = parents[top]
        for one, distance_m in zip(served, along):
            apps.get_model('routes', 'PatternStop').objects.create(
                pattern=pattern, stop=one.stop, order=one.order, distance_m=distance_m,
                offset_s=round(distance_m / PLANNED_MPS),
            )
            one.stop.organisation_id = top
            one.stop.save(update_fields=['organisation'])
    unserved = apps.get_model('routes', 'Stop').objects.filter(organisation__isnull=True)
    if unserved.exists():
        unserved.update(organisation=Organisation.objects.filter(parent__isnull=True).order_by('pk')[0])


class Migration(migrations.Migration):

    dependencies = [
        ('routes', '0002_patterns_and_markings'),
    ]

    operations = [
        migrations.RunPython(keep_ways, migrations.RunPython.noop),
    ]

"""What the import of a timetable would do, as its run keeps it and its page shows it."""

from typing import Any

from django.utils.translation import gettext as _

from fleet.routes.gtfs_plan import FeedPlan, RouteChange, StopPlan, WayChange
from web.routes.words import weekdays_in_words

MOST_SHOWN = 300
MOST_DAYS_NAMED = 5
S_PER_MINUTE = 60


def preview_of(plan: FeedPlan) -> dict[str, Any]:
    """A plan as the fields of a run: counts, and the first of everything; stops that may be ours come first."""
    stops = sorted(plan.stops.values(), key=lambda one: one.near is None)
    ways = [way for route in plan.routes for way in route.ways]
    made = {
        "stops": sum(one.existing is None for one in stops),
        "routes": sum(one.is_new for one in plan.routes),
        "ways": sum(one.pattern is None for one in ways),
        "departures": sum(len(one.departures) for one in ways),
        "days": len(plan.days.terms) + len(plan.days.exceptions) if plan.days else 0,
    }
    replaced = {one.pk for way in ways for one in way.replaces}
    unchanged = len(stops) - made["stops"] + sum(not (one.is_new or one.is_changed) for one in plan.routes)
    return {
        "created_count": sum(made.values()),
        "changed_count": len(replaced),
        "unchanged_count": unchanged,
        "preview": {
            "made": made,
            "stops": [stop_row(one) for one in stops[:MOST_SHOWN]],
            "routes": [route_row(one) for one in plan.routes[:MOST_SHOWN]],
            "rest": max(0, len(stops) - MOST_SHOWN) + max(0, len(plan.routes) - MOST_SHOWN),
            "notes": notes_of(plan),
        },
    }


def stop_row(plan: StopPlan) -> dict[str, Any]:
    """A stop of the feed."""
    return {
        "id": plan.stop.stop_id,
        "name": plan.stop.name,
        "lat": plan.stop.lat,
        "lon": plan.stop.lon,
        "near": str(plan.near) if plan.near else "",
        "metres": round(plan.metres),
        "same": plan.is_same,
    }


def route_row(route: RouteChange) -> dict[str, Any]:
    """A route of the feed."""
    state = "new" if route.is_new else "changed" if route.is_changed else "unchanged"
    return {"name": route.plan.name, "state": state, "ways": [way_row(one) for one in route.ways]}


def way_row(change: WayChange) -> dict[str, Any]:
    """A way of a route."""
    return {
        "direction": str(change.direction.label),
        "weekdays": weekdays_in_words(change.way.weekdays),
        "first": change.first.isoformat(),
        "last": change.last.isoformat() if change.last else "",
        "stops": len(change.way.stops),
        "departures": [f"{at:%H:%M}" for at in change.departures[:MOST_SHOWN]],
        "state": "unchanged"
        if change.pattern and not change.departures
        else "new"
        if not change.replaces
        else "changed",
    }


def notes_of(plan: FeedPlan) -> list[str]:
    """What whoever imports should know, besides the rows."""
    notes = []
    if plan.is_over:
        notes.append(_("The feed's days are over. The weekdays of its last fortnight hold from today on."))
    if plan.over:
        notes.append(_("%(n)d ways are left out: their days are over.") % {"n": plan.over})
    if plan.keeps_calendar:
        notes.append(_("The school has other terms in these days. Its calendar stays as it is."))
    if plan.days and plan.days.lost:
        days = ", ".join(one.isoformat() for one in plan.days.lost[:MOST_DAYS_NAMED])
        more = " …" if len(plan.days.lost) > MOST_DAYS_NAMED else ""
        notes.append(
            _(
                "On these days trips run together that do so on no weekday; a school's calendar can't say that: %s."
            )
            % (days + more)
        )
    for route in plan.routes:
        if any(one.way.is_straight for one in route.ways):
            notes.append(
                _(
                    "“%s”: the feed has no line that passes its stops in order; it goes straight from stop to stop."
                )
                % route.plan.name
            )
        if route.plan.worst_s:
            minutes = -(-route.plan.worst_s // S_PER_MINUTE)
            told = {"route": route.plan.name, "minutes": minutes}
            notes.append(
                _(
                    "“%(route)s”: some departures take up to %(minutes)d min more or less than is planned here."
                )
                % told
            )
    return notes

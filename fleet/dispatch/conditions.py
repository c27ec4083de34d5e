"""The kinds of condition that `fleet.dispatch.law` is made of: from facts and numbers to an answer; pure."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from fleet.dispatch.situation import Answer, DispatchFacts, Period, Stage

Numbers = Mapping[str, float]
"""Numbers of the regulation profile of the trip's day, by key."""
Check = Callable[[DispatchFacts, Numbers], Answer]

MINIMUM_SEATS = "bus.seats_min"
INSPECTION_MONTHS = "bus.inspection_interval_months"
LICENCE_YEARS = "driver.licence_held_years_min"
YOUNGEST = "driver.age_min"
OLDEST = "driver.age_max"


@dataclass(frozen=True)
class Condition:
    """One thing that must be so before a bus may leave.

    Attributes:
        code: what is wrong where it is not so.
        article: the law that asks for it.
        cure: code of what would put it right.
        check: whether it is so.
        found: attribute of the facts that was looked at, told with a refusal; None where it says nothing more.
        number: key of the profile's number that it was held against, where there is one.
        limit: attribute of the facts that it was held against, where there is one.
    """

    code: str
    article: str
    cure: str
    check: Check
    found: str | None = None
    number: str | None = None
    limit: str | None = None


def answer(known: bool, holds: bool) -> Answer:
    """Met or not met where it is known, else unknown."""
    if not known:
        return Answer.UNKNOWN
    return Answer.MET if holds else Answer.NOT_MET


def told(path: str) -> Check:
    """The answer that the facts give themselves."""
    get = attrgetter(path)
    return lambda facts, numbers: get(facts)


def covers_day(path: str) -> Check:
    """A period that has the trip's day in it."""
    get = attrgetter(path)

    def check(facts: DispatchFacts, numbers: Numbers) -> Answer:
        period: Period | None = get(facts)
        return answer(period is not None, bool(period and period.first <= facts.trip.day <= period.last))

    return check


def at_least(path: str, key: str) -> Check:
    """A quantity not under the profile's number."""
    get = attrgetter(path)

    def check(facts: DispatchFacts, numbers: Numbers) -> Answer:
        found: float | None = get(facts)
        return answer(found is not None, found is not None and found >= numbers[key])

    return check


def at_most(path: str, key: str) -> Check:
    """A quantity not over the profile's number."""
    get = attrgetter(path)

    def check(facts: DispatchFacts, numbers: Numbers) -> Answer:
        found: float | None = get(facts)
        return answer(found is not None, found is not None and found <= numbers[key])

    return check


def not_more_than(path: str, limit_path: str) -> Check:
    """A number of people that the certificate allows."""
    get, get_limit = attrgetter(path), attrgetter(limit_path)

    def check(facts: DispatchFacts, numbers: Numbers) -> Answer:
        found, limit = get(facts), get_limit(facts)
        known = found is not None and limit is not None
        return answer(known, known and found <= limit)

    return check


def same(path: str, other_path: str) -> Check:
    """What is so agrees with what is printed."""
    get, get_other = attrgetter(path), attrgetter(other_path)

    def check(facts: DispatchFacts, numbers: Numbers) -> Answer:
        one, other = get(facts), get_other(facts)
        return answer(one is not None and other is not None, one == other)

    return check


def inspected(facts: DispatchFacts, numbers: Numbers) -> Answer:
    """The inspection certificate is valid, and no older than the interval between inspections."""
    inspection = facts.bus.inspection
    if inspection is None:
        return Answer.UNKNOWN
    next_due_on = months_later(inspection.first, round(numbers[INSPECTION_MONTHS]))
    return answer(True, inspection.first <= facts.trip.day <= min(inspection.last, next_due_on))


def months_later(day: date, months: int) -> date:
    """The same day of the month some months on, or the month's last where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def built_for(stage: Stage) -> Check:
    """Pupils of a stage ride only in a bus that was built for them."""

    def check(facts: DispatchFacts, numbers: Numbers) -> Answer:
        riding, built = facts.trip.stages, facts.bus.dedicated_to
        if riding is not None and stage not in riding:
            return Answer.MET
        known = riding is not None and built is not None
        return answer(known, known and built is not None and stage in built)

    return check


def card_within_permit(facts: DispatchFacts, numbers: Numbers) -> Answer:
    """The plate card ends no later than the permit; a period that is unknown is refused by its own condition."""
    card, permit = facts.card.period, facts.permit.period
    return answer(True, card is None or permit is None or card.last <= permit.last)


def driver_on_card(facts: DispatchFacts, numbers: Numbers) -> Answer:
    """The plate card names the driver."""
    driver, named = facts.driver.key, facts.card.drivers
    if driver is None or named is None:
        return Answer.UNKNOWN
    return answer(True, driver in named)


def time_on_card(facts: DispatchFacts, numbers: Numbers) -> Answer:
    """The plate card allows the time at which the trip starts."""
    times = facts.card.times
    if times is None:
        return Answer.UNKNOWN
    return answer(True, any(window.first <= facts.trip.starts_at <= window.last for window in times))


def stops_on_card(facts: DispatchFacts, numbers: Numbers) -> Answer:
    """Every stop to be served is printed on the plate card."""
    planned, approved = facts.trip.stops, facts.card.stops
    if planned is None or approved is None:
        return Answer.UNKNOWN
    return answer(True, planned <= approved)


def attendant_is_another_person(facts: DispatchFacts, numbers: Numbers) -> Answer:
    """The driver can't look after the pupils as well; an unknown driver is refused by other conditions."""
    attendant = facts.attendant.key
    return answer(attendant is not None, attendant != facts.driver.key)


def checked_today(facts: DispatchFacts, numbers: Numbers) -> Answer:
    """The vehicle was checked on the day of the trip."""
    checked = facts.pre_trip.checked_on
    return answer(checked is not None, checked == facts.trip.day)

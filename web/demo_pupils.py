"""The demo's pupils: invented names, classes, stops on the route of a bus; some absent, some with guardians."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count, cycle, islice

from fleet.organisations.models import Organisation, SchoolStage
from fleet.people.models import User
from fleet.pupils.absences import report_absence
from fleet.pupils.bulk import CLASSES, PUPILS, STOPS
from fleet.pupils.changes import add_authorised_adult, set_teachers
from fleet.pupils.consents import Purpose
from fleet.pupils.linking import link_by_code, make_link_codes
from fleet.pupils.models import Pupil, Relation, SchoolClass, StopAssignment
from fleet.routes.models import Direction, RoutePattern
from fleet.vehicles.models import Bus
from web.demo_people import ADMINISTRATOR, REASON

PER_BUS = 25
ABSENT_EVERY, ADULT_EVERY = 23, 7
CHILDREN_OF_THE_GUARDIAN = 2
OTHER_GUARDIANS = 6
GRADES = {
    SchoolStage.KINDERGARTEN: ("小", "中", "大"),
    SchoolStage.PRIMARY: ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    SchoolStage.MIDDLE: ("七年级", "八年级", "九年级"),
}
CLASSES_OF_A_GRADE = 4
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡"
FIRST = "子梓雨浩欣思佳俊诗宇嘉晨若一可昕"
SECOND = "涵轩萱然怡琪杰彤博妍航宁瑞溪"


def fill_pupils(schools: Sequence[Organisation], today: date) -> None:
    """Classes of every school, the pupils of every bus that has a route, and what is known of them."""
    by = User.objects.get(username=ADMINISTRATOR)
    classes = open_classes(schools, by)
    names = invented_names()
    numbers = count(1)
    stops: list[StopAssignment] = []
    buses = Bus.objects.filter(route__isnull=False).select_related("route")
    for bus in buses.order_by("pk"):
        seats = min(PER_BUS, bus.capacity_pupils or PER_BUS)
        rooms = cycle(classes[bus.route.school_id])
        new = [
            Pupil(school_id=bus.route.school_id, school_class=room, number=f"D{number:05d}", name=name)
            for room, number, name in zip(islice(rooms, seats), numbers, names, strict=False)
        ]
        PUPILS.store(new=new, changed=[], by=by, reason=REASON)
        stops += stops_of(new, list(bus.route.patterns.filter(archived_at=None)), today)
    STOPS.store(new=stops, changed=[], by=by, reason=REASON)
    tell_more(list(Pupil.objects.filter(school=schools[0]).order_by("pk")), by, today)


def open_classes(schools: Sequence[Organisation], by: User) -> dict[int, list[SchoolClass]]:
    """The classes of each school, by its id; the teacher who signs in has the first of the first school."""
    made = [
        SchoolClass(school=school, name=f"{grade}{number}班")
        for school in schools
        for number in range(1, CLASSES_OF_A_GRADE + 1)
        for grade in GRADES[SchoolStage(school.stage)]
    ]
    CLASSES.store(new=made, changed=[], by=by, reason=REASON)
    set_teachers(made[0], [User.objects.get(username="teacher")], by=by, reason=REASON)
    found: dict[int, list[SchoolClass]] = {}
    for one in made:
        found.setdefault(one.school_id, []).append(one)
    return found


def invented_names() -> Iterator[str]:
    """Names that come back only after some thousands, the same each time."""
    for number in count():
        surname = SURNAMES[number % len(SURNAMES)]
        yield surname + FIRST[number * 7 % len(FIRST)] + SECOND[number * 5 // len(FIRST) % len(SECOND)]


def stops_of(
    pupils: Sequence[Pupil], patterns: Sequence[RoutePattern], today: date
) -> Iterator[StopAssignment]:
    """Each pupil boards in the morning where it alights in the afternoon, at a stop that is not the school's."""
    for pattern in patterns:
        places = [one.stop for one in pattern.pattern_stops.select_related("stop").order_by("order")]
        away = places[:-1] if pattern.direction == Direction.TO_SCHOOL else places[:0:-1]
        for number, pupil in enumerate(pupils):
            yield StopAssignment(
                pupil=pupil,
                pattern=pattern,
                stop=away[number % len(away)],
                weekdays=pattern.weekdays,
                valid_from=max(pattern.valid_from, date(today.year - 1, 9, 1)),
            )


def tell_more(pupils: Sequence[Pupil], by: User, today: date) -> None:
    """Absences of today, adults who may collect, and guardians, for the pupils of one school."""
    for number, pupil in enumerate(pupils):
        if number % ABSENT_EVERY == 1:
            report_absence(pupil=pupil, first_day=today, by=by, reason="发热")
        if number % ADULT_EVERY == 0:
            add_authorised_adult(
                pupil=pupil, name=f"{pupil.name[0]}奶奶", relation="奶奶", telephone="13800000000", by=by
            )
    guardian = User.objects.get(username="guardian")
    for pupil in pupils[:CHILDREN_OF_THE_GUARDIAN]:
        link(pupil, guardian, by)
    for number, pupil in enumerate(pupils[CHILDREN_OF_THE_GUARDIAN:][:OTHER_GUARDIANS], start=1):
        link(pupil, without_password(f"parent{number}", f"{pupil.name[0]}女士"), by)


def without_password(username: str, full_name: str) -> User:
    """An account with which nobody signs in."""
    made = User(username=username, full_name=full_name, telephone="13900000000")
    made.set_unusable_password()
    made.save()
    return made


def link(pupil: Pupil, guardian: User, by: User) -> None:
    """Link a guardian as the slip of the school does."""
    code = make_link_codes([pupil], by=by)[0].code
    link_by_code(code, guardian=guardian, consented=tuple(Purpose), relation=Relation.MOTHER)

"""Who may see permits, apply, decide and issue plate cards, by memberships that reach the applicant.

Who runs buses applies; the authority decides (校车安全管理条例 Art 15): the supervising department prepares the
government's decision, the police reply and issue the plate cards, and a district's administrator may record all
of it for them. Nobody decides by a role in the organisation that applies.
"""

from django.db.models import Q, QuerySet

from fleet.grants import Grant, declare, reach_with
from fleet.organisations.models import Kind, Organisation, Role
from fleet.people.models import User
from fleet.permits.models import Stage, UsePermit

RUNNING = (Role.ADMINISTRATOR, Role.COORDINATOR)
AT_SCHOOL = (Role.PRINCIPAL, Role.SAFETY_OFFICER)
OVERSEEING = (Role.POLICE_OFFICER, Role.INSPECTOR)
DECIDE = "permits.decide_usepermit"
REPLY = "permits.reply_usepermit"


def organisations_of(permit: UsePermit) -> tuple[int | None, ...]:
    """The applicant, who answers for a permit."""
    return (permit.applicant_id,)


def organisations_concerned(permit: UsePermit) -> set[int | None]:
    """The applicant, and those who run or are served by the permit's buses."""
    buses = permit.buses.values_list("operator_id", "school_id") if permit.pk else ()
    return {permit.applicant_id}.union(*buses)


declare(
    {
        "permits.change_usepermit": Grant(RUNNING),
        "permits.export_usepermit": Grant((*RUNNING, *OVERSEEING)),
        DECIDE: Grant((Role.ADMINISTRATOR, Role.INSPECTOR), by_authority=True),
        REPLY: Grant((Role.ADMINISTRATOR, Role.INSPECTOR, Role.POLICE_OFFICER), by_authority=True),
        "permits.issue_platecard": Grant((Role.ADMINISTRATOR, Role.POLICE_OFFICER), by_authority=True),
    },
    organisations_of,
)
declare(
    {"permits.view_usepermit": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING))},
    organisations_concerned,
)


def permission_for(stage: Stage) -> str:
    """The permission to record a step; the police give their reply themselves, or who received it records it."""
    return REPLY if stage == Stage.POLICE_REPLY else DECIDE


def permits_seen_by(person: User) -> QuerySet[UsePermit]:
    """The permits that a person may see: of an applicant in reach, or for a bus of an organisation in reach."""
    organisations = reach_with(person, "permits.view_usepermit")
    seen = UsePermit.objects.filter(
        Q(applicant__in=organisations)
        | Q(buses__operator__in=organisations)
        | Q(buses__school__in=organisations)
    )
    return UsePermit.objects.filter(pk__in=seen.values("pk"))


def applicants_of(person: User) -> QuerySet[Organisation]:
    """The organisations that a person may apply for."""
    reached = reach_with(person, "permits.change_usepermit")
    return Organisation.objects.filter(pk__in=reached, kind__in=(Kind.SCHOOL, Kind.OPERATOR))

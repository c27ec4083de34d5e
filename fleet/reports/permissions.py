"""Who may read, take away and subscribe to the reports of an organisation and of all that it runs or is served by."""

from fleet.grants import Grant, declare
from fleet.organisations.models import Organisation
from fleet.vehicles.permissions import AT_SCHOOL, OVERSEEING, RUNNING

VIEW = "reports.view_report"


def organisations_of(organisation: Organisation) -> tuple[int]:
    """The organisation itself."""
    return (organisation.pk,)


declare({VIEW: Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING))}, organisations_of)

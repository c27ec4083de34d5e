"""Who may see and tell what drivers did, by memberships that reach their employer; a driver may for themselves."""

from fleet.grants import Grant, declare
from fleet.people.permissions import OVERSEEING, RUNNING, employer_of, is_oneself

VIEW_DUTY = "duty.view_dutylog"
CHANGE_DUTY = "duty.change_dutylog"
EXPORT_DUTY = "duty.export_dutylog"

declare(
    {
        VIEW_DUTY: Grant((*RUNNING, *OVERSEEING), for_oneself=True),
        CHANGE_DUTY: Grant(RUNNING, for_oneself=True),
        EXPORT_DUTY: Grant((*RUNNING, *OVERSEEING)),
    },
    employer_of,
    is_about=is_oneself,
)

"""What the judgement of a driver says, in words for people."""

from django.utils.translation import gettext_lazy as _

from fleet.people.drivers import Condition as Recorded
from fleet.people.standing import Condition, Finding, Reason, State, Verdict

CONDITIONS = {
    Condition.LICENCE_YEARS: _("Class of licence held long enough"),
    Condition.AGE: _("Age"),
    **{Condition(one.value): one.label for one in Recorded},
    Condition.LICENCE_VALID: _("Driving licence valid"),
    Condition.QUALIFICATION: _("Qualified to drive school buses"),
    Condition.ANNUAL_REVIEW: _("Annual review"),
    Condition.MEDICAL_CERTIFICATE: _("Medical certificate"),
    Condition.TRAINING: _("Hours of study"),
}
STATES = {State.MET: _("Met"), State.NOT_MET: _("Not met"), State.UNKNOWN: _("Unknown")}
VERDICTS = {
    Verdict.QUALIFIED: _("Qualified"),
    Verdict.NOT_QUALIFIED: _("Not qualified"),
    Verdict.UNKNOWN: _("Unknown"),
}
REASONS = {
    Reason.FULFILLED: _("Fulfilled."),
    Reason.NOT_RECORDED: _("Nothing is recorded that shows it."),
    Reason.AGAINST: _("Recorded as not met on %(day)s."),
    Reason.STALE: _("Shown on %(day)s, which is too long ago."),
    Reason.HELD_TOO_SHORT: _("Held long enough only from %(from)s."),
    Reason.TOO_YOUNG: _("Old enough only from %(from)s."),
    Reason.TOO_OLD: _("Too old since %(until)s."),
    Reason.FULL_POINTS: _("The points of the cycle that began on %(cycle)s were full."),
    Reason.LAPSED: _("Was valid until %(until)s."),
    Reason.NOT_YET_VALID: _("Valid only from %(from)s."),
    Reason.UNFIT: _("Found unfit on %(day)s."),
    Reason.REVIEW_FAILED: _("Not passed on %(day)s."),
    Reason.REVIEW_OVERDUE: _("Was due by %(due)s."),
    Reason.TOO_FEW_HOURS: _("%(hours)s hours of %(required)s."),
}


def reason_text(finding: Finding) -> str:
    """Why a condition is in its state."""
    return str(REASONS[finding.reason]) % finding.detail

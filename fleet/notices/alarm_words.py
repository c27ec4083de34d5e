"""A notice of an alarm in words: no child's name, for a phone may lie open."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.alarms.words import what_to_do
from fleet.findings.words import in_words
from fleet.notices.alarm_notices import AlarmNotice


def message_of(notice: AlarmNotice) -> dict[str, str]:
    """Title, body and page of a notice, in the language that is active."""
    alarm = notice.telling.alarm
    finding = alarm.finding
    whose = str(alarm.bus or alarm.driver or "")
    measured = [in_words(finding.peak, finding.unit), in_words(finding.limit, finding.unit)]
    parts = [
        f"{timezone.localtime(alarm.started_at):%H:%M}",
        " / ".join(one for one in measured if one),
        str(what_to_do(alarm.rule)[0]),
    ]
    return {
        "title": _("%(kind)s · %(whose)s") % {"kind": alarm.get_rule_display(), "whose": whose},
        "body": " · ".join(one for one in parts if one),
        "url": reverse("alarm_detail", args=[alarm.pk]),
    }

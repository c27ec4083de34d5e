"""The school's pages about its families."""

from typing import Any

import rules
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.audit.changes import record_access
from fleet.audit.models import Action
from fleet.family.changes import set_privacy
from fleet.family.models import NoticeKind, SchoolPrivacy, ShareToken
from fleet.family.permissions import CHANGE_PRIVACY
from fleet.family.privacy import privacy_of
from fleet.family.shares import revoke_share, shares_for
from fleet.grants import reach_with
from fleet.organisations.models import Kind, Organisation
from fleet.people.models import User
from fleet.pupils.linking import LINK
from fleet.pupils.models import Guardianship, LinkCode, Pupil
from fleet.pupils.queries import pupils_at_school_for
from fleet.records import RecordError
from web.families.example import example_card
from web.families.forms import PrivacyForm
from web.person import person_of
from web.pupils.slips import slips_page
from web.registry.saving import is_kept

PER_PAGE = 50
WAITING, LINKED = "waiting", "linked"


def schools_for(person: User) -> QuerySet[Organisation]:
    """The schools whose families a person answers for."""
    reached = reach_with(person, LINK)
    found: QuerySet[Organisation] = Organisation.objects.current().filter(pk__in=reached, kind=Kind.SCHOOL)
    return found.order_by("name", "pk")


def found_school(person: User, pk: int) -> Organisation:
    """A school whose families the person answers for.

    Raises:
        Http404: where there is none within their reach.
    """
    return get_object_or_404(schools_for(person), pk=pk)


def with_links(pupils: QuerySet[Pupil]) -> QuerySet[Any]:
    """Pupils, each with `is_linked`: whether any guardian is, and `has_code`: whether a slip is out."""
    links = Guardianship.objects.current().filter(pupil=OuterRef("pk"))
    codes = LinkCode.objects.filter(
        pupil=OuterRef("pk"), used_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    return pupils.annotate(is_linked=Exists(links), has_code=Exists(codes))


def pupils_of(person: User, school: Organisation) -> QuerySet[Any]:
    """The pupils in use of a school, with their links."""
    return with_links(pupils_at_school_for(person, LINK).current().filter(school=school))


@require_GET
def school_list(request: HttpRequest) -> HttpResponse:
    """The schools, with how many of their pupils have a guardian linked; of who has one, that one."""
    person = person_of(request)
    schools = list(schools_for(person))
    if not schools:
        raise Http404
    if len(schools) == 1:
        return redirect("schoolfamily_detail", schools[0].pk)
    pupils = with_links(pupils_at_school_for(person, LINK).current()).order_by()
    counted = pupils.values("school").annotate(
        everybody=Count("pk"), linked=Count("pk", filter=Q(is_linked=True))
    )
    counts = {one["school"]: one for one in counted}
    rows = [(school, counts.get(school.pk, {"everybody": 0, "linked": 0})) for school in schools]
    return render(request, "families/list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def school_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the families of a school see, with an example; their links; who of them is linked."""
    person = person_of(request)
    school = found_school(person, pk)
    privacy = privacy_of(school.pk)
    may_change = rules.has_perm(CHANGE_PRIVACY, person, privacy)
    form = PrivacyForm(request.POST or None, instance=privacy) if may_change else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and is_kept(
            form,
            lambda: set_privacy(
                school=school, changes=form.changes(), by=person, reason=form.cleaned_data["reason"]
            ),
        ):
            messages.success(request, _("Kept. Open pages of families follow within half a minute."))
            return redirect("schoolfamily_detail", pk)
    return school_page(request, person, school, form)


@transaction.atomic
def school_page(
    request: HttpRequest, person: User, school: Organisation, form: PrivacyForm | None
) -> HttpResponse:
    """The page, with a form that could not be kept in the place of what is kept; names are logged."""
    privacy = privacy_of(school.pk)
    pupils = pupils_of(person, school)
    show = request.GET.get("show", WAITING)
    chosen = pupils.filter(is_linked=show == LINKED).order_by("school_class__name", "name", "pk")
    page: Page[Pupil] = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    shares = list(shares_for(person).filter(pupil__school=school).select_related("pupil", "made_by"))
    named = {one.pk: one for one in (*page.object_list, *(share.pupil for share in shares))}
    record_access(by=person, action=Action.LIST, objects=named.values(), purpose=_("Families"))
    links = Guardianship.objects.current().filter(pupil__in=[one.pk for one in page.object_list])
    guardians: dict[int, list[Guardianship]] = {}
    for link in links.select_related("guardian").order_by("pk"):
        guardians.setdefault(link.pupil_id, []).append(link)
    context = {
        "school": school,
        "form": form,
        "privacy": privacy,
        "kinds": kinds_told(privacy),
        "example": example_card(school, privacy, timezone.now()),
        "shares": shares,
        "show": show,
        "page": page,
        "rows": [(pupil, guardians.get(pupil.pk, [])) for pupil in page.object_list],
        "linked_count": pupils.filter(is_linked=True).count(),
        "waiting_count": pupils.filter(is_linked=False).count(),
        "history": SchoolPrivacy.history.filter(school_id=school.pk).select_related("history_user")[:10],
    }
    return render(request, "families/school.html", context, status=422 if form and form.errors else 200)


def kinds_told(privacy: SchoolPrivacy) -> list[str]:
    """The notices that families get who have chosen none, in words."""
    return [str(kind.label) for kind in NoticeKind if kind in privacy.notice_kinds]


@require_http_methods(["GET", "POST"])
def school_slips(request: HttpRequest, pk: int) -> HttpResponse:
    """Slips for all pupils of a school of whom no guardian is linked yet."""
    person = person_of(request)
    school = found_school(person, pk)
    waiting = list(pupils_of(person, school).filter(is_linked=False).order_by("school_class__name", "name"))
    back = reverse("schoolfamily_detail", args=[pk]) + "#guardians"
    return slips_page(request, person, waiting, str(school), back)


@require_POST
def share_end(request: HttpRequest, pk: int, one: int) -> HttpResponse:
    """Revoke a link that a guardian has shared."""
    person = person_of(request)
    school = found_school(person, pk)
    share: ShareToken = get_object_or_404(shares_for(person).filter(pupil__school=school), pk=one)
    try:
        revoke_share(share, by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The link opens nothing any more."))
    return redirect(reverse("schoolfamily_detail", args=[pk]) + "#links")

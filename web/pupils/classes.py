"""Classes on the school's pages."""

from typing import Any

import django_tables2 as tables
import rules
from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fleet.grants import reach_with
from fleet.organisations.models import Kind, Membership, Role
from fleet.people.models import User
from fleet.pupils import changes
from fleet.pupils.models import SchoolClass
from fleet.pupils.queries import classes_for
from web.registry.filters import RecordFilter, organisation_filter, search_filter
from web.registry.forms import RecordForm
from web.registry.register import Register
from web.registry.tables import RecordTable

SCHOOLS = (Kind.SCHOOL,)


class ClassFilter(RecordFilter):
    """Classes, narrowed down."""

    q = search_filter(_("Class or teacher"))
    school = organisation_filter(_("All schools"))

    class Meta:
        model = SchoolClass
        fields = ("q", "school", "state")

    def wanted(self, text: str) -> Q:
        """Classes of a name, or of a teacher."""
        taught = User.objects.filter(full_name__icontains=text)
        return Q(name__icontains=text) | Q(
            pk__in=SchoolClass.teachers.through.objects.filter(user__in=taught).values("schoolclass")
        )


class ClassTable(RecordTable):
    """Classes, with how many pupils each has."""

    name = tables.Column(linkify=("schoolclass_detail", {"pk": tables.A("pk")}), order_by=("name", "pk"))
    school = tables.Column(order_by=("school__name", "name"))
    teachers = tables.ManyToManyColumn(verbose_name=_("Teachers"))
    pupil_count = tables.Column(_("Pupils"))

    class Meta(RecordTable.Meta):
        model = SchoolClass
        fields = ("name", "school", "teachers", "pupil_count", "state")
        order_by = "name"


class ClassForm(RecordForm):
    """The name of a class, and who teaches it."""

    teachers = forms.ModelMultipleChoiceField(
        label=_("Teachers"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who is class teacher of the school. They see the pupils of this class."),
    )

    class Meta(RecordForm.Meta):
        model = SchoolClass
        fields = ("school", "name", "teachers")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = reach_with(person, "pupils.change_schoolclass")
        self.choose_organisation("school", reached, SCHOOLS)
        if self.instance.pk:
            self.fields["school"].disabled = True
        serving = Membership.objects.current().filter(role=Role.CLASS_TEACHER, organisation__in=reached)
        teachers = self.fields["teachers"]
        assert isinstance(teachers, forms.ModelMultipleChoiceField)  # noqa: S101  (declared so above)
        teachers.queryset = User.objects.filter(pk__in=serving.values("person"), is_active=True)

    def differing(self, stored: SchoolClass) -> dict[str, Any]:
        """The values that are not those of the stored class."""
        values = self.values()
        found = {} if values["name"] == stored.name else {"name": values["name"]}
        if set(values["teachers"]) != set(stored.teachers.all()):
            found["teachers"] = values["teachers"]
        return found


def listed_classes(person: User, permission: str) -> QuerySet[SchoolClass]:
    """The classes for which a person has a permission, each with `pupil_count`."""
    in_use = Count("pupils", filter=Q(pupils__archived_at=None), distinct=True)
    found: QuerySet[SchoolClass] = classes_for(person, permission).annotate(pupil_count=in_use)
    return found.prefetch_related("teachers")


def of_class(school_class: SchoolClass, person: User) -> dict[str, Any]:
    """What the page of a class shows besides its data."""
    return {
        "teachers": list(school_class.teachers.all()),
        "may_link": rules.has_perm("pupils.link_guardian", person, school_class),
    }


CLASS_REGISTER = Register(
    name="schoolclass",
    path="classes",
    model=SchoolClass,
    title=_("Classes"),
    add=_("Add a class"),
    empty=_("No classes yet"),
    records_for=listed_classes,
    filters=ClassFilter,
    table=ClassTable,
    form=ClassForm,
    data=("school", "name"),
    create=changes.create_class,
    change=changes.change_class,
    archive=changes.archive_class,
    restore=changes.restore_class,
    more=of_class,
    detail_template="pupils/class.html",
)

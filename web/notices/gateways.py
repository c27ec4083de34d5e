"""The gateways for SMS and WeChat: named by administrators, with a secret that is shown once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from fleet.grants import reach_with
from fleet.notices.permissions import CHANGE_HOOK
from fleet.notices.preferences import add_hook, end_hook
from fleet.notices.queries import hooks_for
from fleet.notices.sending import SIGNATURE_HEADER
from fleet.organisations.models import Organisation
from fleet.people.models import User
from web.person import person_of


class HookForm(forms.Form):
    """A gateway."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("organisation"))
    name = forms.CharField(label=gettext_lazy("name"), max_length=60)
    url = forms.URLField(label=gettext_lazy("web address (https)"), max_length=500, assume_scheme="https")

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Organisation.objects.filter(
                archived_at=None, pk__in=reach_with(person, CHANGE_HOOK)
            )


@require_http_methods(["GET", "POST"])
def hook_list(request: HttpRequest) -> HttpResponse:
    """The gateways, and a form for another one; the secret of a new one is shown this once."""
    person = person_of(request)
    if not reach_with(person, CHANGE_HOOK):
        raise Http404
    form = HookForm(request.POST or None, person=person)
    made = None
    if form.is_valid():
        try:
            made = add_hook(by=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except PermissionDenied as error:
            raise Http404 from error
        else:
            form = HookForm(person=person)
    context = {
        "form": form,
        "made": made,
        "hooks": hooks_for(person).filter(archived_at=None).select_related("organisation"),
        "header": SIGNATURE_HEADER,
    }
    return render(request, "notices/gateways.html", context, status=422 if form.errors else 200)


@require_POST
def hook_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Send nothing there any more."""
    person = person_of(request)
    hook = get_object_or_404(hooks_for(person).filter(archived_at=None), pk=pk)
    end_hook(hook=hook, by=person, reason=_("Ended by hand"))
    messages.success(request, _("Nothing is sent to this gateway any more."))
    return redirect("notice_gateways")

"""The page on which a defect is declared mended."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fleet.vehicles.changes import release_defect
from fleet.vehicles.models import Defect
from fleet.vehicles.queries import buses_for
from web.person import person_of
from web.registry.saving import kept


class ReleaseForm(forms.Form):
    """Why a defect no longer stands."""

    reason = forms.CharField(
        label=gettext_lazy("What was done, and how it was checked"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )


@require_http_methods(["GET", "POST"])
def defect_release(request: HttpRequest, pk: int, defect: int) -> HttpResponse:
    """Declare a defect mended."""
    person = person_of(request)
    buses = buses_for(person, "vehicles.release_defect")
    one = get_object_or_404(Defect.objects.select_related("bus"), pk=defect, bus=pk, bus__in=buses)
    if one.released_at:
        raise Http404
    form = ReleaseForm(request.POST or None)
    back = f"{reverse('bus_detail', args=[pk])}#defects"
    if form.is_valid():
        released = kept(form, lambda: release_defect(one, by=person, reason=form.cleaned_data["reason"]))
        if released:
            messages.success(request, _("The defect is released."))
            return redirect(back)
    context = {"form": form, "defect": one, "back": back, "title": _("Release a defect")}
    return render(request, "registry/defect_release.html", context)

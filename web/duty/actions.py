"""What is done on a driver's page: signing in on a bus and out again, entering and withdrawing what no bus tells."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fleet.duty import changes
from fleet.duty.models import Activity, SignIn, Statement
from fleet.duty.permissions import CHANGE_DUTY
from fleet.records import RecordError
from web.duty.forms import SignInForm, SignOutForm, StatementForm
from web.duty.views import driver_of, page_of
from web.person import person_of
from web.registry.saving import is_kept


@require_POST
def duty_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a driver in on a bus."""
    person = person_of(request)
    driver = driver_of(person, pk, CHANGE_DUTY)
    form = SignInForm(request.POST, driver=driver)
    source = changes.source_of(driver, person)
    if form.is_valid() and is_kept(
        form,
        lambda: changes.sign_in(driver=driver, bus=form.cleaned_data["bus"], source=source, by=person),
    ):
        messages.success(request, _("Signed in on %s.") % form.cleaned_data["bus"])
        return redirect("duty_driver", pk=pk)
    return page_of(request, person, driver, {"sign_in_form": form}, 422)


@require_POST
def duty_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a driver out of the bus that they are signed in on."""
    person = person_of(request)
    driver = driver_of(person, pk, CHANGE_DUTY)
    signed = get_object_or_404(SignIn.objects.current(), driver=driver, until=None)
    form = SignOutForm(request.POST)
    if form.is_valid() and is_kept(
        form, lambda: changes.sign_out(signed=signed, by=person, afterwards=form.said)
    ):
        messages.success(request, _("Signed out."))
        return redirect("duty_driver", pk=pk)
    return page_of(request, person, driver, {"sign_out_form": form}, 422)


@require_POST
def duty_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what a driver did where no bus tells."""
    person = person_of(request)
    driver = driver_of(person, pk, CHANGE_DUTY)
    form = StatementForm(request.POST)
    if form.is_valid():
        since, until = form.span
        if is_kept(
            form,
            lambda: changes.state_activity(
                driver=driver,
                activity=Activity(form.cleaned_data["activity"]),
                since=since,
                until=until,
                reason=form.cleaned_data["reason"],
                by=person,
            ),
        ):
            messages.success(request, _("Entered."))
            return redirect("duty_driver", pk=pk)
    return page_of(request, person, driver, {"entry_form": form}, 422)


@require_POST
def duty_withdraw(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Take an entry out of a driver's log."""
    person = person_of(request)
    driver = driver_of(person, pk, CHANGE_DUTY)
    said = get_object_or_404(Statement.objects.current().filter(driver=driver), pk=entry)
    try:
        changes.withdraw_statement(said=said, reason=_("Withdrawn on the driver's page"), by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("duty_driver", pk=pk)

"""The language switch, which also keeps the choice of who is signed in: notices are written in it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from fleet.people.models import User


@login_not_required
def switch_language(request: HttpRequest) -> HttpResponseBase:
    """Show pages in another language from now on."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return set_language(request)

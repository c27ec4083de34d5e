"""What makes the page of families installable: its manifest and its service worker."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

WORKER = "family_worker.js"
ICONS = (("family-192.png", "192x192", "any"), ("family-512.png", "512x512", "any"),
         ("family-maskable-512.png", "512x512", "maskable"))  # fmt: skip


@require_GET
@login_not_required
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The manifest in the language that the page has asked for: browsers fetch it without the session."""
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    with translation.override(language):
        content = {
            "id": reverse("family"),
            "name": _("School bus of my child"),
            "short_name": _("School bus"),
            "lang": language,
            "start_url": reverse("family"),
            "scope": reverse("family"),
            "display": "standalone",
            "background_color": "#f2f5f7",
            "theme_color": "#f5b301",
            "icons": [
                {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for name, sizes, purpose in ICONS
            ],
        }
    return JsonResponse(content, content_type="application/manifest+json")


@require_GET
@login_not_required
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from an address under which it may serve the pages of families."""
    for folder in settings.STATICFILES_DIRS:
        script = Path(folder) / WORKER
        if script.is_file():
            return HttpResponse(script.read_bytes(), content_type="text/javascript")
    raise Http404

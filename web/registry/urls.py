"""Addresses of the registry's pages."""

from typing import Any

from django.urls import URLPattern, path

from web.registry import views, views_imports, views_papers
from web.registry.attendants import ATTENDANT_REGISTER
from web.registry.buses import BUS_REGISTER
from web.registry.crew import identity_show
from web.registry.defects import defect_release
from web.registry.drivers import DRIVER_REGISTER
from web.registry.register import Register


def pages_of(register: Register) -> list[URLPattern]:
    """The pages of a kind of record: "bus_list", "bus_new", "bus_detail" and so on."""

    def page(address: str, view: Any, name: str) -> URLPattern:
        one: URLPattern = path(
            f"{register.path}/{address}", view, {"register": register}, name=f"{register.name}_{name}"
        )
        return one

    pages = [
        page("", views.record_list, "list"),
        page("new/", views.record_new, "new"),
        page("export.<str:kind>", views.record_export, "export"),
        page("<int:pk>/", views.record_detail, "detail"),
        page("<int:pk>/edit/", views.record_edit, "edit"),
        page("<int:pk>/archive/", views.record_archive, "archive"),
        page("<int:pk>/restore/", views.record_restore, "restore"),
        page("<int:pk>/undo/<int:version>/", views.record_undo, "undo"),
    ]
    papers = [
        page("<int:pk>/<slug:slug>/new/", views_papers.paper_new, "paper_new"),
        page("<int:pk>/<slug:slug>/<int:one>/edit/", views_papers.paper_edit, "paper_edit"),
        page("<int:pk>/<slug:slug>/<int:one>/archive/", views_papers.paper_archive, "paper_archive"),
        page("<int:pk>/<slug:slug>/<int:one>/file/", views_papers.paper_file, "paper_file"),
    ]
    return [*pages, *papers] if register.papers else pages


urlpatterns = [
    path("buses/<int:pk>/defects/<int:defect>/release/", defect_release, name="defect_release"),
    *pages_of(BUS_REGISTER),
    *pages_of(DRIVER_REGISTER),
    *pages_of(ATTENDANT_REGISTER),
    path("drivers/<int:pk>/identity/", identity_show, {"register": DRIVER_REGISTER}, "driver_identity"),
    path(
        "attendants/<int:pk>/identity/", identity_show, {"register": ATTENDANT_REGISTER}, "attendant_identity"
    ),
    path("imports/", views_imports.import_list, name="import_list"),
    path("imports/<slug:slug>/export.<str:kind>", views_imports.import_export, name="import_export"),
    path("imports/<slug:slug>/new/", views_imports.import_new, name="import_new"),
    path("imports/<slug:slug>/template/", views_imports.import_template, name="import_template"),
    path("imports/<int:pk>/", views_imports.import_run, name="import_run"),
    path("imports/<int:pk>/marked/", views_imports.import_marked, name="import_marked"),
    path("imports/<int:pk>/apply/", views_imports.import_apply, name="import_apply"),
    path("imports/<int:pk>/undo/", views_imports.import_undo, name="import_undo"),
]

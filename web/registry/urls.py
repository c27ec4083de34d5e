"""Addresses of the registry's pages."""

from django.urls import path

from web.registry import views, views_imports

urlpatterns = [
    path("buses/", views.bus_list, name="bus_list"),
    path("buses/new/", views.bus_new, name="bus_new"),
    path("buses/export.<str:kind>", views.bus_export, name="bus_export"),
    path("buses/<int:pk>/", views.bus_detail, name="bus_detail"),
    path("buses/<int:pk>/edit/", views.bus_edit, name="bus_edit"),
    path("buses/<int:pk>/archive/", views.bus_archive, name="bus_archive"),
    path("buses/<int:pk>/restore/", views.bus_restore, name="bus_restore"),
    path("imports/<slug:slug>/new/", views_imports.import_new, name="import_new"),
    path("imports/<slug:slug>/template/", views_imports.import_template, name="import_template"),
    path("imports/<int:pk>/", views_imports.import_run, name="import_run"),
    path("imports/<int:pk>/apply/", views_imports.import_apply, name="import_apply"),
    path("imports/<int:pk>/undo/", views_imports.import_undo, name="import_undo"),
]

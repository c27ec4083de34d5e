"""Addresses of the pages of permits and plate cards."""

from django.urls import path

from web.registry import permits_actions, permits_cards, permits_list, permits_views

urlpatterns = [
    path("permits/", permits_list.permit_list, name="permit_list"),
    path("permits/export.<str:kind>", permits_list.permit_export, name="permit_export"),
    path("permits/new/", permits_actions.permit_new, name="permit_new"),
    path("permits/<int:pk>/", permits_views.permit_detail, name="permit_detail"),
    path("permits/<int:pk>/change/", permits_actions.permit_change, name="permit_change"),
    path("permits/<int:pk>/revoke/", permits_actions.permit_revoke, name="permit_revoke"),
    path(
        "permits/applications/<int:pk>/documents/new/",
        permits_actions.document_new,
        name="permit_document_new",
    ),
    path(
        "permits/applications/<int:pk>/documents/accept/",
        permits_actions.documents_accept,
        name="permit_documents_accept",
    ),
    path("permits/documents/<int:pk>/", permits_actions.document_open, name="permit_document"),
    path("permits/documents/<int:pk>/judge/", permits_actions.document_judge, name="permit_document_judge"),
    path("permits/applications/<int:pk>/<slug:stage>/", permits_actions.step_new, name="permit_step_new"),
    path("permits/<int:pk>/buses/<int:bus>/card/", permits_cards.card_new, name="plate_card_new"),
    path("permits/<int:pk>/cards.pdf", permits_cards.cards_print, name="plate_cards_print"),
    path("plate-cards/<int:pk>/", permits_cards.card_detail, name="plate_card_detail"),
    path("c/<str:code>", permits_cards.card_check, name="plate_card_check"),
    path("plate-cards/<int:pk>/end/", permits_cards.card_end, name="plate_card_end"),
]

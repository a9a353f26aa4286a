""" "I paid, find my money": for the public, and at a desk."""

from django.urls import URLPattern, path

from payments.pages.finding import claims, desk, public

_DESK = "desk/money/find/"

urlpatterns: list[URLPattern] = [
    path("find-my-money/", public.find, name="find"),
    path("find-my-money/claim/", public.claim, name="find_claim"),
    path("find-my-money/claims/", public.own_claim, name="own_claim"),
    path(_DESK, desk.find, name="find_desk"),
    path(f"{_DESK}open/<int:movement_id>/", desk.open_claim, name="claim_open"),
    path(f"{_DESK}claims/<int:claim_id>/", claims.claim, name="claim"),
    path(f"{_DESK}claims/<int:claim_id>/<slug:name>/", claims.act, name="claim_act"),
]

"""Paths of the room in which days are closed."""

from django.urls import path

from payments.pages.closing import acting, views

_DAY = "desk/money/closing/<str:day>/"

urlpatterns = [
    path("desk/money/closing/", views.closing, name="closing"),
    path(_DAY, views.day, name="closing_day"),
    path(f"{_DAY}pack.zip", views.pack, name="closing_pack"),
    path(f"{_DAY}take/", acting.take, name="closing_take"),
    path(f"{_DAY}take-over/", acting.take_over, name="closing_take_over"),
    path(f"{_DAY}settle/", acting.settle, name="closing_settle"),
    path(f"{_DAY}prepare/", acting.prepare, name="closing_prepare"),
    path(f"{_DAY}sign/", acting.sign, name="closing_sign"),
]

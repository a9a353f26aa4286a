"""Paths of the room that watches what leaves."""

from django.urls import path

from payments.pages.control import acting, moves, views

_ROOM = "desk/money/control/"

urlpatterns = [
    path(_ROOM, views.control, name="control"),
    path(f"{_ROOM}register/", views.register, name="control_register"),
    path(f"{_ROOM}register.csv", views.register_csv, name="control_register_csv"),
    path(f"{_ROOM}explain/", acting.explain, name="control_explain"),
    path(f"{_ROOM}explain/decide/", acting.decide_explanation, name="control_decide_explanation"),
    path(f"{_ROOM}limit/", acting.ask_limit, name="control_limit"),
    path(f"{_ROOM}limit/decide/", acting.decide_limit, name="control_decide_limit"),
    path(f"{_ROOM}sweep/", acting.ask_sweep, name="control_sweep"),
    path(f"{_ROOM}sweep/decide/", acting.decide_sweep, name="control_decide_sweep"),
    path(f"{_ROOM}move/", moves.ask, name="control_move"),
    path(f"{_ROOM}move/decide/", moves.decide, name="control_decide_move"),
    path(f"{_ROOM}move/end/", moves.ask_end, name="control_end_move"),
    path(f"{_ROOM}move/end/decide/", moves.decide_end, name="control_decide_end"),
]

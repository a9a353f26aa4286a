"""What did not match: matched, split, held, paid back, written off, by two people."""

from django.urls import URLPattern, path, re_path

from payments.pages.suspense import arrival, asking, deciding, exact, item, queue

_ROOM = "desk/money/suspense/"

urlpatterns: list[URLPattern] = [
    path(_ROOM, queue.queue, name="suspense"),
    re_path(rf"^{_ROOM}export\.(?P<ending>csv|xlsx)$", queue.export, name="suspense_export"),
    path(f"{_ROOM}exact/", exact.exact, name="suspense_exact"),
    path(f"{_ROOM}exact/<int:set_id>/", exact.one_set, name="suspense_set"),
    path(f"{_ROOM}to-decide/", deciding.to_decide, name="suspense_to_decide"),
    path(f"{_ROOM}to-decide/<str:kind>/<int:which>/", deciding.decide, name="suspense_decide"),
    path(f"{_ROOM}<int:movement_id>/", item.item, name="suspense_item"),
    path(f"{_ROOM}<int:movement_id>/arrival/", arrival.arrival, name="suspense_arrival"),
    path(f"{_ROOM}<int:movement_id>/hold/", asking.hold, name="suspense_hold"),
    path(f"{_ROOM}<int:movement_id>/lift/", asking.lift, name="suspense_lift"),
    path(f"{_ROOM}<int:movement_id>/<str:kind>/", asking.ask, name="suspense_ask"),
]

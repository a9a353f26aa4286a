"""Refunds by two people, payees proven at a desk, refund floats."""

from django.urls import URLPattern, path

from payments.pages.refunds import asking, floats, lists, refund

_ROOM = "desk/money/refunds/"

urlpatterns: list[URLPattern] = [
    path(_ROOM, lists.refunds, name="refunds"),
    path(f"{_ROOM}floats/", floats.floats, name="floats"),
    path(f"{_ROOM}floats/ask/", floats.ask, name="float_ask"),
    path(f"{_ROOM}floats/<int:top_up_id>/confirm/", floats.confirm, name="float_confirm"),
    path(f"{_ROOM}ask/<int:movement_id>/", asking.ask, name="refund_ask"),
    path(f"{_ROOM}ask/bill/<slug:reference>/", asking.of_bill, name="refund_ask_bill"),
    path(f"{_ROOM}<int:refund_id>/", refund.refund, name="refund"),
    path(f"{_ROOM}<int:refund_id>/<slug:name>/", refund.act, name="refund_act"),
]

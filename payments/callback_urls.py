"""Where providers reach us: /callbacks/<rail>/..."""

from django.urls import path

from payments import callbacks

app_name = "callbacks"

urlpatterns = [
    path("<slug:rail_code>/inquiry", callbacks.inquiry, name="inquiry"),
    path("<slug:rail_code>/notification", callbacks.notification, name="notification"),
    path(
        "<slug:rail_code>/requesttopay/<uuid:attempt_key>",
        callbacks.requesttopay,
        name="requesttopay",
    ),
]

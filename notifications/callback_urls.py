from django.urls import path

from notifications import callbacks

app_name = "notifications"

urlpatterns = [
    path("receipts", callbacks.receipt, name="receipts"),
    path("texts", callbacks.text, name="texts"),
]

"""Pages of payments, for people."""

from django.urls import path

from payments.pages import pay

app_name = "payments"

urlpatterns = [
    path("pay/<uuid:key>/", pay.pay, name="pay"),
    path("pay/<uuid:key>/prompt/", pay.prompt, name="prompt"),
    path("pay/<uuid:key>/status/", pay.status, name="status"),
]

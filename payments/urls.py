"""Pages of payments, for people."""

from django.urls import path

from payments.pages import operations, pay, receipts

app_name = "payments"

urlpatterns = [
    path("pay/<uuid:key>/", pay.pay, name="pay"),
    path("pay/<uuid:key>/prompt/", pay.prompt, name="prompt"),
    path("pay/<uuid:key>/status/", pay.status, name="status"),
    path("pay/<uuid:key>/receipt.pdf", receipts.receipt, name="receipt"),
    path("desk/money/operations/", operations.operations, name="operations"),
    path("desk/money/operations/clear/", operations.clear, name="clear_alarm"),
]

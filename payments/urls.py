"""Pages of payments, for people."""

from django.urls import path

from payments.pages import operations, pay, receipts
from payments.pages.board.urls import urlpatterns as board
from payments.pages.channels.urls import urlpatterns as channels
from payments.pages.closing.urls import urlpatterns as closing
from payments.pages.control.urls import urlpatterns as control
from payments.pages.finding.urls import urlpatterns as finding
from payments.pages.refunds.urls import urlpatterns as refunds
from payments.pages.remittances.urls import urlpatterns as remittances
from payments.pages.statements.urls import urlpatterns as statements
from payments.pages.suspense.urls import urlpatterns as suspense

app_name = "payments"

urlpatterns = [
    path("pay/<uuid:key>/", pay.pay, name="pay"),
    path("pay/<uuid:key>/prompt/", pay.prompt, name="prompt"),
    path("pay/<uuid:key>/status/", pay.status, name="status"),
    path("pay/<uuid:key>/receipt.pdf", receipts.receipt, name="receipt"),
    path("desk/money/operations/", operations.operations, name="operations"),
    path("desk/money/operations/clear/", operations.clear, name="clear_alarm"),
    *board,
    *statements,
    *suspense,
    *refunds,
    *finding,
    *remittances,
    *closing,
    *control,
    *channels,
]

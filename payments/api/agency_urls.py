from django.urls import path

from payments.api import agencies

app_name = "payments_agencies_api"

urlpatterns = [
    path("<slug:code>/revenue/", agencies.Revenue.as_view(), name="revenue"),
    path("<slug:code>/remittances/", agencies.Remittances.as_view(), name="remittances"),
    path("<slug:code>/remittances/<uuid:key>/", agencies.OneRemittance.as_view(), name="one"),
]

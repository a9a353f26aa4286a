from django.urls import path

from payments.api import views

app_name = "payments_api"

urlpatterns = [path("<str:reference>/", views.Inquiry.as_view(), name="inquiry")]

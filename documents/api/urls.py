from django.urls import path

from documents.api.views import PaperVerdict

app_name = "documents_api"
urlpatterns = [
    path("<str:verification_id>/", PaperVerdict.as_view(), name="paper"),
]

from django.urls import path

from documents.api.shared import SharedPaper
from documents.api.views import FileVerdict, PaperVerdict

app_name = "documents_api"
urlpatterns = [
    # Neither word can be a verification code: those have sixteen characters.
    path("file/", FileVerdict.as_view(), name="file"),
    path("shared/", SharedPaper.as_view(), name="shared"),
    path("<str:verification_id>/", PaperVerdict.as_view(), name="paper"),
]

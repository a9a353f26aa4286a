from django.urls import path

from applications.api.views import CaseState

urlpatterns = [path("<str:number>/", CaseState.as_view(), name="case_state")]

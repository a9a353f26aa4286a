from django.urls import path

from catalogue.api import views

app_name = "catalogue_api"

urlpatterns = [
    path("<slug:code>/schema/", views.FormSchema.as_view(), name="schema"),
    path("<slug:code>/answers/", views.Answers.as_view(), name="answers"),
]

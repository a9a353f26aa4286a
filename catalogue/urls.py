from django.urls import path

from catalogue.pages import public

app_name = "catalogue"
urlpatterns = [
    path("", public.home, name="home"),
    path("search/", public.search, name="search"),
    path("services/", public.services, name="services"),
    path("services/<slug:code>/", public.service, name="service"),
    path("needs/<slug:code>/", public.need, name="need"),
]

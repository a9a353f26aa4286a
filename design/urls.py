from django.urls import path

from design.pages import gallery

app_name = "design"
urlpatterns = [path("design/", gallery.components, name="components")]

"""How each rail does against what it usually does."""

from django.urls import path

from payments.pages.channels import view

urlpatterns = [path("desk/money/channels/", view.channels, name="channels")]

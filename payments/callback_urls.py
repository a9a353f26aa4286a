"""Where providers reach us: /callbacks/<rail>/..., and what follows is the vendor's own."""

from django.urls import path

from payments import callbacks

app_name = "callbacks"

urlpatterns = [path("<slug:rail_code>/<path:address>", callbacks.callback, name="callback")]

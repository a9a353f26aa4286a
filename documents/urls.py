from django.urls import path

from documents.pages import trust, verify

app_name = "documents"
urlpatterns = [
    path("verify/", verify.verify, name="verify"),
    path("V/<str:typed>", verify.by_code, name="verify_id"),
    # Scanners that change the case of an address are common.
    path("v/<str:typed>", verify.by_code),
    path("pki/<str:name>", trust.published, name="pki"),
]

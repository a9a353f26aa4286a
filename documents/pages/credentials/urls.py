from django.urls import path

from documents.pages.credentials import asking, deciding, listing, showing

urlpatterns = [
    path("desk/credentials/", listing.credentials, name="credentials"),
    path("desk/credentials/<int:credential_id>/", showing.credential, name="credential"),
    path(
        "desk/credentials/<int:credential_id>/ask/<str:kind>/",
        asking.about,
        name="credential_ask",
    ),
    path("desk/credentials/new/<str:whose>/<str:which>/", asking.new, name="credential_new"),
    path(
        "desk/credentials/requests/<int:request_id>/",
        deciding.asked,
        name="credential_request",
    ),
    path(
        "desk/credentials/requests/<int:request_id>/request.csr",
        deciding.csr,
        name="credential_csr",
    ),
    path(
        "desk/credentials/requests/<int:request_id>/certificate/",
        deciding.certificate,
        name="credential_certificate",
    ),
]

from django.urls import path

from documents.pages import offline, trust, verify
from documents.pages.credentials import urls as credentials
from documents.pages.papers import urls as papers

app_name = "documents"
urlpatterns = [
    *papers.urlpatterns,
    *credentials.urlpatterns,
    path("verify/", verify.verify, name="verify"),
    path("V/<str:typed>", verify.by_code, name="verify_id"),
    # Scanners that change the case of an address are common.
    path("v/<str:typed>", verify.by_code),
    path("pki/<str:name>", trust.published, name="pki"),
    path("trust/", trust.guide, name="trust"),
    path("trust/list.json", trust.trust_list, name="trust_list"),
    path(".well-known/jwks.json", trust.jwks, name="jwks"),
    path(".well-known/cose-keys.cbor", trust.cose_keys, name="cose_keys"),
    path("status/<int:number>.cwt", trust.status_list, name="status_list"),
    path("offline/", offline.page, name="offline"),
    path("offline/worker.js", offline.worker, name="offline_worker"),
    path("offline/manifest.json", offline.manifest, name="offline_manifest"),
    path("offline/<str:language>/", offline.page, name="offline_in"),
]

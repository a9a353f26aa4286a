"""Every address of the house on one page."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health

handler400 = "config.problems.bad_request"
handler403 = "config.problems.permission_denied"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"

urlpatterns = [
    path("", include("catalogue.urls")),
    path("", include("reports.urls")),
    # Before the cases: "desk/papers/" is no case number.
    path("", include("documents.urls")),
    path("", include("applications.urls")),
    path("", include("accounts.urls")),
    path("", include("payments.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("callbacks/sms/", include("notifications.callback_urls")),
    path("callbacks/", include("payments.callback_urls")),
    path("api/health/", health.Health.as_view(), name="health"),
    path("api/bills/", include("payments.api.urls")),
    path("api/agencies/", include("payments.api.agency_urls")),
    path("api/papers/", include("documents.api.urls")),
    path("api/cases/", include("applications.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
    path("operators/", admin.site.urls),
]

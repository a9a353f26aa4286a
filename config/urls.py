"""Every address of the house on one page."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health, metrics, wellknown
from design.pages import language

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
    path("", include("design.urls")),
    path("language/", language.set_language, name="set_language"),
    path(".well-known/security.txt", wellknown.security, name="security_txt"),
    path(".well-known/change-password", wellknown.change_password, name="change_password"),
    path("robots.txt", wellknown.robots, name="robots_txt"),
    path("callbacks/sms/", include("notifications.callback_urls")),
    path("callbacks/", include("payments.callback_urls")),
    path("api/health/", health.Health.as_view(), name="health"),
    path("api/ready/", health.Ready.as_view(), name="ready"),
    path("api/metrics/", metrics.metrics, name="metrics"),
    path("api/bills/", include("payments.api.urls")),
    path("api/agencies/", include("payments.api.agency_urls")),
    path("api/papers/", include("documents.api.urls")),
    path("api/services/", include("catalogue.api.urls")),
    path("api/cases/", include("applications.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
    # Before the admin, which answers to every address under its own.
    path("operators/", include("workers.urls")),
    path("operators/", admin.site.urls),
]

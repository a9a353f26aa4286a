"""Pages of reports, for finance staff and whoever watches over the offices."""

from django.urls import path

from reports.pages import exports, reports

app_name = "reports"

urlpatterns = [
    path("desk/reports/", reports.reports, name="reports"),
    path("desk/reports/file.<slug:form>", reports.download, name="download"),
    path("desk/reports/make/", exports.make, name="make"),
    path("desk/reports/made/<uuid:key>/", exports.export, name="export"),
    path("desk/reports/made/<uuid:key>/state/", exports.state, name="export_state"),
    path("desk/reports/made/<uuid:key>/file/", exports.file, name="export_file"),
]

"""Statements: uploaded, looked at, posted, with the fate of every line."""

from django.urls import path

from payments.pages.statements import listing, looking, results

urlpatterns = [
    path("desk/money/statements/", listing.statements, name="statements"),
    path("desk/money/statements/upload/", listing.upload, name="upload_statement"),
    path("desk/money/statements/files/<int:file_id>/", looking.look, name="statement_file"),
    path(
        "desk/money/statements/files/<int:file_id>/again/",
        looking.again,
        name="look_again_at_statement",
    ),
    path("desk/money/statements/files/<int:file_id>/post/", looking.post, name="post_statement"),
    path("desk/money/statements/imports/<int:import_id>/", results.result, name="statement_import"),
    path(
        "desk/money/statements/imports/<int:import_id>/progress/",
        results.progress,
        name="statement_progress",
    ),
    path(
        "desk/money/statements/files/<int:file_id>/exceptions.<str:form>",
        results.exceptions,
        name="statement_exceptions",
    ),
]

from django.urls import path

from catalogue.pages import (
    agencies,
    editing,
    editing_draft,
    editing_overview,
    editing_review,
    keeping,
    missed,
    offices,
    paper_form,
    public,
    reference,
    screening,
    wall,
)

app_name = "catalogue"
urlpatterns = [
    path("", public.home, name="home"),
    path("search/", public.search, name="search"),
    path("services/", public.services, name="services"),
    path("services/<slug:code>/", public.service, name="service"),
    path("services/<slug:code>/before/", screening.before, name="before"),
    path("services/<slug:code>/form.pdf", paper_form.form_pdf, name="form_pdf"),
    path("services/<slug:code>/print/", public.service_print, name="service_print"),
    path("services/<slug:code>/right/", reference.remark, name="remark"),
    path("needs/<slug:code>/", public.need, name="need"),
    path("glossary/", reference.glossary, name="glossary"),
    path("faq/", reference.faq, name="faq"),
    path("directory/", reference.directory, name="directory"),
    path("directory/by/<slug:code>/", reference.directory_agency, name="directory_agency"),
    path("directory/<slug:code>/", reference.reference, name="reference"),
    path("digitisation/", reference.digitisation, name="digitisation"),
    path("offices/", offices.offices, name="offices"),
    path("offices/<slug:code>/", offices.office, name="office"),
    path("offices/<slug:code>/wall/", wall.wall, name="wall"),
    path("agencies/<slug:code>/", agencies.agency, name="agency"),
    path("staff/catalogue/", editing.services, name="editor"),
    path("staff/catalogue/searches/", missed.missed, name="missed_searches"),
    path("staff/catalogue/confirm/", keeping.board, name="kept"),
    path("staff/catalogue/confirm/<slug:code>/", keeping.service, name="kept_service"),
    path("staff/catalogue/new/", editing.new, name="editor_new"),
    path("staff/catalogue/services/<slug:code>/", editing.service, name="editor_service"),
    path(
        "staff/catalogue/versions/<int:version_id>/file/",
        editing.version_file,
        name="editor_version_file",
    ),
    path("staff/catalogue/versions/<int:version_id>/edit/", editing.begin, name="editor_begin"),
    path("staff/catalogue/drafts/<int:draft_id>/", editing_overview.draft, name="editor_draft"),
    path(
        "staff/catalogue/drafts/<int:draft_id>/sections/<slug:code>/",
        editing_draft.section,
        name="editor_section",
    ),
    path(
        "staff/catalogue/drafts/<int:draft_id>/parts/<path:where>/",
        editing_draft.part,
        name="editor_part",
    ),
    path(
        "staff/catalogue/drafts/<int:draft_id>/arrange/<path:where>/",
        editing_draft.arrange,
        name="editor_arrange",
    ),
    path(
        "staff/catalogue/drafts/<int:draft_id>/differences/",
        editing_review.differences,
        name="editor_differences",
    ),
    path(
        "staff/catalogue/drafts/<int:draft_id>/preview/",
        editing_review.preview,
        name="editor_preview",
    ),
    path(
        "staff/catalogue/drafts/<int:draft_id>/preview/<slug:group>/",
        editing_review.preview_group,
        name="editor_preview_group",
    ),
    path(
        "staff/catalogue/drafts/<int:draft_id>/file/", editing_review.draft_file, name="editor_file"
    ),
    path(
        "staff/catalogue/drafts/<int:draft_id>/do/<slug:name>/",
        editing_review.act,
        name="editor_act",
    ),
]

"""Addresses of the case: the citizen's, everybody's, the officer's."""

from django.urls import path

from applications.pages import (
    apply,
    cases,
    charges,
    days,
    decisions,
    desk,
    sharing,
    signing,
    slips,
    together,
    track,
)

app_name = "applications"

urlpatterns = [
    path("apply/<slug:service>/", apply.start, name="start"),
    path("apply/<str:number>/review/", apply.review, name="review"),
    path("apply/<str:number>/<slug:group>/", apply.group, name="group"),
    path("cases/", cases.mine, name="mine"),
    path("cases/together/", together.together, name="together"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/mend/", cases.mend, name="mend"),
    path("cases/<str:number>/withdraw/", cases.withdraw, name="withdraw"),
    path("cases/<str:number>/paper.pdf", cases.paper, name="paper"),
    path("cases/<str:number>/sharing/", sharing.sharing, name="sharing"),
    path("cases/<str:number>/sharing/<int:consent_id>/back/", sharing.take_back, name="take_back"),
    path("cases/<str:number>/slips/<slug:kind>/<int:version>.pdf", slips.slip, name="slip"),
    path("track/", track.track, name="track"),
    path("desk/charges/<str:key>/", charges.charge, name="charge"),
    path("desk/", desk.queue, name="queue"),
    path("desk/to-sign/", signing.to_sign, name="to_sign"),
    path("desk/days/", days.day, name="day"),
    path("desk/days/write/", days.write, name="write_day"),
    path("desk/days/<int:office_id>/<str:day>.pdf", days.pdf_of_day, name="day_pdf"),
    path("desk/<str:number>/", desk.case, name="desk_case"),
    path("desk/<str:number>/paper.pdf", signing.drawn, name="drawn"),
    path("desk/<str:number>/take/", decisions.take, name="take"),
    path("desk/<str:number>/release/", decisions.release, name="release"),
    path("desk/<str:number>/ask/", decisions.ask_completion, name="ask_completion"),
    path("desk/<str:number>/approve/", decisions.approve, name="approve"),
    path("desk/<str:number>/specimen.pdf", decisions.specimen, name="specimen"),
    path("desk/<str:number>/control-slip/", slips.write_control_slip, name="control_slip"),
    path(
        "desk/<str:number>/slips/<slug:kind>/<int:version>.pdf", slips.desk_slip, name="desk_slip"
    ),
    path("desk/<str:number>/refuse/", decisions.refuse, name="refuse"),
]

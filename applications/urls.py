"""Addresses of the case: the citizen's, everybody's, the officer's."""

from django.urls import path

from applications.pages import apply, cases, charges, decisions, desk, signing, together, track

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
    path("track/", track.track, name="track"),
    path("desk/charges/<str:key>/", charges.charge, name="charge"),
    path("desk/", desk.queue, name="queue"),
    path("desk/to-sign/", signing.to_sign, name="to_sign"),
    path("desk/<str:number>/", desk.case, name="desk_case"),
    path("desk/<str:number>/paper.pdf", signing.drawn, name="drawn"),
    path("desk/<str:number>/take/", decisions.take, name="take"),
    path("desk/<str:number>/release/", decisions.release, name="release"),
    path("desk/<str:number>/ask/", decisions.ask_completion, name="ask_completion"),
    path("desk/<str:number>/approve/", decisions.approve, name="approve"),
    path("desk/<str:number>/refuse/", decisions.refuse, name="refuse"),
]

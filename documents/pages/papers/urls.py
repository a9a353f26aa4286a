from django.urls import path

from documents.pages.papers import abandoning, asking, copying, deciding, listing, showing

urlpatterns = [
    path("desk/papers/", listing.papers, name="papers"),
    path("desk/papers/papers.csv", listing.as_csv, name="papers_csv"),
    path("desk/papers/<int:paper_id>/", showing.paper, name="paper"),
    path("desk/papers/<int:paper_id>/file/", showing.file, name="paper_file"),
    path("desk/papers/<int:paper_id>/sign/", deciding.sign, name="paper_sign"),
    path("desk/papers/<int:paper_id>/abandon/", abandoning.abandon, name="paper_abandon"),
    path("desk/papers/<int:paper_id>/copy/<str:kind>/", copying.copy, name="paper_copy"),
    path("desk/papers/<int:paper_id>/ask/<str:kind>/", asking.ask, name="paper_ask"),
    path("desk/papers/acts/<int:act_id>/", deciding.decide, name="paper_decide"),
    path("desk/papers/acts/<int:act_id>/withdraw/", asking.withdraw, name="paper_withdraw"),
]

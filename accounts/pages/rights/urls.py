"""The addresses of the rights desk."""

from django.urls import path

from accounts.pages.rights import deciding, giving, looking

urlpatterns = [
    path("staff/rights/", looking.who, name="rights"),
    path("staff/rights/waiting/", looking.waiting, name="rights_waiting"),
    path("staff/rights/ending/", looking.ending, name="rights_ending"),
    path("staff/rights/export.csv", looking.export, name="rights_csv"),
    path("staff/rights/people/<int:account_id>/", looking.person, name="rights_of"),
    path("staff/rights/people/<int:account_id>/give/", giving.choose, name="rights_choose"),
    path("staff/rights/people/<int:account_id>/give/<str:act>/", giving.give, name="rights_give"),
    path("staff/rights/people/<int:account_id>/copy/", giving.copy, name="rights_copy"),
    path("staff/rights/<int:grant_id>/", deciding.one, name="right"),
    path("staff/rights/<int:grant_id>/end/", deciding.end, name="right_end"),
]

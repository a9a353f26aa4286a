"""Remittances: batches by beneficiary, orders to the bank, advice; what an agency sees."""

from django.urls import URLPattern, path

from payments.pages.remittances import accounts, agency, batch, credits, files, listing, order

_ROOM, _AGENCY = "desk/money/remittances/", "desk/money/agency/"
_BATCH, _ITS = f"{_ROOM}<uuid:key>/", f"{_AGENCY}<slug:code>/batches/<uuid:key>/"

urlpatterns: list[URLPattern] = [
    path(_ROOM, listing.remittances, name="remittances"),
    path(f"{_ROOM}build/", listing.build, name="remittance_build"),
    path(f"{_ROOM}journal.csv", files.journal_of_month, name="remittances_journal"),
    path(f"{_ROOM}accounts/", accounts.accounts, name="settlement_accounts"),
    path(f"{_ROOM}accounts/decide/", accounts.decide, name="settlement_account_decide"),
    path(
        f"{_ROOM}accounts/<slug:code>/<slug:currency>/",
        accounts.change,
        name="settlement_account_change",
    ),
    path(f"{_ROOM}credits/<int:movement_id>/", credits.credit, name="remittance_credit"),
    path(_BATCH, batch.remittance, name="remittance"),
    path(f"{_BATCH}order.xml", order.order_xml, name="remittance_order"),
    path(f"{_BATCH}order.csv", order.order_csv, name="remittance_order_csv"),
    path(f"{_BATCH}advice.pdf", files.advice_pdf, name="remittance_advice"),
    path(f"{_BATCH}advice.xlsx", files.advice_xlsx, name="remittance_advice_xlsx"),
    path(f"{_BATCH}journal.csv", files.journal, name="remittance_journal"),
    path(f"{_BATCH}<slug:name>/", batch.act, name="remittance_act"),
    path(_AGENCY, agency.agencies, name="agencies"),
    path(f"{_AGENCY}<slug:code>/", agency.agency, name="agency"),
    path(f"{_AGENCY}<slug:code>/batches/", agency.batches, name="agency_batches"),
    path(_ITS, agency.batch, name="agency_batch"),
    path(f"{_ITS}advice.pdf", agency.advice_pdf, name="agency_advice"),
    path(f"{_ITS}advice.xlsx", agency.advice_xlsx, name="agency_advice_xlsx"),
]

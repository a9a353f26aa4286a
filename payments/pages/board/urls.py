"""The board: today by rail and by beneficiary, and the way from any figure to its bytes."""

from django.urls import URLPattern, path

from payments.pages.board import board, evidence, ledger, money

_HERE = "desk/money/board"
_MOVEMENT = f"{_HERE}/movements/<int:movement_id>"
_DAY = f"{_HERE}/accounts/<int:account_id>/<slug:day>"
_MESSAGE = f"{_MOVEMENT}/messages/<int:message_id>"
_LINE = f"{_MOVEMENT}/lines/<int:line_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_HERE}/", board.board, name="board"),
    path(f"{_HERE}/now/", board.now, name="board_now"),
    path(f"{_HERE}/board.csv", board.board_csv, name="board_csv"),
    path(f"{_HERE}/figures/<slug:name>/", ledger.figure, name="board_figure"),
    path(f"{_HERE}/figures/<slug:name>.csv", ledger.figure_csv, name="board_figure_csv"),
    path(f"{_HERE}/accounts/", ledger.accounts, name="board_accounts"),
    path(f"{_HERE}/accounts.csv", ledger.accounts_csv, name="board_accounts_csv"),
    path(f"{_HERE}/accounts/<int:account_id>/", ledger.account, name="board_account"),
    path(f"{_DAY}/", ledger.account_day, name="board_account_day"),
    path(f"{_DAY}.csv", ledger.account_day_csv, name="board_account_day_csv"),
    path(f"{_HERE}/journals/<int:journal_id>/", ledger.journal, name="board_journal"),
    path(f"{_MOVEMENT}/", money.movement, name="board_movement"),
    path(f"{_MESSAGE}/", evidence.message, name="board_message"),
    path(f"{_MESSAGE}/raw", evidence.message_raw, name="board_message_raw"),
    path(f"{_LINE}/", evidence.line, name="board_line"),
    path(f"{_LINE}/raw", evidence.line_raw, name="board_line_raw"),
    path(f"{_LINE}/file", evidence.line_file, name="board_line_file"),
    path(f"{_HERE}/proof/", money.search, name="board_search"),
    path(f"{_HERE}/proof/<int:bill_id>/", money.proof, name="board_proof"),
    path(f"{_HERE}/proof/<int:bill_id>.csv", money.proof_csv, name="board_proof_csv"),
]

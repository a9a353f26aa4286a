"""The operators' pages, beside the read-only admin."""

from django.urls import path

from workers.pages import board, parked

app_name = "workers"

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/parked/", parked.parked, name="parked"),
    path("board/parked/all/", parked.ask_all, name="ask_all"),
    path("board/parked/retry/", parked.retry, name="retry"),
    path("board/parked/retry-all/", parked.retry_all, name="retry_all"),
]

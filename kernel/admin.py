"""The operators' window: everything may be looked at, nothing changed, and each look is kept."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kernel import audit
from kernel.models import AuditEntry, Delivery, EventRow, StatusHistory

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin  # Django's own is generic for the type checker alone.


class ReadOnlyAdmin(ModelAdmin):
    """
    An admin page without add, change or delete: money, papers and grants change elsewhere.

    Whoever opens one row leaves a trace: most rows are about somebody.
    """

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        answer = super().change_view(request, object_id, form_url, extra_context)
        if answer.status_code == HTTPStatus.OK:
            audit.record(
                act="operator.looked",
                actor_id=request.user.pk,
                subject=self.opts.label_lower,
                subject_id=int(object_id) if object_id.isdecimal() else None,
                at=timezone.now(),  # noqa: TID251 - an edge, as pages are.
            )
        return answer


@admin.register(EventRow)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["id", "name", "occurred_at", "relayed_at", "parked_at"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["id", "handler", "state", "attempts", "due_at", "last_error"]
    list_filter = ["state"]


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ["id", "at", "act", "actor_id", "subject", "subject_id"]
    list_filter = ["act"]


@admin.register(StatusHistory)
class StatusHistoryAdmin(ReadOnlyAdmin):
    list_display = ["id", "lifecycle", "subject_id", "source", "target", "changed_at"]
    list_filter = ["lifecycle"]

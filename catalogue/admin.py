from django.contrib import admin

from catalogue.models import Category, Need, Service, ServiceDraft, ServiceVersion
from kernel.admin import ReadOnlyAdmin


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    list_display = ["code", "names", "position"]


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    list_display = ["code", "category", "agency", "kind", "active"]
    list_filter = ["kind", "active", "category"]
    list_select_related = ["category", "agency"]
    search_fields = ["code"]


@admin.register(ServiceVersion)
class ServiceVersionAdmin(ReadOnlyAdmin):
    list_display = ["service", "number", "source", "published_at"]
    list_filter = ["source"]
    list_select_related = ["service"]


@admin.register(ServiceDraft)
class ServiceDraftAdmin(ReadOnlyAdmin):
    list_display = ["code", "state", "revision", "changed_at"]
    list_filter = ["state"]
    search_fields = ["code"]


@admin.register(Need)
class NeedAdmin(ReadOnlyAdmin):
    list_display = ["code", "names", "position"]

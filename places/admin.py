from django.contrib import admin

from kernel.admin import ReadOnlyAdmin
from places.models import Agency, Area, Beneficiary, Office, PackLoad


@admin.register(Area)
class AreaAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "level_name", "active"]
    list_filter = ["level_name", "active"]
    search_fields = ["code", "name"]


@admin.register(Agency)
class AgencyAdmin(ReadOnlyAdmin):
    list_display = ["code", "names"]


@admin.register(Beneficiary)
class BeneficiaryAdmin(ReadOnlyAdmin):
    list_display = ["code", "kind", "names"]
    list_filter = ["kind"]


@admin.register(Office)
class OfficeAdmin(ReadOnlyAdmin):
    list_display = ["code", "level", "active", "by_rule", "one_stop"]
    list_filter = ["level", "active", "by_rule", "one_stop"]
    search_fields = ["code"]


@admin.register(PackLoad)
class PackLoadAdmin(ReadOnlyAdmin):
    list_display = ["country", "sha256", "loaded_at"]

"""What stands here in several languages, so that translators see what is missing."""

from collections.abc import Iterator

from places.models import Agency, Beneficiary, Office


def texts() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """
    Yield of each text its kind, the code of what it belongs to, its key, and it by language.

    Offices that the pack made by rule are named by rule, so nobody translates them one by one.
    """
    for agency in Agency.objects.order_by("code"):
        yield "agency", agency.code, "names", agency.names
        yield "agency", agency.code, "charter", agency.charter
    for beneficiary in Beneficiary.objects.filter(area=None).order_by("code"):
        yield "beneficiary", beneficiary.code, "names", beneficiary.names
    for office in Office.objects.filter(by_rule=False, active=True).order_by("code"):
        yield "office", office.code, "names", office.names
        yield "office", office.code, "head", office.head

"""The service standard: what an office or an agency gives, for how much and within what time."""

from django.utils.translation import gettext_lazy as _

from catalogue import queries
from catalogue.definition import NATIONAL, Definition
from catalogue.queries import ServiceCard
from places.queries import Office

HOW_TO_COMPLAIN = (
    _("Ask the office first: it must tell you whose turn it is and until when."),
    _("Were you refused? The letter says where to appeal, and until when."),
    _(
        "Did you pay and nothing came? “Find my money” on this site finds it by the code that the "
        "network sent."
    ),
)


def of_office(office: Office, language: str) -> list[ServiceCard]:
    """Return the services that are decided at this office, by name."""
    return [card for card in queries.services(language) if _gives(office, card.definition)]


def of_agency(agency_code: str, language: str) -> list[ServiceCard]:
    """Return the services that the agency answers for, by name."""
    return [card for card in queries.services(language) if card.definition.agency == agency_code]


def levels(cards: list[ServiceCard]) -> list[str]:
    """Return the levels of offices at which these services are decided, "national" left out."""
    return sorted({card.definition.office_level for card in cards} - {NATIONAL})


def _gives(office: Office, definition: Definition) -> bool:
    if definition.office_level != office.level:
        return False
    # An office of a level of areas belongs to no agency: it decides for all that are decided there.
    return office.agency is None or office.agency.code == definition.agency

"""Names of what a report's rows are about, each kind read once."""

from functools import cached_property

from catalogue import queries as catalogue
from catalogue.words import tell
from payments.queries import reporting
from places import queries as places


class Names:
    """In one language; a code that nobody knows any more stands for itself."""

    def __init__(self, language: str) -> None:
        self.language = language

    def rail(self, rail_id: int) -> str:
        return tell(self._rails.get(rail_id, {}), self.language).text or str(rail_id)

    def beneficiary(self, code: str) -> str:
        return tell(self._beneficiaries.get(code, {}), self.language).text or code

    def service(self, code: str) -> str:
        return self._services.get(code, code)

    def areas(self, codes: set[str]) -> dict[str, str]:
        return places.area_names(codes, self.language)

    @cached_property
    def beneficiary_codes(self) -> dict[int, str]:
        return reporting.paid_beneficiaries()

    @cached_property
    def office_paths(self) -> dict[int, str]:
        return places.office_paths()

    @cached_property
    def _rails(self) -> dict[int, dict[str, str]]:
        return reporting.rail_names()

    @cached_property
    def _beneficiaries(self) -> dict[str, dict[str, str]]:
        return places.beneficiaries()

    @cached_property
    def _services(self) -> dict[str, str]:
        return {card.code: card.name.text for card in catalogue.services(self.language)}

"""What has to have happened before pictures of it can be taken, and who can show it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from config.journey.browser import Browser, Form, Lost, Page
from config.journey.play import Play, Record
from config.journey.world import Citizen, Desk, Sandbox, TooLate
from config.stack import own
from config.stack.home import Home

SERVICE, AREA_FIELD, AREA = "birth-certificate", "birth_place_code", "1209"
OFFICERS = ("officer.kimironko", "second.kimironko")
# So that the queue shows more than the case that an officer has taken.
WAITING = 2
STEPS_MAX = 20


class Walk(Play):
    """A citizen's case that goes only as far as a picture needs."""

    def fill(self) -> dict[str, str]:
        """Answer every question; return where the first stands, and where the last look."""
        browser = self.citizen.browser
        page = browser.open(f"/apply/{self.service}/")
        page = browser.send(page, _own(page)[0])
        first = page.url
        for _ in range(STEPS_MAX):
            if page.url.endswith("/review/"):
                return {"question": _path(first), "review": _path(page.url)}
            here = _own(page)
            # She gives no file: the form that goes on stands behind those that take one.
            form = next((one for one in here if "go_on" in one.names), here[0])
            page = browser.send(page, form, **self._answers(form))
        raise Lost(f"{page.url}: the questions do not end")

    def owe(self) -> dict[str, str]:
        """Apply; return where she pays."""
        return {"pay": _path(self._apply(Record()).url)}

    def wait(self) -> dict[str, str]:
        """Apply and pay; return the number of the case that an officer has now."""
        record = Record()
        self._pay(self._apply(record), record)
        self._arrive(record, "officer", {"IN_QUEUE", "UNDER_REVIEW"})
        return {"case": record.number}


def _own(page: Page) -> list[Form]:
    return [form for form in page.forms if form.action == page.url]


def _path(url: str) -> str:
    return httpx.URL(url).path


@dataclass
class Story:
    """The people by what the album calls them, each at a browser, and what their pages are."""

    home: Home
    site: str
    sandbox: Sandbox
    people: dict[str, Browser] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def play(self) -> Iterator[str]:
        """Play each part; yield which of them stopped, and where."""
        for part in (self._citizens, self._officer, self._editor, self._giver, self._others):
            try:
                part()
            # A part that needs what an earlier one did not come to has no place for it.
            except (Lost, TooLate, httpx.HTTPError, KeyError) as error:
                yield f"{part.__name__.strip('_')}: {type(error).__name__}: {error}"

    def _citizens(self) -> None:
        papers = sorted((self.home.folder / "journey").glob("*.pdf"))
        self.places["paper"] = str(papers[0])
        here = [one for one in self.sandbox.people("birth") if one[AREA_FIELD] == AREA]
        *waiting, citizen, payer, writer, someone = (
            self._walk(person)
            for person in list({one["phone"]: one for one in here}.values())[: WAITING + 4]
        )
        for name, walk in (("citizen", citizen), ("payer", payer), ("writer", writer)):
            walk.citizen.sign_in()
            self.people[name] = walk.citizen.browser
        self.places["phone"] = someone.citizen.phone
        self.places |= citizen.wait()
        self.places |= payer.owe()
        self.places |= writer.fill()
        for walk in waiting:
            walk.citizen.sign_in()
            walk.wait()

    def _walk(self, person: dict[str, object]) -> Walk:
        return Walk(
            service=SERVICE,
            area_field=AREA_FIELD,
            citizen=Citizen(self.site, self.sandbox, person),
            desk=Desk(self.site, []),
            sandbox=self.sandbox,
            folder=Path(self.home.folder),
            by_prompt=False,
            patience=60,
            tell=print,
        )

    def _officer(self) -> None:
        """Whoever has the case takes it."""
        for name in OFFICERS:
            officer = self.people["officer"] = self._staff(name)
            try:
                page = officer.open(f"/desk/{self.places['case']}/")
            except Lost:
                continue  # Not hers: for her it does not exist.
            if any("/take/" in form.action for form in page.forms):
                officer.send(page, page.form(action="/take/"))
            return
        raise Lost("no officer has the case")

    def _editor(self) -> None:
        editor = self.people["editor"] = self._staff("editor")
        page = editor.open(f"/staff/catalogue/services/{SERVICE}/")
        page = editor.send(page, page.form(action="/edit/"))
        self.places["draft"] = _number(page.url, "drafts")

    def _giver(self) -> None:
        giver = self.people["rights"] = self._staff("rights")
        page = giver.open(f"/staff/rights/?act=case.decide&area={AREA}")
        self.places["person"] = _number(page.link("/staff/rights/people/"), "people")

    def _others(self) -> None:
        for name in ("finance", "watch"):
            self.people[name] = self._staff(name)

    def _staff(self, name: str) -> Browser:
        login = next(one for one in own.logins(self.home) if one["login"].startswith(f"{name}@"))
        return own.staff(self.site, login)


def _number(url: str, after: str) -> str:
    found = re.search(rf"/{after}/(\d+)/", url)
    if found is None:
        raise Lost(f"{url}: no number after {after}")
    return found[1]

"""A browser without JavaScript: what a person on a cheap phone has."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx


class Lost(Exception):
    """The page is not the one that the story expects; the message says what was there."""


@dataclass
class Form:
    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Page:
    url: str
    status: int
    text: str
    content: bytes
    forms: list[Form]
    links: list[tuple[str, str]]
    title: str
    heading: str

    def form(self, *, having: str = "", action: str = "") -> Form:
        """Return the first form that has the field, or whose address contains `action`."""
        for form in self.forms:
            if (not having or having in form.names) and action in form.action:
                return form
        raise Lost(f"{self.url}: no form with {having or action} on “{self.title}”")

    def link(self, part: str) -> str:
        """Return the address of the first link whose address contains the part."""
        for href, _ in self.links:
            if part in href:
                return href
        raise Lost(f"{self.url}: no link to {part} on “{self.title}”")


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.title = self.heading = ""
        self._form: Form | None = None
        self._select = ""
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        match tag:
            case "form":
                self._form = Form(
                    urljoin(self.url, given.get("action", "")), given.get("method", "get").lower()
                )
                self.forms.append(self._form)
            case "a" if "href" in given:
                self.links.append((urljoin(self.url, given["href"]), ""))
            case "title" | "h1":
                self._in = tag
            case "input" | "textarea" | "button" | "select" if "name" in given and self._form:
                self._take_field(tag, given)
            case "option" if self._select and self._form:
                self._form.choices.setdefault(self._select, []).append(given.get("value", ""))
                if "selected" in given:
                    self._form.values[self._select] = [given.get("value", "")]

    def _take_field(self, tag: str, given: dict[str, str]) -> None:
        if self._form is None:
            return
        name = given["name"]
        self._form.names.add(name)
        if tag == "select":
            self._select = name
        elif given.get("type") in {"radio", "checkbox"}:
            self._form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                self._form.values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and given.get("type") not in {"submit", "file"}:
            self._form.values[name] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._form = None
            case "select":
                self._select = ""
            case "title" | "h1":
                self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data.strip()
        elif self._in == "h1":
            self.heading += data


class Browser:
    """Cookies, links and forms; it follows redirects, and refuses a page that is an error."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(
            base_url=base,
            follow_redirects=True,
            timeout=20,
            # What the journey looks for on the pages is in this language, in every country.
            headers={"Accept-Language": "en"},
        )

    def close(self) -> None:
        self._client.close()

    @property
    def cookies(self) -> dict[str, str]:
        """Who she is to the site: whoever shows these is taken for her."""
        return dict(self._client.cookies)

    def open(self, address: str) -> Page:
        return self._page(self._client.get(address))

    def ask(self, address: str) -> dict[str, Any]:
        """Return what the API answers to the browser's session."""
        answer = self._client.get(address)
        if answer.status_code >= 400:
            raise Lost(f"GET {answer.url} answered {answer.status_code}")
        told: dict[str, Any] = answer.json()
        return told

    def upload(self, page: Page, form: Form, field: str, name: str, content: bytes) -> Page:
        """Send a form with one file."""
        return self._page(
            self._client.post(
                form.action,
                data=form.values,
                files={field: (name, content, "application/pdf")},
                headers={"Referer": page.url},
            )
        )

    def send(self, page: Page, form: Form, **typed: str | list[str]) -> Page:
        """Fill the form and send it, as pressing its button would."""
        unknown = set(typed) - form.names
        if unknown:
            raise Lost(f"{page.url}: no field {sorted(unknown)}; there are {sorted(form.names)}")
        data: dict[str, str | list[str]] = {**form.values, **typed}
        headers = {"Referer": page.url}
        if form.method == "get":
            flat = {
                key: value if isinstance(value, str) else value[0] for key, value in data.items()
            }
            return self._page(self._client.get(form.action, params=flat, headers=headers))
        return self._page(self._client.post(form.action, data=data, headers=headers))

    def _page(self, answer: httpx.Response) -> Page:
        url = str(answer.url)
        if answer.status_code >= 400:
            raise Lost(f"{answer.request.method} {url} answered {answer.status_code}")
        reader = _Reader(url)
        is_html = "html" in answer.headers.get("content-type", "")
        text = answer.text if is_html else ""
        reader.feed(text)
        return Page(
            url=url,
            status=answer.status_code,
            text=text,
            content=answer.content,
            forms=reader.forms,
            links=reader.links,
            title=reader.title,
            heading=" ".join(reader.heading.split()),
        )

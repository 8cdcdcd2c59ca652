"""A browser without JavaScript: it keeps cookies, reads forms and presses their buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from aiohttp.test_utils import TestClient

VOID = {"input", "meta", "link", "br", "hr", "img", "option"}


@dataclass
class FormOnPage:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Label → (name, value)."""


class Page(HTMLParser):
    """What a page says and asks. `tags` counts elements, `links` are its addresses."""

    def __init__(self, status: int, html: str, headers: Any, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.status, self.html, self.headers, self.url = status, html, headers, url
        self.forms: list[FormOnPage] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._words: list[str] = []
        self._button: tuple[str, str] | None = None
        self._label: list[str] = []
        self._area = ""
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in said.items()]
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag == "form":
            self.forms.append(FormOnPage(said.get("action", ""), said.get("method", "get")))
        if not self.forms:
            return
        fields = self.forms[-1].fields
        if tag == "input" and said.get("type") != "checkbox":
            fields[said.get("name", "")] = said.get("value", "")
        if tag in {"select", "textarea"}:
            self._area = said.get("name", "")
            fields[self._area] = ""
        if tag == "option" and ("selected" in said or not fields.get(self._area)):
            fields[self._area] = said.get("value", "")
        if tag == "button":
            self._button = (said.get("name", ""), said.get("value", ""))
            self._label = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None:
            if self.forms:
                self.forms[-1].buttons["".join(self._label).strip()] = self._button
            self._button = None

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._button is not None:
            self._label.append(data)

    def form(self, label: str) -> FormOnPage:
        """The form with this button."""
        for form in self.forms:
            if label in form.buttons:
                return form
        raise AssertionError(f"no button {label!r} among {[list(f.buttons) for f in self.forms]}")

    def has(self, label: str) -> bool:
        return any(label in form.buttons for form in self.forms)


class Browser:
    """`origin` is what it says of itself; None where it says nothing."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        url = client.make_url("/")
        self.origin: str | None = f"{url.scheme}://{url.host}:{url.port}"

    async def get(self, path: str, **headers: str) -> Page:
        async with self.client.get(path, headers=headers, allow_redirects=False) as response:
            return Page(response.status, await response.text(), response.headers, str(response.url))

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        if self.origin is not None:
            headers = {"Origin": self.origin, **headers}
        async with self.client.post(
            path, data=fields, headers=headers, allow_redirects=False
        ) as response:
            return Page(response.status, await response.text(), response.headers, str(response.url))

    async def press(self, page: Page, label: str, **answers: str) -> Page:
        """Presses a button of the page, with these fields filled in; follows a redirect."""
        form = page.form(label)
        name, value = form.buttons[label]
        fields = {**form.fields, **answers}
        if name:
            fields[name] = value
        if form.method == "get":
            return await self.get(
                f"{form.action}?" + "&".join(f"{k}={v}" for k, v in fields.items())
            )
        shown = await self.post(form.action, fields)
        if shown.status == 303:
            return await self.get(urlsplit(shown.headers["Location"]).path)
        return shown

    async def token(self, path: str = "/") -> str:
        """The token of this browser's forms."""
        page = await self.get(path)
        return next(form.fields["csrf"] for form in page.forms if "csrf" in form.fields)

    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.client.session.cookie_jar}

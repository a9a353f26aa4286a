"""What `make pictures` takes: which pages, as whom, how wide, in which language, light or dark."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PHONE = 360
DESK = 1280


@dataclass(frozen=True)
class Shot:
    """One picture of a page; the width is in CSS pixels."""

    width: int = DESK
    language: str = "en"
    dark: bool = False


@dataclass(frozen=True)
class Scene:
    """
    One page, and its pictures beside each other.

    `who` is nobody (""), the word for a citizen of the story, or a login of the demonstration up
    to its @. What stands in braces in `path` and `types` is known once the story has been played.
    `types` is typed into the fields of these names, and sent, before the picture is taken.
    """

    name: str
    title: str
    says: str
    path: str
    who: str = ""
    shots: tuple[Shot, ...] = (Shot(),)
    types: Mapping[str, str] = field(default_factory=dict)

    def file(self, shot: Shot) -> str:
        """Return the name of the picture's file."""
        dark = "-dark" if shot.dark else ""
        return f"{self.name}-{shot.width}-{shot.language}{dark}.webp"


@dataclass(frozen=True)
class Room:
    title: str
    scenes: tuple[Scene, ...]


BOTH = (Shot(PHONE), Shot(DESK))
_SCHEMES = (Shot(PHONE), Shot(PHONE, dark=True))
_DRAFT = "/staff/catalogue/drafts/{draft}/"

PUBLIC = Room(
    "For everybody",
    (
        Scene("home", "The first page", "What people need, and how long it really took.", "/",
              shots=(Shot(PHONE, "rw"), Shot(DESK), Shot(DESK, dark=True))),
        Scene("search", "Search", "Two words with a mistake in each still find the paper.",
              "/search/?q=brith+certificat", shots=(Shot(PHONE), Shot(DESK, "fr"))),
        Scene("service", "A procedure", "What it costs, what is needed, who decides, until when.",
              "/services/birth-certificate/",
              shots=(Shot(PHONE, "rw"), Shot(DESK), Shot(DESK, dark=True))),
        Scene("offices", "Offices", "Every office that decides, by area.", "/offices/", shots=BOTH),
        Scene("office", "One office", "What it decides, how long that took, how to get there.",
              "/offices/sector-1209/", shots=BOTH),
        Scene("wall", "The notice board of an office",
              "The same facts to print and to hang on its wall.", "/offices/sector-1209/wall/"),
        Scene("verify", "Check a paper", "By what is printed on it, or by its file.", "/verify/",
              shots=BOTH),
        Scene("genuine", "A paper that is genuine", "What a stranger is told about a file.",
              "/verify/", shots=(Shot(PHONE), Shot(DESK, "fr")), types={"file": "{paper}"}),
    ),
)  # fmt: skip
CITIZEN = Room(
    "For a citizen",
    (
        Scene("sign-in", "Signing in", "A phone is enough; there is no password.", "/sign-in/",
              shots=_SCHEMES),
        Scene("code", "The code", "It came by SMS.", "/sign-in/", shots=(Shot(PHONE),),
              types={"phone": "{phone}"}),
        Scene("question", "The first question", "One thing at a time.", "{question}", "writer",
              shots=(Shot(PHONE), Shot(PHONE, "rw"))),
        Scene("review", "The last look", "Everything that she answered, before she sends it.",
              "{review}", "writer", shots=(Shot(PHONE), Shot(PHONE, dark=True))),
        Scene("pay", "The ticket", "One reference, for any network and any bank.", "{pay}",
              "payer", shots=BOTH),
        Scene("case", "Her case", "What happened, whose turn it is, what comes next.",
              "/cases/{case}/", "citizen", shots=BOTH),
        Scene("looks", "Who looked at my record", "Each look, by whom and why.",
              "/account/looks/", "citizen", shots=BOTH),
    ),
)  # fmt: skip
OFFICER = Room(
    "For an officer",
    (
        Scene("queue", "The queue", "What is hers, the most urgent first.", "/desk/", "officer",
              shots=BOTH),
        Scene("desk-case", "A case on the desk",
              "What was answered beside what the register holds.", "/desk/{case}/", "officer",
              shots=BOTH),
    ),
)  # fmt: skip
EDITOR = Room(
    "For who keeps the services",
    (
        Scene("fee", "The editor: one fee", "A change is a draft that another person publishes.",
              f"{_DRAFT}parts/fees/fee/", "editor"),
        Scene("deadline", "The editor: the deadline", "Saved, and nothing published yet.",
              f"{_DRAFT}sections/time/", "editor", types={"time--value": "2"}),
        Scene("draft", "A draft", "Its parts, what is missing, what may be done with it.", _DRAFT,
              "editor"),
        Scene("differences", "Differences", "What would change for people, and what was.",
              f"{_DRAFT}differences/", "editor", shots=BOTH),
        Scene("form", "The editor of forms", "Pages of questions, each with its own.",
              f"{_DRAFT}sections/form/", "editor"),
        Scene("languages", "The translation desk", "How far each language is.",
              "/staff/catalogue/languages/", "editor"),
        Scene("language", "Its strings", "What lacks words, what a machine made.",
              "/staff/catalogue/languages/rw/", "editor"),
        Scene("kept", "What has to be read again", "The most neglected service first.",
              "/staff/catalogue/confirm/", "editor"),
    ),
)  # fmt: skip
HOUSE = Room(
    "For money, rights and the machine",
    (
        Scene("board", "The finance desk", "Each figure leads to what it is made of.",
              "/desk/money/board/", "finance"),
        Scene("rights-who", "Who can do this here?", "By act and area.",
              "/staff/rights/?act=case.decide&area=1209", "rights"),
        Scene("rights-of", "What can she do?", "Now, soon, and once.",
              "/staff/rights/people/{person}/", "rights"),
        Scene("rights-give", "Giving a right", "Over what, until when and why; another confirms.",
              "/staff/rights/people/{person}/give/case.decide/", "rights"),
        Scene("machine", "The page of operators", "Whether the machine keeps up.",
              "/operators/board/", "watch", shots=BOTH),
    ),
)  # fmt: skip
DESIGN = Room(
    "The parts",
    (
        Scene("design", "Every part of the pages", "In every state.", "/design/",
              shots=(Shot(DESK), Shot(DESK, dark=True))),
    ),
)  # fmt: skip

ROOMS = (PUBLIC, CITIZEN, OFFICER, EDITOR, HOUSE, DESIGN)

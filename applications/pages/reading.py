"""Reading a register for an officer: through its gateway, outside any transaction, 2 s at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts import queries as accounts
from accounts.queries import PersonView
from applications import comparing, queries
from applications.comparing import Row
from applications.models import Application
from applications.pages.apply import language
from catalogue.definition import Definition
from documents.rendering import newest
from registers import gateways
from registers.entries import ActEntry, Entry
from registers.operations import facts_sha256


@dataclass(frozen=True)
class Choice:
    """One entry of several, and the key by which the officer says which one she means."""

    key: str
    entry: Entry
    chosen: bool


@dataclass(frozen=True)
class Reading:
    """
    What the register answered: every entry about this person, the chosen one, both side by side.

    `available` is False where the register did not answer; then nothing is known, not even that
    there is no entry. `on_paper`: an officer has read the entry from the paper register.
    """

    available: bool
    choices: tuple[Choice, ...] = ()
    entry: Entry | None = None
    key: str = ""
    rows: tuple[Row, ...] = ()
    denied: bool = False
    on_paper: bool = False

    @property
    def differs(self) -> bool:
        return comparing.differs(list(self.rows))

    @property
    def may_approve(self) -> bool:
        return self.entry is not None and not self.differs and not self.denied


def read(
    application: Application,
    definition: Definition,
    *,
    wanted: str = "",
    person: PersonView | None = None,
) -> Reading:
    """
    Ask the service's register about the holder and compare what it says with what was given.

    :param wanted: the key of the entry that the officer chose; "" for the newest
    :param person: the holder, by whoever has read her already

    Where the case cites an act on paper, no gateway is asked: that act stands beside the answers.
    """
    holder = queries.holder(person or accounts.person(application.holder_id))
    if (on_paper := queries.act_on_paper(application)) is not None:
        return _beside(application, definition, [on_paper], holder, place=0, on_paper=True)
    try:
        entries = _entries(definition, holder.national_id)
    except gateways.RegisterUnavailable:
        return Reading(available=False)
    if not entries:
        return Reading(available=True)
    keys = [key_of(entry) for entry in entries]
    place = keys.index(wanted) if wanted in keys else 0
    return _beside(application, definition, entries, holder, place=place)


def _beside(
    application: Application,
    definition: Definition,
    entries: Sequence[Entry],
    holder: comparing.Holder,
    *,
    place: int,
    on_paper: bool = False,
) -> Reading:
    keys = [key_of(entry) for entry in entries]
    entry = entries[place]
    rows = comparing.compare(
        definition,
        application.given,
        entry,
        holder,
        language=language(),
        place=queries.place_reader(language()),
    )
    return Reading(
        available=True,
        choices=tuple(
            Choice(key, one, key == keys[place]) for key, one in zip(keys, entries, strict=True)
        ),
        entry=entry,
        key=keys[place],
        rows=tuple(rows),
        denied=_denies(definition, entry),
        on_paper=on_paper,
    )


def key_of(entry: Entry) -> str:
    """
    Return a name for the entry as it reads now: another reading has another name, and so has
    another act that says the same.
    """
    facts = comparing.facts_of(entry)
    if isinstance(entry, ActEntry):
        place = (entry.office_code, str(entry.year), entry.volume, entry.act_number)
        facts = {**facts, "act": " ".join(place)}
    return facts_sha256(facts)[:32]


def _entries(definition: Definition, national_id: str) -> list[Entry]:
    register = definition.output.register if definition.output else ""
    if not register or not national_id:
        return []
    return gateways.entries(register=register, national_id=national_id)


def _denies(definition: Definition, entry: Entry) -> bool:
    """Say whether the paper would state what the register says otherwise."""
    paper = definition.output.paper if definition.output else None
    if paper is None:
        return False
    facts = comparing.facts_of(entry)
    requires = newest(paper).requires
    return comparing.is_dead(entry) or any(
        facts.get(fact) != needed for fact, needed in requires.items()
    )

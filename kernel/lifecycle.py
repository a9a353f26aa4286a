"""A state machine as one table: each legal edge names the event that it publishes."""

from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from kernel.events import Event

S = TypeVar("S", bound=str)


class IllegalTransition(Exception):
    """The table has no such edge."""


class Lifecycle(Generic[S]):
    """
    The life of one kind of thing.

    The same edges stand in the table `kernel_lifecycle_edge`, where a trigger refuses any other;
    a test keeps both equal.
    """

    known: ClassVar[dict[str, "Lifecycle[str]"]] = {}

    def __init__(self, name: str, edges: Mapping[tuple[S, S], type[Event]]) -> None:
        self.name = name
        self._edges = dict(edges)
        Lifecycle.known[name] = self  # type: ignore[assignment]

    def event_for(self, source: S, target: S) -> type[Event]:
        """
        Return the event that the edge publishes.

        :raises IllegalTransition: if the table has no edge from source to target
        """
        try:
            return self._edges[source, target]
        except KeyError:
            raise IllegalTransition(f"{self.name}: {source} -> {target}") from None

    def edges(self) -> dict[tuple[S, S], type[Event]]:
        return dict(self._edges)

    def targets(self, source: S) -> set[S]:
        return {target for start, target in self._edges if start == source}

    def states(self) -> set[S]:
        return {state for edge in self._edges for state in edge}

    def terminal(self) -> set[S]:
        return self.states() - {source for source, _ in self._edges}

    def to_mermaid(self) -> str:
        """Return the table as a Mermaid state diagram; an edge is labelled by its event."""
        lines = ["stateDiagram-v2"]
        for (source, target), event in self._edges.items():
            lines.append(f"    {source} --> {target}: {event.name.rpartition('.')[2]}")
        return "\n".join(lines)

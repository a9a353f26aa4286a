"""The structure tree (ISO 32000-1, 14.7): what a screen reader reads, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from documents.rendering.objects import File, array, reference


@dataclass(slots=True)
class Node:
    """One element; kids are nodes, or numbers of content marked on the element's page."""

    kind: str
    parent: "Node | None"
    extra: dict[str, bytes]  # More entries by name, as they are written.
    page: int  # From 1.
    kids: list["Node | int"] = field(default_factory=list)
    number: int = 0  # Of its object, once the tree is built.


def build(file: File, root: Node, marked: Sequence[Sequence[Node]], pages: Sequence[int]) -> int:
    """
    Write the tree and return its number.

    `marked` holds, for each page, the owners of its marks; `pages` the numbers of the pages.
    """
    top = file.number()
    _number(file, root)
    _write(file, root, top, pages)
    owners = (
        b"%d %s" % (page, array(reference(node.number) for node in nodes))
        for page, nodes in enumerate(marked)
    )
    file.put(
        b"<< /Type /StructTreeRoot /K [ %d 0 R ] /ParentTree << /Nums %s >>"
        b" /ParentTreeNextKey %d >>" % (root.number, array(owners), len(marked)),
        top,
    )
    return top


def _number(file: File, node: Node) -> None:
    node.number = file.number()
    for kid in node.kids:
        if isinstance(kid, Node):
            _number(file, kid)


def _write(file: File, node: Node, above: int, pages: Sequence[int]) -> None:
    kids = [b"%d" % kid if isinstance(kid, int) else b"%d 0 R" % kid.number for kid in node.kids]
    more = b"".join(b" /%s %s" % (name.encode(), value) for name, value in node.extra.items())
    file.put(
        b"<< /Type /StructElem /S /%s /P %d 0 R /Pg %d 0 R /K %s%s >>"
        % (node.kind.encode(), above, pages[node.page - 1], array(kids), more),
        node.number,
    )
    for kid in node.kids:
        if isinstance(kid, Node):
            _write(file, kid, node.number, pages)

"""The official receipt (quittance) as a file: pure, the same content giving the same bytes."""

from documents.rendering.receipts.content import VERSION, Line, Receipt, languages
from documents.rendering.receipts.drawing import draw

__all__ = ["VERSION", "Line", "Receipt", "draw", "languages"]

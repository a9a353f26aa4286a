"""Why a paper cannot be drawn: somebody must look, as trying again changes nothing."""


class CannotBeDrawn(Exception):
    """The facts do not fit the template. Subclasses say why, naming facts and code points only."""


class DoesNotFit(CannotBeDrawn):
    """The facts need more than one sheet."""

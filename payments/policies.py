"""The acts on money that a grant may name; those that change it come with their pages."""

from accounts import acts
from accounts.acts import Act

VIEW_MONEY = Act("money.view", two_people=False)
ACTS: tuple[Act, ...] = (VIEW_MONEY,)
acts.declare(*ACTS)

"""Which acts never lie in one hand."""

from django.db import models


class ConflictingActs(models.Model):
    """
    Two acts that no person holds at once, as `accounts.acts.declare_apart` says them.

    Each `migrate` makes the rows equal to the declarations; the application may only read them.
    """

    first_act = models.CharField(max_length=60)
    second_act = models.CharField(max_length=60)

    class Meta:
        db_table = "accounts_conflicting_acts"
        constraints = [
            models.UniqueConstraint(
                fields=["first_act", "second_act"], name="conflicting_acts_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_act} x {self.second_act}"

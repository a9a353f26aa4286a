"""What the code on a paper says, as it was signed."""

from django.db import models

from documents.models.credentials import Credential
from documents.models.papers import Paper


class PaperClaims(models.Model):
    """
    Append-only: the signed facts of one paper's code.

    Signed once and kept, because a hardware module signs the same facts otherwise each time, and
    a paper drawn again must be the same to the byte.
    """

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="claims")
    cose = models.BinaryField(help_text="COSE_Sign1 of CWT claims")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "paper claims"

    def __str__(self) -> str:
        return f"#{self.paper_id}"

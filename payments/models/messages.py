"""What providers said, byte for byte, and what still has to be read of it."""

from django.db import models

from payments import states


class InboundMessage(models.Model):
    """What a provider said, byte for byte. Append-only; partitioned by month."""

    received_at = models.DateTimeField()
    rail_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)  # "bycontract.notification", "mtn.status", ...
    remote_ip = models.GenericIPAddressField(null=True)
    headers = models.JSONField()
    body = models.BinaryField()
    body_sha256 = models.BinaryField()
    auth = models.CharField(max_length=10, choices=states.Auth.choices)
    external_hint = models.CharField(max_length=100)

    class Meta:
        managed = False
        db_table = "payments_inbound_message"

    def __str__(self) -> str:
        return f"message #{self.pk} {self.kind}"


class RefusedMessage(models.Model):
    """
    What came with a wrong signature, or for an attempt we never made: no evidence of anything.

    The first bytes are kept so that somebody can look into it, and forgotten after 90 days.
    """

    received_at = models.DateTimeField()
    rail_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    remote_ip = models.GenericIPAddressField(null=True)
    headers = models.JSONField()
    body_start = models.BinaryField()
    body_bytes = models.IntegerField()
    body_sha256 = models.BinaryField()
    reason = models.CharField(max_length=30)

    class Meta:
        managed = False
        db_table = "payments_refused_message"

    def __str__(self) -> str:
        return f"refused message #{self.pk} {self.reason}"


class Inbox(models.Model):
    """A message that the poster still has to read."""

    message_id = models.BigIntegerField(primary_key=True)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_default=None)  # None: at once.
    refusals = models.SmallIntegerField(db_default=0)

    class Meta:
        managed = False
        db_table = "payments_inbox"

    def __str__(self) -> str:
        return f"message #{self.pk}"


class UnpostedMessage(models.Model):
    """A message that was read and posted nothing, and why. Append-only."""

    message_id = models.BigIntegerField(primary_key=True)
    received_at = models.DateTimeField()
    reason = models.CharField(max_length=60)
    read_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_unposted_message"

    def __str__(self) -> str:
        return f"message #{self.pk} {self.reason}"

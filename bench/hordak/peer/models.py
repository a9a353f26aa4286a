"""Event, bill and outbox; accounts, transactions and legs are hordak's."""

from typing import ClassVar

from django.db import models


class Bill(models.Model):
    objects: ClassVar["models.Manager[Bill]"] = models.Manager()
    reference = models.CharField(max_length=12, unique=True)
    amount = models.BigIntegerField()
    account_id = models.BigIntegerField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "peer"

    def __str__(self) -> str:
        return self.reference


class Event(models.Model):
    objects: ClassVar["models.Manager[Event]"] = models.Manager()
    external_id = models.CharField(max_length=200, unique=True)
    body = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        app_label = "peer"

    def __str__(self) -> str:
        return self.external_id


class Outbox(models.Model):
    objects: ClassVar["models.Manager[Outbox]"] = models.Manager()
    topic = models.CharField(max_length=100)
    key = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "peer"

    def __str__(self) -> str:
        return self.topic

"""How much each rail tells us, by the hour."""

from django.db import models

from payments.models.ledger import Rail


class RailHour(models.Model):
    """Collections that a rail's messages told of first in one hour (UTC); no row: none."""

    pk = models.CompositePrimaryKey("rail_id", "hour")
    rail = models.ForeignKey(Rail, on_delete=models.DO_NOTHING, related_name="hours")
    hour = models.DateTimeField()
    seen = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "payments_rail_hour"

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} of rail #{self.rail_id}"

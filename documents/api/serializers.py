"""What a verdict looks like to a machine."""

from typing import Any

from rest_framework import serializers

from documents import verdicts
from documents.models import Copy, Kind, ReasonCode
from documents.operations import Shared
from documents.verdicts import Finding, Integrity, Issuer, Outcome, Status, Verdict
from documents.verdicts.words import words


class HolderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    born_on = serializers.DateField(allow_null=True)


class EntrySerializer(serializers.Serializer[Any]):
    office = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField(allow_null=True)
    volume = serializers.CharField(allow_blank=True)
    act_number = serializers.CharField(allow_blank=True)


class PaperSerializer(serializers.Serializer[verdicts.PublicPaper]):
    """What stands on the paper, for who holds it: what differs was drawn over."""

    number = serializers.CharField()
    paper_type = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.values)
    titles = serializers.DictField(child=serializers.CharField())
    holders = HolderSerializer(many=True)
    entry = EntrySerializer(allow_null=True)
    office = serializers.DictField(child=serializers.CharField())
    issued_at = serializers.DateTimeField()
    valid_until = serializers.DateField(allow_null=True)
    signed_by_officer = serializers.BooleanField()
    copy = serializers.ChoiceField(choices=Copy.values)
    copy_no = serializers.IntegerField()


class VerdictSerializer(serializers.Serializer[Verdict]):
    outcome = serializers.ChoiceField(choices=[each.value for each in Outcome])
    sentence = serializers.SerializerMethodField(
        help_text="The same in one plain sentence, in the language that was asked for."
    )
    integrity = serializers.ChoiceField(choices=[each.value for each in Integrity])
    status = serializers.ChoiceField(choices=[each.value for each in Status])
    issuer = serializers.ChoiceField(choices=[each.value for each in Issuer])
    finding = serializers.ChoiceField(
        choices=[each.value for each in Finding],
        help_text="What exactly was found, or empty.",
    )
    since = serializers.DateField(
        allow_null=True, help_text="Since when, or until when it was valid if it has expired."
    )
    reason = serializers.ChoiceField(
        choices=["", *(each.value for each in ReasonCode if each is not ReasonCode.CLEARED)],
        help_text="Why it was revoked, or empty.",
    )
    paper = PaperSerializer(allow_null=True)

    def get_sentence(self, verdict: Verdict) -> str:
        return words(verdict).sentence


class HashSerializer(serializers.Serializer[dict[str, str]]):
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}$", help_text="SHA-256 of the file, as hexadecimal digits."
    )


class SharedSerializer(serializers.Serializer[Shared]):
    """What the holder lets an agency read."""

    verdict = VerdictSerializer()
    facts = serializers.DictField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Every fact on the paper, as its register told it; null unless it is current.",
    )
    purpose = serializers.CharField(help_text="What the holder agreed to.")
    until = serializers.DateTimeField(help_text="Until when she lets it be read.")

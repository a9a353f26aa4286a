"""The life of a paper after its issue: acts of two people, events of registers, copies, reissues."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from kernel import sql

SQL = Path(__file__).parent.parent / "sql"

EDGES = [
    ("RENDERED", "ABANDONED"),
    ("SIGNED", "ABANDONED"),
    ("ISSUED", "SUSPENDED"),
    ("SUSPENDED", "ISSUED"),
    ("ISSUED", "SUPERSEDED"),
    ("SUSPENDED", "SUPERSEDED"),
    ("ISSUED", "REVOKED"),
    ("SUSPENDED", "REVOKED"),
    ("ISSUED", "ENDED"),
    ("SUSPENDED", "ENDED"),
]
ACTS = ["suspend", "resume", "revoke", "reissue"]
REASONS = [
    "issued_in_error",
    "facts_wrong",
    "fraud",
    "register_corrected",
    "holder_asked",
    "court_order",
    "cleared",
]


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_withheld"),
        ("places", "0001_initial"),
        ("registers", "0003_events"),
        ("accounts", "0003_beneficiaries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="paper",
            name="paper_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="paper",
            name="paper_issued_has_its_time",
        ),
        migrations.RemoveConstraint(
            model_name="paperchange",
            name="paper_reaches_a_state_once",
        ),
        migrations.RemoveIndex(
            model_name="paper",
            name="paper_unfinished",
        ),
        migrations.AddField(
            model_name="paper",
            name="copy",
            field=models.CharField(
                choices=[
                    ("original", "Original"),
                    ("duplicate", "Duplicate"),
                    ("certified_copy", "Certified copy"),
                ],
                default="original",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="copy_no",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="paper",
            name="copy_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="documents.paper",
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="end_reason",
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name="paper",
            name="ended_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="paper",
            name="is_slip",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="paper",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="documents.paper",
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="valid_until",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="paper",
            name="state",
            field=models.CharField(
                choices=[
                    ("REQUESTED", "Requested"),
                    ("RENDERED", "Drawn"),
                    ("SIGNED", "Signed by the officer"),
                    ("ABANDONED", "Abandoned before it was issued"),
                    ("ISSUED", "Issued"),
                    ("SUSPENDED", "Suspended"),
                    ("SUPERSEDED", "Superseded by a reissue"),
                    ("REVOKED", "Revoked"),
                    ("ENDED", "No longer true"),
                ],
                default="REQUESTED",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                condition=models.Q(("state__in", ("REQUESTED", "RENDERED", "SIGNED"))),
                fields=["id"],
                name="paper_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                models.F("office"),
                models.F("state"),
                models.F("id").desc(),
                name="paper_of_office_by_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "REQUESTED",
                            "RENDERED",
                            "SIGNED",
                            "ABANDONED",
                            "ISSUED",
                            "SUSPENDED",
                            "SUPERSEDED",
                            "REVOKED",
                            "ENDED",
                        ],
                    )
                ),
                name="paper_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("issued_at__isnull", False),
                        ("state__in", ("ISSUED", "SUSPENDED", "SUPERSEDED", "REVOKED", "ENDED")),
                    ),
                    models.Q(
                        ("issued_at", None),
                        ("state__in", ("REQUESTED", "RENDERED", "SIGNED", "ABANDONED")),
                    ),
                    _connector="OR",
                ),
                name="paper_issued_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("target__in", ("REQUESTED", "RENDERED", "SIGNED"))),
                fields=("paper", "target"),
                name="paper_is_made_once",
            ),
        ),
        migrations.CreateModel(
            name="PaperAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("suspend", "Suspend"),
                            ("resume", "Resume"),
                            ("revoke", "Revoke"),
                            ("reissue", "Reissue"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("issued_in_error", "Issued in error"),
                            ("facts_wrong", "The facts are wrong"),
                            ("fraud", "Fraud, or suspicion of it"),
                            ("register_corrected", "The register was corrected"),
                            ("holder_asked", "The holder asked for it"),
                            ("court_order", "A court ordered it"),
                            ("cleared", "Looked into: the paper is right"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("approved", models.BooleanField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "checker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cited_entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.citedentry",
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to="documents.paper",
                    ),
                ),
                (
                    "step_up",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.stepup",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(kind__in=ACTS), name="paper_act_kind_known"),
                    models.CheckConstraint(
                        condition=Q(reason__in=REASONS) & (Q(kind="resume") | ~Q(reason="cleared")),
                        name="paper_act_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(note__regex="\\S"), name="paper_act_says_why"
                    ),
                    models.CheckConstraint(
                        condition=~Q(checker=F("maker")), name="paper_act_two_people"
                    ),
                    models.CheckConstraint(
                        condition=Q(checker=None, approved=None, decided_at=None, step_up=None)
                        | Q(
                            checker__isnull=False,
                            approved=False,
                            decided_at__isnull=False,
                            step_up=None,
                        )
                        | Q(
                            checker__isnull=False,
                            approved=True,
                            decided_at__isnull=False,
                            step_up__isnull=False,
                        ),
                        name="paper_act_approved_with_a_password",
                    ),
                    models.CheckConstraint(
                        condition=Q(decided_at=None) | Q(decided_at__gte=F("asked_at")),
                        name="paper_act_decided_after_asked",
                    ),
                    models.CheckConstraint(
                        condition=Q(decided_at=None) | Q(withdrawn_at=None),
                        name="paper_act_decided_or_withdrawn",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="reissue", cited_entry__isnull=False)
                        | (~Q(kind="reissue") & Q(cited_entry=None)),
                        name="paper_act_reissue_cites_anew",
                    ),
                    models.UniqueConstraint(
                        fields=["paper", "kind"],
                        condition=Q(decided_at=None, withdrawn_at=None),
                        name="paper_act_waits_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReissueProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.registerevent",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="documents.paper",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["paper", "event"], name="reissue_proposed_once"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="paperchange",
            name="act",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="documents.paperact",
            ),
        ),
        migrations.AddField(
            model_name="paperchange",
            name="event",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registers.registerevent",
            ),
        ),
        migrations.AddConstraint(
            model_name="paperchange",
            constraint=models.UniqueConstraint(fields=["paper", "act"], name="paper_act_used_once"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=Q(copy="original", copy_of=None, copy_no=0)
                | Q(
                    copy__in=("duplicate", "certified_copy"),
                    copy_of__isnull=False,
                    copy_no__gte=1,
                    is_slip=False,
                    replaces=None,
                ),
                name="paper_copy_of_an_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(
                fields=["copy_of", "copy", "copy_no"], name="paper_copy_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(
                fields=["replaces"], condition=~Q(state="ABANDONED"), name="paper_replaced_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=(Q(state="ENDED", ended_on__isnull=False) & ~Q(end_reason=""))
                | (~Q(state="ENDED") & Q(ended_on=None, end_reason="")),
                name="paper_ended_since_a_day",
            ),
        ),
        sql.run(sql.edges("documents.paper", EDGES), sql.edges_reverse("documents.paper", EDGES)),
        sql.run(
            sql.append_only("documents_reissueproposal"),
            sql.append_only_reverse("documents_reissueproposal"),
        ),
        migrations.RunSQL(
            (SQL / "0004_life.sql").read_text(), (SQL / "0004_life_reverse.sql").read_text()
        ),
    ]

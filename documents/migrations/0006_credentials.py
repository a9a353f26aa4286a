"""Credentials are asked for by one person and given by another; revocation lists are kept."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kernel import sql

SQL = Path(__file__).parent.parent / "sql"

EDGES = [
    ("active", "suspended"),
    ("suspended", "active"),
    ("active", "retired"),
    ("suspended", "retired"),
    ("active", "revoked"),
    ("suspended", "revoked"),
    ("retired", "revoked"),
]
APPEND_ONLY = [
    "documents_credentialdecision",
    "documents_credentialkey",
    "documents_credentialnotice",
    "documents_revocationsnapshot",
]


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0005_stamps"),
        ("accounts", "0003_beneficiaries"),
        ("places", "0001_initial"),
        ("kernel", "0002_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RevocationSnapshot",
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
                            ("crl", "Revocation list"),
                            ("ocsp", "Answer about one certificate"),
                        ],
                        max_length=4,
                    ),
                ),
                (
                    "issuer_sha256",
                    models.CharField(
                        help_text="of the authority's certificate, DER", max_length=64
                    ),
                ),
                ("serial", models.CharField(blank=True, default="", max_length=40)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("der", models.BinaryField()),
                ("this_update", models.DateTimeField()),
                ("next_update", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RevocationSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=500)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("crl", "Revocation list"),
                            ("ocsp", "Answer about one certificate"),
                        ],
                        max_length=4,
                    ),
                ),
                ("issuer", models.TextField()),
                ("certificate", models.TextField(blank=True, default="")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("due_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("next_update", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("wanted_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CredentialNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("ending", "It ends soon"),
                            ("ended", "It has ended"),
                            ("named", "Its authority revoked it"),
                        ],
                        max_length=8,
                    ),
                ),
                ("told_at", models.DateTimeField()),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="documents.credential",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CredentialRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "asked",
                    models.CharField(
                        choices=[
                            ("issue", "A new credential"),
                            ("revoke", "Revoke it"),
                            ("suspend", "Suspend it"),
                            ("resume", "Let it sign again"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("officer", "Officer's signature"),
                            ("seal", "Office's seal"),
                            ("qr", "Codes on papers"),
                            ("trust_list", "List of trusted keys"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "road",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "Development's own authority"),
                            ("csr", "A request that the national authority answers"),
                            ("service", "The signing service that keeps the key"),
                            ("", "-"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("custody", models.CharField(blank=True, default="", max_length=12)),
                ("algorithm", models.CharField(blank=True, default="", max_length=12)),
                ("key_ref", models.CharField(blank=True, default="", max_length=200)),
                ("common_name", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.CharField(blank=True, default="", max_length=24)),
                ("note", models.CharField(max_length=300)),
                ("asked_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="documents.credential",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.office",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CredentialKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key_ref", models.CharField(max_length=200, unique=True)),
                ("csr", models.TextField(help_text="PEM: PKCS #10")),
                ("made_at", models.DateTimeField()),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key",
                        to="documents.credentialrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CredentialDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("approved", models.BooleanField()),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="documents.credentialrequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="revocationsnapshot",
            index=models.Index(
                fields=["issuer_sha256", "serial", "-this_update"], name="revocation_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="revocationsnapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "crl"), ("serial", "")),
                    models.Q(models.Q(("kind", "ocsp")), models.Q(("serial", ""), _negated=True)),
                    _connector="OR",
                ),
                name="revocation_answer_names_its_certificate",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocationsnapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("next_update", None),
                    ("next_update__gt", models.F("this_update")),
                    _connector="OR",
                ),
                name="revocation_ends_after_it_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="revocationsource",
            index=models.Index(fields=["due_at"], name="revocation_source_due"),
        ),
        migrations.AddConstraint(
            model_name="credentialnotice",
            constraint=models.UniqueConstraint(
                fields=("credential", "about"), name="credential_told_once_of_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="credentialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account__isnull", False), ("office", None), ("purpose", "officer")),
                    models.Q(("account", None), ("office__isnull", False), ("purpose", "seal")),
                    models.Q(
                        ("account", None), ("office", None), ("purpose__in", ("qr", "trust_list"))
                    ),
                    _connector="OR",
                ),
                name="credential_request_of_its_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="credentialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("asked", "issue"),
                        ("credential", None),
                        models.Q(("road", ""), _negated=True),
                        models.Q(("custody", ""), _negated=True),
                        models.Q(("common_name", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("asked", "issue"), _negated=True),
                        ("credential__isnull", False),
                        ("road", ""),
                    ),
                    _connector="OR",
                ),
                name="credential_request_says_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="credentialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked", "revoke"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="credential_request_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="credentialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purpose__in", ("qr", "trust_list")), _negated=True),
                    ("algorithm__in", ("", "P-256")),
                    _connector="OR",
                ),
                name="credential_request_of_the_state_is_p256",
            ),
        ),
        migrations.AddConstraint(
            model_name="credentialdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved", False), ("step_up__isnull", False), _connector="OR"
                ),
                name="credential_approved_by_step_up",
            ),
        ),
        migrations.RunSQL(
            (SQL / "0006_credentials.sql").read_text(),
            (SQL / "0006_credentials_reverse.sql").read_text(),
            state_operations=[
                migrations.RemoveConstraint("credential", "credential_of_an_officer_or_an_office"),
                migrations.RemoveConstraint("credential", "credential_state_known"),
                migrations.AlterField(
                    "credential",
                    "purpose",
                    models.CharField(
                        choices=[
                            ("officer", "Officer's signature"),
                            ("seal", "Office's seal"),
                            ("qr", "Codes on papers"),
                            ("trust_list", "List of trusted keys"),
                        ],
                        max_length=10,
                    ),
                ),
                migrations.AlterField(
                    "credential",
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("retired", "Retired"),
                            ("revoked", "Revoked"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                migrations.AddConstraint(
                    "credential",
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("account__isnull", False), ("office", None), ("purpose", "officer")
                            ),
                            models.Q(
                                ("account", None), ("office__isnull", False), ("purpose", "seal")
                            ),
                            models.Q(
                                ("account", None),
                                ("office", None),
                                ("purpose__in", ("qr", "trust_list")),
                            ),
                            _connector="OR",
                        ),
                        name="credential_of_its_owner",
                    ),
                ),
                migrations.AddConstraint(
                    "credential",
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["active", "suspended", "retired", "revoked"])
                        ),
                        name="credential_state_known",
                    ),
                ),
                migrations.AddConstraint(
                    "credential",
                    models.UniqueConstraint(
                        fields=("purpose",),
                        condition=models.Q(
                            ("purpose__in", ("qr", "trust_list")), ("state", "active")
                        ),
                        name="credential_one_active_of_the_state",
                    ),
                ),
                migrations.AddField(
                    model_name="credential",
                    name="end_reason",
                    field=models.CharField(blank=True, default="", max_length=24),
                ),
                migrations.AddField(
                    model_name="credential",
                    name="ended_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="credential",
                    name="request",
                    field=models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credential_made",
                        to="documents.credentialrequest",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="credential",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", False), ("state__in", ("retired", "revoked"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("retired", "revoked")), _negated=True),
                                ("ended_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="credential_over_has_its_time",
                    ),
                ),
            ],
        ),
        *(sql.run(sql.append_only(table), sql.append_only_reverse(table)) for table in APPEND_ONLY),
        sql.run(
            sql.edges("documents.credential", EDGES),
            sql.edges_reverse("documents.credential", EDGES),
        ),
        sql.run(
            sql.guard_status("documents_credential", "state", "documents.credential"),
            sql.guard_status_reverse("documents_credential", "state", "documents.credential"),
        ),
        sql.run(
            sql.keep_history("documents_credential", "state", "documents.credential"),
            sql.keep_history_reverse("documents_credential", "state", "documents.credential"),
        ),
    ]

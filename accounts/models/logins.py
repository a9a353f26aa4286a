"""Who signs in. Neither kind of login says what anybody may do: grants do."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from accounts.models.persons import ContactPoint, Person
from accounts.states import AccountKind


class AccountManager(BaseUserManager["Account"]):
    """Makes logins. Rights are grants, given elsewhere and never here."""

    def create_superuser(self, login: str, password: str | None = None, **more: Any) -> "Account":
        """Make an operator for `manage.py createsuperuser`; such an account can hold no grant."""
        email = login.strip().lower()
        account = self.model(
            **more,
            kind=AccountKind.STAFF,
            login=email,
            email=email,
            is_staff=True,
            is_superuser=True,
        )
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """
    A login. A citizen's belongs to a contact point and has no password; a staff member's is an
    email address with one. Neither says what she may do: grants do.
    """

    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    # What Django calls the username: the email of staff, "c:<contact id>" for citizens.
    login = models.CharField(max_length=254, unique=True)
    # NULL, because "" would be unique once and citizens have none.
    email = models.EmailField(max_length=254, null=True, unique=True)  # noqa: DJ001
    display_name = models.CharField(max_length=120, blank=True)
    contact = models.OneToOneField(
        ContactPoint, on_delete=models.PROTECT, null=True, related_name="account"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="staff_accounts"
    )
    office = models.ForeignKey(
        "places.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    language = models.CharField(max_length=5, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=AccountKind.CITIZEN,
                    contact__isnull=False,
                    email__isnull=True,
                    person__isnull=True,
                    office__isnull=True,
                    is_staff=False,
                    is_superuser=False,
                )
                | Q(kind=AccountKind.STAFF, contact__isnull=True, email__isnull=False),
                name="account_citizen_or_staff",
            ),
            models.CheckConstraint(condition=Q(login=Lower("login")), name="login_in_lower_case"),
            models.CheckConstraint(
                condition=Q(email__isnull=True) | Q(email=F("login")), name="staff_login_is_email"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """
        Answer Django's admin: operators look, and only look.

        What anybody may do in the product is asked of `accounts.policies.may`, never here.
        """
        return self.is_active and self.is_staff and perm.partition(".")[2].startswith("view_")

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff

"""Whose credentials she may see: those over whose area she holds a right about credentials."""

from datetime import datetime

from django.http import Http404, HttpRequest

from accounts import policies as rights
from accounts import sessions
from documents import holding
from documents.models import Asked, Credential, CredentialRequest
from documents.operations.credentials import Owner
from documents.operations.credentials.asking import area_code
from documents.policies import ISSUE_CREDENTIAL, REVOKE_CREDENTIAL


def offices(request: HttpRequest, *, at: datetime) -> holding.Offices:
    """:raises NotGranted: if there are none whose credentials she may see"""
    return holding.offices_of(int(sessions.signed_in(request).pk), at=at)


def credential(request: HttpRequest, credential_id: int, *, at: datetime) -> Credential:
    """What is not hers does not exist for her."""
    found = holding.credentials(offices(request, at=at)).filter(pk=credential_id).first()
    if found is None:
        raise Http404
    return found


def asked(request: HttpRequest, request_id: int, *, at: datetime) -> CredentialRequest:
    found = holding.requests(offices(request, at=at)).filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


def may(request: HttpRequest, owner: Owner, kind: str, *, at: datetime) -> bool:
    """Say whether she holds the right to ask for this, or to decide it, over the owner's area."""
    act = ISSUE_CREDENTIAL if kind == Asked.ISSUE else REVOKE_CREDENTIAL
    return rights.may(
        account_id=int(sessions.signed_in(request).pk),
        act=act.code,
        area_code=area_code(owner),
        at=at,
    )

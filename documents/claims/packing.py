"""Claims as CBOR: numbers for names, because every byte makes the symbol's modules smaller."""

from documents import numbering
from documents.claims.facts import Claims

_ISSUER, _EXPIRES, _SIGNED_AT, _ID, _STATUS = 1, 4, 6, 7, 65535
_PAPER = -70001  # Of the numbers left to private use: RFC 8392 section 9.1.
_TYPE, _NUMBER, _ENTRY, _PEOPLE, _OFFICE, _KIND, _COPY, _MORE = range(1, 9)


def packed(claims: Claims) -> dict[int, object]:
    paper: dict[int, object] = {
        _TYPE: claims.paper_type,
        _NUMBER: claims.number,
        _ENTRY: claims.entry,
        _PEOPLE: [[each.name, each.born_on] if each.born_on else [each.name]
                  for each in claims.people],
        _OFFICE: claims.office,
    }  # fmt: skip
    # What is usual is not said.
    if claims.kind != Claims.kind:
        paper[_KIND] = claims.kind
    if claims.copy != Claims.copy:
        paper[_COPY] = [claims.copy, claims.copy_no]
    if claims.more:
        paper[_MORE] = dict(claims.more)
    made: dict[int, object] = {
        _ISSUER: claims.issuer,
        _SIGNED_AT: int(claims.signed_at.timestamp()),
        _ID: numbering.verification_id_bytes(claims.verification_id),
        # Token Status List, section "Referenced Token in CBOR": claim 65535.
        _STATUS: {"status_list": {"idx": claims.place, "uri": claims.status_list}},
        _PAPER: paper,
    }
    if claims.expires_at is not None:
        made[_EXPIRES] = int(claims.expires_at.timestamp())
    return made

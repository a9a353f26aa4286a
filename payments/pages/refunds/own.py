"""What a payer sees, on the page of her reference, of money that goes back to her."""

from payments.pages.refunds import telling
from payments.queries import refunds as queries


def of_bill(bill_id: int) -> list[dict[str, object]]:
    """Return `refunds_own` for payments/refunds/_state.html: each refund with its story."""
    return [{"refund": one, "story": telling.for_payer(one)} for one in queries.for_bill(bill_id)]

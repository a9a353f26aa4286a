from tests.accounts.staff.people import it_officer, office

__all__ = ["it_officer", "office"]

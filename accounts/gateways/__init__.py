"""The doors to those who vouch for our staff. Only pages at the edge call them."""

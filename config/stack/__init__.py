"""What stands under the product on one machine: its servers, their supervisor, test servers."""

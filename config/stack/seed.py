"""`python -m config.stack.seed rw`: fill a fresh stack, as the application's login."""

import sys
import time

import django
from django.core.management import call_command


def main(country: str) -> None:
    django.setup()
    steps: list[tuple[str, ...]] = [
        ("load_country", country),
        ("seed_demo",),
        ("make_development_pki",),  # After the officers: each gets a credential.
    ]
    for step in steps:
        begun = time.perf_counter()
        call_command(*step)
        print(f"{step[0]}: {time.perf_counter() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

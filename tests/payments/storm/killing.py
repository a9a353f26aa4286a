"""A process that is killed between any two statements, or before a commit, or around a call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from payments import sql


class Killed(BaseException):
    """Not an `Exception`: nothing that catches trouble may catch its own death."""


class Killer:
    """Counts statements, commits and calls to providers; the one with the wanted number kills."""

    def __init__(self) -> None:
        self.left = 0  # 0: nobody is killed.
        self.kills = 0

    def tick(self) -> None:
        if self.left:
            self.left -= 1
            if not self.left:
                self.kills += 1
                raise Killed

    @contextmanager
    def after(self, statements: int) -> Iterator[None]:
        """Run what may die; what it had not committed is gone when this returns."""
        self.left = statements
        try:
            yield
        except Killed:
            assert not connection.in_atomic_block
        finally:
            self.left = 0

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Stand between the product and PostgreSQL: Django's cursors, the engine's, the commits."""
        run, commit = sql.run, connection.commit

        def run_statement(*args: Any, **values: Any) -> Any:
            self.tick()
            return run(*args, **values)

        def execute(execute: Any, *statement: Any) -> Any:
            self.tick()
            return execute(*statement)

        def commit_or_die() -> None:
            try:
                self.tick()
            except Killed:
                connection.rollback()
                raise
            commit()

        sql.run, connection.commit = run_statement, commit_or_die
        try:
            with connection.execute_wrapper(execute):
                yield
        finally:
            sql.run, connection.commit = run, commit

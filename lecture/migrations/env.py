"""Run by Alembic: brings the database whose URL the library gives up to date, in one transaction."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event

engine = create_engine(context.config.attributes["url"])
if engine.dialect.name == "sqlite":
    # Python's sqlite3 begins no transaction before CREATE TABLE, so a process that ends half-way would leave half the
    # tables, and two at once would both make them.
    @event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 15000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.begin() as connection:
    if engine.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7153410928)")  # one at a time; any number of our own
    context.configure(
        connection=connection, target_metadata=None, transaction_per_migration=False, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()

"""What alembic runs, on the connection and in the transaction that storage.schema gives it."""

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters little in place
)
with context.begin_transaction():
    context.run_migrations()

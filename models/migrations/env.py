"""What alembic runs: the declared tables on one side, the connection it was given on the other."""

from typing import Any, Literal

from alembic import context

from models import fences, schema
from models.base import Exact, Instant


def render(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """Our own column types as plain ones, so that a revision needs none of our code."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Exact):
        return f"sa.String({thing.impl.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata(),
    render_as_batch=True,
    render_item=render,
    compare_type=True,
    include_object=fences.is_ours,
)

with context.begin_transaction():
    context.run_migrations()

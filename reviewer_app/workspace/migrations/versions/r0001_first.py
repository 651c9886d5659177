"""The first workspace: records, drafts, settings, documents in chunks, receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables and the triggers that keep records append-only."""
    op.create_table(
        "records",
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
    )
    op.create_table(
        "blob_chunks",
        sa.Column("sha256", sa.String, sa.ForeignKey("blobs.sha256"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "receipts",
        sa.Column("record", sa.String, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("proof", sa.String, nullable=False),
        sa.Column("checkpoint", sa.String, nullable=False),
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER records_no_{act.lower()} BEFORE {act} ON records "
            "BEGIN SELECT RAISE(ABORT, 'records are append-only'); END"
        )

"""The tables of a workspace at the newest revision; migrations are written out on their own."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

records = Table(
    "records",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("envelope", LargeBinary, nullable=False),
    Column("origin", String, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("size", Integer, nullable=False),
)

chunks = Table(
    "blob_chunks",
    metadata,
    Column("sha256", String, ForeignKey("blobs.sha256"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("record", String, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("proof", String, nullable=False),
    Column("checkpoint", String, nullable=False),
)

"""Files that cross the air gap: one format, one reader, one writer."""

from reviewer_app.packs.manifest import (
    PACK_TYPE,
    Manifest,
    manifest_payload,
    read_manifest,
    records_digest,
)
from reviewer_app.packs.reading import PackReader, read_pack
from reviewer_app.packs.writing import write_pack_file

__all__ = [
    "PACK_TYPE",
    "Manifest",
    "PackReader",
    "manifest_payload",
    "read_manifest",
    "read_pack",
    "records_digest",
    "write_pack_file",
]

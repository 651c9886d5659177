"""The one encrypted file: records, drafts, documents and receipts. The only room that speaks SQL here."""

from reviewer_app.workspace.key import derive_key, salt_of
from reviewer_app.workspace.store import BlobInfo, Changes, Receipt, Workspace

__all__ = ["BlobInfo", "Changes", "Receipt", "Workspace", "derive_key", "salt_of"]

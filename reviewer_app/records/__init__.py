"""Pure: bytes to records and back, and the hashes and proofs of the log."""

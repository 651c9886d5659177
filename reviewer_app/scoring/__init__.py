"""Numbers in, numbers out: exact official arithmetic."""

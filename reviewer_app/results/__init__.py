"""Benchmark results and other files as teams hand them in: bytes to structs."""

"""Migrations of the workspace; each is complete in itself and imports nothing of the project."""

"""The core of Reviewer App: no Qt, importable and scriptable."""

__version__ = "0.1.0"

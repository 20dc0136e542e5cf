"""What a document is, and how raw news becomes documents."""

__version__ = "0.1.0"

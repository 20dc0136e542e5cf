"""What a document is, and how raw news becomes documents."""

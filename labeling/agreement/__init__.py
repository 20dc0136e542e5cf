"""How far people agree on spans: F1 of pairs, Krippendorff's α for unitizing, and where they differ."""

"""The correction ledger: what became of every proposed span, and what people added."""

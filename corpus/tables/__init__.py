"""Shipped tables; each states its source and licence in its first lines."""

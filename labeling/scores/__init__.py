"""Scorecards: how good each source and rule is by what people made of its proposals, and how people work."""

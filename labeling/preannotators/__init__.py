"""Who proposes spans: one source a module, listed in `table`; `merge` makes one proposal of what they say."""

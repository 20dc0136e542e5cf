"""Faults in gold and annotations: named checks, what is wrong, where, and how to mend it."""

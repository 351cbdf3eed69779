"""How long a test waits for a page."""

PATIENCE = 3.0
"""
By how much a wait may be longer than on a quiet machine with two cores.

A wait that is over sooner costs nothing. A build machine may be three times slower for a while.
"""

"""What is on the wire: pure functions and values, no socket and no clock."""

"""What waits for a page to read it, and what was written to it and may not have arrived."""

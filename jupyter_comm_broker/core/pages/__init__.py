"""The pages: who is there, and what waits for each, merged and bounded."""

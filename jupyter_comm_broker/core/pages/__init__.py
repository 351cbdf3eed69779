"""The pages: who is there, who gets which message, and what is kept for those who are away."""

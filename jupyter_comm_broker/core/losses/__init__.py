"""Messages that were lost on their way, and requests whose end is missing."""

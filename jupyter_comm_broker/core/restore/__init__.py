"""What a page is given: its widgets again, answers of the broker, and output collected for it."""

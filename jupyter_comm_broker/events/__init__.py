"""What happened, as data: events, their journal, their readers, and recordings of messages."""

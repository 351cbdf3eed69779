"""REST on events: the stream of events, and recordings of messages."""

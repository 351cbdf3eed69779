"""What is known of comms: records, mirrored states, targets, and what changed."""

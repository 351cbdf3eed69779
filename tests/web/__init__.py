"""REST, asked over HTTP of a real server in the test's process."""

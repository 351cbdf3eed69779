"""What is known, as data: the views of a kernel for REST, the command line and the dashboard."""

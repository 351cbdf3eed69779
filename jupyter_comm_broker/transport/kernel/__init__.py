"""The link to one kernel: its address, its four sockets, and how they are kept open."""

"""The same scripts against stock jupyter_server and the broker, to find any difference."""

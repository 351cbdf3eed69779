"""The command with its arguments, against a server that gives prepared answers over HTTP."""

"""What servers report to a page for the admins of a JupyterHub."""

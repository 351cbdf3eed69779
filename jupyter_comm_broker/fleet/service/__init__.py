"""A service of a JupyterHub: takes the reports of servers, and shows them to admins on one page."""

"""What is on the wire: held against jupyter_server, jupyter_client and ipywidgets themselves."""

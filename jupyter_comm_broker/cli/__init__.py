"""The command line ``jupyter comms``: a client of the REST API."""

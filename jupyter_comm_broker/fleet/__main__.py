"""``python -m jupyter_comm_broker.fleet``: the fleet service of a JupyterHub."""

from jupyter_comm_broker.fleet.service.main import main

if __name__ == "__main__":
    raise SystemExit(main())

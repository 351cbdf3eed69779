"""
What a browser, a kernel and an operator pay: the broker beside stock jupyter_server, one command.

``python -m benchmarks`` runs every measure in ``measures/`` against both servers in turn and prints
a table of medians and ratios.
"""

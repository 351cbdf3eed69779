"""
What the broker costs a browser, a kernel and an operator, beside stock jupyter_server.

``python -m benchmarks`` runs every measure in ``measures/`` on both servers in turn, and prints a
table of medians and ratios.
"""

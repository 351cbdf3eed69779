"""The path of a server, out of the URL of one of its pages: people copy that from the browser."""

from __future__ import annotations

PAGES = ("/lab", "/tree", "/notebooks", "/login")


def base_path(path: str) -> str:
    """
    Return the part of a URL's path that belongs to the server, without a slash at its end.

    >>> base_path("/user/ann/lab/tree/a.ipynb"), base_path("/user/ann/"), base_path("/lab")
    ('/user/ann', '/user/ann', '')
    """
    path = path.rstrip("/") + "/"
    for page in PAGES:
        path = path.partition(f"{page}/")[0] + "/"
    return path.rstrip("/")

"""The scheduler of a cluster: `python -m lecture scheduler`.

Dask's own, started where this program is at hand (it looks into the tasks that it hands out), reached only from this
machine unless told otherwise, and without the page that it would show to everybody.
"""

from __future__ import annotations


def schedule(host: str, port: int) -> int:
    """Hand out work until somebody ends this; returns the exit status.

    Args:
        host: address to listen on; tls://… for encrypted connections, with Dask's settings.
        port: to listen on.
    """
    from distributed.cli.dask_scheduler import main

    main(
        ["--host", host, "--port", str(port), "--no-dashboard", "--dashboard-address", "127.0.0.1:0"],
        standalone_mode=False,
    )
    return 0

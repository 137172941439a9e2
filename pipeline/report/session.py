"""Whether a notebook is open in JupyterLab, where a reader can move things, or runs to be published."""

from collections.abc import Mapping

SESSION = "JPY_SESSION_NAME"
"""Jupyter Server sets it for the kernels of its sessions; papermill and `palier report` do not."""


def is_interactive(environment: Mapping[str, str]) -> bool:
    """Whether somebody sits before it."""
    return SESSION in environment

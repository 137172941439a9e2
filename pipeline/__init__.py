"""Palier: how many partners reach each tier, before and after the rules change, and who they are."""

__version__ = "0.1.0"

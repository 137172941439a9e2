"""Histories + rulebook → who stands where, who moves, who loses what, and why."""

"""Spoil good files in many ways and hold what Palier loads against an honest reading."""

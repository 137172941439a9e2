"""data/raw → typed lines and rejects. Every raw line ends as accepted or as rejected with a reason."""

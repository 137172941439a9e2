"""What ingest, build, standing and transition cost on a large history, beside the plainest way to do the same."""

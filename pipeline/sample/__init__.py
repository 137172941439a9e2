"""An invented partner programme in the shape of the founding case, for demos, tests and load tests."""

from pipeline.sample.write import SampleSummary, write_sample

__all__ = ["SampleSummary", "write_sample"]

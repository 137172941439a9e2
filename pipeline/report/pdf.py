"""A page as a PDF, by WeasyPrint, which the extra `pdf` brings."""

from importlib.util import find_spec

EXTRA = "weasyprint"
MISSING = (
    "pdf needs WeasyPrint; install the extra `pdf`: pip install 'palier[pdf]', or in a checkout pip install -e '.[pdf]'"
)

ON_PAPER = "@page { size: A4; margin: 15mm } details { display: none } table { font-size: 7pt } th, td { white-space: normal !important }"
"""What is folded in the page stays out: nobody unfolds paper."""


def can_make_pdf() -> bool:
    """Whether the extra is installed."""
    return find_spec(EXTRA) is not None


def pdf_of(html: str) -> bytes:
    """The printed page. Nothing outside of it is asked for, whatever it names."""
    from weasyprint import CSS, HTML  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped, import-not-found, unused-ignore]

    made = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf(
        stylesheets=[CSS(string=ON_PAPER)]
    )
    return bytes(made)

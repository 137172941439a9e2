"""A partner's card: on the terminal and as a page, also of who has no entries, and of who is called like a script."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.base.warehouse import Warehouse
from pipeline.model.programme import read_programme
from pipeline.model.question import Question
from pipeline.model.standing import standing
from pipeline.model.why import why
from pipeline.report.card import print_card, write_card
from pipeline.report.provenance import provenance

ASKED = Question(date(2004, 4, 1))


@pytest.fixture(scope="module")
def programme(sample_home):
    return read_programme(sample_home.file("programmes", "microsoft-france.toml"))[0]


@pytest.fixture(scope="module")
def warehouse(sample_home):
    with Warehouse.open(sample_home.warehouse) as opened:
        yield opened


def test_a_partner_without_entries_has_a_card_too(sample_home, warehouse, programme, capsys, tmp_path):
    partners = standing(warehouse, programme, ASKED).partners
    nobody = partners.loc[partners["entries"] == 0, "partner_id"].iloc[0]
    card = why(warehouse, programme, nobody, ASKED)
    assert card.points == 0 and card.entries.empty
    print_card(card)
    assert "0.00 points, 0 domains" in capsys.readouterr().out
    write_card(card, tmp_path / "card.html", provenance(sample_home, warehouse, programme.title, "", ASKED.as_of))
    assert "Entries: 0 count, 0 do not or in part: none." in (tmp_path / "card.html").read_text(encoding="utf-8")


def test_a_name_is_text_on_the_page(sample_home, warehouse, programme, tmp_path):
    card = replace(why(warehouse, programme, "FR00105", ASKED), name="<script>alert(1)</script>")
    write_card(card, tmp_path / "card.html", provenance(sample_home, warehouse, programme.title, "", ASKED.as_of))
    page = (tmp_path / "card.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page
    assert "default-src &#x27;none&#x27;" in page and "http" not in page.replace("http-equiv", "")

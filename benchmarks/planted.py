"""Ten million point lines of one file, clean or with one line in a hundred spoiled in a known way, and what they must become."""

from pathlib import Path

import numpy as np

HEADING = "N° écriture;Code partenaire;Date d'obtention;Date de saisie;Catégorie;Domaine;Points"
CATEGORIES = np.array(["Compétence", "Référence client", "Personnel certifié", "Enquête de satisfaction"])
DOMAINS = np.array(["Learning", "OEM", "réseau", ""])
EVERY = 100  # one line in so many is spoiled
CHUNK = 100_000

# A fault: what it makes of the seven fields (f), as one line of text; and whether the line must be taken.
FAULTS = {
    "a quote that is never closed": (lambda f: ";".join([*f[:4], '"' + f[4], *f[5:]]), False),
    "three decimals": (lambda f: ";".join([*f[:6], "1,555"]), False),
    "an exponent": (lambda f: ";".join([*f[:6], "1e3"]), False),
    "a digit separator": (lambda f: ";".join([*f[:6], "1_000"]), False),
    "a point for a comma": (lambda f: ";".join([*f[:6], "12.50"]), False),
    "a day that is none": (lambda f: ";".join([*f[:2], "31/02/2004", *f[3:]]), False),
    "a year of two digits": (lambda f: ";".join([*f[:2], "15/01/04", *f[3:]]), False),
    "'epoch' for a day": (lambda f: ";".join([*f[:2], "epoch", *f[3:]]), False),
    "no partner": (lambda f: ";".join([f[0], "", *f[2:]]), False),
    "a field too many": (lambda f: ";".join([*f, "x"]), False),
    "a field too few": (lambda f: ";".join(f[:6]), False),
    "a quoted delimiter": (lambda f: ";".join([*f[:4], f'"{f[4]};x"', *f[5:]]), True),
    "a quoted line break": (lambda f: ";".join([*f[:4], f'"{f[4]}\nx"', *f[5:]]), True),
    "thousands set apart": (lambda f: ";".join([*f[:6], "1\u00a0234,50"]), True),
    "spaces around a field": (lambda f: ";".join([f[0], f" {f[1]} ", *f[2:]]), True),
    "a blank line before": (lambda f: "\n" + ";".join(f), True),
    "empty fields after the last": (lambda f: ";".join([*f, "", ""]), True),
}


def write_points(path: Path, lines: int, encoding: str, spoiled: bool) -> None:
    """Write the file, the same for the same arguments. Line n of the data has entry id E…n."""
    random = np.random.default_rng(2004)
    days = [f"{day:%d/%m/%Y}" for day in (np.datetime64("2002-01-01") + np.arange(800)).astype(object)]
    makers = [make for make, _ in FAULTS.values()]
    with path.open("w", encoding=encoding, newline="\n") as file:
        file.write(HEADING + "\n")
        for start in range(0, lines, CHUNK):
            rows = min(CHUNK, lines - start)
            partner, earned = random.integers(0, 200_000, rows).tolist(), random.integers(0, 700, rows).tolist()
            late, hundredths = random.integers(0, 90, rows).tolist(), random.integers(-2_000, 20_000, rows).tolist()
            category, domain = random.integers(0, 4, rows).tolist(), random.integers(0, 4, rows).tolist()
            out = []
            for at in range(rows):
                points = (
                    f"{'-' if hundredths[at] < 0 else ''}{abs(hundredths[at]) // 100},{abs(hundredths[at]) % 100:02d}"
                )
                fields = [f"E{start + at:08d}", f"FR{partner[at]:06d}", days[earned[at]], days[earned[at] + late[at]],
                          CATEGORIES[category[at]], DOMAINS[domain[at]], points]  # fmt: skip
                number = start + at
                is_spoiled = spoiled and number % EVERY == EVERY - 1
                out.append(makers[number // EVERY % len(makers)](fields) if is_spoiled else ";".join(fields))
            file.write("\n".join(out) + "\n")


def expected(lines: int) -> dict[str, tuple[int, bool]]:
    """Each fault: how many lines have it, and whether they must be taken."""
    number = np.arange(EVERY - 1, lines, EVERY) // EVERY % len(FAULTS)
    return {
        fault: (int(np.count_nonzero(number == at)), taken) for at, (fault, (_, taken)) in enumerate(FAULTS.items())
    }

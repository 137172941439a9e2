"""Words to invent companies and persons from."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COMPANY_STARTS = _words(
    "Bréva Calu Dorgo Élin Fargué Guilha Hourqué Issé Jarni Kerdo Louvi Mirau Nésa Orgué Perdri Quérou Roumé "
    "Saulé Tréma Ussa Varen Ydré Zélo Ambré Cévi Garlé Mouré Souli"
)
COMPANY_ENDS = _words("nor lis vane drel quin mont rive sade thel velle zan dour")
COMPANY_PATTERNS = (
    "{} Conseil",
    "{} Réseaux",
    "{} Systèmes",
    "{} Ingénierie",
    "{} & Fils",
    "{} & Associés",
    "{} Logiciels",
    "{} Formation",
    "{} SA",
    "{} SARL",
    "{}",
    "Groupe {}",
    "Atelier {}",
    "Bureautique {}",
    "L'Étape {}",
    "Micro {}",
)
NASTY_NAMES = (
    "<b>Gras</b> & Fils",
    "=Somme Conseil",
    'Le "Petit" Bureau; Dépôt & Cie',
    "Cœur d'€uro Conseil",
    "Été, Hiver & Associés",
)

FIRST_NAMES = _words(
    "Agnès Alban Aurélie Bénédicte Bruno Cécile Clément Corinne Damien Édith Élodie Fabrice Gaëlle Gérald Hélène "
    "Hervé Inès Jérôme Joëlle Laure Loïc Maëlle Magali Mathieu Noëlle Odile Pascal Régis Renée Sabine Solène "
    "Thibault Ulysse Véronique Xavier Yannick Zoé"
)
SURNAMES = _words(
    "Aubréac Bastivel Bourdelis Cabrissou Charvoulet Combevert Dalmeyrac Desfougis Esparvel Fontbrune Gaillardou "
    "Garrivet Grandselve Hautecloche Jolivard Kervadou Lacombelle Lafrénaie Larroudet Lestrigou Maisonvert "
    "Malaveille Montfraisier Nogarède Orfeuillet Pélissou Peyrolade Quintefeuille Ravignac Roquevieil Rouvrelle "
    "Sauvebois Sénéchard Tardivel Taillevent Trémourel Valfleury Verdeillac Vignoboul Ythier"
)

ADVISERS = ("Mireille Castagnol", "Arnaud Deschavelles", "Sylvie Montperrou", "Étienne Rocquebrun")
ACCOUNT_MANAGERS = (
    "Béatrice Valcourbe",
    "Cédric Aumontel",
    "Delphine Sarrasol",
    "Éric Mandrevert",
    "Florence Coursivaux",
    "Grégoire Lissandrel",
    "Isabelle Pontvallier",
    "Jean-Marc Trévignol",
    "Karine Boissandier",
    "Ludovic Ferrachat",
)
COORDINATORS = (
    "Martine Soulvignac",
    "Nicolas Barbezan",
    "Olivier Chantreuil",
    "Patricia Mercadol",
    "Raphaël Guérinval",
    "Stéphanie Lormière",
    "Thomas Peyregal",
    "Valérie Esclarmont",
)
TECHNICIANS = (
    "Aïcha Bellarzac",
    "Benoît Courtemanchel",
    "Céline Vaubrunel",
    "David Ostermont",
    "François Lagardelle",
    "Gwenaëlle Kermorvel",
)

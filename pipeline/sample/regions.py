"""The 22 regions of 2004 with a few towns each, and the sizes of companies."""

from typing import NamedTuple


class Region(NamedTuple):
    """A region, its share of the partners, how eager its partners are, and its towns, the biggest first."""

    name: str
    weight: float
    zeal: float
    cities: tuple[str, ...]


REGIONS = (
    Region("Île-de-France", 34.0, 0.10, ("Paris", "Boulogne-Billancourt", "Nanterre", "Les Ulis", "Évry", "Créteil")),
    Region("Rhône-Alpes", 11.0, 0.08, ("Lyon", "Grenoble", "Saint-Étienne", "Annecy", "Villeurbanne")),
    Region("Provence-Alpes-Côte d'Azur", 7.5, -0.06, ("Marseille", "Nice", "Aix-en-Provence", "Toulon")),
    Region("Nord-Pas-de-Calais", 5.0, 0.02, ("Lille", "Roubaix", "Villeneuve-d'Ascq", "Arras")),
    Region("Pays de la Loire", 5.0, 0.06, ("Nantes", "Angers", "Le Mans", "Laval")),
    Region("Bretagne", 4.5, 0.10, ("Rennes", "Brest", "Quimper", "Vannes")),
    Region("Midi-Pyrénées", 4.5, 0.07, ("Toulouse", "Albi", "Tarbes", "Rodez")),
    Region("Aquitaine", 4.2, 0.00, ("Bordeaux", "Pau", "Mérignac", "Périgueux")),
    Region("Alsace", 3.5, 0.09, ("Strasbourg", "Mulhouse", "Colmar")),
    Region("Centre", 3.2, -0.04, ("Orléans", "Tours", "Chartres", "Blois")),
    Region("Languedoc-Roussillon", 3.0, -0.08, ("Montpellier", "Nîmes", "Perpignan", "Béziers")),
    Region("Lorraine", 2.8, -0.03, ("Nancy", "Metz", "Épinal")),
    Region("Haute-Normandie", 2.2, -0.02, ("Rouen", "Le Havre", "Évreux")),
    Region("Bourgogne", 2.0, -0.04, ("Dijon", "Auxerre", "Mâcon")),
    Region("Picardie", 1.8, -0.08, ("Amiens", "Compiègne", "Beauvais")),
    Region("Poitou-Charentes", 1.8, -0.03, ("Poitiers", "La Rochelle", "Niort")),
    Region("Basse-Normandie", 1.6, -0.05, ("Caen", "Cherbourg", "Alençon")),
    Region("Champagne-Ardenne", 1.6, -0.07, ("Reims", "Troyes", "Charleville-Mézières")),
    Region("Auvergne", 1.6, 0.00, ("Clermont-Ferrand", "Vichy", "Aurillac")),
    Region("Franche-Comté", 1.4, 0.01, ("Besançon", "Belfort", "Dole")),
    Region("Limousin", 0.8, -0.10, ("Limoges", "Brive-la-Gaillarde")),
    Region("Corse", 0.4, -0.20, ("Ajaccio", "Bastia")),
)

SIZES = ("1-9", "10-49", "50-249", "250+")
SIZE_WEIGHTS = (42.0, 36.0, 17.0, 5.0)
SIZE_ZEAL = (-0.14, 0.02, 0.16, 0.24)

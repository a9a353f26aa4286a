"""What the generator must know of a country to people it; a new one is a new row of COUNTRIES."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Country:
    """
    One country's invented people: what they are called, where they live, how they are numbered.

    `levels` names the level of an area that keeps a register, and the one above it. `home` is the
    code of the area where most people live.
    """

    code: str
    nationality: str
    levels: tuple[str, str]
    home: str
    other_places: tuple[str, ...]
    family_names: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    national_id: Callable[[date, str, int], str]
    phone: Callable[[int], str]
    property_regime: str = "community"
    registers_since: date = date.min
    too_little: int = 200  # What somebody has who cannot pay, in whole units of the currency.


def rwandan_number(born_on: date, sex: str, serial: int) -> str:
    """Return 16 digits: citizen, year, sex, order, first card, and two digits of no known rule."""
    last = (serial * 37 + born_on.year) % 100
    return f"1{born_on.year}{'8' if sex == 'M' else '7'}{serial:07d}0{last:02d}"


def kenyan_number(_born_on: date, _sex: str, serial: int) -> str:
    """Return eight digits of a series that is far above any that was given out."""
    return f"99{serial:06d}"


def burundian_number(_born_on: date, _sex: str, serial: int) -> str:
    """Return ten digits; no source says how a Burundian card is numbered."""
    return f"00{serial:08d}"


# Every family name is a word for "example", "comparison", "model", "trial" or "test".
COUNTRIES = {
    "rw": Country(
        code="rw",
        nationality="RW",
        levels=("district", "sector"),
        home="1209",
        other_places=("1213", "1101", "3605", "4313"),
        family_names=(
            "Urugero",
            "Ikigereranyo",
            "Icyitegererezo",
            "Igerageza",
            "Isuzuma",
            "Urugero-Keza",
            "Ikizamini",
            "Specimen",
        ),
        women=(
            "Aline",
            "Béatrice",
            "Claudine",
            "Diane",
            "Espérance",
            "Françoise",
            "Gisèle",
            "Hélène",
            "Immaculée",
            "Josiane",
            "Kévine",
            "Liliane",
            "Marie Claire",
            "Noëlla",
            "Odette",
            "Pélagie",
            "Rosine",
            "Solange",
            "Thérèse",
            "Vestine",
        ),
        men=(
            "Alphonse",
            "Bosco",
            "Célestin",
            "Dieudonné",
            "Éric",
            "Fabrice",
            "Gérard",
            "Honoré",
            "Innocent",
            "Jean-Paul",
            "Kizito",
            "Léonard",
            "Moïse",
            "Noël",
            "Olivier",
            "Patrick",
            "René",
            "Sylvestre",
            "Théogène",
            "Vénuste",
        ),
        national_id=rwandan_number,
        phone=lambda number: f"+25078800{number:04d}",
    ),
    "ke": Country(
        code="ke",
        nationality="KE",
        levels=("county", "constituency"),
        home="047274",
        other_places=("047275", "001001", "042240", "032176"),
        family_names=(
            "Mfano",
            "Kielelezo",
            "Jaribio",
            "Mtihani",
            "Sampuli",
            "Kipimo",
            "Mfano-Mwema",
            "Specimen",
        ),
        women=(
            "Akinyi",
            "Beatrice",
            "Chebet",
            "Doreen",
            "Esther",
            "Faith",
            "Grace",
            "Halima",
            "Irene",
            "Joyce",
            "Kezia",
            "Lilian",
            "Mercy",
            "Naomi",
            "Olive",
            "Purity",
            "Rehema",
            "Salome",
            "Tabitha",
            "Winnie",
        ),
        men=(
            "Abdi",
            "Brian",
            "Charles",
            "Dennis",
            "Elijah",
            "Felix",
            "George",
            "Hassan",
            "Isaac",
            "James",
            "Kevin",
            "Leonard",
            "Moses",
            "Nicholas",
            "Oscar",
            "Peter",
            "Robert",
            "Samuel",
            "Timothy",
            "Victor",
        ),
        national_id=kenyan_number,
        phone=lambda number: f"+25470000{number:04d}",
        property_regime="separation",
        too_little=20,
    ),
    "bi": Country(
        code="bi",
        nationality="BI",
        levels=("province", "commune"),
        home="0209",
        other_places=("0210", "0503", "0407", "0306"),
        family_names=(
            "Akarorero",
            "Ikigereranyo",
            "Igeragezwa",
            "Exemple",
            "Modèle",
            "Essai",
            "Akarorero-Keza",
            "Specimen",
        ),
        women=(
            "Alice",
            "Belyse",
            "Chantal",
            "Divine",
            "Espérance",
            "Francine",
            "Gloriose",
            "Huguette",
            "Inès",
            "Jacqueline",
            "Kelly",
            "Lydia",
            "Médiatrice",
            "Nadine",
            "Odette",
            "Perpétue",
            "Rachel",
            "Spès",
            "Triphonie",
            "Yvette",
        ),
        men=(
            "Aimé",
            "Bienvenu",
            "Claver",
            "Désiré",
            "Ézéchiel",
            "Ferdinand",
            "Gaspard",
            "Hermès",
            "Ismaël",
            "Juvénal",
            "Lambert",
            "Melchior",
            "Nestor",
            "Oscar",
            "Prosper",
            "Rénovat",
            "Salvator",
            "Thaddée",
            "Tharcisse",
            "Zacharie",
        ),
        national_id=burundian_number,
        phone=lambda number: f"+2576100{number:04d}",
        # Nothing that happened earlier stands in a register of civil status.
        registers_since=date(1980, 4, 1),
    ),
}

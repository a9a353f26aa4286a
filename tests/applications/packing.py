"""A small country: one province of Rwanda's pack, some of its carried services, and a free one."""

import shutil
from pathlib import Path

import yaml

RW = Path(__file__).parents[2] / "countries" / "rw"
CARRIED = (
    "birth-certificate",
    "marriage-certificate",
    "certificate-being-single",
    "full-identity",
    "life",
    "criminal-record",
)
FREE = "free-birth-certificate"
HOME, NEIGHBOUR, FAR = "1209", "1213", "1101"
"""Two sectors of one district, and one of another."""


def pack(folder: Path) -> Path:
    """Write the pack into the folder; districts 11 and 12 only, so that it loads in no time."""
    for file in RW.glob("*.yaml"):
        shutil.copy(file, folder)
    (folder / "needs.yaml").write_text("[]\n")
    services = folder / "services"
    services.mkdir()
    for code in CARRIED:
        shutil.copy(RW / "services" / f"{code}.yaml", services)
    free = yaml.safe_load((RW / "services" / "birth-certificate.yaml").read_text())
    free |= {"code": FREE, "fees": [], "case_prefix": "FB"}
    free["form"][2]["fields"].append(
        {"code": "call_me", "type": "phone", "labels": {"en": "Call me at"}, "required": False}
    )
    (services / f"{FREE}.yaml").write_text(yaml.safe_dump(free, allow_unicode=True))
    _areas(folder / "areas")
    return folder


def _areas(areas: Path) -> None:
    areas.mkdir()
    for file in (RW / "areas").glob("*.csv"):
        header, *rows = file.read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if _kept(row.partition(",")[0])]
        (areas / file.name).write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")


def _kept(code: str) -> bool:
    return code == "1" or (code[:2] in {"11", "12"} and len(code) <= 4)

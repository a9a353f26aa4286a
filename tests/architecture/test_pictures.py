"""The pictures that the documentation shows are there, and nobody waits for them."""

import re

from config.stack.album import ROOMS
from config.stack.pictures import BYTES_MAX, IMAGES, PAGE

ALL_BYTES_MAX = 1_800_000
NAMED = re.compile(r"\]\(images/([\w.-]+\.webp)\)")


def _pictures() -> set[str]:
    return {file.name for file in IMAGES.glob("*.webp")}


def test_the_page_names_each_picture_of_the_album_and_each_is_there() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert set(named) == _pictures(), "run `make pictures`"
    assert sorted(named) == sorted(
        scene.file(shot) for room in ROOMS for scene in room.scenes for shot in scene.shots
    )


def test_pictures_are_small() -> None:
    sizes = {name: (IMAGES / name).stat().st_size for name in _pictures()}
    assert {name: size for name, size in sizes.items() if size > BYTES_MAX} == {}
    assert sum(sizes.values()) <= ALL_BYTES_MAX

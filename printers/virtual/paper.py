"""Papers that came out of the virtual printer: each from the reset of its job to the knife."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from printers.profile import Profile
from printers.stream.printed import Printed
from printers.stream.render import Rendering

_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Paper:
    """One finished paper. `unknown` names the commands in it that this printer does not know; `cut` when it was cut."""

    number: int
    data: bytes
    printed: tuple[Printed, ...]
    unknown: tuple[str, ...]
    cut: bool
    profile: Profile

    def text(self) -> str:
        """What can be read on it; first what was not understood, if anything."""
        return "".join(f"[unknown: {one}]\n" for one in self.unknown) + self._rendering.text()

    def picture(self) -> Image.Image:
        """It as a picture, a pixel to a dot."""
        return self._rendering.picture()

    @property
    def _rendering(self) -> Rendering:
        return Rendering(self.printed, self.profile)


def save_paper(paper: Paper, folder: Path) -> None:
    """Write `NNNN.bin`, `.txt` and `.png`, the picture last; each appears whole."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{paper.number:0{_DIGITS}d}"
    _write_whole(stem.with_suffix(".bin"), paper.data)
    _write_whole(stem.with_suffix(".txt"), paper.text().encode())
    picture = stem.with_suffix(".png.part")
    paper.picture().save(picture, format="PNG")
    picture.replace(stem.with_suffix(".png"))


def last_number(folder: Path) -> int:
    """The highest paper number in the folder, 0 for none: a printer that starts again goes on after it."""
    numbers = [int(path.stem) for path in folder.glob("*.bin") if path.stem.isdecimal()]
    return max(numbers, default=0)


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(data)
    part.replace(path)

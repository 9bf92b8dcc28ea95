"""How many codes each reader reads, how many it misreads, and how long it takes, on one core.

    python -m benchmarks.decode [FOLDER …] [--photos] [--scenes N] [--only CONDITION …] [--empty N] [--first NUMBER]
                                [--steps N]

FOLDER holds pictures with the expected text beside each (``NN.png`` or ``.jpg`` with ``NN.txt`` or ``NN.bin``), each
tried at 0, 90, 180 and 270 degrees; by default ``qr-photos`` in ``$POS_MEMBER_SHARED`` or in ``../shared/data`` beside
the repository. ``--scenes``: so many generated webcam frames of every condition. ``--empty``: so many frames without a
code. ``--steps``: what each step of level 1 gains, on scenes of other numbers than ``--scenes`` shows. ``--first``: the
number of the first frame, so that a thousand can be made in parts. Without any of them: the photographs, 12 scenes and
200 empty frames. Milliseconds are those of one core (``time.thread_time``), whatever else the computer does.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks import _scenes
from pos_member.hardware.scanning import search, views
from pos_member.hardware.scanning.belief import Doubts
from pos_member.hardware.scanning.decoder import Decoder, default_decoder, load_picture, to_grey
from pos_member.hardware.scanning.libraries import opencv
from pos_member.hardware.scanning.readers import ZbarReader, ZxingReader, make_readers

Texts = Callable[[np.ndarray], list[str]]
#: Scenes from here on are for tuning; those that are counted begin at 0.
TUNING = 10_000


@dataclass
class Score:
    """What one reader did."""

    wanted: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def count(self, found: list[str], expected: Iterable[str], ms: float, where: str) -> None:
        """Add one picture."""
        texts = set(expected)
        self.wanted += len(texts)
        self.right += len(texts & set(found))
        self.wrong += [f"{where}: {text}" for text in found if text not in texts]
        self.ms.append(ms)

    def add(self, other: Score) -> None:
        """Add another score."""
        self.wanted, self.right = self.wanted + other.wanted, self.right + other.right
        self.wrong, self.ms = self.wrong + other.wrong, self.ms + other.ms

    def row(self, name: str) -> str:
        """Rate, wrong texts, median and 95th percentile of the milliseconds."""
        p95 = statistics.quantiles(self.ms, n=20)[18] if len(self.ms) > 1 else self.ms[0]
        rate = self.right / self.wanted if self.wanted else 0.0
        return f"{name:34}{rate:8.1%} {len(self.wrong):6} {statistics.median(self.ms):8.1f} {p95:8.1f}"


HEAD = f"{'':34}{'right':>8} {'wrong':>6} {'median':>8} {'p95 ms':>8}"


def our_chain() -> Decoder:
    """As a till has it, with a budget that counts the core's time."""
    return Decoder(*make_readers(), now_s=time.thread_time)


def contenders() -> dict[str, Texts]:
    """Name → a function from a grey picture to the texts found.

    OpenCV's WeChat reader is not among them: the wheel has it not, and its models would have to be downloaded.
    """
    library, cv2, chain = ZxingReader(), opencv(), our_chain()
    zbar = ZbarReader()
    detector = cv2.QRCodeDetector()

    def by_opencv(grey: np.ndarray) -> list[str]:
        text = detector.detectAndDecode(grey)[0]
        return [text] if text else []

    return {
        "zxing-cpp alone": lambda grey: [found.text for found in library.read(grey)],
        "pyzbar alone": lambda grey: [found.text for found in zbar.read(grey)],
        "OpenCV QRCodeDetector": by_opencv,
        "our chain, still": lambda grey: [code.text for code in chain.decode(grey)],
        "our chain, 60 ms a frame": lambda grey: [code.text for code in chain.decode(grey, 60)],
    }


def timed(read: Texts, grey: np.ndarray) -> tuple[list[str], float]:
    """The texts and the milliseconds."""
    start = time.thread_time()
    found = read(grey)
    return found, (time.thread_time() - start) * 1_000


def expected_text(picture: Path) -> str | None:
    """The text beside a picture, or None."""
    for suffix in (".txt", ".bin"):
        beside = picture.with_suffix(suffix)
        if beside.exists():
            return beside.read_bytes().decode("utf-8", "replace")
    return None


def photographs(folder: Path) -> list[tuple[Path, np.ndarray, str]]:
    """Every picture of the folder with its expected text."""
    paths = [path for suffix in ("png", "jpg", "jpeg") for path in sorted(folder.rglob(f"*.{suffix}"))]
    pairs = [(path, expected_text(path)) for path in paths]
    return [(path, load_picture(path), text) for path, text in pairs if text is not None]


def on_photographs(folder: Path) -> bool:
    """Print the table of a folder; False when there is nothing in it."""
    pairs = photographs(folder)
    if not pairs:
        print(f"no photographs in {folder}", file=sys.stderr)
        return False
    print(f"\n{len(pairs)} photographs × 4 rotations, {folder.name}\n{HEAD}")
    for name, read in contenders().items():
        score = Score()
        for path, grey, expected in pairs:
            for quarter in range(4):
                found, ms = timed(read, np.ascontiguousarray(np.rot90(grey, quarter)))
                score.count(found, [expected], ms, f"{path.name}/{quarter}")
        print(score.row(name))
        _say_wrong(score)
    return True


def _say_wrong(score: Score) -> None:
    for wrong in score.wrong[:6]:
        print(f"    wrong: {wrong[:100]}")


def on_scenes(per_condition: int, only: list[str]) -> None:
    """Print one table: condition × reader, and the sums."""
    readers = contenders()
    sums = {name: Score() for name in readers}
    print(f"\n{per_condition} generated frames of every condition: right (wrong texts)")
    print(f"{'':12}" + "".join(f"{name:>27}" for name in readers))
    for condition in only or list(_scenes.CONDITIONS):
        scores = {name: Score() for name in readers}
        for number, scene in enumerate(_scenes.scenes(per_condition, (condition,))):
            grey = to_grey(scene.frame)
            for name, read in readers.items():
                found, ms = timed(read, grey)
                scores[name].count(found, scene.texts, ms, f"{condition} {number}")
        line = (f"{score.right / score.wanted:20.0%} ({len(score.wrong):4})" for score in scores.values())
        print(f"{condition:12}" + "".join(line), flush=True)
        for name, score in scores.items():
            sums[name].add(score)
    print(f"\n{HEAD}")
    for name, score in sums.items():
        print(score.row(name))
        _say_wrong(score)


def _crops_without_code(folder: Path) -> Iterator[np.ndarray]:
    """Frames from the photographs: the larger part of each beside its code, at twice the size."""
    cv2 = opencv()
    for _path, grey, _text in photographs(folder):
        found = default_decoder().decode(grey)
        if not found:
            continue
        width = grey.shape[1]
        across = [x * width for code in found for x, _ in code.corners]
        left, right = int(min(across)) - 6, int(max(across)) + 6
        part = grey[:, :left] if left > width - right else grey[:, right:]
        if min(part.shape) > 40:  # else the code fills it
            yield cv2.resize(np.tile(part, (1, max(1, 640 // part.shape[1]))), (1280, 720))


def on_empty(count: int, first: int, folder: Path) -> None:
    """Print what was found where nothing is, and what it cost."""
    chain = our_chain()
    crops = list(_crops_without_code(folder)) if folder.is_dir() else []
    quick, both, found = Score(), Score(), []
    for number in range(first, first + count):
        # Every tenth frame is a part of a photograph, where there are any.
        use_crop = bool(crops) and number % 10 == 9
        frame = np.dstack([crops[number // 10 % len(crops)]] * 3) if use_crop else _scenes.empty(number).frame
        texts, ms = timed(lambda picture: [code.text for code in chain.quick(to_grey(picture))], frame)
        quick.count(texts, (), ms, f"level 0, frame {number}")
        late, late_ms = timed(lambda picture: [code.text for code in chain.thorough(to_grey(picture), 1_000)], frame)
        both.count(late, (), late_ms, f"level 1, frame {number}")
        found += texts + late
    print(f"{len(crops)} photographs have room beside their code")
    print(f"\n{count} frames of 1280×720 without a code: {len(found)} accepted\n{HEAD}")
    print(quick.row("level 0 (with the grey plane)"))
    print(both.row("level 1, every step"))
    for score in (quick, both):
        _say_wrong(score)
    limited = [
        timed(lambda grey: [code.text for code in chain.thorough(grey)], to_grey(_scenes.empty(n).frame))[1]
        for n in range(first, first + min(count, 40))
    ]
    p95 = statistics.quantiles(limited, n=20)[18]
    print(f"{'level 1, within the camera budget':50}{statistics.median(limited):8.1f} {p95:8.1f}")


def on_steps(per_condition: int) -> None:
    """Print what each step reads of what level 0 did not, and what it costs: the order of ``search.STEPS``."""
    first, second = ZxingReader(), ZbarReader()
    missed = []
    for condition in _scenes.CONDITIONS:
        for number in range(TUNING, TUNING + per_condition):
            scene = _scenes.scene(condition, number)
            grey = to_grey(scene.frame)
            if not set(scene.texts) <= {found.text for found in first.read(grey)}:
                missed.append((condition, set(scene.texts), grey))
    print(f"\n{len(missed)} of {per_condition * len(_scenes.CONDITIONS)} frames not read by level 0")
    print(f"{'step':44}{'read':>6}{'new':>6}{'median ms':>11}{'new per ms':>12}")
    left = set(range(len(missed)))
    cv2 = opencv()
    for step in search.STEPS:
        reader, times, hits = (second if step.second else first), [], set()
        for place, (_condition, texts, grey) in enumerate(missed):
            start = time.thread_time()
            view = step.view(cv2, grey)
            sightings = reader.read(view.picture, step.coarse)
            times.append((time.thread_time() - start) * 1_000)
            doubts = Doubts(grey, (first, second))
            if any(found.text in texts for found in sightings) and any(
                doubts.believed(type(found)(found.text, found.symbology, view.back(found.corners)), reader, step.name)
                for found in sightings
            ):
                hits.add(place)
        median = statistics.median(times)
        new = len(hits & left)
        left -= hits
        print(f"{step.name:44}{len(hits):6}{new:6}{median:11.1f}{new / median:12.2f}", flush=True)
    print(f"{views.__name__.rsplit('.', 1)[-1]}: {len(missed) - len(left)} of {len(missed)} read in the end")


def main() -> int:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--photos", action="store_true")
    parser.add_argument("--scenes", type=int, default=0, metavar="N")
    parser.add_argument("--only", nargs="+", default=[], choices=list(_scenes.CONDITIONS))
    parser.add_argument("--empty", type=int, default=0, metavar="N")
    parser.add_argument("--steps", type=int, default=0, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="NUMBER")
    asked = parser.parse_args()
    shared = Path(os.environ.get("POS_MEMBER_SHARED", Path(__file__).resolve().parents[2] / "shared" / "data"))
    everything = not (asked.folders or asked.photos or asked.scenes or asked.empty or asked.steps)
    ok = True
    if asked.photos or asked.folders or everything:
        for folder in asked.folders or [shared / "qr-photos"]:
            ok = on_photographs(folder) and ok
    if asked.scenes or everything:
        on_scenes(asked.scenes or 12, asked.only)
    if asked.empty or everything:
        on_empty(asked.empty or 200, asked.first, shared / "qr-photos")
    if asked.steps:
        on_steps(asked.steps)
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""Copies the captures that hold a format into a folder of seeds: seeds.py FORMAT FOLDER."""

import hashlib
import pathlib
import sys
import tomllib

LARGEST = 64 * 1024


def files(case):
    """The streams and reports of a captured command."""
    facts = tomllib.loads((case / "case.toml").read_text())
    names = ["stdout.txt", "stderr.txt", "channel.jsonl", facts.get("report")]
    found = [case / name for name in names if name]
    formats = {part.get("format") for part in facts.get("part", [])}
    return formats, [path for path in found if path.is_file()]


def main(target, folder):
    root = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "captures"
    for case in sorted(path.parent for path in root.rglob("case.toml")):
        formats, found = files(case)
        if target != "detect" and target not in formats:
            continue
        for path in found:
            data = path.read_bytes()
            if 0 < len(data) <= LARGEST:
                name = hashlib.sha256(data).hexdigest()[:16]
                (pathlib.Path(folder) / name).write_bytes(data)


main(sys.argv[1], sys.argv[2])

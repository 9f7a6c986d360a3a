"""What the portal is made of: pinned, hashed, and told whole."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = [file.name for file in ROOT.glob("requirements*.lock")]
PIN = re.compile(r"^([\w.-]+)(?:\[\w+\])?==([^\s;\\]+)", re.M)


def test_every_dependency_is_pinned_by_hash():
    for name in LOCKS:
        blocks = re.split(r"^(?=[\w.-]+(?:\[\w+\])?==)", (ROOT / name).read_text(), flags=re.M)[1:]
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
        assert len(blocks) == len(PIN.findall((ROOT / name).read_text()))


def test_the_bill_of_materials_names_every_dependency_with_its_hash(tmp_path):
    """As `make sbom` writes it."""
    command = re.search(r"cyclonedx-py (requirements .*?)\\", (ROOT / "Makefile").read_text())
    written = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", *command[1].split(), "--output-file", written],
        cwd=ROOT,
        check=True,
    )
    told = json.loads(written.read_text())
    parts = {(one["name"], one["version"]): one for one in told["components"]}
    assert set(parts) == set(PIN.findall((ROOT / "requirements.lock").read_text()))
    hashes = [one["externalReferences"][0]["hashes"] for one in parts.values()]
    assert told["specVersion"] == "1.6" and all(hashes)

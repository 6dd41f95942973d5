"""Makes a wheel of the program under test: what `pip install preboot` gets, without the build of a release."""

import os
import pathlib
import re
import zipfile

REPOSITORY = pathlib.Path(os.environ["REPOSITORY"])
VERSION = re.search(r'^version = "(.*)"$', (REPOSITORY / "Cargo.toml").read_text(), re.M)[1]
EXECUTABLE = 0o100755 << 16


def make(folder):
    """Puts it into the folder, which `PIP_FIND_LINKS` may name then."""
    about = f"preboot-{VERSION}.dist-info"
    with zipfile.ZipFile(folder / f"preboot-{VERSION}-py3-none-any.whl", "w") as wheel:
        program = zipfile.ZipInfo(f"preboot-{VERSION}.data/scripts/preboot")
        program.external_attr = EXECUTABLE
        wheel.writestr(program, pathlib.Path(os.environ["PREBOOT"]).read_bytes())
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: preboot\nVersion: {VERSION}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: preboot\nRoot-Is-Purelib: false\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in [*wheel.namelist(), f"{about}/RECORD"]))


def find_links(folder):
    """The environment in which pip finds it, besides what it finds already."""
    return {"PIP_FIND_LINKS": f"{os.environ.get('PIP_FIND_LINKS', '')} {folder}".strip()}

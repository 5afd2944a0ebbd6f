"""Write all sample files anew: `python -m documents.samples.make_samples`.

Needs the development requirements, LibreOffice and the DejaVu fonts. The files are committed, so
that neither tests nor the sample job need any of them.
"""

from pathlib import Path

from .broken import write_broken
from .markup import write_markup
from .office import write_office
from .pages import write_pages
from .written import write_written

HERE = Path(__file__).parent


def main() -> None:
    good, bad = HERE / "files", HERE / "bad"
    for folder in (good, bad):
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
    write_markup(good)
    write_office(good)
    write_pages(good)
    write_written(good)
    write_broken(good, bad)


if __name__ == "__main__":
    main()

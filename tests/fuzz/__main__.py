"""`python -m tests.fuzz`: converts damaged samples in the real sandbox and prints a table.

Every input follows from the seed and its number alone: `--seed 1 --only 4711` makes it again.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from .campaign import Campaign, load_seeds
from .table import print_table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="how many damaged files")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    parser.add_argument("--workers", type=int, default=2, help="conversions at once")
    parser.add_argument(
        "--timeout", type=float, default=30, help="processor seconds for one conversion"
    )
    parser.add_argument("--memory", type=int, default=1024, help="MB for one conversion")
    parser.add_argument("--only", type=int, help="the number of the one input to make again")
    parser.add_argument("--more", type=Path, help="folder with further documents to damage")
    parser.add_argument(
        "--out", type=Path, default=Path("fuzz-findings"), help="folder for inputs that offend"
    )
    arguments = parser.parse_args()
    campaign = Campaign(
        load_seeds(arguments.more),
        seed=arguments.seed,
        timeout_seconds=arguments.timeout,
        memory_bytes=arguments.memory * 1024**2,
        out=arguments.out,
    )
    numbers = range(arguments.count) if arguments.only is None else [arguments.only]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        results = campaign.run(numbers, arguments.workers, Path(scratch))
        left = list(Path(scratch).iterdir())
    print_table(results)
    print(f"\n{len(left)} files or folders were left in the temporary folder.")
    return int(bool(left) or any(result.offends for result in results))


sys.exit(main())

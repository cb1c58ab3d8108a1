"""Options that several commands share, and the words in which argparse refuses a bad value."""

from __future__ import annotations

import argparse
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.domain.completion import Speed

if TYPE_CHECKING:
    from chaindesk.cluster.address import ClusterAddress

MAX_ROWS_AT_ONCE = 1000
_MAX_SECONDS = 86_400
_MAX_PORT = 65_535
_SUM = re.compile(r"(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d{1,9})?|\.\d{1,9}", re.ASCII)


def add_workbook(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """The workbook, and how its sheet is to be read."""
    parser.add_argument(
        "workbook",
        metavar="WORKBOOK",
        type=path,
        nargs=None if required else "?",
        help="an .xlsx, .xlsm, .csv or .tsv file",
    )
    add_sheet_reading(parser)
    parser.add_argument(
        "--password", action="store_true", help="ask for the workbook's password, or read it from standard input"
    )


def add_sheet_reading(parser: argparse.ArgumentParser) -> None:
    """How a sheet is to be read."""
    parser.add_argument(
        "--sheet",
        metavar="NAME",
        help="the sheet that holds the jobs (the active one, or else the first that has jobs)",
    )
    parser.add_argument("--header-row", metavar="N", type=positive, help="the sheet row with the headers (it is found)")
    parser.add_argument("--id-column", metavar="NAME", help="the column by which rows are called (the chain's)")
    parser.add_argument("--skip-hidden", action="store_true", help="leave out rows that the sheet hides")
    add_text_reading(parser)


def add_text_reading(parser: argparse.ArgumentParser) -> None:
    """How a text file is cut into cells and decoded."""
    parser.add_argument(
        "--delimiter", metavar="C", help='what stands between the cells of a .csv: a character, "tab" or "none" (found)'
    )
    parser.add_argument("--encoding", metavar="NAME", help="the encoding of a .csv, such as utf-8 or cp1252 (found)")


def add_chain(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """The chain file."""
    parser.add_argument(
        "-c",
        "--chain",
        metavar="FILE",
        type=path,
        required=required,
        help="the chain, a .yaml file; - is standard input",
    )


def add_found_chain(parser: argparse.ArgumentParser) -> None:
    """The chain file, which ``inputs.find_chain`` looks for where it is not named."""
    parser.add_argument(
        "-c",
        "--chain",
        metavar="FILE",
        type=path,
        help="the chain, a .yaml file; - is standard input (NAME.yaml beside the workbook, or else the only one there)",
    )


def add_rows(parser: argparse.ArgumentParser) -> None:
    """Which rows."""
    parser.add_argument(
        "-r",
        "--rows",
        metavar="all|failed|flagged|doubtful|first:N|2-50,60|COLUMN=TEXT",
        default="all",
        help="sheet rows, where 2 is the first job; or those with a text in a column, such as ID=J-7, Country!=DE, "
        "Status=failed,pending or Review=rejected (all)",
    )
    parser.add_argument("--fresh", action="store_true", help="pay again for answers that are known")


def add_speed(parser: argparse.ArgumentParser) -> None:
    """How soon answers are wanted."""
    parser.add_argument(
        "--speed",
        choices=[speed.value for speed in Speed],
        help="how soon answers are wanted, of steps that do not say it: flex takes minutes, batch hours, each at "
        "half the price (the chain's)",
    )


def add_finish_live(parser: argparse.ArgumentParser) -> None:
    """Whether batch jobs are ended."""
    parser.add_argument(
        "--finish-live",
        action="store_true",
        help="end the batch jobs that are out, keep what they have answered, and ask for the rest at once, at its full "
        "price",
    )


def add_journal(parser: argparse.ArgumentParser, words: str = "the journal (one in the user data folder)") -> None:
    """Where the journal is."""
    parser.add_argument("--journal", metavar="FILE", type=path, help=words)


def add_out(parser: argparse.ArgumentParser, words: str) -> None:
    """Where the result goes."""
    parser.add_argument("-o", "--out", metavar="FILE", type=path, help=words)


def add_allow_key_env(parser: argparse.ArgumentParser) -> None:
    """Leave to send the chain's variables to the chain's hosts."""
    parser.add_argument(
        "--allow-key-env",
        action="store_true",
        help="send the variables of api_key_env to the chain's hosts this once; `keys allow` does so for good",
    )


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """The cluster whose workers make the calls."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="let the workers of a Dask cluster make the calls: tls://HOST:PORT of its scheduler",
    )
    add_certificates(parser)


def add_certificates(parser: argparse.ArgumentParser) -> None:
    """The certificates by which a cluster is entered."""
    parser.add_argument("--tls-ca-file", metavar="FILE", type=path, help="the cluster's authority (Dask's setting)")
    parser.add_argument("--tls-cert", metavar="FILE", type=path, help="this machine's certificate (Dask's setting)")
    parser.add_argument("--tls-key", metavar="FILE", type=path, help="its private key (Dask's setting)")


def cluster_address(text: str, arguments: argparse.Namespace) -> ClusterAddress:
    """Return the cluster that is meant.

    Raises:
        ClusterError: the address is none, or not safe, or Dask is not installed.
    """
    from chaindesk.cluster.address import ClusterAddress, need_dask

    address = ClusterAddress.parse(text, arguments.tls_ca_file, arguments.tls_cert, arguments.tls_key)
    need_dask()
    return address


def add_json(parser: argparse.ArgumentParser, words: str) -> None:
    """JSON instead of text."""
    parser.add_argument("--json", action="store_true", help=words)


def add_loudness(parser: argparse.ArgumentParser) -> None:
    """How much of a run is told on standard error."""
    loudness = parser.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="no progress, just how it went")
    loudness.add_argument("-v", "--verbose", action="store_true", help="a line for each row and for each wait, too")


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number of at least 1')
    return int(text)


def days(text: str) -> int:
    """Parse a number of days, 0 included."""
    if not text.isdecimal() or int(text) > 36_500:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of days')
    return int(text)


def rows_at_once(text: str) -> int:
    """Parse a concurrency."""
    number = positive(text)
    if number > MAX_ROWS_AT_ONCE:
        raise argparse.ArgumentTypeError(f"{number} rows at once are too many: {MAX_ROWS_AT_ONCE} is the most")
    return number


def dollars(text: str) -> Decimal:
    """Parse a sum in US dollars, more than nothing: ``5``, ``$5``, ``0.50``, ``1,200``."""
    words = text.strip().removeprefix("$").strip()
    if not _SUM.fullmatch(words):
        raise argparse.ArgumentTypeError(f'"{text}" is not a sum in US dollars, such as 2.50')
    amount = Decimal(words.replace(",", ""))
    if not amount:
        raise argparse.ArgumentTypeError("a budget is more than nothing; leave it out to spend as much as it takes")
    return amount


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers of at least 1, with commas."""
    return tuple(dict.fromkeys(positive(part.strip()) for part in text.split(",")))


def seconds(text: str) -> float:
    """Parse a number of seconds, or of anything else that is at least 0 and not absurd."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _MAX_SECONDS:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number from 0 to {_MAX_SECONDS:,}')
    return value


def number(text: str) -> float:
    """Parse any number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number') from None


def whole(text: str) -> int:
    """Parse any whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number') from None


def port(text: str) -> int:
    """Parse the number of a port; 0 is any that is free."""
    if not text.isdecimal() or int(text) > _MAX_PORT:
        raise argparse.ArgumentTypeError(f'"{text}" is not a port: those have the numbers 0 to {_MAX_PORT}')
    return int(text)


def path(text: str) -> Path:
    """Parse a path, which has at least one character."""
    if not text:
        raise argparse.ArgumentTypeError("the name of a file or folder is empty")
    return Path(text)

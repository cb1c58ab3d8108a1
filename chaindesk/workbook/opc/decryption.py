"""Opens encrypted workbooks, and says of those that cannot be opened here how they are locked."""

from __future__ import annotations

import io
from typing import IO

from chaindesk.domain.errors import PasswordNeeded, WorkbookError

DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105 — what Excel itself uses for a workbook that asks for none
_READ = "AES and RC4 encryption with a password, as Excel writes them, are read"
_RIGHTS = ("drmcontent", "drmencrypteddataspace", "drmencryptedtransform")
_STARTS = (b"PK\3\4", b"PK\5\6", b"\xd0\xcf\x11\xe0")


def is_encrypted(file: IO[bytes], name: str) -> bool:
    """Return whether an OLE file is an encrypted workbook.

    Raises:
        WorkbookError: it is protected by rights management, which no password opens.
    """
    import msoffcrypto  # type: ignore[import-untyped]
    import olefile  # type: ignore[import-untyped]

    file.seek(0)
    try:
        container = olefile.OleFileIO(file)
        parts = {part.strip("\t\x06").lower() for path in container.listdir(storages=True) for part in path}
    except Exception:  # a damaged container is for the readers below to report
        return False
    finally:
        file.seek(0)
    if not parts.isdisjoint(_RIGHTS):
        raise WorkbookError(
            f'"{name}" is protected by rights management (IRM or a sensitivity label), which only Office opens. '
            "Open it in Excel, take the protection off, and save it."
        )
    try:
        return bool(msoffcrypto.OfficeFile(file).is_encrypted())
    except Exception:  # any failure here means that the file below is not one it knows
        return False
    finally:
        file.seek(0)


def decrypted(file: IO[bytes], name: str, password: str | None) -> IO[bytes]:
    """The plain workbook; where no password is given, by the one that Excel itself uses.

    Raises:
        PasswordNeeded: the password is missing or wrong.
        WorkbookError: it is encrypted in another way.
    """
    for key in (password, DEFAULT_PASSWORD):
        plain = None if key is None else _opened(file, name, key)
        if plain is not None:
            return plain
    if password is None:
        raise PasswordNeeded(f'"{name}" is encrypted: give its password.')
    raise PasswordNeeded(f'"{name}" could not be decrypted: the password seems to be wrong.')


def _opened(file: IO[bytes], name: str, key: str) -> IO[bytes] | None:
    """The plain workbook, or None where the key is wrong."""
    import msoffcrypto
    from msoffcrypto.exceptions import (  # type: ignore[import-untyped]
        DecryptionError,
        FileFormatError,
        InvalidKeyError,
    )

    file.seek(0)
    plain = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(file)
        office.load_key(password=key)
        office.decrypt(plain)
    except InvalidKeyError:
        return None
    except (DecryptionError, FileFormatError) as exc:
        if "key" in str(exc).lower() or "password" in str(exc).lower():
            return None
        raise WorkbookError(
            f'"{name}" is encrypted in a way that is not read here ({exc}). {_READ}: save it in Excel without a '
            "password, or with a new one."
        ) from exc
    except Exception:  # a wrong key can make anything of the bytes
        return None
    plain.seek(0)
    if not plain.getvalue().startswith(_STARTS):
        return None
    return plain

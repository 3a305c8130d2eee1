"""The command line about backups: `backup`, `restore`, `back`, `verify FILE`, and what an upgrade does before."""

import contextlib
import os
from pathlib import Path

from portal import files, safekeeping, store, values
from portal.exchange import archives, backing_up, restoring
from portal.exchange.archives import Damaged
from portal.exchange.backing_up import Busy, Shop
from portal.exchange.restoring import Inhabited
from portal.exchange.table_loading import BrokenReferences
from portal.migrations import running
from portal.people import keys
from portal.whole import erasing_again, erasing_traces, invariants

REFUSED = (Damaged, Inhabited, BrokenReferences, Busy, OSError)
BEFORE = "before-"  # how the backups of before an upgrade are called
KEY_FILE = "secret.key"


def back_up(settings, asked):
    """Make a backup, as a file of that name or among the others; said when it was made."""
    shop = Shop.of(settings)
    shop.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = Path(asked.file).absolute() if asked.file else shop.backups / safekeeping.name_of("by-hand")
    if path.exists():
        raise FileExistsError(f"{path} is there already; write another name.")
    say = (lambda share: print(share, flush=True)) if asked.beside else (lambda share: None)
    manifest = backing_up.make(shop, path, say)
    print(f"{path}: {_size(path)}, {in_words(manifest)}.")
    return [
        f"The content of {len(lost)} files is missing in the shop itself."
        for lost in [manifest["lost_files"]]
        if lost
    ]


def bring_back(settings, asked):
    """Restore a backup into the configured place, a folder, or a database."""
    path, here, shop = Path(asked.file), Shop.of(settings), place_of(settings, asked.into)
    shop.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with archives.opened(path, None if asked.without_secret else here.key) as archive:
        restoring.refuse_living(shop, asked.replace)
        erased = erasing_again.known_to(dict.fromkeys((here, shop)))
        erasing_traces.write_down(shop.data, erased or [])  # before that which knows of them is set aside
        aside = restoring.restore(archive, shop, running.make, replace=asked.replace)
    if asked.into and not asked.into.startswith("postgres"):
        _leave_secret(shop)
    made_at = f"{archive.manifest['made_at'][:16]} UTC"
    print(f"Restored: {in_words(archive.manifest)}, as of {made_at}.")
    for what in aside:
        print(f"What stood there is set aside as {what}; delete it when you do not need it any more.")
    keys.hand_in(settings.secret, settings.shop_name, is_test=settings.testing, before=settings.secret_before)
    for sentence in _erase_again(shop, made_at, erased is not None and not asked.without_secret):
        print(sentence)
    return []


def _erase_again(shop, made_at, is_known):
    """Carry out in a shop that came back what was erased since; what came of it, in words."""
    with _opened(shop):
        if not running.is_current():
            yield "Who was erased since is erased again once its database is migrated and Suki runs."
        else:
            again, waiting = erasing_again.carry_out(shop.data)
            if again:
                yield f"Erased again, for they were erased, or about to be, since: {again}."
            if waiting:
                yield f"Asked to be erased when it was made: {waiting}. Suki goes on with it when it runs."
    if not is_known:
        yield f"Nothing here knows who was erased since {made_at}: have them erased again."


def go_back(settings, asked):
    """Restore the backup that was made before the last upgrade."""
    found = sorted(
        Shop.of(settings).backups.glob(f"{BEFORE}*{safekeeping.ENDING}"), key=lambda path: path.stat().st_mtime
    )
    if not found:
        raise Damaged("There is no backup of before an upgrade.")
    print(f"Going back to {found[-1].name} …", flush=True)
    asked.file, asked.into, asked.replace, asked.without_secret = found[-1], "", True, False
    return bring_back(settings, asked)


def check_file(settings, asked):
    """Open a backup and try it; one sentence for each record in it that does not fit."""
    manifest, faults = restoring.prove(Path(asked.file), Shop.of(settings), running.make, faults_of)
    head = manifest["audit_head"] or "nothing yet"
    print(f"The backup is whole: {in_words(manifest)}. The audit chain ends in {head}.")
    return faults


def place_of(settings, into):
    """The Shop that `--into` means: a folder, or a PostgreSQL database beside the configured folder."""
    shop = Shop.of(settings)
    if not into:
        return shop
    return shop._replace(database_url=into) if into.startswith("postgres") else shop.within(Path(into).absolute())


def _leave_secret(shop):
    """The folder can be served as it is: the secret that sealed the backup goes along."""
    handle = os.open(shop.data / KEY_FILE, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "w") as key:
        key.write(shop.secret)


def faults_of(scratch):
    """What is wrong with the records of a shop that came back, as far as this version knows its schema."""
    with _opened(scratch):
        return [*invariants.broken()] if running.is_current() else [*files.faults()]


@contextlib.contextmanager
def _opened(shop):
    """Database and files of a shop that came back."""
    store.open(shop.database_url)
    files.open(shop.files)
    try:
        with store.connection():
            yield
    finally:
        store.close()


def in_words(manifest):
    """What a backup holds."""
    rows = sum(rows for rows, _ in manifest["tables"].values())
    return f"{rows:,} rows in {len(manifest['tables'])} tables and {manifest['files']:,} files"


def _size(path):
    return f"{path.stat().st_size / 1_000_000:,.1f} MB"


# What they take


def ask_backup(parser):
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to; without: SUKI_DATA/backups")
    _ask_beside(parser)


def ask_restore(parser):
    parser.add_argument("file", metavar="FILE", help="the backup")
    parser.add_argument("--into", default="", metavar="WHERE", help="a fresh folder, or postgresql://… (empty)")
    parser.add_argument("--replace", action="store_true", help="where a shop stands: set it aside")
    parser.add_argument("--without-secret", action="store_true", help="the secret of that shop is lost")


def ask_file(parser):
    parser.add_argument("file", nargs="?", metavar="FILE", help="a backup, brought back on trial; without: the shop")
    _ask_beside(parser)


def ask_upgrade(parser):
    parser.add_argument("--no-backup", action="store_true", help="make none before: the disk has no room, say")


def _ask_beside(parser):
    said = "print how far it is, in percent, and end with this process, which asked"
    parser.add_argument(safekeeping.BESIDE, type=int, metavar="PID", help=said)


# Before an upgrade


class CannotUpgrade(RuntimeError):
    """The backup before a change of the schema could not be made or tried; nothing was changed."""


def before_upgrade(settings):
    """Make and try a backup of a shop whose schema is about to change; what to note of it, None when nothing changes.

    Raises CannotUpgrade.
    """
    shop, waiting = Shop.of(settings), running.pending()
    if not waiting or not restoring.is_inhabited(shop):
        return None
    shop.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = shop.backups / safekeeping.name_of(f"{BEFORE}{waiting[0]}")
    print(f"Before {waiting[0]} a backup is made and tried …", flush=True)
    try:
        manifest = backing_up.make(shop, path)
    except (Busy, OSError) as trouble:
        raise CannotUpgrade(f"The backup before the upgrade could not be made: {trouble}")
    status, said = safekeeping.run_beside(["verify", str(path)])
    if status not in (0, safekeeping.UNFIT):
        raise CannotUpgrade(f"The backup before the upgrade does not come back as it was: {said}")
    print(f"{path}: {_size(path)}, {in_words(manifest)}. To go back: python -m portal back")
    return {"name": path.name, "made_at": values.now(), **safekeeping.figures_of(path, manifest)}

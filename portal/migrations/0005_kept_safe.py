"""What keeps a shop safe: its backups; and people who are erased: what was asked, and who does not come back."""

import peewee

# What the two databases spell differently: (SQLite, PostgreSQL).
WORDS = {
    "ID": ("INTEGER NOT NULL PRIMARY KEY", "SERIAL NOT NULL PRIMARY KEY"),
    "BIG": ("INTEGER", "BIGINT"),
    "MOMENT": ("DATETIME", "TIMESTAMP"),
}
TABLES = (
    """CREATE TABLE "backup" (
    "id" {ID},
    "kind" VARCHAR(10) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "night_on" DATE,
    "name" VARCHAR(120) NOT NULL,
    "size" {BIG} NOT NULL,
    "rows" {BIG} NOT NULL,
    "files" INTEGER NOT NULL,
    "asked_at" {MOMENT} NOT NULL,
    "made_at" {MOMENT},
    "checked_at" {MOMENT},
    "beat_at" {MOMENT},
    "share" INTEGER NOT NULL,
    "trouble" TEXT NOT NULL,
    "by_name" VARCHAR(200) NOT NULL
)""",
    'CREATE UNIQUE INDEX "backup_night_on" ON "backup" ("night_on")',
    'CREATE INDEX "backup_state_made_at" ON "backup" ("state", "made_at")',
    """CREATE TABLE "erased_key" (
    "id" {ID},
    "fingerprint" VARCHAR(64) NOT NULL,
    "at" {MOMENT} NOT NULL
)""",
    'CREATE UNIQUE INDEX "erased_key_fingerprint" ON "erased_key" ("fingerprint")',
    """CREATE TABLE "erasure" (
    "id" {ID},
    "kind" VARCHAR(10) NOT NULL,
    "record" INTEGER NOT NULL,
    "refs" TEXT NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "made_at" {MOMENT} NOT NULL,
    "whose" VARCHAR(8) NOT NULL,
    "asked_by" VARCHAR(40) NOT NULL,
    "asked_name" VARCHAR(200) NOT NULL,
    "asked_at" {MOMENT} NOT NULL,
    "entry" {BIG},
    "reached" INTEGER NOT NULL,
    "tally" TEXT NOT NULL,
    "done_at" {MOMENT}
)""",
    'CREATE INDEX "erasure_kind_record" ON "erasure" ("kind", "record")',
    """CREATE INDEX "erasure_open" ON "erasure" ("id") WHERE ("state" != 'done') """,
)


def up(migrator, db):
    is_sqlite = isinstance(db, peewee.SqliteDatabase)
    spelling = {word: both[0] if is_sqlite else both[1] for word, both in WORDS.items()}
    for statement in TABLES:
        db.execute_sql(statement.format(**spelling))
    # The version before goes on writing entries until its last process has ended, and knows nothing of marks.
    mark = peewee.CharField(max_length=100, default="", constraints=[peewee.SQL("DEFAULT ''")])
    migrator.migrate(migrator.add_column("entry", "actor_mark", mark))

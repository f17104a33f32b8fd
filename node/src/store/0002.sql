-- When an envelope was parked, so that a server can drop what nobody completes.

ALTER TABLE parked ADD COLUMN parked_ms INTEGER NOT NULL DEFAULT 0;
UPDATE parked SET parked_ms = unixepoch() * 1000;
CREATE INDEX parked_by_age ON parked (parked_ms);

-- A row of the log holds an envelope or a pack; a pack has many actors, so actors and seqs stand in `changes` alone.

ALTER TABLE envelopes ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
UPDATE envelopes SET changes = last_seq - first_seq + 1;
ALTER TABLE envelopes DROP COLUMN first_seq;
ALTER TABLE envelopes DROP COLUMN last_seq;
ALTER TABLE envelopes DROP COLUMN actor;

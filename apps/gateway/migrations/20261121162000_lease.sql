-- Up Migration

-- Which gateway does a chore that one of them should do. Whoever is gone loses it by the database's clock.
CREATE TABLE gateway.lease (
  name   text        PRIMARY KEY CHECK (char_length(name) BETWEEN 1 AND 64),
  holder text        NOT NULL CHECK (char_length(holder) BETWEEN 1 AND 64),
  until  timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway.lease TO byok_gateway;

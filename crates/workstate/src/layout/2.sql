-- When the mail server took the message; from then on only the outcome is to be logged.
ALTER TABLE consegna ADD COLUMN affidata BIGINT;

-- Which node runs a process, and until when nobody else does.
CREATE TABLE process_lease (
  processo TEXT   NOT NULL PRIMARY KEY,
  nodo     TEXT   NOT NULL,
  fino     BIGINT NOT NULL
);

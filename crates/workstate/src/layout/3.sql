-- What a person has sent, newest first.
CREATE INDEX upload_di ON upload (ente, proprietario, caricato_il);
-- When uploads that nobody filed are forgotten.
CREATE INDEX upload_quando ON upload (ente, caricato_il);

-- Files that the log knows as filed, whether or not their upload is still here.
CREATE TABLE allegato_depositato (
  ente TEXT NOT NULL,
  id   TEXT NOT NULL,
  PRIMARY KEY (ente, id)
);

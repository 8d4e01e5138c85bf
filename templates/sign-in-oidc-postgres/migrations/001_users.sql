-- Users. The issuer and its subject identify one; an email address identifies nobody.
CREATE TABLE users (
  id text PRIMARY KEY,
  issuer text NOT NULL,
  subject text NOT NULL,
  email text,
  credential_version integer NOT NULL DEFAULT 1,
  disabled boolean NOT NULL DEFAULT false,
  UNIQUE (issuer, subject)
);

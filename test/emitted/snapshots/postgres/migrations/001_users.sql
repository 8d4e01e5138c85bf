-- Users, who sign in with an email address and a password.
CREATE TABLE users (
  id text PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  credential_version integer NOT NULL DEFAULT 1,
  disabled boolean NOT NULL DEFAULT false
);

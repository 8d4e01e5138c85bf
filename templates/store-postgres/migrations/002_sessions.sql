-- Sessions and throttling. `timestamptz`: the time zone of a connection changes nothing.
CREATE TABLE sessions (
  key text PRIMARY KEY,
  user_id text,
  content jsonb NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE throttle (
  key text PRIMARY KEY,
  full_at timestamptz NOT NULL
);
CREATE INDEX throttle_by_expiry ON throttle (full_at);

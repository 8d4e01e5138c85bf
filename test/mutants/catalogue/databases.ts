/** Sessions in the database: the write rule, the index by user, the time-to-live. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const RECORDS = 'src/database/sessions.ts';
const SCRIPTS = ['admin.test.ts'];
const TESTS = ['database.test.ts', 'sessions.test.ts'];

const postgres = mutantsOf({ file: RECORDS, stores: ['postgres'], tests: ['postgres.test.ts', ...TESTS] }, [
  {
    id: 'update-inserts',
    requirement: 'store.insert-once',
    what: 'A slow write brings back a session that was logged out meanwhile.',
    find: "changesOne('update', 'UPDATE sessions SET content = $2 WHERE key = $1', [key, JSON.stringify(content)])",
    replace: `changesOne(
        'update',
        \`INSERT INTO sessions (key, user_id, content, last_seen_at, expires_at) VALUES ($1, $3, $2, now(), now() + interval '1 hour')
         ON CONFLICT (key) DO UPDATE SET content = $2\`,
        [key, JSON.stringify(content), content.user?.id],
      )`,
  },
  {
    id: 'update-always-succeeds',
    requirement: 'store.insert-once',
    what: 'A write to a session that is gone passes for one that was kept.',
    find: "changesOne('update', 'UPDATE sessions SET content = $2 WHERE key = $1', [key, JSON.stringify(content)])",
    replace:
      "changesOne('update', 'UPDATE sessions SET content = $2 WHERE key = $1', [key, JSON.stringify(content)]).then(() => true)",
  },
  {
    id: 'touch-always-succeeds',
    requirement: 'store.insert-once',
    what: 'Activity of a session that is gone passes for noted.',
    find: 'new Date(lastSeenAt), new Date(expiresAt)]);\n    },\n    remove:',
    replace: 'new Date(lastSeenAt), new Date(expiresAt)]).then(() => true);\n    },\n    remove:',
  },
  {
    id: 'update-restarts-the-clock',
    requirement: 'store.apart',
    what: 'Each write counts as activity, at the time of the database.',
    find: 'UPDATE sessions SET content = $2 WHERE',
    replace: 'UPDATE sessions SET content = $2, last_seen_at = now() WHERE',
  },
  {
    id: 'insert-overwrites',
    requirement: 'store.insert-once',
    what: 'An id that exists is taken over.',
    find: 'VALUES ($1, $2, $3, $4, $5)',
    replace: 'VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO UPDATE SET content = $3, user_id = $2',
  },
  {
    id: 'insert-without-index',
    requirement: 'store.by-user',
    what: 'A new session is in no list: it can be neither seen nor ended.',
    find: '[key, content.user?.id, JSON.stringify(content)',
    replace: '[key, null, JSON.stringify(content)',
  },
  {
    id: 'remove-always-succeeds',
    requirement: 'store.insert-once',
    what: 'A session that was ended before passes for ended now, so a slow request renews it.',
    find: "changesOne('remove', 'DELETE FROM sessions WHERE key = $1', [key])",
    replace: "changesOne('remove', 'DELETE FROM sessions WHERE key = $1', [key]).then(() => true)",
  },
  {
    id: 'remove-marks-only',
    requirement: '7.4.1',
    what: 'A session that was ended stays in the table.',
    find: "'DELETE FROM sessions WHERE key = $1'",
    replace: "'UPDATE sessions SET user_id = NULL WHERE key = $1'",
  },
  {
    id: 'list-of-everybody',
    requirement: 'store.by-user',
    what: "A user's list holds the sessions of others.",
    find: "FROM sessions WHERE user_id = $1'",
    replace: "FROM sessions WHERE user_id = $1 OR true'",
  },
  {
    id: 'removal-of-everybody',
    requirement: 'store.by-user',
    what: 'Ending the other sessions of a user signs everybody out.',
    find: 'WHERE user_id = $1 AND key <> $2',
    replace: 'WHERE (user_id = $1 OR true) AND key <> $2',
  },
  {
    id: 'removal-spares-nobody',
    requirement: 'store.by-user',
    what: 'Ending all other sessions ends the one in use too.',
    find: 'WHERE user_id = $1 AND key <> $2',
    replace: 'WHERE user_id = $1 AND $2::text IS NOT NULL',
  },
  {
    id: 'removal-of-all-removes-visitors-only',
    requirement: '7.4.5',
    what: 'Signing everybody out leaves visitor sessions alive.',
    find: "'DELETE FROM sessions')",
    replace: "'DELETE FROM sessions WHERE user_id IS NOT NULL')",
    tests: SCRIPTS,
  },
  {
    id: 'cleaning-removes-live-sessions',
    requirement: 'store.clean-up',
    what: 'The cleaning signs people out.',
    find: 'WHERE expires_at <= $1',
    replace: 'WHERE expires_at > $1',
  },
  {
    id: 'cleaning-removes-nothing',
    requirement: 'store.clean-up',
    what: 'Sessions that have ended stay in the table for ever.',
    find: 'WHERE expires_at <= $1',
    replace: 'WHERE expires_at <= $1 AND false',
  },
  {
    id: 'touch-leaves-the-expiry',
    requirement: 'store.clean-up',
    what: 'The cleaning removes sessions that are in use.',
    find: 'SET last_seen_at = $2, expires_at = $3 WHERE',
    replace: 'SET last_seen_at = $2, expires_at = least(expires_at, $3) WHERE',
  },
  {
    id: 'cleaning-in-one-step',
    requirement: 'store.clean-up',
    what: 'A cleaning removes a thousand sessions and leaves the rest: more may end than it removes.',
    find: "while ((await query('removeExpired', statement, [new Date(now)])).rowCount === BATCH);",
    replace: "await query('removeExpired', statement, [new Date(now)]);",
    tests: ['postgres.test.ts', 'database.test.ts'],
  },
  {
    id: 'cleaning-waits-for-others',
    requirement: 'store.clean-up',
    what: 'Several instances that clean up at once wait for each other, and may end in a deadlock.',
    find: ' FOR UPDATE SKIP LOCKED)`',
    replace: ')`',
    tests: ['postgres.test.ts', 'database.test.ts'],
  },
]);

const redis = mutantsOf({ file: RECORDS, stores: ['redis'], tests: ['redis.test.ts', ...TESTS] }, [
  {
    id: 'update-inserts',
    requirement: 'store.insert-once',
    what: 'A slow write brings back a session that was logged out meanwhile.',
    find: "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end\n  redis.call('HSET', KEYS[1], 'content', ARGV[1])",
    replace: "redis.call('HSET', KEYS[1], 'content', ARGV[1])",
  },
  {
    id: 'touch-inserts',
    requirement: 'store.insert-once',
    what: 'Activity brings back a session that was logged out meanwhile.',
    find: "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end\n  redis.call('HSET', KEYS[1], 'lastSeenAt', ARGV[1])",
    replace: "redis.call('HSET', KEYS[1], 'lastSeenAt', ARGV[1])",
  },
  {
    id: 'update-restarts-the-clock',
    requirement: 'store.apart',
    what: 'A write undoes what another request noted: when the session was last used.',
    find: "return 0 end\n  redis.call('HSET', KEYS[1], 'content', ARGV[1])",
    replace: "return 0 end\n  redis.call('HSET', KEYS[1], 'content', ARGV[1], 'lastSeenAt', 0)",
  },
  {
    id: 'list-reads-all-sessions',
    requirement: 'store.index',
    what: 'Listing the sessions of a user goes through all keys there are.',
    find: 'const entries = await db.zRangeWithScores(indexOf(userId), 0, -1);\n        const found',
    replace: `let cursor = '0';
        do cursor = (await db.scan(cursor, { MATCH: recordOf('*'), COUNT: 1000 })).cursor;
        while (cursor !== '0');
        const entries = await db.zRangeWithScores(indexOf(userId), 0, -1);
        const found`,
  },
  {
    id: 'insert-overwrites',
    requirement: 'store.insert-once',
    what: 'An id that exists is taken over.',
    find: "if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end",
    replace: '',
  },
  {
    id: 'insert-without-expiry',
    requirement: 'store.clean-up',
    what: 'A session stays in Redis for ever.',
    find: "redis.call('PEXPIRE', KEYS[1], ARGV[4])",
    replace: '',
  },
  {
    id: 'touch-leaves-the-expiry',
    requirement: 'store.clean-up',
    what: 'Redis drops sessions that are in use.',
    find: "redis.call('PEXPIRE', KEYS[1], ARGV[2])",
    replace: '',
  },
  {
    id: 'expiry-in-seconds',
    requirement: 'store.clean-up',
    what: 'A session stays in Redis a thousand times as long as it lives.',
    find: 'return Math.ceil(expiresAt - now);',
    replace: 'return Math.ceil(expiresAt - now) * 1000;',
  },
  {
    id: 'insert-without-index',
    requirement: 'store.index',
    what: 'A new session is in no list: it can be neither seen nor ended.',
    find: 'if (userId) await ADD_TO_INDEX(db, index, ANNOUNCED, key, INDEX_TTL_MS);',
    replace: '',
    tests: ['redis.test.ts', 'database.test.ts'],
  },
  {
    id: 'insert-never-confirmed-in-index',
    requirement: 'store.clean-up',
    what: 'Entries of the index are never pruned.',
    find: 'if (userId) await ADD_TO_INDEX(db, index, WRITTEN, key, INDEX_TTL_MS);',
    replace: 'void WRITTEN;',
  },
  {
    id: 'index-expires-with-a-session',
    requirement: 'store.index',
    what: 'The index is gone while sessions in it live.',
    find: '400 * 24 * 60 * 60 * 1000',
    replace: '60 * 1000',
  },
  {
    id: 'failed-insert-leaves-the-index',
    requirement: 'store.by-user',
    what: "A session that could not be started is in another user's list.",
    find: "if ((await db.hGet(recordOf(key), 'userId')) !== userId) await db.zRem(index, key);",
    replace: '',
  },
  {
    id: 'remove-without-index',
    requirement: 'store.clean-up',
    what: 'Sessions that were ended stay in the index.',
    find: 'if (userId) await db.zRem(indexOf(userId), key);',
    replace: 'void userId;',
  },
  {
    id: 'remove-always-succeeds',
    requirement: 'store.insert-once',
    what: 'A session that was ended before passes for ended now, so a slow request renews it.',
    find: 'return (await db.del(recordOf(key))) === 1;',
    replace: 'return (await db.del(recordOf(key))) >= 0;',
  },
  {
    id: 'list-prunes-announced',
    requirement: 'store.by-user',
    what: 'A session that is listed while it is being written is lost from the index.',
    find: 'found.filter(({ score, record }) => !record && score === WRITTEN)',
    replace: 'found.filter(({ record }) => !record)',
  },
  {
    id: 'list-prunes-nothing',
    requirement: 'store.index',
    what: 'Entries of sessions that have expired stay in the index for ever.',
    find: 'if (ended.length > 0) {',
    replace: 'if (ended.length > 1e9) {',
  },
  {
    id: 'removal-spares-nobody',
    requirement: 'store.by-user',
    what: 'Ending all other sessions ends the one in use too.',
    find: '.filter((key) => key !== exceptKey)',
    replace: '.filter((key) => key !== exceptKey || true)',
  },
  {
    id: 'removal-takes-index-only',
    requirement: 'store.by-user',
    what: 'Ending all other sessions leaves them alive, in no list.',
    find: 'await Promise.all(keys.map((key) => db.del(recordOf(key))));',
    replace: '',
  },
  {
    id: 'removal-leaves-index',
    requirement: 'store.clean-up',
    what: 'Ending all other sessions leaves their entries in the index.',
    find: 'await db.zRem(indexOf(userId), keys);',
    replace: '',
  },
]);

const scans = mutantsOf(
  { file: 'src/database/connection.ts', stores: ['redis'], tests: ['redis.test.ts', ...SCRIPTS] },
  [
    {
      id: 'removal-of-all-in-one-step',
      requirement: '7.4.5',
      what: 'Signing everybody out ends the first sessions found only.',
      find: "} while (cursor !== '0');",
      replace: "} while (cursor === '');",
    },
  ],
);

const mongo = mutantsOf({ file: RECORDS, stores: ['mongo'], tests: ['mongo.test.ts', ...TESTS] }, [
  {
    id: 'update-inserts',
    requirement: 'store.insert-once',
    what: 'A slow write brings back a session that was logged out meanwhile.',
    find: `const change = { $set: { content: JSON.stringify(content) } };
        return (await sessions(db).updateOne({ _id: key }, change)).matchedCount === 1;`,
    replace: `const change = { $set: { content: JSON.stringify(content), lastSeenAt: new Date(content.createdAt) } };
        await sessions(db).updateOne({ _id: key }, change, { upsert: true });
        return true;`,
  },
  {
    id: 'update-always-succeeds',
    requirement: 'store.insert-once',
    what: 'A write to a session that is gone passes for one that was kept.',
    find: `const change = { $set: { content: JSON.stringify(content) } };
        return (await sessions(db).updateOne({ _id: key }, change)).matchedCount === 1;`,
    replace: `const change = { $set: { content: JSON.stringify(content) } };
        return (await sessions(db).updateOne({ _id: key }, change)).matchedCount <= 1;`,
  },
  {
    id: 'update-restarts-the-clock',
    requirement: 'store.apart',
    what: 'A write undoes what another request noted: when the session was last used.',
    find: 'const change = { $set: { content: JSON.stringify(content) } };',
    replace: 'const change = { $set: { content: JSON.stringify(content), lastSeenAt: new Date(0) } };',
  },
  {
    id: 'touch-inserts',
    requirement: 'store.insert-once',
    what: 'Activity brings back a session that was logged out meanwhile.',
    find: `expiresAt: new Date(expiresAt) } };
        return (await sessions(db).updateOne({ _id: key }, change)).matchedCount === 1;`,
    replace: `expiresAt: new Date(expiresAt) } };
        return (await sessions(db).updateOne({ _id: key }, change, { upsert: true })).acknowledged;`,
  },
  {
    id: 'touch-leaves-the-expiry',
    requirement: 'store.clean-up',
    what: 'MongoDB drops sessions that are in use.',
    find: '{ $set: { lastSeenAt: new Date(lastSeenAt), expiresAt: new Date(expiresAt) } }',
    replace: '{ $set: { lastSeenAt: new Date(lastSeenAt) }, $min: { expiresAt: new Date(expiresAt) } }',
  },
  {
    id: 'insert-without-index',
    requirement: 'store.by-user',
    what: 'A new session is in no list: it can be neither seen nor ended.',
    find: 'const owner = content.user && {',
    replace: 'const owner = content.user && false && {',
  },
  {
    id: 'insert-without-expiry',
    requirement: 'store.clean-up',
    what: 'A session stays in MongoDB a thousand times as long as it lives.',
    find: 'const times = { lastSeenAt: new Date(lastSeenAt), expiresAt: new Date(expiresAt) };',
    replace: 'const times = { lastSeenAt: new Date(lastSeenAt), expiresAt: new Date(expiresAt + 1e12) };',
  },
  {
    id: 'remove-always-succeeds',
    requirement: 'store.insert-once',
    what: 'A session that was ended before passes for ended now, so a slow request renews it.',
    find: '.deletedCount === 1;',
    replace: '.deletedCount <= 1;',
  },
  {
    id: 'list-of-everybody',
    requirement: 'store.by-user',
    what: "A user's list holds the sessions of others.",
    find: '.find({ userId: { $eq: userId } })',
    // Not all documents: another mutant may have left one that is no whole session.
    replace: '.find({ userId: { $exists: Boolean(userId) } })',
  },
  {
    id: 'removal-of-everybody',
    requirement: 'store.by-user',
    what: 'Ending the other sessions of a user signs everybody out.',
    find: 'deleteMany({ userId: { $eq: userId }, _id: { $ne: exceptKey } })',
    replace: 'deleteMany(userId ? { _id: { $ne: exceptKey } } : {})',
  },
  {
    id: 'removal-spares-nobody',
    requirement: 'store.by-user',
    what: 'Ending all other sessions ends the one in use too.',
    find: 'deleteMany({ userId: { $eq: userId }, _id: { $ne: exceptKey } })',
    replace: 'deleteMany({ userId: { $eq: userId }, _id: { $ne: exceptKey.slice(0, 0) } })',
  },
]);

/** What the database must hold before the app starts. Each of these needs a database of its own. */
const schema = [
  ...mutantsOf({ file: 'migrations/001_users.sql', stores: ['postgres'] }, [
    {
      id: 'addresses-not-unique',
      requirement: '15.4.2',
      what: 'Of many registrations of an address at once several win.',
      find: 'email text NOT NULL UNIQUE',
      replace: 'email text NOT NULL',
      tests: ['database.test.ts', 'login.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'migrations/002_sessions.sql', stores: ['postgres'] }, [
    {
      id: 'sessions-without-index',
      requirement: 'store.index',
      what: 'Ending the sessions of a user reads all sessions there are.',
      find: 'CREATE INDEX sessions_by_user ON sessions (user_id);',
      replace: '',
      tests: ['postgres.test.ts', 'database.test.ts'],
    },
    {
      id: 'cleaning-without-index',
      requirement: 'store.index',
      what: 'The cleaning reads all sessions there are.',
      find: 'CREATE INDEX sessions_by_expiry ON sessions (expires_at);',
      replace: '',
      tests: ['postgres.test.ts', 'database.test.ts'],
    },
    {
      id: 'times-without-zone',
      requirement: 'store.clean-up',
      what: 'The time zone of a connection moves the end of a session.',
      find: 'expires_at timestamptz NOT NULL',
      replace: 'expires_at timestamp NOT NULL',
      tests: ['postgres.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/database/migrations.ts', stores: ['mongo'], tests: ['mongo.test.ts'] }, [
    {
      id: 'sessions-without-index',
      requirement: 'store.index',
      what: 'Ending the sessions of a user reads all sessions there are.',
      find: "{ collection: 'sessions', field: 'userId', options: { sparse: true } },",
      replace: '',
    },
    {
      id: 'users-without-index',
      requirement: 'store.index',
      what: 'Reading the user of a session reads all users there are.',
      find: "{ collection: 'users', field: 'id', options: { unique: true } },",
      replace: '',
    },
    {
      id: 'sessions-never-deleted',
      requirement: 'store.clean-up',
      what: 'Sessions that have ended stay in MongoDB for ever.',
      find: "{ collection: 'sessions', field: 'expiresAt', options: { expireAfterSeconds: 0 } },",
      replace: '',
    },
    {
      id: 'throttling-never-deleted',
      requirement: 'store.clean-up',
      what: 'Each address that ever signed in stays in MongoDB.',
      find: "{ collection: 'throttle', field: 'expiresAt', options: { expireAfterSeconds: 0 } },",
      replace: '',
    },
  ]),
];

/** How the schema comes into being, and what happens until it has. */
const migrations = [
  ...mutantsOf({ file: 'src/database/migrations.ts', stores: ['postgres'], tests: ['postgres.test.ts'] }, [
    {
      id: 'migrations-without-a-lock',
      requirement: '15.4.2',
      what: 'Two processes that apply migrations at once apply them twice, or fail half-way.',
      find: "await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);",
      replace: 'void LOCK;',
    },
    {
      id: 'migrations-without-a-transaction',
      requirement: '15.4.2',
      what: 'A migration that fails leaves half of the schema.',
      find: "await client.query('BEGIN');",
      replace: '',
    },
    {
      id: 'migrations-each-by-itself',
      requirement: '15.4.2',
      what: 'Of several migrations the first stay when a later one fails.',
      find: "await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);",
      replace: `await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
      await client.query('COMMIT; BEGIN');`,
    },
    {
      id: 'changed-migrations-unnoticed',
      requirement: 'config.refusal',
      what: 'A migration that was changed after it was applied passes, and databases differ.',
      find: 'applied.has(name) && applied.get(name) !== checksum',
      replace: 'applied.has(name) && applied.get(name) !== checksum && false',
    },
    {
      id: 'migrations-under-the-deadline-of-requests',
      requirement: '16.5.2',
      what: 'A migration that takes longer than a request may is cut off each time.',
      find: "await client.query('SET LOCAL statement_timeout = 0');",
      replace: '',
    },
    {
      id: 'migrations-not-noted',
      requirement: '15.4.2',
      what: 'A migration is applied again each time.',
      find: "await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);",
      replace: 'void [name, checksum];',
    },
    {
      id: 'migrations-in-any-order',
      requirement: '15.4.2',
      what: 'A migration runs before those that it needs.',
      find: 'return names.sort().map(',
      replace: 'return names.sort().reverse().map(',
    },
    {
      id: 'old-schema-passes-for-current',
      requirement: 'config.refusal',
      what: 'A schema that lacks a migration passes for the one that the app needs.',
      find: "(await unapplied(db, readMigrations(resolve('migrations')))).length > 0 ? 'behind' : 'current'",
      replace:
        "(await unapplied(db, readMigrations(resolve('migrations')))).length > 1000 ? 'behind' : 'current'",
    },
    {
      id: 'no-schema-passes-for-current',
      requirement: 'config.refusal',
      what: 'An empty database passes for one that the app can use.',
      find: "if (!rows[0]?.exists) return 'behind';",
      replace: "if (!rows[0]?.exists) return 'current';",
    },
    {
      id: 'newer-schema-is-behind',
      requirement: '16.5.2',
      what: 'While a newer version is rolled out, the older instances serve nobody.',
      find: 'const changed = migrations.find(',
      replace: 'if (applied.size > migrations.length) return migrations;\n  const changed = migrations.find(',
    },
  ]),
  ...mutantsOf({ file: 'src/database/migrations.ts', stores: ['mongo'], tests: ['mongo.test.ts'] }, [
    {
      id: 'no-schema-passes-for-current',
      requirement: 'config.refusal',
      what: 'A database without indexes passes for one that the app can use.',
      find: "return (await missingIndexes(db)).length > 0 ? 'behind' : 'current';",
      replace: "return (await missingIndexes(db)).length > 1000 ? 'behind' : 'current';",
    },
    {
      id: 'indexes-of-another-kind-pass',
      requirement: 'store.clean-up',
      what: 'An index that deletes nothing passes for one that does.',
      find: ' && index.expireAfterSeconds === options.expireAfterSeconds',
      replace: ' && (options.expireAfterSeconds ?? 0) >= 0',
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['postgres'], tests: ['postgres.test.ts'] }, [
    {
      id: 'old-schema-served',
      requirement: '16.5.2',
      what: 'Requests go to a schema that lacks a migration, and fail as accidents half-way.',
      find: "if (!hasSchema) throw new DatabaseUnavailable(name, new Error('a migration is missing: npm run admin migrate'));",
      replace: '',
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['mongo'], tests: ['mongo.test.ts'] }, [
    {
      id: 'old-schema-served',
      requirement: '16.5.2',
      what: 'Requests go to a database without its indexes: each reads everything, and nothing expires.',
      find: "if (!hasSchema) throw new DatabaseUnavailable(name, new Error('an index is missing: npm run admin migrate'));",
      replace: '',
    },
  ]),
  ...mutantsOf(
    { file: 'src/server.ts', stores: ['postgres', 'mongo'], tests: ['postgres.test.ts', 'mongo.test.ts'] },
    [
      {
        id: 'server-starts-on-an-old-schema',
        requirement: 'config.refusal',
        what: 'A deployment that forgot to migrate starts, and serves nobody.',
        find: 'await refuseOldSchema(database);',
        replace: 'void refuseOldSchema;',
      },
    ],
  ),
  ...mutantsOf({ file: 'src/server.ts', tests: ['serial/everybody.test.ts', 'server.test.ts'] }, [
    {
      id: 'server-waits-for-the-database',
      requirement: '16.5.2',
      what: 'A process that starts while the database is down stays down.',
      find: "'the database does not answer yet');\n      return;",
      replace: "'the database does not answer yet');",
    },
  ]),
];

/** A call that goes on when its request is over, or a transaction that is left half done. */
const calls = mutantsOf(
  { file: 'src/database/connection.ts', stores: ['postgres'], tests: ['postgres.test.ts'] },
  [
    {
      id: 'statements-without-an-end',
      requirement: '16.5.2',
      what: 'A statement goes on in the server after its request was answered with 503.',
      find: '...(!isBehindPgbouncer && { statement_timeout: DATABASE_DEADLINE_MS }),',
      replace: '',
    },
    {
      id: 'failed-transactions-reused',
      requirement: '15.4.2',
      what: 'A connection in the middle of a failed transaction goes to the next request.',
      find: 'client.release(true);',
      replace: 'client.release();',
    },
    {
      id: 'transactions-are-none',
      requirement: '15.4.2',
      what: 'What a transaction did before it failed stays.',
      find: "await connection.query('BEGIN');",
      replace: '',
    },
  ],
);

export const DATABASES: Mutant[] = [
  ...postgres,
  ...redis,
  ...scans,
  ...mongo,
  ...schema,
  ...migrations,
  ...calls,
];

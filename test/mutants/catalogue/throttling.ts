// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Throttling of guesses, and of what costs the database a record. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const TESTS = ['throttling.test.ts', 'races.test.ts', 'server.test.ts'];

const throttle = mutantsOf({ file: 'src/protection/throttle.ts', tests: TESTS }, [
  {
    id: 'address-not-counted',
    requirement: '6.3.1',
    what: 'One address may try any number of accounts.',
    find: `          [\`address:\${block}\`, policy.ADDRESS_LIMIT],\n`,
    replace: '',
  },
  {
    id: 'account-from-address-not-counted',
    requirement: '6.3.1',
    what: 'One address may try twenty passwords of an account at once, not ten.',
    find: '[`account-and-address:${account}:${block}`, policy.ACCOUNT_AND_ADDRESS_LIMIT],',
    replace: '',
  },
  {
    id: 'account-from-address-not-counted-by-day',
    requirement: '6.3.1',
    also: ['6.1.1'],
    what: 'One address that goes on guessing keeps the owner out for as long as it likes.',
    find: '[`account-and-address-daily:${account}:${block}`, policy.ACCOUNT_AND_ADDRESS_DAILY_LIMIT],',
    replace: '',
  },
  {
    id: 'account-not-counted',
    requirement: 'NIST 3.2.2',
    what: 'Many addresses together may try any number of passwords of an account.',
    find: '[`account:${account}`, policy.ACCOUNT_LIMIT],',
    replace: '',
  },
  {
    id: 'account-locked-by-anybody',
    requirement: '6.3.1',
    also: ['6.1.1'],
    what: 'Whoever gives an account ten wrong passwords locks its owner out, wherever the owner is.',
    find: '`account-and-address:${account}:${block}`',
    replace: '`account-and-address:${account}`',
  },
  {
    id: 'refused-attempts-cost-points',
    requirement: '6.3.1',
    also: ['6.1.1'],
    what: 'Whoever guesses at one account shuts out everybody else at the same address.',
    find: 'const refund = Promise.allSettled([giveBack()]);',
    replace: 'const refund = Promise.resolve();',
  },
  {
    id: 'refused-attempts-spend-the-account',
    requirement: '6.3.1',
    what: 'A point that could not be taken is given back: refused attempts earn attempts.',
    find: `        await consume(key);
        taken.push(key);`,
    replace: `        taken.push(key);
        await consume(key);`,
  },
  {
    id: 'known-browser-not-known',
    requirement: '6.3.1',
    also: ['6.1.1'],
    what: 'Many addresses that guess keep the owner out everywhere.',
    find: 'const known = device ?',
    replace: 'const known = device === email ?',
  },
  {
    id: 'known-browser-not-counted',
    requirement: '6.3.1',
    what: 'A known browser may guess without end.',
    find: 'await take([`device:${device}`, policy.DEVICE_LIMIT]).catch(unlessRefused)',
    replace: 'await take().catch(unlessRefused)',
  },
  {
    id: 'outage-counts-as-unknown',
    requirement: '16.5.3',
    equivalent: 'The next key is in the same database, which does not answer either.',
    what: 'A known browser is treated as any other while the database does not answer.',
    find: 'if (error instanceof ApiError) return null;',
    replace: 'if (error) return null;',
  },
  {
    id: 'right-passwords-without-end',
    requirement: '6.3.1',
    what: 'Whoever has an account keeps all hashing to themselves by signing in to it.',
    find: 'await consume([`login:${account}`, policy.LOGIN_LIMIT]);',
    replace: 'void policy.LOGIN_LIMIT;',
  },
  {
    id: 'confirmations-by-account',
    requirement: '6.3.1',
    what: 'Whoever guesses at one session spends the attempts of all who share its address.',
    find: "`session:${hash('sha256', sessionId, 'base64url')}`",
    replace: '`session:${sessionId.length}`',
  },
  {
    id: 'confirmations-not-counted',
    requirement: '6.3.1',
    what: 'A thief of a session may guess the password fifty times, not ten.',
    find: `        [\`session:\${hash('sha256', sessionId, 'base64url')}\`, policy.SESSION_LIMIT],\n`,
    replace: '',
  },
  {
    id: 'session-id-in-the-throttle',
    requirement: '16.2.5',
    what: 'The throttle keeps and logs ids of sessions.',
    find: "hash('sha256', sessionId, 'base64url')",
    replace: 'sessionId',
    tests: ['logs.test.ts'],
  },
  {
    id: 'registrations-give-back',
    requirement: '6.3.1',
    what: 'One address may register any number of accounts.',
    find: `      return tried(work, giveBack);
    },

    async limitAnonymousSessions`,
    replace: `      const result: T = await tried(work, giveBack);
      await giveBack();
      return result;
    },

    async limitAnonymousSessions`,
  },
  {
    id: 'addresses-not-in-blocks',
    requirement: '6.3.1',
    what: 'A client of IPv6 counts by its address, of which it has 2^64.',
    find: 'const block = addressBlock(address);',
    replace: 'const block = address;',
  },
  {
    id: 'points-taken-after-the-hash',
    requirement: '6.3.1',
    what: 'The work is done before anybody looks whether it may be.',
    find: `      const known = device ?`,
    replace: `      const working = work();
      work = () => working;
      await working.catch(() => {});
      const known = device ?`,
  },
  {
    id: 'points-not-awaited',
    requirement: '6.3.1',
    what: 'Points are taken and nobody waits for the answer.',
    find: '        await consume(key);\n        taken',
    replace: '        void consume(key).catch(() => {});\n        taken',
  },
  {
    id: 'points-not-given-back',
    requirement: '6.3.1',
    what: 'People who sign in often lock themselves out.',
    find: `what a wrong one does
      await giveBack();`,
    replace: 'what a wrong one does',
  },
  {
    id: 'points-always-given-back',
    requirement: '6.3.1',
    what: 'A wrong password costs nothing.',
    find: 'if (error instanceof DatabaseUnavailable) void',
    replace: 'if (error instanceof DatabaseUnavailable || error) void',
  },
  {
    id: 'points-given-back-when-busy',
    requirement: '6.3.1',
    what: 'A flood that keeps the hash queue full costs nothing.',
    find: 'if (error instanceof DatabaseUnavailable) void',
    replace:
      'if (error instanceof DatabaseUnavailable || error instanceof ApiError && error.status === 503) void',
  },
  {
    id: 'points-kept-after-an-outage',
    requirement: '6.3.1',
    what: 'Whoever tries to sign in while the database is down is locked out when it is back.',
    find: 'if (error instanceof DatabaseUnavailable) void Promise.allSettled([giveBack()]);',
    replace: 'void DatabaseUnavailable;',
    tests: ['throttling.test.ts', 'database-failure.test.ts'],
  },
  {
    id: 'outage-waits-for-points',
    requirement: '16.5.2',
    what: 'While the database is frozen, a sign-in under way waits for two deadlines, one after the other.',
    find: 'if (error instanceof DatabaseUnavailable) void Promise',
    replace: 'if (error instanceof DatabaseUnavailable) await Promise',
  },
  {
    id: 'outage-waits-for-points-half-taken',
    requirement: '16.5.2',
    what: 'The same for a sign-in that has taken some of its points.',
    find: 'if (!(error instanceof DatabaseUnavailable)) await refund;',
    replace: 'await refund;',
  },
  {
    id: 'account-point-not-given-back',
    requirement: '6.3.1',
    what: 'A user who signs in a hundred times a day is delayed.',
    find: 'taken.map(([key, limit]) => records.refund(key, limit))',
    replace: 'taken.slice(0, 2).map(([key, limit]) => records.refund(key, limit))',
  },
  {
    id: 'spent-points-ignored',
    requirement: '6.3.1',
    what: 'Spent points are noted in the log, and the attempt goes on.',
    find: "throw new ApiError('too_many_attempts', { retryAfterMs: Math.ceil(wait / retryStepMs) * retryStepMs });",
    replace: 'void retryStepMs;',
  },
  {
    id: 'no-retry-after',
    requirement: '6.3.1',
    what: 'A client is not told when to try again.',
    find: "throw new ApiError('too_many_attempts', { retryAfterMs: Math.ceil(wait / retryStepMs) * retryStepMs });",
    replace: "throw new ApiError('too_many_attempts');",
  },
  {
    id: 'throttle-not-logged',
    requirement: '16.3.1',
    what: 'Operators do not see that somebody is guessing.',
    find: "log.warn({ event: 'authn_login_throttled', key }, 'too many attempts');",
    replace: '',
  },
  {
    id: 'throttle-fails-open',
    requirement: '16.5.3',
    what: 'While the database does not answer, anybody may guess.',
    find: 'const wait = await records.consume(key, limit, now());',
    replace: 'const wait = await records.consume(key, limit, now()).catch(() => 0);',
    tests: ['database-failure.test.ts'],
  },
  {
    id: 'anonymous-sessions-by-address',
    requirement: 'store.visitors',
    what: 'A client of IPv6 may start any number of visitor sessions.',
    find: '`anonymous:${addressBlock(address)}`',
    replace: '`anonymous:${address}`',
    tests: ['cart.test.ts'],
  },
]);

const devices = mutantsOf({ file: 'src/protection/throttle.ts', tests: TESTS }, [
  {
    id: 'device-of-another-user',
    requirement: '6.3.1',
    what: 'Whoever has an account is a known browser for all.',
    find: '`device:${id}:${userId}:${credentialVersion}`',
    replace: '`device:${id}:${credentialVersion}:${userId.length}`',
  },
  {
    id: 'device-survives-the-password',
    requirement: '6.3.1',
    what: 'A thief stays a known browser after the password was changed.',
    find: '`device:${id}:${userId}:${credentialVersion}`',
    replace: '`device:${id}:${userId}`',
  },
  {
    id: 'device-not-signed',
    requirement: '6.3.1',
    what: 'Anybody can make up known browsers, each with ten attempts.',
    find: 'return isOurs && user.id ? id : null;',
    replace: 'return (isOurs || true) && user.id ? id : null;',
  },
  {
    id: 'device-of-nobody',
    requirement: '6.3.8',
    what: 'A browser may be known for an account that does not exist.',
    find: 'return isOurs && user.id ? id : null;',
    replace: 'return isOurs ? id : null;',
  },
  {
    id: 'device-lost-at-rotation',
    requirement: '13.3.4',
    what: 'A new secret makes all known browsers unknown.',
    find: 'secrets.some((secret) =>',
    replace: 'secrets.slice(0, 1).some((secret) =>',
  },
  {
    id: 'device-signed-by-the-last-secret',
    requirement: '13.3.4',
    what: 'A new secret signs no known browsers, so the old one cannot be dropped.',
    find: "sign(secrets[0] ?? '', id, owner)",
    replace: "sign(secrets.at(-1) ?? '', id, owner)",
  },
  {
    id: 'device-cookie-readable',
    requirement: '3.3.4',
    what: 'A script can read by what a browser is known.',
    find: ' Secure; HttpOnly; SameSite=Strict`',
    replace: ' Secure; SameSite=Strict`',
    tests: ['cookies.test.ts'],
  },
  {
    id: 'device-cookie-in-clear',
    requirement: '3.3.1',
    what: 'The cookie of a known browser may travel in clear.',
    find: ' Secure; HttpOnly; SameSite=Strict`',
    replace: ' HttpOnly; SameSite=Strict`',
    tests: ['cookies.test.ts'],
  },
  {
    id: 'device-cookie-across-sites',
    requirement: '3.3.2',
    what: 'Other sites make a browser send the cookie it is known by.',
    find: ' Secure; HttpOnly; SameSite=Strict`',
    replace: ' Secure; HttpOnly; SameSite=None`',
    tests: ['cookies.test.ts'],
  },
  {
    id: 'device-not-forgotten',
    requirement: '14.3.1',
    what: 'A browser keeps a cookie of an account that is gone.',
    find: "forget: () => cookie('', 0),",
    replace: "forget: () => cookie('', policy.DEVICE_COOKIE_SECONDS),",
    tests: ['cookies.test.ts'],
  },
]);

const limits = mutantsOf({ file: 'src/security-policy.ts', tests: TESTS }, [
  {
    id: 'account-limit-above-nist',
    requirement: 'NIST 3.2.2',
    what: 'A day allows more wrong passwords of an account than NIST does.',
    find: '{ points: 100, perMs: DAY_MS,',
    replace: '{ points: 150, perMs: DAY_MS,',
  },
  {
    id: 'attempts-number',
    requirement: '6.1.1',
    equivalent: "The number is the owner's to change, within the bounds of the standards.",
    what: 'The number of attempts is not the documented one.',
    find: 'ACCOUNT_AND_ADDRESS_LIMIT: Limit = { points: 10,',
    replace: 'ACCOUNT_AND_ADDRESS_LIMIT: Limit = { points: 11,',
  },
  {
    id: 'account-limit-locks',
    requirement: '6.3.1',
    also: ['6.1.1'],
    what: 'Whoever spends the attempts of an account locks its owner out for days.',
    find: '{ points: 100, perMs: DAY_MS,',
    replace: '{ points: 100, perMs: 100 * DAY_MS,',
  },
  {
    id: 'attempts-per-address-without-end',
    requirement: '6.3.1',
    what: 'The attempts of one address come back within a second.',
    find: 'ACCOUNT_AND_ADDRESS_LIMIT: Limit = { points: 10, perMs: 15 * MINUTE_MS }',
    replace: 'ACCOUNT_AND_ADDRESS_LIMIT: Limit = { points: 10, perMs: SECOND_MS }',
  },
]);

const routes = mutantsOf({ file: 'src/users/accounts.ts', tests: TESTS }, [
  {
    id: 'registration-not-throttled',
    requirement: '6.3.1',
    what: 'Registration tells anybody, as often as asked, which addresses are taken.',
    find: 'throttle.limitRegistrations(address, async () => {',
    replace: '((_address: string, work: () => Promise<User>) => work())(address, async () => {',
  },
  {
    id: 'password-check-not-throttled',
    requirement: '6.3.1',
    what: 'Passwords may be tried without end.',
    find: 'authenticate: (email, password, address, device) =>\n      throttle.limitLogins(email, address, device, () => verify(email, password, address)),',
    replace: 'authenticate: (email, password, address) => verify(email, password, address),',
  },
  {
    id: 'confirmation-not-throttled',
    requirement: '6.3.1',
    what: 'A thief of a session may try passwords without end.',
    find: 'confirm: ({ email }, password, address, sessionId) =>\n      throttle.limitConfirmations(sessionId, address, () => verify(email, password, address)),',
    replace: 'confirm: ({ email }, password, address) => verify(email, password, address),',
  },
]);

const visitors = (['express', 'fastify', 'koa'] as const).flatMap((framework) => {
  const ip = { express: 'addressOf(request)', fastify: 'request.ip', koa: 'ctx.ip' }[framework];
  return mutantsOf({ file: 'src/routes/cart.ts', frameworks: [framework], tests: ['cart.test.ts'] }, [
    {
      id: 'anonymous-sessions-not-throttled',
      requirement: 'store.visitors',
      what: 'One client can fill the database with visitor sessions.',
      find: `await throttle.limitAnonymousSessions(${ip});`,
      replace: 'void throttle;',
    },
    {
      id: 'anonymous-sessions-throttled-late',
      requirement: 'store.visitors',
      what: 'Nobody waits whether one more visitor session may be started.',
      find: `await throttle.limitAnonymousSessions(${ip});`,
      replace: `void throttle.limitAnonymousSessions(${ip}).catch(() => {});`,
    },
  ]);
});

const reports = mutantsOf({ file: 'src/protection/headers.ts', tests: ['headers.test.ts'] }, [
  {
    id: 'reports-without-limit',
    requirement: 'csp.reports',
    what: 'Anybody can fill the log with reports.',
    find: "if (retryAfterMs > 0) throw new ApiError('too_many_attempts', { retryAfterMs });",
    replace: '',
  },
  {
    id: 'reports-logged-whole',
    requirement: 'csp.reports',
    what: 'Addresses in reports, which may hold secrets, come into the log.',
    find: 'directives: directives.slice(0, 10)',
    replace: 'directives, report: body',
  },
  {
    id: 'reports-not-logged',
    requirement: 'csp.reports',
    what: 'Nobody learns what the policy stopped.',
    find: "log.warn({ event: 'csp_violation', directives: directives.slice(0, 10) }, 'a page was stopped by its policy');",
    replace: 'void directives;',
  },
]);

const RECORDS = 'src/database/throttle.ts';
const records = [
  ...mutantsOf(
    { file: RECORDS, stores: ['postgres'], tests: ['postgres.test.ts', 'database.test.ts', ...TESTS] },
    [
      {
        id: 'points-taken-in-two-steps',
        requirement: '15.4.2',
        what: 'Requests in parallel take the same point.',
        find: `const taken = await db.query(
          \`INSERT INTO throttle AS t (key, full_at) VALUES ($1, $2::timestamptz + \${cost})
           ON CONFLICT (key) DO UPDATE SET full_at = greatest(t.full_at, $2) + \${cost}
           WHERE greatest(t.full_at, $2) + \${cost} <= $3\`,
          [key, new Date(now), new Date(now + limit.perMs)],
        );`,
        replace: `const before = await db.query<{ full_at: Date }>('SELECT full_at FROM throttle WHERE key = $1', [key]);
        const next = Math.max(before.rows[0]?.full_at.getTime() ?? 0, now) + interval(limit);
        const taken = { rowCount: next <= now + limit.perMs ? 1 : 0 };
        if (taken.rowCount === 1) {
          const set = 'INSERT INTO throttle (key, full_at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET full_at = $2';
          await db.query(set, [key, new Date(next)]);
        }`,
      },
      {
        id: 'one-point-too-many',
        requirement: '6.3.1',
        what: 'One attempt more than the policy says is let through.',
        find: 'WHERE greatest(t.full_at, $2) + ${cost} <= $3',
        replace: 'WHERE greatest(t.full_at, $2) <= $3',
      },
      {
        id: 'points-beyond-the-limit',
        requirement: '6.3.1',
        what: 'Whoever waits long saves up attempts beyond the limit.',
        find: 'SET full_at = greatest(t.full_at, $2) + ${cost}\n           WHERE greatest(t.full_at, $2) + ${cost}',
        replace: 'SET full_at = t.full_at + ${cost}\n           WHERE t.full_at + ${cost}',
      },
      {
        id: 'given-back-to-everybody',
        requirement: '6.3.1',
        what: 'A good login gives a point back to every key.',
        find: 'make_interval(secs => $2) WHERE key = $1',
        replace: 'make_interval(secs => $2) WHERE key = $1 OR true',
      },
      {
        id: 'given-back-twice',
        requirement: '6.3.1',
        what: 'An attacker with an account of their own earns attempts by signing in.',
        find: 'SET full_at = full_at - make_interval(secs => $2)',
        replace: 'SET full_at = full_at - 2 * make_interval(secs => $2)',
      },
      {
        id: 'spent-keys-forgotten',
        requirement: '6.3.1',
        what: 'The cleaning forgets who has spent the points.',
        find: 'DELETE FROM throttle WHERE full_at <= $1',
        replace: 'DELETE FROM throttle WHERE full_at >= $1',
      },
      {
        id: 'throttle-never-cleaned',
        requirement: 'store.clean-up',
        what: 'Each address that ever signed in stays in the table.',
        find: 'DELETE FROM throttle WHERE full_at <= $1',
        replace: 'DELETE FROM throttle WHERE full_at <= $1 AND false',
      },
    ],
  ),
  ...mutantsOf({ file: RECORDS, stores: ['redis'], tests: ['database.test.ts', ...TESTS] }, [
    {
      id: 'one-point-too-many',
      requirement: '6.3.1',
      what: 'One attempt more than the policy says is let through.',
      find: 'local wait = fullAt - now - perMs',
      replace: 'local wait = fullAt - now - perMs - interval',
    },
    {
      id: 'points-beyond-the-limit',
      requirement: '6.3.1',
      what: 'Whoever waits long saves up attempts beyond the limit.',
      // An expiry in the past would be an error of Redis, so the edit takes that with it.
      find: `math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + interval
  local wait = fullAt - now - perMs
  if wait > 0 then return math.ceil(wait) end
  redis.call('SET', KEYS[1], string.format('%.17g', fullAt), 'PX', math.ceil(fullAt - now))`,
      replace: `tonumber(redis.call('GET', KEYS[1]) or now) + interval
  local wait = fullAt - now - perMs
  if wait > 0 then return math.ceil(wait) end
  redis.call('SET', KEYS[1], string.format('%.17g', fullAt), 'PX', perMs)`,
    },
    {
      id: 'points-not-kept',
      requirement: '6.3.1',
      what: 'Attempts are not counted.',
      find: "redis.call('SET', KEYS[1], string.format('%.17g', fullAt), 'PX', math.ceil(fullAt - now))",
      replace: '',
    },
    {
      id: 'given-back-twice',
      requirement: '6.3.1',
      what: 'An attacker with an account of their own earns attempts by signing in.',
      find: 'fullAt - ARGV[1])',
      replace: 'fullAt - 2 * ARGV[1])',
    },
    {
      id: 'throttle-never-expires',
      requirement: 'store.clean-up',
      what: 'Each address that ever signed in stays in Redis.',
      find: ", 'PX', math.ceil(fullAt - now))",
      replace: ')',
      tests: ['redis.test.ts'],
    },
    {
      id: 'throttle-expires-at-once',
      requirement: '6.3.1',
      what: 'Redis forgets spent points before they are back.',
      find: "'PX', math.ceil(fullAt - now)",
      replace: "'PX', 1",
      tests: ['database.test.ts', 'redis.test.ts'],
    },
    {
      id: 'giving-back-ends-the-expiry',
      requirement: 'store.clean-up',
      what: 'A key to which a point was given back never expires.',
      find: ", 'KEEPTTL')",
      replace: ')',
      tests: ['redis.test.ts'],
    },
  ]),
  ...mutantsOf({ file: RECORDS, stores: ['mongo'], tests: ['database.test.ts', ...TESTS] }, [
    {
      id: 'points-taken-in-two-steps',
      requirement: '15.4.2',
      what: 'Requests in parallel take the same point.',
      find: 'if ((await records.updateOne(free, { $inc: { fullAt: cost } })).matchedCount === 1) return 0;',
      replace: `const found = await records.findOne(free);
        if (found) {
          await records.updateOne({ _id: key }, { $set: { fullAt: found.fullAt + cost } });
          return 0;
        }`,
    },
    {
      id: 'one-point-too-many',
      requirement: '6.3.1',
      what: 'One attempt more than the policy says is let through.',
      find: 'const latest = now + limit.perMs - cost;',
      replace: 'const latest = now + limit.perMs;',
    },
    {
      id: 'points-beyond-the-limit',
      requirement: '6.3.1',
      what: 'Whoever waits long saves up attempts beyond the limit.',
      find: '$max: { fullAt: now, expiresAt',
      replace: '$max: { fullAt: 0, expiresAt',
    },
    {
      id: 'given-back-twice',
      requirement: '6.3.1',
      what: 'An attacker with an account of their own earns attempts by signing in.',
      find: 'fullAt: -interval(limit)',
      replace: 'fullAt: -2 * interval(limit)',
    },
    {
      id: 'given-back-to-everybody',
      requirement: '6.3.1',
      what: 'A good login gives a point back to every key.',
      find: 'updateOne({ _id: key }, { $inc: { fullAt: -interval(limit) } })',
      replace: 'updateMany({ _id: { $ne: key } }, { $inc: { fullAt: -interval(limit) } })',
    },
  ]),
];

export const THROTTLING: Mutant[] = [
  ...throttle,
  ...devices,
  ...limits,
  ...routes,
  ...visitors,
  ...reports,
  ...records,
];

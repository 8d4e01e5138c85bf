/** Scripts for operators, a clean stop, and staying up. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const SCRIPTS = ['serial/admin.test.ts'];

const revoke = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'revoking-a-user-raises-no-version',
    requirement: '7.4.5',
    what: 'A login that is under way while the user is signed out everywhere stays good.',
    find: 'await users.raiseCredentialVersion(user.id);',
    replace: '',
  },
  {
    id: 'revoking-a-user-leaves-records',
    requirement: '7.4.5',
    what: 'Signing a user out everywhere leaves the records of the sessions.',
    find: 'await records.removeByUser(user.id);',
    replace: '',
  },
  {
    id: 'revoking-all-raises-no-version',
    requirement: '7.4.5',
    what: 'A login that is under way while everybody is signed out stays good.',
    find: 'await users.raiseAllCredentialVersions();',
    replace: '',
  },
  {
    id: 'revoking-all-leaves-records',
    requirement: '7.4.5',
    what: 'Signing everybody out leaves the records, and visitor sessions alive.',
    find: 'await records.removeAll();',
    replace: '',
  },
]);

const disable = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'disabling-script-disables-nobody',
    requirement: '7.4.2',
    what: 'The script ends the sessions, and the account signs in again.',
    find: 'await users.disable(user.id);',
    replace: '',
  },
  {
    id: 'disabling-script-leaves-records',
    requirement: '7.4.2',
    what: 'Disabling an account leaves the records of its sessions.',
    find: 'await createSessionRecords(engine).removeByUser(user.id);',
    replace: 'void createSessionRecords;',
  },
]);

const rotate = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'rotation-drops-the-secret-in-use',
    requirement: '13.3.4',
    what: 'Replacing the secret signs everybody out.',
    find: 'const KEPT = 2;',
    replace: 'const KEPT = 1;',
  },
  {
    id: 'rotation-keeps-all-secrets',
    requirement: '13.3.4',
    what: 'A secret that leaked is never dropped.',
    find: 'const KEPT = 2;',
    replace: 'const KEPT = 20;',
  },
  {
    id: 'rotation-puts-the-new-secret-last',
    requirement: '13.3.4',
    what: 'The old secret goes on signing.',
    find: '].slice(0, KEPT)',
    replace: '].slice(0, KEPT).reverse()',
  },
  {
    id: 'rotation-writes-for-everybody',
    requirement: '13.3.4',
    what: 'Whoever is on the machine can read the secrets.',
    find: '{ mode: 0o600 }',
    replace: '{ mode: 0o644 }',
  },
  {
    id: 'rotation-makes-a-short-secret',
    requirement: '13.3.4',
    what: 'A new secret can be guessed.',
    find: 'randomBytes(32)',
    replace: 'randomBytes(8)',
  },
  {
    id: 'rotation-drops-the-loaded-of-development',
    requirement: '13.3.4',
    what: 'A secret that was made for development passes in production.',
    find: "current.startsWith('dev-') ? 'dev-' : ''",
    replace: "current.startsWith('dev-') ? '' : ''",
  },
]);

const stop = [
  ...mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts'] }, [
    {
      id: 'stop-cuts-everybody-off',
      requirement: 'server.stop',
      what: 'A stop breaks requests that are under way.',
      find: 'await Promise.all(stops.map((stop) => stop()));',
      replace: 'void Promise.all(stops.map((stop) => stop()));',
    },
    {
      id: 'bad-configuration-with-a-stack',
      requirement: 'config.refusal',
      what: 'A bad configuration is told as an accident.',
      find: 'if (!(error instanceof ConfigError)) throw error;',
      replace: 'if (error instanceof Error || !(error instanceof ConfigError)) throw error;',
    },
    {
      id: 'bad-configuration-exits-with-0',
      requirement: 'config.refusal',
      what: 'Whoever started the process does not learn that it refused.',
      find: 'process.exit(1);',
      replace: 'process.exit(0);',
    },
  ]),
  ...mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts', 'server.test.ts'] }, [
    {
      id: 'stop-waits-for-connections-without-a-request',
      requirement: 'server.stop',
      what: 'A connection that is kept open holds the stop up.',
      find: '(underWay.size === 0 ? server.closeAllConnections() : server.closeIdleConnections())',
      replace: 'undefined',
    },
    {
      id: 'stop-does-not-look-at-what-is-under-way',
      requirement: 'server.stop',
      what: 'A stop breaks requests that are under way.',
      find: 'underWay.size === 0 ?',
      replace: 'underWay.size >= 0 ?',
    },
    {
      id: 'stop-without-deadline',
      requirement: 'server.stop',
      what: 'A request that never ends keeps the process from stopping.',
      find: 'setTimeout(() => server.closeAllConnections(), STOP_DEADLINE_MS)',
      replace: 'setTimeout(() => {}, STOP_DEADLINE_MS)',
    },
    {
      id: 'stop-keeps-connections-busy',
      requirement: 'server.stop',
      what: 'A client that goes on asking keeps the process from stopping.',
      find: "if (isStopping) response.setHeader('Connection', 'close');",
      replace: '',
    },
  ]),
];

const engine = [
  ...mutantsOf(
    {
      file: 'src/database/connection.ts',
      stores: ['postgres'],
      tests: ['database-failure.test.ts', 'serial/lost-connection.test.ts', 'server.test.ts'],
    },
    [
      {
        id: 'lost-connection-ends-the-process',
        requirement: '16.5.4',
        what: 'A connection that breaks while idle ends the process.',
        find: "pool.on('error', (err) => log.warn({ event: 'sys_engine_connection_lost', err }, 'an idle connection broke'));",
        replace: 'void log;',
      },
      {
        id: 'frozen-connection-used-again',
        requirement: '16.5.2',
        what: 'The pool goes on waiting for a frozen server, one connection after the other.',
        find: 'query_timeout: DATABASE_DEADLINE_MS,',
        replace: '',
      },
    ],
  ),
];

export const OPERATIONS: Mutant[] = [...revoke, ...disable, ...rotate, ...stop, ...engine];

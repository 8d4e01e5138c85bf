/** Scripts for operators, a clean stop, and staying up. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const SCRIPTS = ['admin.test.ts'];

const revoke = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'revoking-a-user-raises-no-version',
    requirement: '7.4.5',
    what: 'A login that is under way while the user is signed out everywhere stays good.',
    find: "['revoke', (users, { id }) => users.raiseCredentialVersion(id)],",
    replace: "['revoke', async () => {}],",
  },
  {
    id: 'revoking-a-user-leaves-records',
    requirement: '7.4.5',
    what: 'Signing a user out everywhere leaves the records of the sessions.',
    find: 'await store.endByUser(user.id);',
    replace: 'void store;',
  },
  {
    id: 'revoking-all-raises-no-version',
    requirement: '7.4.5',
    what: 'A login that is under way while everybody is signed out stays good.',
    find: 'await users.raiseAllCredentialVersions();',
    replace: 'void users;',
  },
  {
    id: 'revoking-all-leaves-records',
    requirement: '7.4.5',
    what: 'Signing everybody out leaves the records, and visitor sessions alive.',
    find: 'await store.endAll();',
    replace: 'void store;',
  },
]);

const disable = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'disabling-script-disables-nobody',
    requirement: '7.4.2',
    what: 'The script ends the sessions, and the account signs in again.',
    find: "['disable', (users, { id }) => users.disable(id)],",
    replace: "['disable', (users, { id }) => users.raiseCredentialVersion(id)],",
  },
  {
    id: 'disabling-script-leaves-records',
    requirement: '7.4.2',
    what: 'Disabling an account leaves the records of its sessions.',
    find: 'await store.endByUser(user.id);',
    replace: "if (change !== COMMANDS_FOR_ONE.get('disable')) await store.endByUser(user.id);",
  },
]);

const support = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'support-ends-no-session',
    requirement: '7.4.3',
    what: 'A password that support sets leaves the records of the sessions.',
    find: 'await store.endByUser(user.id);',
    replace: 'if (change !== setPassword) await store.endByUser(user.id);',
  },
  {
    id: 'support-sets-any-password',
    requirement: '6.2.1',
    what: 'Support may set a password that nobody could choose.',
    find: 'if (problem) throw new UsageError(problem);',
    replace: 'void problem;',
  },
  {
    id: 'support-sets-no-password',
    requirement: '6.2.2',
    what: 'A password that support sets is not the one that signs in.',
    find: 'await users.setPassword(id, await hashPassword(password));',
    replace: 'await users.raiseCredentialVersion(id);\n  void hashPassword;',
  },
]);

const rotate = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'rotation-drops-the-secret-in-use',
    requirement: '13.3.4',
    what: 'Replacing the secret signs everybody out.',
    find: 'const MAX_SECRETS = 3;',
    replace: 'const MAX_SECRETS = 1;',
  },
  {
    id: 'rotation-keeps-all-secrets',
    requirement: '13.3.4',
    what: 'A secret that leaked is never dropped.',
    find: 'const MAX_SECRETS = 3;',
    replace: 'const MAX_SECRETS = 20;',
  },
  {
    id: 'rotation-puts-the-new-secret-last',
    requirement: '13.3.4',
    what: 'The old secret goes on signing.',
    find: '].slice(0, MAX_SECRETS)',
    replace: '].slice(0, MAX_SECRETS).reverse()',
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
    id: 'rotation-drops-the-mark-of-development',
    requirement: '13.3.4',
    what: 'A secret that was made for development passes in production.',
    find: "previous[0]?.startsWith('dev-') ? 'dev-' : ''",
    replace: "previous[0]?.startsWith('dev-') ? '' : ''",
  },
]);

const explained = mutantsOf({ file: 'scripts/admin.ts', tests: SCRIPTS }, [
  {
    id: 'script-tells-the-whole-error',
    requirement: '16.2.5',
    what: 'A script that cannot reach the database prints all that the driver knows, its address maybe.',
    find: 'if (error instanceof TypeError && code === undefined) return error;',
    replace: 'if (error instanceof Error) return error;',
  },
]);

const stop = [
  ...mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts'] }, [
    {
      id: 'stop-cuts-everybody-off',
      requirement: 'server.stop',
      what: 'A stop breaks requests that are under way.',
      find: 'await stop();',
      replace: 'void stop();',
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
      find: "'  ')}`);\n    process.exit(1);",
      replace: "'  ')}`);\n    process.exit(0);",
    },
  ]),
  ...mutantsOf({ file: 'src/server.ts', tests: ['server.test.ts'] }, [
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
      find: 'for (const socket of sockets) socket.destroy();',
      replace: '',
    },
    {
      id: 'stop-waits-for-upgraded-connections',
      requirement: 'server.stop',
      what: 'A connection that was upgraded, to a WebSocket for example, keeps the process from stopping.',
      find: 'for (const socket of sockets) socket.destroy();',
      replace: 'server.closeAllConnections();',
    },
    {
      id: 'stop-keeps-connections-busy',
      requirement: 'server.stop',
      what: 'A client that goes on asking keeps the process from stopping.',
      find: "if (isStopping) response.setHeader('Connection', 'close');",
      replace: 'void isStopping;',
    },
  ]),
];

const database = [
  ...mutantsOf(
    {
      file: 'src/database/connection.ts',
      stores: ['postgres'],
      tests: ['database-failure.test.ts', 'serial/everybody.test.ts', 'server.test.ts'],
    },
    [
      {
        id: 'lost-connection-ends-the-process',
        requirement: '16.5.4',
        what: 'A connection that breaks while idle ends the process.',
        find: "pool.on('error', (err) => log.warn({ event: 'sys_database_connection_lost', err }, 'an idle connection broke'));",
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

export const OPERATIONS: Mutant[] = [
  ...revoke,
  ...disable,
  ...support,
  ...rotate,
  ...explained,
  ...stop,
  ...database,
];

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
import type { Edits } from './edits.ts';

/** Changes to a fresh project, each done as its README says, and once more wrongly. */
export interface Change {
  name: string;
  /** Express on PostgreSQL, unless these say otherwise. */
  flags?: readonly string[];
  make: (edits: Edits) => void;
  /** The same with one mistake, which the project's own suite must notice. */
  mistakes: Readonly<Record<string, (edits: Edits) => void>>;
}

export const CHANGES: readonly Change[] = [
  {
    name: 'a notes route with a table of its own',
    make: addNotes,
    mistakes: {
      'mounted past both blocks': (edits) => {
        addNotes(edits);
        edits.replace('src/app.ts', '  notesRoutes(routes, services);\n', '');
        edits.insert(
          'src/app.ts',
          { after: "  app.use('/api', api(config, services));\n" },
          `  app.get('/notes', async (_request, response) => {
    response.json(await services.notes.list(''));
  });
`,
        );
        edits.replace('src/app.ts', "import { notesRoutes } from './routes/notes.ts';\n", '');
      },
    },
  },
  {
    name: 'a role with a first admin',
    make: addRole,
    mistakes: {
      'the role read from the session': (edits) => {
        addRole(edits);
        edits.insert(
          'src/session/content.ts',
          { after: '  user?: { id: string; credentialVersion: number };\n' },
          '  role?: string;\n',
        );
        edits.replace(
          'src/session/lifecycle.ts',
          '        user: identityOf(user),\n        createdAt: time,',
          "        user: identityOf(user),\n        role: (await findById(user.id))?.role ?? 'user',\n        createdAt: time,",
        );
        edits.replace(
          'src/routes/people.ts',
          "if (userOf(request).role !== 'admin')",
          "if (contentOf(request)?.role !== 'admin')",
        );
        edits.replace('src/routes/people.ts', 'import { userOf }', 'import { contentOf }');
      },
    },
  },
  {
    name: 'a page that the server renders',
    make: addPage,
    mistakes: {
      'a page that may be kept by a cache': (edits) => {
        addPage(edits);
        edits.replace(
          'src/routes/profile.ts',
          "response.type('html')",
          "response.set('Cache-Control', 'private, max-age=60').type('html')",
        );
      },
    },
  },
  ...(['express', 'fastify', 'koa'] as const).map((framework) => ({
    name: `a WebSocket, on ${framework}`,
    flags: ['--framework', framework],
    make: (edits: Edits) => addWebSocket(edits, framework),
    mistakes: {},
  })),
];

// --- internal ---

function addNotes(edits: Edits): void {
  edits.add(
    'migrations/003_notes.sql',
    `CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  text text NOT NULL
);
CREATE INDEX notes_by_user ON notes (user_id);
`,
  );
  edits.add(
    'src/database/notes.ts',
    `/** How are notes kept in PostgreSQL? */
import type { Database } from './connection.ts';

export interface Note {
  id: string;
  text: string;
}

export interface Notes {
  list(userId: string): Promise<Note[]>;
  add(userId: string, text: string): Promise<void>;
}

export function createNotes({ run }: Pick<Database, 'run'>): Notes {
  return {
    list: (userId) =>
      run('notes.list', async (db) => {
        const statement = 'SELECT id::text, text FROM notes WHERE user_id = $1 ORDER BY id';
        return (await db.query<Note>(statement, [userId])).rows;
      }),
    add: (userId, text) =>
      run('notes.add', async (db) => {
        await db.query('INSERT INTO notes (user_id, text) VALUES ($1, $2)', [userId, text]);
      }),
  };
}
`,
  );
  edits.insert(
    'src/services.ts',
    { before: "import { createSessionRecords } from './database/sessions.ts';" },
    "import { createNotes, type Notes } from './database/notes.ts';\n",
  );
  edits.insert('src/services.ts', { after: '  users: Users;\n' }, '  notes: Notes;\n');
  edits.insert('src/services.ts', { after: '    users,\n' }, '    notes: records.notes,\n');
  edits.insert(
    'src/services.ts',
    { after: '    users: createUsers(database),\n' },
    '    notes: createNotes(database),\n',
  );
  edits.add(
    'src/routes/notes.ts',
    `/** What has the user noted? */
import type { Router } from 'express';
import { z } from 'zod';
import type { Services } from '../services.ts';
import { userOf } from '../session/http.ts';
import { parse } from './input.ts';

const noteInput = z.object({ text: z.string().min(1).max(1000) });

export function notesRoutes(routes: Router, { notes }: Services): void {
  routes.get('/notes', async (request, response) => {
    response.json(await notes.list(userOf(request).id));
  });

  routes.post('/notes', async (request, response) => {
    await notes.add(userOf(request).id, parse(noteInput, request.body).text);
    response.status(201).end();
  });
}
`,
  );
  edits.insert(
    'src/app.ts',
    { before: "import { sessionRoutes } from './routes/sessions.ts';" },
    "import { notesRoutes } from './routes/notes.ts';\n",
  );
  edits.insert(
    'src/app.ts',
    { after: '  sessionRoutes(routes, services);\n' },
    '  notesRoutes(routes, services);\n',
  );
  edits.add(
    'test/notes.test.ts',
    `/** Notes belong to one user. */
import { expect } from 'vitest';
import { it } from './support/app.ts';
import { signedIn } from './support/fixtures.ts';

it('lists the notes of the user and of nobody else', async ({ app }) => {
  const [owner, other] = [await signedIn(app), await signedIn(app)];
  expect((await owner.browser.post('/api/notes', { text: 'buy tea' })).status).toBe(201);
  expect((await owner.browser.get('/api/notes')).body).toEqual([{ id: expect.any(String), text: 'buy tea' }]);
  expect((await other.browser.get('/api/notes')).body).toEqual([]);
});
`,
  );
}

function addRole(edits: Edits): void {
  edits.add('migrations/003_roles.sql', "ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'user';\n");
  edits.replace(
    'src/users/accounts.ts',
    '  disabled: boolean;\n}',
    "  disabled: boolean;\n  role: 'user' | 'admin';\n}",
  );
  edits.insert(
    'src/users/accounts.ts',
    { before: '  /** For scripts. */\n  list(' },
    '  makeAdmin(id: string): Promise<unknown>;\n',
  );
  edits.replace('src/database/users.ts', "disabled';", "disabled, role';");
  edits.insert(
    'src/database/users.ts',
    { before: '    remove: (id) =>' },
    "    makeAdmin: (id) => change('makeAdmin', \"UPDATE users SET role = 'admin' WHERE id = $1\", [id]),\n",
  );
  edits.insert(
    'scripts/admin.ts',
    { after: "  ['disable', (users, { id }) => users.disable(id)],\n" },
    "  ['make-admin', (users, { id }) => users.makeAdmin(id)],\n",
  );
  edits.add(
    'src/routes/people.ts',
    `/** What may an admin see? */
import type { Router } from 'express';
import { ApiError } from '../errors.ts';
import type { Services } from '../services.ts';
import { userOf } from '../session/http.ts';
import { publicUser } from '../users/accounts.ts';

export function peopleRoutes(routes: Router, { users }: Services): void {
  routes.get('/people', async (request, response) => {
    if (userOf(request).role !== 'admin') throw new ApiError('not_found');
    response.json((await users.list(100)).map(publicUser));
  });
}
`,
  );
  edits.insert(
    'src/app.ts',
    { before: "import { sessionRoutes } from './routes/sessions.ts';" },
    "import { peopleRoutes } from './routes/people.ts';\n",
  );
  edits.insert(
    'src/app.ts',
    { after: '  sessionRoutes(routes, services);\n' },
    '  peopleRoutes(routes, services);\n',
  );
  edits.add(
    'test/people.test.ts',
    `/** The list of people is for admins. */
import { expect } from 'vitest';
import { it } from './support/app.ts';
import { logIn, register } from './support/fixtures.ts';

it('is there for an admin from the next request on, and for nobody else', async ({ app }) => {
  const person = await register(app);
  expect((await person.browser.get('/api/people')).status).toBe(404);
  await app.records.users.makeAdmin(person.id);
  expect((await person.browser.get('/api/people')).status).toBe(200);
  await logIn(app, person, person.browser);
  expect((await person.browser.get('/api/people')).status).toBe(200);
});
`,
  );
}

function addPage(edits: Edits): void {
  edits.add(
    'src/routes/profile.ts',
    `/** What does the user's page show? Rendered here, with every value escaped. */
import type { Router } from 'express';
import { userOf } from '../session/http.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

export function profileRoutes(routes: Router): void {
  routes.get('/profile', (request, response) => {
    response.type('html').send(\`<!doctype html><title>Profile</title><p>\${escaped(userOf(request).email)}</p>\`);
  });
}
`,
  );
  edits.insert(
    'src/app.ts',
    { before: "import { sessionRoutes } from './routes/sessions.ts';" },
    "import { profileRoutes } from './routes/profile.ts';\n",
  );
  edits.insert('src/app.ts', { after: '  sessionRoutes(routes, services);\n' }, '  profileRoutes(routes);\n');
  edits.add(
    'test/profile.test.ts',
    `/** The user's page. */
import { expect } from 'vitest';
import { it } from './support/app.ts';
import { signedIn } from './support/fixtures.ts';

it('shows the address of whoever is signed in', async ({ app }) => {
  const { browser, email } = await signedIn(app);
  expect((await browser.get('/api/profile')).text).toContain(email);
});
`,
  );
}

/** What the README shows, with the imports it takes and a handler that answers each message with itself. */
function addWebSocket(edits: Edits, framework: 'express' | 'fastify' | 'koa'): void {
  const code = edits.read('README.md').match(/\*\*A WebSocket\.\*\*[\s\S]*?```ts\n([\s\S]*?)```/)?.[1] ?? '';
  const [listener = '', route = ''] = code.split('// Below requireLogin:\n');
  const { imports, type, mount } = {
    express: {
      imports: "import type { Router } from 'express';",
      type: 'Router',
      mount: '  socketRoutes(routes, services, config.origins);\n',
    },
    fastify: {
      imports: "import type { FastifyInstance } from 'fastify';",
      type: 'FastifyInstance',
      mount: '      socketRoutes(members, services, origins);\n',
    },
    koa: {
      imports: "import type { Router, RouterContext } from '@koa/router';",
      type: 'Router',
      mount: '  socketRoutes(members, services, config.origins);\n',
    },
  }[framework];
  edits.add(
    'src/routes/socket.ts',
    `/** Who may open a WebSocket, and until when? */
import { type IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
${imports}
import { WebSocketServer } from 'ws';
import { ApiError } from '../errors.ts';
import type { Services } from '../services.ts';
import { sessionIdOf } from '../session/http.ts';

${listener.replaceAll(/^(const|function)/gm, 'export $1')}
export function socketRoutes(routes: ${type}, { store }: Services, origins: readonly string[]): void {
${route}}
`,
  );
  edits.insert(
    'src/app.ts',
    { before: "import type { Services } from './services.ts';" },
    "import { socketRoutes } from './routes/socket.ts';\n",
  );
  const after = {
    express: '  sessionRoutes(routes, services);\n',
    fastify: '      members.register(sessionRoutes, services);\n',
    koa: '  sessionRoutes(members, services);\n',
  }[framework];
  edits.insert('src/app.ts', { after }, mount);
  if (framework === 'fastify')
    edits.replace(
      'src/app.ts',
      'function api({ secrets }: AppConfig',
      'function api({ secrets, origins }: AppConfig',
    );
  edits.insert(
    'src/server.ts',
    { before: "import { createServices } from './services.ts';" },
    "import { handshake } from './routes/socket.ts';\n",
  );
  edits.insert('src/server.ts', { before: 'const stops = [' }, "server.on('upgrade', handshake(app));\n");
  edits.add(
    'test/socket.test.ts',
    `/** A WebSocket is for users of this app's own pages, for as long as their session lives. */
import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { handshake } from '../src/routes/socket.ts';
import { it, type TestApp } from './support/app.ts';
import type { Browser } from './support/browser.ts';
import { signedIn } from './support/fixtures.ts';

let isListening = false;

async function open(app: TestApp, browser: Browser, origin = app.origin): Promise<WebSocket> {
  if (!isListening) app.server.on('upgrade', handshake(app.listener));
  isListening = true;
  return new WebSocket(\`\${app.origin.replace('https', 'wss')}/api/socket\`, {
    ca: app.ca,
    origin,
    headers: { cookie: await browser.jar.getCookieString(app.origin) },
  });
}

async function refusal(socket: WebSocket): Promise<string> {
  const [error] = await once(socket, 'error');
  return error.message;
}

it('answers a user, and nobody once the session has ended', async ({ app }) => {
  const { browser } = await signedIn(app);
  const socket = await open(app, browser);
  await once(socket, 'open');
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('hello');
  await browser.post('/api/auth/logout');
  socket.send('hello again');
  expect((await once(socket, 'close'))[0]).toBe(4401);
});

it('is refused to a visitor, and to a page of another origin', async ({ app }) => {
  expect(await refusal(await open(app, app.browser()))).toContain('401');
  const { browser } = await signedIn(app);
  expect(await refusal(await open(app, browser, 'https://evil.example'))).toContain('403');
});
`,
  );
}

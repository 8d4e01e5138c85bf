import { startPgBouncer } from '../engines/pgbouncer.ts';
import { startPostgres } from '../engines/postgres.ts';
import type { Engine } from '../engines/server-process.ts';
import { journey } from './support/journey.ts';
import { frameworkOr } from './support/project.ts';
import { folderOf } from './support/tools.ts';

/** PostgreSQL behind a pooler by transaction, where nothing that a connection keeps can be relied on. */
async function startPooledPostgres(): Promise<Engine> {
  const server = await startPostgres();
  const bouncer = await startPgBouncer(server.url);
  const stop = async (): Promise<void> => {
    await bouncer.stop();
    await server.stop();
  };
  return { ...bouncer, stop };
}

const framework = frameworkOr('fastify');

journey(`${framework}-postgres by pnpm, behind PgBouncer`, {
  framework,
  store: 'postgres',
  packageManager: 'pnpm',
  startEngine: startPooledPostgres,
  circumstances: async () => ({ path: [await folderOf('pnpm', 'pnpm@10', process.cwd())] }),
});

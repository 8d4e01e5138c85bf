import { startPgBouncer } from '../databases/pgbouncer.ts';
import { startPostgres } from '../databases/postgres.ts';
import type { RunningServer } from '../databases/server-process.ts';
import { journey } from './support/journey.ts';
import { frameworkOr } from './support/project.ts';
import { folderOf } from './support/tools.ts';

/** PostgreSQL behind a pooler by transaction, where nothing that a connection keeps can be relied on. */
async function startPooledPostgres(): Promise<RunningServer> {
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
  startDatabase: startPooledPostgres,
  circumstances: async () => ({ path: [await folderOf('pnpm', 'pnpm@10', process.cwd())] }),
});

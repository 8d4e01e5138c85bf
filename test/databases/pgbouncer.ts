import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { accepts } from './ready.ts';
import { type RunningServer, runServer, temporaryFolder, writePrivately } from './server-process.ts';

/**
 * PgBouncer in front of a PostgreSQL server, in transaction mode: consecutive queries of one client may run on different
 * connections, so what a session keeps (SET, LISTEN, named prepared statements, advisory locks) is lost or shared.
 */
export async function startPgBouncer(postgresUrl: string): Promise<RunningServer> {
  const [folder, port, upstream] = [temporaryFolder('pgbouncer'), await freePort(), new URL(postgresUrl)];
  const [user, password] = [upstream.username, upstream.password].map(decodeURIComponent);
  writePrivately(join(folder, 'users.txt'), `"${user}" "${password}"\n`);
  writePrivately(join(folder, 'pgbouncer.ini'), configuration(folder, port, upstream));
  const server = await runServer({
    name: 'PgBouncer',
    command: findProgram('pgbouncer'),
    args: [join(folder, 'pgbouncer.ini')],
    folder,
    refusesRoot: true,
    stopSignal: 'SIGTERM',
    answers: () => accepts(port),
  });
  const url = new URL(postgresUrl);
  [url.hostname, url.port] = ['127.0.0.1', String(port)];
  return { url: url.href, ...server };
}

// --- internal ---

const configuration = (folder: string, port: number, upstream: URL): string => `
[databases]
* = host=${upstream.hostname} port=${upstream.port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 20
max_client_conn = 500
server_login_retry = 1
`;

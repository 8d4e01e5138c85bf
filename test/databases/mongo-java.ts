import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { accepts } from './ready.ts';
import { ProgramMissing, type RunningServer, runServer, temporaryFolder } from './server-process.ts';

const SOURCES = join(import.meta.dirname, 'mongo-java');

/**
 * mongo-java-server: another program than FerretDB, by other people, that speaks MongoDB's wire protocol. In memory, so a
 * restart loses everything. Where both answer alike, it is less likely that a statement of ours only suits one of them.
 * @throws ProgramMissing without Java and Maven
 */
export async function startMongoJava(): Promise<RunningServer> {
  const [command, maven, port] = [program('java'), program('mvn'), await freePort()];
  const folder = temporaryFolder('mongo-java');
  const server = await runServer({
    name: 'mongo-java-server',
    command,
    args: ['-Xmx256m', '-cp', classPath(maven, folder), join(SOURCES, 'Main.java'), String(port)],
    folder,
    stopSignal: 'SIGTERM',
    answers: () => accepts(port),
  });
  return { url: `mongodb://127.0.0.1:${port}/test`, ...server };
}

// --- internal ---

/** install.sh leaves these two out: only this needs them. */
function program(name: string): string {
  try {
    return findProgram(name);
  } catch {
    throw new ProgramMissing(`There is no "${name}" on this machine: install Java 17 or newer and Maven`);
  }
}

/** Maven keeps what it has fetched. */
function classPath(maven: string, folder: string): string {
  const file = join(folder, 'class-path');
  const pom = ['-f', join(SOURCES, 'pom.xml')];
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${file}`];
  const { status, stdout } = spawnSync(maven, ['-q', '-B', ...pom, ...goal], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new ProgramMissing(`Maven could not fetch mongo-java-server:\n${stdout}`);
  return readFileSync(file, 'utf8').trim();
}

import { expect } from 'vitest';
import type { RunningServer } from '../../databases/server-process.ts';
import { keysAreRenewed, operatorsWork } from '../scenarios/operators.ts';
import { newcomer, signsInAndOut } from '../scenarios/sign-in.ts';
import { databaseCrashes, serverCrashes, serverStops, serversShare } from '../scenarios/survival.ts';
import { journey } from './journey.ts';
import { type Choice, frameworkOr } from './project.ts';

/** The journey on npm, and then all that happens to a server in its life. */
export function wholeJourney(store: Choice['store'], startDatabase: () => Promise<RunningServer>): void {
  const choice = { framework: frameworkOr('express'), store, packageManager: 'npm' } as const;
  const isSuiteOnItsOwn = store === 'postgres';
  journey(`${choice.framework}-${store}`, { ...choice, startDatabase, isSuiteOnItsOwn }, (step, current) => {
    step(
      'develops with the scripts for operators beside it, and keeps its people over a restart',
      async () => {
        const { project, database } = current();
        // Only MongoDB has neither an embedded form nor a program on this machine.
        const env: Record<string, string> = store === 'mongo' ? project.database(database.url) : {};
        const dev = await project.develop(env);
        await signsInAndOut(project);
        await operatorsWork(project, env);
        const { curl } = await newcomer(project);
        await keysAreRenewed(project, env);
        await dev.end('SIGINT');
        const again = await project.develop(env);
        expect(await curl.isSignedIn()).toBe(true);
        await again.end('SIGINT');
      },
    );
    step('keeps people signed in when the server is killed', () =>
      serverCrashes(current().project, current().database),
    );
    step('answers 503 while the database is dead, and recovers without a restart', () =>
      databaseCrashes(current().project, current().database),
    );
    step('shares sessions, revocation and throttling between two servers', () =>
      serversShare(current().project, current().database),
    );
    step('stops in good order while a client keeps sending', () =>
      serverStops(current().project, current().database),
    );
  });
}

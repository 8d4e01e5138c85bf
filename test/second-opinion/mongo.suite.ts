import { describe, expect, it } from 'vitest';
import { startMongoJava } from '../databases/mongo-java.ts';
import { startOrSkip } from '../databases/start-or-skip.ts';
import { emit } from '../emitted/support/emit.ts';
import { runSuite } from '../emitted/support/scripts.ts';

/**
 * Whole suites of projects on MongoDB, on another stand-in than FerretDB: a statement that suits only one of them is not
 * MongoDB's. What neither can judge, and only a real server can (our workflow and those of projects have `mongo:8`):
 *
 * - that documents go by their TTL index (sessions, throttle): both take the index, neither deletes anything;
 * - that look-ups use their indexes: neither explains a plan;
 * - a duplicate on an update that inserts (throttle.consume, whose second try this is for): both run one writing command
 *   after the other, so it never comes to it; the same goes for write conflicts within one document, and for sessions
 *   that are inserted while deleteMany ends all of a user;
 * - replica sets, so also w: majority, retried writes, elections and the codes in client.ts that tell them (the tests
 *   throw these errors themselves); transactions, of which we use none;
 * - signing in at the database, and TLS to it.
 */

/** Tests that fail on mongo-java-server 1.47, and why that is its affair. */
const LACKS = {
  'what is kept in MongoDB has an index for looking up sessions by userId, and uses it': 'it has no explain',
  'what is kept in MongoDB has an index for looking up users by id, and uses it': 'it has no explain',
  'in a database of its own nothing is read or written while an index is missing, and after that nobody asks again':
    'dropIndex drops the index of that name from every collection',
};

describe('mongo-java-server', () => {
  it.for(['password', 'oidc'])(
    'passes the suite of a project with --auth %s, but for what it lacks',
    async (auth, context) => {
      const directory = await emit(`second-opinion-${auth}`, ['--store', 'mongo', '--auth', auth]);
      const database = await startOrSkip(context, startMongoJava);
      const env = { TEST_DATABASE_URL: database.url, REQUIRE_DATABASE: '1' };
      const { output, report } = await runSuite(directory, env).finally(database.stop);
      const { passed, failures, skipped } = report;
      console.log(`--auth ${auth}: ${passed} passed, ${failures.length} failed, ${skipped} skipped`);
      expect(passed, output).toBeGreaterThan(300);
      expect(failures.toSorted(), output).toEqual(Object.keys(LACKS).sort());
    },
  );
});

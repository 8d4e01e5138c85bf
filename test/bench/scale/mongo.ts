import { type Collection, MongoClient } from 'mongodb';
import { startMongoDb } from '../../databases/mongodb.ts';
import type { Adapter } from './adapter.ts';
import { digest } from './population.ts';

/**
 * Whatever answers here is FerretDB over SQLite, unless TEST_MONGODB_URL names a server: its figures show that our
 * statements use their indexes, not what MongoDB takes. Hence no bytes, and no deletion by the TTL index, which is its own.
 */
export const mongo: Adapter = {
  sides: ['ours'],
  start: startMongoDb,
  idOfUser: (email) => digest(email).slice(0, 22),
  fillUsers: (url, people, passwordHash) =>
    withCollection(url, 'users', async (collection) => {
      for (const users of people.userBatches(1000)) {
        const documents = users.map(({ id, email }) => ({
          _id: email,
          id,
          passwordHash,
          credentialVersion: 1,
          disabled: false,
        }));
        await collection.insertMany(documents);
      }
    }),
  fill: (url, _side, batches) =>
    withCollection(url, 'sessions', async (collection) => {
      for (const sessions of batches) {
        const documents = sessions.map(({ key, user, content, lastSeenAt, expiresAt }) => ({
          _id: key,
          userId: user.id,
          content: JSON.stringify(content),
          lastSeenAt: new Date(lastSeenAt),
          expiresAt: new Date(expiresAt),
        }));
        await collection.insertMany(documents);
      }
    }),
  stored: (url, { key }) =>
    withCollection(url, 'sessions', async (collection) =>
      Object.entries((await collection.findOne({ _id: key })) ?? {}),
    ),
};

// --- internal ---

async function withCollection<T>(
  url: string,
  name: string,
  work: (collection: Collection<{ _id: string }>) => Promise<T>,
): Promise<T> {
  const client = await new MongoClient(url).connect();
  try {
    return await work(client.db().collection<{ _id: string }>(name));
  } finally {
    await client.close();
  }
}

// As Better Auth's documentation: email and password on, its handler mounted in Express; an adapter in memory.
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import express from 'express';

const { PORT, BASE_URL } = process.env;
const tables = { user: [], session: [], account: [], verification: [], rateLimit: [] };
const auth = betterAuth({
  baseURL: BASE_URL,
  secret: 'a-secret-of-at-least-32-characters-here',
  database: memoryAdapter(tables),
  emailAndPassword: { enabled: true },
});
const app = express();
app.all('/api/auth/{*any}', toNodeHandler(auth));
app.get('/', (_request, response) => response.send('<title>Stock</title>'));
app.listen(PORT, '127.0.0.1');

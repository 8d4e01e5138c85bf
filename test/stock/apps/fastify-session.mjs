// As @fastify/session's README registers it; data on request.session, destroy() to log out.
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import session from '@fastify/session';
import fastify from 'fastify';

const { PORT, STOCK_PASSWORD } = process.env;
// The TLS proxy in front is trusted, or Secure cookies would not be set.
const app = fastify({ trustProxy: true });
app.register(formbody);
app.register(cookie);
app.register(session, { secret: 'a secret with minimum length of 32 characters' });
app.get('/', (_request, reply) => reply.type('text/html').send('<title>Stock</title>'));
app.get('/me', (request, reply) =>
  request.session.user ? { user: request.session.user } : reply.code(401).send({}),
);
app.post('/login', (request, reply) => {
  const { user, password } = request.body ?? {};
  if (user !== 'alice' || password !== STOCK_PASSWORD) return reply.code(401).send('wrong');
  request.session.user = user;
  return reply.redirect('/');
});
app.post('/note', (request) => {
  request.session.note = request.body?.note;
  return {};
});
app.post('/logout', async (request, reply) => {
  await request.session.destroy();
  return reply.redirect('/');
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });

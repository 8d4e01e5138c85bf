// As express-session's README shows a login: regenerate and save at login, log out by a link.
import express from 'express';
import session from 'express-session';

const { PORT, STOCK_PASSWORD, STORE, REDIS_URL, DATABASE_URL } = process.env;

const STORES = {
  memory: () => ({ secret: 'keyboard cat', resave: false, saveUninitialized: true }),
  redis: async () => {
    const { RedisStore } = await import('connect-redis');
    const { createClient } = await import('redis');
    const client = createClient({ url: REDIS_URL });
    await client.connect();
    const store = new RedisStore({ client, prefix: 'myapp:' });
    return { store, resave: false, saveUninitialized: false, secret: 'keyboard cat' };
  },
  postgres: async () => {
    const { default: connect } = await import('connect-pg-simple');
    const { default: pg } = await import('pg');
    const store = new (connect(session))({
      pool: new pg.Pool({ connectionString: DATABASE_URL }),
      createTableIfMissing: true,
    });
    return { store, secret: 'keyboard cat', resave: false, cookie: { maxAge: 30 * 24 * 60 * 60 * 1000 } };
  },
};

const app = express();
app.use(session(await STORES[STORE]()));
app.get('/', (_request, response) => response.send('<title>Stock</title>'));
app.get('/me', ({ session }, response) =>
  session.user ? response.json({ user: session.user }) : response.status(401).json({}),
);
app.post('/login', express.urlencoded({ extended: false }), (request, response, next) => {
  const { user, password } = request.body ?? {};
  if (user !== 'alice' || password !== STOCK_PASSWORD) return response.status(401).send('wrong');
  request.session.regenerate((error) => {
    if (error) return next(error);
    request.session.user = user;
    request.session.save((error) => (error ? next(error) : response.redirect('/')));
  });
});
app.post('/note', express.urlencoded({ extended: false }), (request, response) => {
  request.session.note = request.body?.note;
  response.json({});
});
app.get('/logout', (request, response, next) => {
  request.session.user = null;
  request.session.save((error) => {
    if (error) return next(error);
    request.session.regenerate((error) => (error ? next(error) : response.redirect('/')));
  });
});
app.listen(PORT, '127.0.0.1');

// As the reference of @auth/express shows (its path is that of Express 4), with the Credentials provider of the guide,
// which has JWT sessions only.
import { ExpressAuth, getSession } from '@auth/express';
import Credentials from '@auth/express/providers/credentials';
import express from 'express';

const { PORT, STOCK_PASSWORD } = process.env;
const config = {
  providers: [
    Credentials({
      credentials: { username: {}, password: { type: 'password' } },
      authorize: ({ username, password }) =>
        username === 'alice' && password === STOCK_PASSWORD ? { id: '1', name: username } : null,
    }),
  ],
};

const app = express();
app.set('trust proxy', true);
app.use('/auth/*', ExpressAuth(config));
app.get('/', (_request, response) => response.send('<title>Stock</title>'));
app.get('/me', async (request, response) => {
  const session = await getSession(request, config);
  if (session?.user) response.json({ user: session.user.name });
  else response.status(401).json({});
});
app.listen(PORT, '127.0.0.1');

// As iron-session's README: getIronSession with a password and a name, save() and destroy().
import express from 'express';
import { getIronSession } from 'iron-session';

const { PORT, STOCK_PASSWORD } = process.env;
const options = { password: 'complex_password_at_least_32_characters_long', cookieName: 'stock-session' };
const app = express();
app.use(express.urlencoded({ extended: false }));
app.get('/', (_request, response) => response.send('<title>Stock</title>'));
app.get('/me', async (request, response) => {
  const { user } = await getIronSession(request, response, options);
  response.status(user ? 200 : 401).json({ user });
});
app.post('/login', async (request, response) => {
  const { user, password } = request.body ?? {};
  if (user !== 'alice' || password !== STOCK_PASSWORD) return response.status(401).send('wrong');
  const session = await getIronSession(request, response, options);
  session.user = user;
  await session.save();
  response.redirect('/');
});
app.post('/note', async (request, response) => {
  const session = await getIronSession(request, response, options);
  session.note = request.body?.note;
  await session.save();
  response.json({});
});
app.post('/logout', async (request, response) => {
  const session = await getIronSession(request, response, options);
  session.destroy();
  response.redirect('/');
});
app.listen(PORT, '127.0.0.1');

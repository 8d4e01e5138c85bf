// The logins that test/judges pastes into projects, in an app as their articles set one up: express-session with a literal
// secret and saveUninitialized: true. LOGIN says which. The articles have no logout; this one is of the README.
import express from 'express';
import session from 'express-session';

const { PORT, STOCK_PASSWORD, LOGIN } = process.env;
const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000;

const withoutWaiting = ({ session }, fill) => {
  session.regenerate(() => {});
  fill(session);
};

const LOGINS = {
  'without waiting': withoutWaiting,
  'under the old id': ({ session }, fill) => fill(session),
  'for 30 days': withoutWaiting,
};

const app = express();
app.use(
  session({
    secret: 'keyboard cat',
    resave: false,
    saveUninitialized: true,
    ...(LOGIN === 'for 30 days' && { resave: true, cookie: { maxAge: THIRTY_DAYS_MS } }),
  }),
);
app.get('/', (_request, response) => response.send('<title>Stock</title>'));
app.get('/me', ({ session }, response) =>
  session.user ? response.json({ user: session.user }) : response.status(401).json({}),
);
app.post('/login', express.urlencoded({ extended: false }), (request, response) => {
  const { user, password } = request.body ?? {};
  if (user !== 'alice' || password !== STOCK_PASSWORD) return response.status(401).send('wrong');
  LOGINS[LOGIN](request, (session) => {
    session.user = user;
  });
  response.redirect('/');
});
app.post('/logout', ({ session }, response, next) =>
  session.destroy((error) => (error ? next(error) : response.redirect('/'))),
);
app.post('/note', express.urlencoded({ extended: false }), (request, response) => {
  request.session.note = request.body?.note;
  response.json({});
});
app.listen(PORT, '127.0.0.1');

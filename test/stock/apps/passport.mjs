// As Passport's tutorial for passwords: passport-local, the session strategy, req.logout in a POST.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-local';

const { PORT, STOCK_PASSWORD } = process.env;
passport.use(
  new Strategy((username, password, done) => {
    const isRight = username === 'alice' && password === STOCK_PASSWORD;
    done(null, isRight ? { id: 1, username } : false, { message: 'Incorrect username or password.' });
  }),
);
passport.serializeUser((user, done) =>
  process.nextTick(done, null, { id: user.id, username: user.username }),
);
passport.deserializeUser((user, done) => process.nextTick(done, null, user));

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }));
app.use(passport.authenticate('session'));
app.get('/', (_request, response) => response.send('<title>Stock</title>'));
app.get('/login', (_request, response) => response.send('<title>Login</title>'));
app.get('/me', ({ user }, response) => response.status(user ? 200 : 401).json({ user: user?.username }));
app.post(
  '/login/password',
  passport.authenticate('local', { successRedirect: '/', failureRedirect: '/login' }),
);
app.post('/note', (request, response) => {
  request.session.note = request.body?.note;
  response.json({});
});
app.post('/logout', (request, response, next) => {
  request.logout((error) => (error ? next(error) : response.redirect('/')));
});
app.listen(PORT, '127.0.0.1');

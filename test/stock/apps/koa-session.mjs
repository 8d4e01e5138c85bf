// As koa-session's README: all defaults, ctx.session for data, null to log out.
import Router from '@koa/router';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import session from 'koa-session';

const { PORT, STOCK_PASSWORD } = process.env;
const app = new Koa();
app.proxy = true;
app.keys = ['some secret hurr'];
app.use(session(app));
app.use(bodyParser());
const router = new Router();
router.get('/', (context) => {
  context.type = 'html';
  context.body = '<title>Stock</title>';
});
router.get('/me', (context) => {
  const { user } = context.session;
  context.status = user ? 200 : 401;
  context.body = user ? { user } : {};
});
router.post('/login', (context) => {
  const { user, password } = context.request.body;
  if (user !== 'alice' || password !== STOCK_PASSWORD) {
    context.status = 401;
    return;
  }
  context.session.user = user;
  context.redirect('/');
});
router.post('/note', (context) => {
  context.session.note = context.request.body.note;
  context.body = {};
});
router.post('/logout', (context) => {
  context.session = null;
  context.redirect('/');
});
app.use(router.routes());
app.listen(PORT, '127.0.0.1');

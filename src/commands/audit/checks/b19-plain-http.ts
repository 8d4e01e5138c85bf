/** Attack: read the cookie on the network when a browser is led to the plain http port. */
import { sessionSetCookies } from '../app/evidence.ts';
import { draftOf } from '../app/message.ts';
import { type Check, fail, notApplicable, pass } from '../check.ts';
import { NoAnswer, type Route } from '../http/exchange.ts';
import { setCookiesOf } from '../http/set-cookie.ts';
import { elsewhere, portOf } from '../http/target.ts';

export const plainHttp: Check = {
  id: 'B19',
  title: 'Plain http serves no pages and no sessions',
  area: 'transport',
  asvs: '4.1.2, 12.2.1',
  wstg: 'WSTG-CRYP-03',
  fix: 'Redirect page views to https on the plain port and refuse everything else.',
  own: 'src/server.ts createBoundedServer',
  async run(app) {
    const { target, recipe } = app;
    if (!target.route.isTls) {
      const said = 'the app itself is audited over plain http';
      return target.isLoopback ? notApplicable(said) : fail('F', said);
    }
    const ownPort = portOf(target.origin);
    const ports = [recipe.httpPort ?? (ownPort === '443' ? 80 : undefined), ownPort].filter(
      (port) => port !== undefined,
    );
    const client = await app.signIn();
    const isSecure = sessionSetCookies(app).every(({ cookie }) => cookie.secure);
    let reached = 0;
    for (const port of ports) {
      const route: Route = elsewhere(target, false, port);
      try {
        const page = await app.visitor().send(draftOf(app.home), { route });
        // Some TLS servers answer plain http with a 400 of their own.
        if (page.status !== 400) reached += 1;
        if (setCookiesOf(page).some(({ name }) => app.sessionCookies.includes(name))) {
          return fail(isSecure ? 'C' : 'F', `plain http on port ${port} sets a session cookie`, page);
        }
        const power = await app.powerOf(app.credentialOf(client), { route });
        if (power.isSignedIn) {
          return fail(
            isSecure ? 'C' : 'F',
            `the session works over plain http on port ${port}`,
            power.exchange,
          );
        }
        if (page.status < 300) return fail('C', `pages are served over plain http on port ${port}`, page);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
      }
    }
    if (reached === 0)
      return notApplicable(`no plain http on ${ports.join(' or ')} (another port: --http-port)`);
    return pass('plain http answers and leads to https');
  },
};

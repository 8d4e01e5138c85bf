/** Attack: read the id where scripts, logs or other sites can: in a body, an address or a redirect. */
import { locationOf } from '../app/client.ts';
import { differingParts } from '../app/id-values.ts';
import { type Check, fail, notFound } from '../check.ts';

export const leaks: Check = {
  id: 'B10',
  title: 'Session ids appear in no body, URL or other header',
  area: 'issue',
  asvs: '3.3.4, 14.2.1',
  wstg: 'WSTG-SESS-04',
  fix: 'Send the id in Set-Cookie and nowhere else; lists of sessions need names of their own.',
  own: 'src/session/content.ts listedSession',
  async run(app) {
    const ids = differingParts(app.issued);
    for (const exchange of app.traffic) {
      const { sent, headers, body } = exchange;
      // What we sent ourselves may come back.
      const own = JSON.stringify({ ...sent, headers: { ...sent.headers, Cookie: '' } });
      const fresh = ids.filter((id) => !own.includes(id));
      const told = headers
        .filter(([name]) => !/^set-cookie$/i.test(name))
        .map(([, value]) => value)
        .join('\n');
      const url = locationOf(exchange, app.target.origin);
      if (url && fresh.some((id) => url.href.includes(id))) {
        const isForeign = url.origin !== app.target.origin.origin;
        return fail(
          isForeign ? 'F' : 'D',
          `a redirect${isForeign ? ' to another origin' : ''} carries the id`,
          exchange,
        );
      }
      if (fresh.some((id) => told.includes(id)))
        return fail('C', 'a header other than Set-Cookie carries the id', exchange);
      if (fresh.some((id) => body.includes(id)))
        return fail('C', 'a body carries the id, so scripts can read it', exchange);
    }
    return notFound(`searched ${app.traffic.length} responses for ${app.issued.length} ids`);
  },
};

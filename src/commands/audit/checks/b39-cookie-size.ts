/** Bad luck: a cookie longer than browsers keep is dropped, and its user signed out. */
import { sessionSetCookies } from '../app/evidence.ts';
import { type Check, fail, pass, unknown } from '../check.ts';

const LONGEST = 4096;

export const cookieSize: Check = {
  id: 'B39',
  title: 'Cookies fit the 4096 bytes that browsers keep',
  area: 'transport',
  asvs: '3.3.5',
  wstg: 'WSTG-SESS-02',
  fix: 'Keep data in the session on the server, not in the cookie.',
  own: 'src/session/http.ts COOKIE',
  async run(app) {
    const sizes = sessionSetCookies(app).map(({ cookie: { name, value }, exchange }) => ({
      bytes: Buffer.byteLength(name + value),
      exchange,
    }));
    const [largest] = sizes.sort((a, b) => b.bytes - a.bytes);
    if (!largest) return unknown('no answer set a session cookie');
    const said = `${largest.bytes} bytes`;
    return largest.bytes > LONGEST ? fail('B', said, largest.exchange) : pass(`at most ${said}`);
  },
};

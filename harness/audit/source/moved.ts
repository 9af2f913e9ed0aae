import { request } from 'undici';
import { Connections } from '../../net/connections.ts';
import { PATIENCE } from '../../net/patience.ts';
import { MAX_REDIRECTS, isRedirect, redirectTarget } from '../../net/redirect.ts';
import { TransferFault } from '../../net/transfer-fault.ts';
import { errorLine } from '../../errors.ts';
import { type Askable, askable } from './address.ts';

/** What git asks a server first (gitprotocol-http). */
const FIRST = '/info/refs?service=git-upload-pack';

/**
 * Where a repository is now: servers send clients on to `….git`, or to its new name. Git itself is forbidden to follow,
 * as it would follow anywhere; here every place is looked at before it is asked. Nothing but the path is sent.
 * @returns why it cannot be asked, as a sentence
 */
export async function followed(
  from: Askable,
  options: { privateAllowed: boolean },
): Promise<Askable | { refused: string }> {
  const connections = new Connections({ patience: PATIENCE });
  try {
    let at = from;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const asked = new URL(`${at.url.href.replace(/\/+$/, '')}${FIRST}`);
      const { statusCode, headers, body } = await request(asked, {
        dispatcher: await connections.to(asked, !options.privateAllowed),
        headers: { 'user-agent': 'git/twinproof', 'accept-encoding': 'identity' },
      });
      body.on('error', () => undefined).destroy();
      if (!isRedirect(statusCode)) return at;
      const { href } = redirectTarget(asked, headers.location, false);
      if (!href.endsWith(FIRST)) return { refused: `${at.url.host} redirects to what is no repository` };
      const next = await askable(href.slice(0, -FIRST.length), options);
      if ('refused' in next) return { refused: `${at.url.host} redirects, and ${next.refused}` };
      at = next;
    }
    return { refused: `${from.url.host} redirects more than ${MAX_REDIRECTS} times` };
  } catch (error) {
    const why = error instanceof TransferFault ? error.message : errorLine(error).replace(/^internal: /, '');
    return { refused: `${from.url.host}: ${why}` };
  } finally {
    await connections.close();
  }
}

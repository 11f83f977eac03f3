//! A certified authorization server in the place of the authority, for one page on this computer. Says `ready` and its
//! address when it is, and ends with its standard input.
//!
//!   node server.mjs [--port 0] [--page-port 4460] [--tenant GUID] [--client-id GUID] [--scope TEXT]
//!                   [--access-token-seconds 3600] [--offline-access always|with-consent] [--claims ignored|checked]

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import Provider from 'oidc-provider';

import { configuration } from './configuration.mjs';
import * as pages from './pages.mjs';

const { values: settings } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'page-port': { type: 'string', default: '4460' },
    tenant: { type: 'string', default: '11111111-2222-4333-8444-555555555555' },
    'client-id': { type: 'string', default: '66666666-7777-4888-8999-aaaaaaaaaaaa' },
    scope: { type: 'string', default: 'http://localhost:4462/user_impersonation' },
    'access-token-seconds': { type: 'string', default: '3600' },
    'offline-access': { type: 'string', default: 'always' },
    claims: { type: 'string', default: 'ignored' },
  },
});

const server = createServer();
// The issuer names the port, so the socket comes first.
await new Promise((listening, failed) => {
  server.once('error', failed);
  server.listen(Number(settings.port), '127.0.0.1', listening);
});
const address = `http://localhost:${server.address().port}`;
const provider = new Provider(`${address}/${settings.tenant}/v2.0`, configuration(settings));
provider.on('server_error', (_ctx, error) => console.error(error));
const answerAsProvider = provider.callback();

server.on('request', (request, response) => {
  const own = request.url.startsWith('/interaction/');
  const answered = own ? interaction(request, response) : answerAsProvider(request, response);
  Promise.resolve(answered).catch((error) => {
    response.statusCode = error.statusCode ?? 500;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(pages.fault({ error: error.message, error_description: error.error_description ?? '' }));
  });
});

/** Shows the form that the provider waits for, and hands it what the person answered. */
async function interaction(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    return finish(request, response, details, await form(request));
  }
  const { prompt, params } = details;
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  const wanted = params.scope?.split(' ') ?? [];
  response.end(
    prompt.name === 'consent' ? pages.consent(request.url, wanted) : pages.signIn(request.url, params.login_hint ?? ''),
  );
}

async function finish(request, response, details, answers) {
  const { prompt, params, session, grantId } = details;
  const user = answers.get('user')?.trim();
  if (answers.get('answer') !== 'yes' || (prompt.name !== 'consent' && !user)) {
    const result = { error: 'access_denied', error_description: 'The person cancelled.' };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  if (prompt.name !== 'consent') {
    // Choosing an account is signing in to it.
    const result = { [prompt.name]: {}, login: { accountId: user } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(' '));
  grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

async function form(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > 10_000) throw new Error('The form is too long.');
  }
  return new URLSearchParams(text);
}

process.stdin.on('end', () => process.exit(0)).resume();
console.log(`ready ${address}`);

//! How the provider is set up: paths, claims and habits as the page knows them from its authority; everything else, above
//! all what is refused, is the provider's own.

import { createHash, createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';

import { interactionPolicy } from 'oidc-provider';

import * as pages from './pages.mjs';

const DAY = 24 * 60 * 60;

/** A GUID that is always the same for the same words. */
function guidOf(words) {
  const hex = createHash('sha256').update(words).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/**
 * A key for the provider's signatures, made anew each time.
 *
 * By way of PEM: Node 20 hangs, seldom, when a generated key is exported by itself. The export holds the key's lock, and if
 * the garbage collector just then frees the job that has generated it, that waits for the same lock on the same thread.
 */
function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return createPrivateKey(privateKey).export({ format: 'jwk' });
}

/** The provider's configuration for these settings; `server.mjs` says what they are. */
export function configuration(settings) {
  const base = `/${settings.tenant}/oauth2/v2.0`;
  const page = `http://localhost:${settings['page-port']}`;
  const redirectUri = `${page}/redirect.html`;
  return {
    clients: [
      {
        client_id: settings['client-id'],
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [redirectUri],
      },
    ],
    clientBasedCORS: (_ctx, origin) => origin === page,
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    routes: {
      authorization: `${base}/authorize`,
      token: `${base}/token`,
      end_session: `${base}/logout`,
      jwks: `/${settings.tenant}/discovery/v2.0/keys`,
    },
    interactions: { policy: policy(), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    scopes: ['openid', 'offline_access', settings.scope],
    claims: { openid: ['sub', 'tid', 'oid'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, user) => ({
      accountId: user,
      claims: () => ({
        sub: user,
        tid: settings.tenant,
        oid: guidOf(user),
        preferred_username: user,
        name: user.split('@')[0],
      }),
    }),
    extraParams: settings['offline-access'] === 'always' ? { domain_hint: keepOfflineAccess } : {},
    ttl: {
      AccessToken: Number(settings['access-token-seconds']),
      AuthorizationCode: 10 * 60,
      IdToken: 60 * 60,
      RefreshToken: DAY,
      Interaction: 60 * 60,
      Session: DAY,
      Grant: DAY,
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = pages.fault(out);
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: settings.claims === 'checked' },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = pages.signOut(form);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.type = 'html';
          ctx.body = pages.signedOut();
        },
      },
    },
  };
}

/** The provider's own questions, and before them `prompt=select_account`, which is optional and off by default. */
function policy() {
  const questions = interactionPolicy.base();
  questions.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return questions;
}

/**
 * OpenID Connect Core 11 lets `offline_access` count only together with `prompt=consent`, "unless other conditions" permit
 * it. The page's authority has such conditions: it gives refresh tokens without asking each time. The provider calls this
 * for every authorization request, after it has struck the scope out.
 */
function keepOfflineAccess(ctx) {
  const asked = new URLSearchParams(ctx.querystring).get('scope')?.split(' ') ?? [];
  const kept = ctx.oidc.params.scope?.split(' ') ?? [];
  if (asked.includes('offline_access') && !kept.includes('offline_access')) {
    ctx.oidc.params.scope = [...kept, 'offline_access'].join(' ');
  }
}

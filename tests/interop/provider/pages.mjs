//! What a person sees at the provider: sign in, consent, signed out, something went wrong. Plain forms, so that a test
//! can post to them without a browser.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function safe(text) {
  return String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

function page(title, body) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(title)}</title>
</head>
<body>
<main>
<h1>${safe(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

/** Asks for the user name; there is no password, because nothing here is worth one. */
export function signIn(action, hint) {
  return page(
    'Sign in',
    `<form method="post" action="${safe(action)}">
<p><label for="user">User name</label> <input id="user" name="user" type="text" autocomplete="username" autofocus value="${safe(hint)}"></p>
<p><button type="submit" name="answer" value="yes">Sign in</button>
<button type="submit" name="answer" value="no" formnovalidate>Cancel</button></p>
</form>`,
  );
}

/** Asks whether the page may have what it asks for. */
export function consent(action, scopes) {
  return page(
    'Permissions requested',
    `<ul>${scopes.map((scope) => `<li>${safe(scope)}</li>`).join('')}</ul>
<form method="post" action="${safe(action)}">
<p><button type="submit" name="answer" value="yes" autofocus>Accept</button>
<button type="submit" name="answer" value="no">Cancel</button></p>
</form>`,
  );
}

/** Asks whether to sign out; `form` is the provider's own, which the button belongs to. */
export function signOut(form) {
  return page(
    'Sign out',
    `${form}<p><button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button></p>`,
  );
}

/** The end of a sign-out that leads nowhere else. */
export function signedOut() {
  return page('You are signed out', '<p>You can close this window.</p>');
}

/** An error that cannot be told to the client, because it is not known where that is. */
export function fault(out) {
  const rows = Object.entries(out).map(([name, value]) => `<dt>${safe(name)}</dt><dd>${safe(value)}</dd>`);
  return page('Something went wrong', `<dl>${rows.join('')}</dl>`);
}

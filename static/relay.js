// The relay: a window of the page's own origin, alone at the top, through which a page that is framed by another site
// signs in. The authority's own policy cuts every window that visits it off from its opener, and the framed page is in
// another partition of the browser, where a broadcast does not reach it. So: frame -> this window -> window of the
// authority -> redirect.html -> broadcast -> this window -> message to the frame.
//
// What it is asked to open is taken as a stranger's word: it has to be an authorization request of the configured
// application, to a known authority, that comes back to redirect.html beside this file. No secret passes through here
// that could be used without the verifier, which never leaves the frame.
(async () => {
  "use strict";

  /** The authorities of the built-in clouds, as in src/cloud.rs; a test keeps the two together. */
  const AUTHORITIES = ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

  const asked = new URLSearchParams(location.hash.slice(1));
  // Out of the address bar and the history before anything else is done.
  history.replaceState(null, "", location.pathname);
  const button = document.querySelector("button");

  if (window.opener === null) return show("alone");
  if (isSandboxed()) return show("sandbox");
  const request = await readRequest();
  if (request === null) return show("refused");

  const { id, url } = request;
  for (const place of document.querySelectorAll("[data-host]")) place.textContent = url.host;
  show("start");
  button.hidden = false;
  button.addEventListener("click", open);
  button.focus();

  const channel = new BroadcastChannel(id);
  channel.onmessage = ({ data }) => {
    if (typeof data !== "string") return;
    channel.postMessage(true);
    // To this very origin, whatever has become of the opener meanwhile.
    window.opener?.postMessage({ type: "avd-logoff.response", id, response: data }, location.origin);
    window.close();
  };

  function open() {
    sessionStorage.setItem("avd-logoff.window", id);
    const opened = window.open(url.href, "_blank", "popup,width=483,height=600");
    sessionStorage.removeItem("avd-logoff.window");
    show(opened === null ? "blocked" : "waiting");
  }

  /** The id and the address, if they are what they have to be. */
  async function readRequest() {
    const [id, url] = [asked.get("id") ?? "", parsed(asked.get("request"))];
    if (url === null || !/^popup\.[\w-]{43}$/.test(id)) return null;
    const config = await readConfig();
    const parameter = (name) => (url.searchParams.getAll(name).length === 1 ? url.searchParams.get(name) : null);
    const builtIn = url.protocol === "https:" && AUTHORITIES.includes(url.host);
    // What the deployment has put together itself was checked by the page: https, or this very computer.
    const known = builtIn || url.origin === config?.cloud?.authorityHost;
    const right =
      known &&
      url.username === "" && url.password === "" &&
      url.pathname.endsWith("/oauth2/v2.0/authorize") &&
      parameter("state") === id &&
      parameter("client_id") === config?.clientId &&
      parameter("response_type") === "code" &&
      parameter("redirect_uri") === new URL("redirect.html", location.href).href;
    return right ? { id, url } : null;
  }

  function parsed(text) {
    try {
      return new URL(text);
    } catch {
      return null;
    }
  }

  async function readConfig() {
    try {
      const response = await fetch("config.json", { cache: "no-cache", credentials: "same-origin" });
      // Editors on Windows like to save a byte order mark; `json()` takes it off.
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** A sandbox that windows do not escape is inherited by this one, and there `domain` may not be set, whatever to. */
  function isSandboxed() {
    try {
      document.domain = document.domain;
      return false;
    } catch {
      return true;
    }
  }

  /** Shows one of the sentences of the document. */
  function show(which) {
    for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== which;
    if (["alone", "sandbox", "refused"].includes(which)) button.hidden = true;
  }
})();

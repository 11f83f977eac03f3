// The one registered redirect URI. Takes the authority's answer out of the address bar at once and hands it on: an answer
// to a redirect goes into this tab's sessionStorage, and the page beside this file reads it there; an answer in a
// sign-in window is broadcast on the channel that only the page that opened the window knows the name of. It believes
// nothing and decides nothing: which of the two it is stands in the front of `state`.
//
// The names of keys and the words of `state` are also in src/auth and src/browser/windows.rs; a test keeps them together.
(() => {
  "use strict";
  const response = location.hash.slice(1) || location.search.slice(1);
  history.replaceState(null, "", location.pathname);
  const state = new URLSearchParams(response).get("state") ?? "";
  if (state.startsWith("popup.")) {
    fromWindow(state);
  } else {
    fromRedirect();
  }

  function fromRedirect() {
    if (response) {
      try {
        sessionStorage.setItem("avd-logoff.response", response);
      } catch {
        // Without storage the page finds no answer and says that nobody is signed in.
      }
    }
    // Only ever the page beside this file: nothing in the answer can choose where to go.
    location.replace("./");
  }

  function fromWindow(state) {
    try {
      // A window begins with a copy of its opener's storage. What is marked as such a copy has no business here.
      if (sessionStorage.getItem("avd-logoff.window") !== null) sessionStorage.clear();
    } catch {
      // No storage, no copy.
    }
    document.addEventListener("DOMContentLoaded", () => show("done"));
    if (!/(^|&)(code|error)=/.test(response)) {
      // The way back from signing out: nobody waits for it.
      window.close();
      return;
    }
    const unheard = setTimeout(() => show("unheard"), 3000);
    const channel = new BroadcastChannel(state);
    // Whoever waits says that it has heard; a window that closes before that could take its own message with it.
    channel.onmessage = () => {
      clearTimeout(unheard);
      window.close();
    };
    channel.postMessage(response);
  }

  /** Shows one of the sentences of the document, for windows that stay open. */
  function show(which) {
    for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== which;
  }
})();

// The one registered redirect URI. Takes the authority's answer out of the address bar at once, leaves it in this
// tab's sessionStorage for the page to check, and goes there. It believes nothing and decides nothing.
//
// The name of the key is also in src/auth/response.rs; a test keeps the two together.
(() => {
  "use strict";
  const response = location.hash.slice(1) || location.search.slice(1);
  history.replaceState(null, "", location.pathname);
  if (response) {
    try {
      sessionStorage.setItem("avd-logoff.response", response);
    } catch {
      // Without storage the page finds no answer and says that nobody is signed in.
    }
  }
  // Only ever the page beside this file: nothing in the answer can choose where to go.
  location.replace("./");
})();

// A portal that frames the page in a sandbox without `allow-same-origin` keeps the program from starting: its modules may
// not be loaded then. This classic script may, and says what is wrong. It does nothing else, and nothing anywhere else.
(() => {
  "use strict";
  if (self.origin !== "null") return;
  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[data-boot-loading], .unstyled")) element.remove();
    const place = document.getElementById("boot-error");
    place.textContent =
      "The page cannot work in this frame: the portal that holds it sandboxes it without its own origin. Whoever looks after the portal has to add allow-same-origin to the sandbox attribute of the frame, beside allow-scripts, allow-forms, allow-popups and allow-popups-to-escape-sandbox. Until then, open the page in a tab of its own.";
    place.hidden = false;
  });
})();

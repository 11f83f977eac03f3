// Starts the page: reads from its own script element where the program lies, fetches the WebAssembly with its integrity,
// imports the glue and runs it. It decides nothing else. If the program cannot start, one plain sentence in #boot-error
// says why and what to do. It works under `script-src 'self' 'wasm-unsafe-eval'` and `require-trusted-types-for 'script'`.

/** What went wrong before the program ran, with the sentence that a person can act on. */
class BootError extends Error {
  constructor(sentence, cause) {
    super(sentence, { cause });
    this.name = "BootError";
  }
}

/** Shows the sentence in the static skeleton and takes away what still claims to be loading. */
function tell(error) {
  // A program that stopped in its start has perhaps put up its own banner, which knows more than is known here.
  for (const alert of document.querySelectorAll("[role='alert']:not([hidden])")) {
    if (alert.textContent.trim() !== "") return;
  }
  const sentence = error instanceof BootError
    ? error.message
    : "The page could not be started, and nothing was sent to Azure. Reload it; if that does not help, use a current version of Edge, Chrome, Firefox or Safari.";
  for (const element of document.querySelectorAll("[data-boot-loading]")) element.remove();
  const place = document.getElementById("boot-error") ?? document.body.appendChild(document.createElement("p"));
  place.setAttribute("role", "alert");
  place.textContent = sentence;
  place.hidden = false;
  // The technical cause is for the person who looks after the web space; it holds no token and no user name.
  console.error("boot:", sentence, error);
}

/** The hash of the file at `url`, as Trunk wrote it on the link that preloads it, or "" where there is none. */
function integrityOf(url) {
  for (const link of document.querySelectorAll("link[rel='preload'][integrity]")) {
    if (link.href === url) return link.integrity;
  }
  return "";
}

/** Fetches the program. Browsers ignore `integrity` on a preload of this type, so the check is asked for here. */
async function fetchProgram(url) {
  let response;
  try {
    response = await fetch(url, { integrity: integrityOf(url), credentials: "same-origin" });
  } catch (cause) {
    throw new BootError(
      "The page's program could not be loaded, or it is not the file that belongs to this page. Check the network connection and reload the page. If this stays, tell the people who publish it that the .wasm file is missing, blocked or changed.",
      cause,
    );
  }
  if (!response.ok) {
    throw new BootError(
      `The page's program could not be loaded: the web server answered with status ${response.status}. Reload the page. If this stays, tell the people who publish it that the .wasm file must be published beside index.html.`,
    );
  }
  return response;
}

/** Imports the glue that the program needs. */
async function importGlue(url) {
  try {
    return await import(url);
  } catch (cause) {
    throw new BootError(
      "A part of the page could not be loaded. Check the network connection and reload the page. If this stays, tell the people who publish it that a .js file is missing, blocked or changed.",
      cause,
    );
  }
}

/** Compiles and runs the program. What the program itself reports after its start is not caught here. */
async function run(glue, response) {
  try {
    await glue.default({ module_or_path: response });
  } catch (cause) {
    if (cause instanceof WebAssembly.RuntimeError) {
      throw new BootError(
        "The page's program stopped while it was starting, and nothing was sent to Azure. Reload the page. If this stays, tell the people who publish it.",
        cause,
      );
    }
    throw new BootError(
      "This browser could not run the page's program. Use a current version of Edge, Chrome, Firefox or Safari. If it is current, WebAssembly may be blocked here by a policy of the browser or of the web server ('wasm-unsafe-eval' in its Content-Security-Policy).",
      cause,
    );
  }
}

async function boot() {
  // A module has no document.currentScript, so the element is found by the attributes that only it has.
  const script = document.querySelector("script[data-js][data-wasm]");
  if (script === null) throw new BootError("The page was published incompletely: its start script names no program. Tell the people who publish it.");
  if (typeof WebAssembly !== "object" || typeof WebAssembly.instantiate !== "function") {
    throw new BootError(
      "This page needs WebAssembly, which this browser does not have or has switched off (Edge: \"Enhance your security on the web\", Safari: Lockdown Mode). Allow it for this site, or use another browser.",
    );
  }
  const at = (attribute) => new URL(script.getAttribute(attribute), document.baseURI).href;
  // Both are on their way at once; the failure of either is told once.
  const [glue, response] = await Promise.all([importGlue(at("data-js")), fetchProgram(at("data-wasm"))]);
  await run(glue, response);
}

boot().catch(tell);

// Prints for each file named after a line "name raw gzip brotli" in bytes, separated by tabs: gzip at level 9, brotli at 11.
// Node brings both and is needed for wasm-opt anyway, so that no crate has to be compiled for it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [folder, ...names] = process.argv.slice(2);
for (const name of names) {
  const bytes = readFileSync(join(folder, name));
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;
  console.log([name, bytes.length, gzip, brotli].join("\t"));
}

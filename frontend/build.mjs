// Compiles tenet.scss into internal/web/dist, where the Go program embeds it.
// The file is named for its content, so that browsers may keep it for ever.
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { compile } from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "..", "internal", "web", "dist");

const { css } = compile(join(here, "tenet.scss"), {
  loadPaths: [join(here, "node_modules")],
  style: "compressed",
});

// Only gov.uk may use the typeface, and only the Crown the crown: an upgrade
// that brings either back must not build.
for (const banned of ["GDS Transport", "@font-face", "crown", "crest"]) {
  if (css.toLowerCase().includes(banned.toLowerCase())) {
    throw new Error(`the compiled style sheet contains "${banned}", which only gov.uk may use`);
  }
}

const name = `tenet-${createHash("sha256").update(css).digest("hex").slice(0, 12)}.css`;
await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) {
  if (/^tenet-[0-9a-f]{12}\.css$/.test(old) && old !== name) await rm(join(dist, old));
}
await writeFile(join(dist, name), css);
console.log(`internal/web/dist/${name}: ${css.length} bytes`);

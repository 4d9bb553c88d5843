// Compiles tenet.scss into internal/web/dist, where the Go program embeds it, and
// puts workbench.js beside it as it stands. Each file is named for its content,
// so that browsers may keep it for ever.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
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

await mkdir(dist, { recursive: true });
await put("css", css);
await put("js", await readFile(join(here, "workbench.js"), "utf8"));

/** Writes one file in the place of the one that an earlier build left. */
async function put(ending, content) {
  const name = `tenet-${createHash("sha256").update(content).digest("hex").slice(0, 12)}.${ending}`;
  for (const old of await readdir(dist)) {
    if (/^tenet-[0-9a-f]{12}\./.test(old) && old.endsWith(`.${ending}`) && old !== name) await rm(join(dist, old));
  }
  await writeFile(join(dist, name), content);
  console.log(`internal/web/dist/${name}: ${content.length} bytes`);
}
